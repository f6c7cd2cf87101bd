"""Is the test fair? How many of its pictures show photographs that are in the training split, at any threshold.

At a threshold of 0.95 photographs are those of the audit (`data.provenance`): links that a second look at the fine
detail confirmed. From there up weaker links are dropped, so photographs fall apart, and fewer copies are counted.
"""

from dataclasses import dataclass, replace

import numpy as np

from casting_core.data.provenance.grouping import CANDIDATE, Leakage, leakage
from casting_core.data.samples import Sample
from casting_core.exploration.table import Table
from casting_core.labels import Label

LOWEST = CANDIDATE  # of the thresholds that can be asked for
ROUNDING = 1e-6  # of a likeness: that of identical pictures may be a little below 1


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A test picture beside a training picture of the same photograph, by their places in the table."""

    test: int
    train: int


def samples_of(table: Table) -> list[Sample]:
    """Return the table's pictures as samples; a label that is not known counts as sound."""
    rows = table.rows[["path", "sha256", "split", "label", "source", "fold", "suspect"]].to_dict("records")
    return [Sample(**{**row, "label": Label(row["label"] or "ok")}) for row in rows]


def photographs_at(table: Table, threshold: float | None = None) -> np.ndarray:
    """Return the photograph of every picture, int (N,), where links from a threshold on hold.

    At None or 0.95 they are as in the table. Pictures without a ring, and all where there is no index, are as in the
    table at any threshold.
    """
    filed = table.rows["source"].to_numpy()
    index = table.index
    if threshold is None or threshold <= LOWEST or index is None or not len(index.forest.links[0]):
        return filed
    found = index.forest.photographs(threshold - ROUNDING)
    return np.where(index.nearest < 0, len(found) + filed, found)  # numbers that no photograph with a ring has


def leakage_at(table: Table, threshold: float | None = None) -> Leakage:
    """Return the figures of `data.provenance.leakage` at a threshold of likeness; None: as `data audit` counts."""
    source = photographs_at(table, threshold).tolist()
    return leakage([replace(s, source=number) for s, number in zip(samples_of(table), source, strict=True)])


def twins(table: Table, source: np.ndarray, *, count: int = 6) -> list[Twin]:
    """Return examples: test pictures and a training picture of their photograph, at most one a photograph.

    Those whose files are not identical come first. `source`: int (N,), as `photographs_at` gives it. The training
    picture is the most alike one, where the index knows it, else the first.
    """
    split = table.rows["split"].to_numpy()
    sha256 = table.rows["sha256"].to_numpy()
    first: dict[int, int] = {}
    for place in np.flatnonzero(split == "train").tolist():
        first.setdefault(int(source[place]), place)
    found: dict[int, Twin] = {}
    for place in np.flatnonzero(split == "test").tolist():
        number = int(source[place])
        if number not in first:
            continue
        train = first[number]
        near = -1 if table.index is None else int(table.index.nearest[place])
        if near >= 0 and split[near] == "train" and source[near] == number:
            train = near
        known = found.get(number)
        if known is None or (sha256[known.test] == sha256[known.train] and sha256[place] != sha256[train]):
            found[number] = Twin(test=place, train=train)
    ordered = sorted(found.values(), key=lambda twin: bool(sha256[twin.test] == sha256[twin.train]))
    return ordered[:count]
