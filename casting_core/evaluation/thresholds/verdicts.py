"""Verdicts from probabilities and a pair of thresholds, as a plant would get them, and who is counted.

The gates of an inspection, which may send any picture to a person, are not applied here: they look at the photograph,
and a row of predictions has none.
"""

from collections.abc import Sequence

import numpy as np

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.predictions import BY_SOURCE, OFFICIAL, Prediction


def verdict_masks(
    probability: np.ndarray, *, threshold_pass: float | np.ndarray, threshold_reject: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which of N pictures pass (ok), go to a person (review) and are rejected (defective): three bool (N,).

    `probability` float (N,) in [0, 1]. Thresholds are one for all pictures, or float (N,), one a picture, where they
    were cross-fitted. Raises `SettingsError` unless 0 <= pass <= reject <= 1, `DataError` for other probabilities.
    """
    p = np.asarray(probability, float)
    if not np.all((p >= 0) & (p <= 1)):
        raise DataError("Probabilities must be from 0 to 1; make the predictions anew.")
    try:
        low, high = (np.broadcast_to(np.asarray(t, float), p.shape) for t in (threshold_pass, threshold_reject))
    except (TypeError, ValueError) as error:
        raise SettingsError(f"Thresholds must be numbers, one for all pictures or one a picture ({error}).") from error
    if not (np.all(np.asarray(threshold_pass) >= 0) and np.all(low <= high) and np.all(high <= 1)):
        raise SettingsError(
            "Thresholds must satisfy 0 <= pass <= reject <= 1, "
            f"got pass {threshold_pass} and reject {threshold_reject}."
        )
    passed, rejected = p < low, p >= high
    return passed, ~passed & ~rejected, rejected


def never_seen(rows: Sequence["Prediction"], *, left_out: frozenset[str] = frozenset()) -> list["Prediction"]:
    """Of all rows of a `predictions.csv`, those on castings never seen, without the paths `left_out` (the suspects)."""

    return [row for row in rows if row.split.startswith(BY_SOURCE) and row.path not in left_out]


def for_choosing(rows: Sequence["Prediction"], *, left_out: frozenset[str] = frozenset()) -> list["Prediction"]:
    """Of all rows of a `predictions.csv`, those that thresholds may be chosen on.

    Castings never seen, without the pictures that the official test holds too: were thresholds chosen on these, its
    figures would no longer be those of a test. The thresholds that ship are chosen on the same pictures.
    """

    tested = {row.path for row in rows if row.split == OFFICIAL}
    return never_seen(rows, left_out=left_out | tested)
