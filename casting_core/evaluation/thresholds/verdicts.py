"""Which held-out rows may be looked at, and which thresholds may be chosen on."""

from collections.abc import Sequence

from casting_core.evaluation.predictions import BY_SOURCE, OFFICIAL, Prediction


def never_seen(rows: Sequence[Prediction], *, left_out: frozenset[str] = frozenset()) -> list[Prediction]:
    """Of all rows of a `predictions.csv`, those on castings never seen, without the paths `left_out` (the suspects)."""
    return [row for row in rows if row.split.startswith(BY_SOURCE) and row.path not in left_out]


def for_choosing(rows: Sequence[Prediction], *, left_out: frozenset[str] = frozenset()) -> list[Prediction]:
    """Of all rows of a `predictions.csv`, those that thresholds may be chosen on.

    Castings never seen, without the pictures that the official test holds too: were thresholds chosen on these, its
    figures would no longer be those of a test. The thresholds that ship are chosen on the same pictures.
    """
    tested = {row.path for row in rows if row.split == OFFICIAL}
    return never_seen(rows, left_out=left_out | tested)
