"""`predictions.csv`: what a model said of every held-out picture; every figure can be made from it.

Beside it `peaks.csv`: the strongest evidence in the map of each, from which the map is calibrated.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casting_core.data.files import read_records, write_records
from casting_core.data.samples import Sample
from casting_core.errors import DataError
from casting_core.labels import Label

OFFICIAL, BY_SOURCE = "official-test", "by-source-"  # names of splits; a fold's number follows the second


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """One row. `split`: `official-test`, or `by-source-0` to `by-source-4`; `logit` raw, `probability` calibrated."""

    path: str
    split: str
    label: Label
    source: int
    logit: float
    probability: float


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What a model said of N held-out pictures.

    `probability` float (N,) in [0, 1]; `positive` bool (N,); `source` int (N,), the photograph.
    """

    probability: np.ndarray
    positive: np.ndarray
    source: np.ndarray

    def only(self, keep: np.ndarray) -> "Predictions":
        """Return the pictures where `keep`, bool (N,), is true."""
        return Predictions(probability=self.probability[keep], positive=self.positive[keep], source=self.source[keep])


def make_predictions(
    samples: Sequence[Sample], split: str, logits: np.ndarray, probability: np.ndarray
) -> list[Prediction]:
    """Rows for samples with their logits and probabilities, each (N,)."""
    return [
        Prediction(path=s.path, split=split, label=s.label, source=s.source, logit=float(z), probability=float(p))
        for s, z, p in zip(samples, logits, probability, strict=True)
    ]


def write_predictions(file: Path, rows: Sequence[Prediction]) -> None:
    """Write all rows, 9 significant digits, atomically."""
    write_records(file, Prediction, rows)


def read_predictions(file: Path) -> list[Prediction]:
    """Read all rows.

    Raises `DataError` where the file is missing or of another form, a logit is not finite, a probability is not in
    [0, 1], or a split has a picture twice.
    """
    rows = read_records(file, Prediction, what="predictions", remedy="restore it or ship anew.")
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if not math.isfinite(row.logit) or not 0 <= row.probability <= 1:
            raise DataError(
                f"{file}: {row.path} needs a finite logit and a probability from 0 to 1, got {row.logit} and "
                f"{row.probability}; train anew."
            )
        if (row.split, row.path) in seen:
            raise DataError(f"{file}: {row.path} is in {row.split} twice; ship the model anew.")
        seen.add((row.split, row.path))
    return rows


def as_arrays(rows: Sequence[Prediction]) -> Predictions:
    """Rows as arrays."""
    return Predictions(
        probability=np.array([row.probability for row in rows], np.float64),
        positive=np.array([row.label.positive for row in rows], bool),
        source=np.array([row.source for row in rows], np.int64),
    )


@dataclass(frozen=True, kw_only=True)
class _Peak:
    path: str
    peak: float


def write_peaks(file: Path, peaks: Mapping[str, float]) -> None:
    """Write one row a picture: its path, and the raw logit of its strongest place, 9 significant digits; atomically."""
    write_records(file, _Peak, [_Peak(path=path, peak=peak) for path, peak in peaks.items()])


def read_peaks(file: Path) -> dict[str, float]:
    """Peaks by path, in the order of the file. Raises `DataError` where it is missing or of another form."""
    rows = read_records(file, _Peak, what="peaks of evidence", remedy="train that run anew.")
    return {row.path: row.peak for row in rows}
