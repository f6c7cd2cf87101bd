"""The two thresholds between verdicts: the one place where a probability becomes a verdict."""

from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError, SettingsError
from casting_core.labels import Verdict


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Below `passing` a part passes, from `rejecting` on it is rejected; between the two a person decides.

    Each in [0, 1]: one number for all images, or float (N,), one per image, where thresholds were cross-fitted. The
    gates of an inspection, which may send any image to a person, are not asked here.

    Raises `SettingsError` unless 0 <= `passing` <= `rejecting` <= 1.

    Examples
    --------
    >>> Thresholds(passing=0.2, rejecting=0.8).verdict(0.5)
    <Verdict.REVIEW: 'review'>
    """

    passing: float | np.ndarray
    rejecting: float | np.ndarray

    def __post_init__(self) -> None:
        low, high = np.asarray(self.passing, float), np.asarray(self.rejecting, float)
        ordered = np.all((low >= 0) & (low <= high) & (high <= 1))
        if not ordered:
            raise SettingsError(
                "Thresholds must satisfy 0 <= pass <= reject <= 1, "
                f"got pass {self.passing} and reject {self.rejecting}."
            )

    def verdict(self, probability: float) -> Verdict:
        """Return the verdict of a probability of *defective*."""
        if probability < self.passing:
            return Verdict.OK
        return Verdict.DEFECTIVE if probability >= self.rejecting else Verdict.REVIEW

    def masks(self, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which of N images pass (ok), go to a person (review) and are rejected (defective): three bool (N,).

        `probability` float (N,) in [0, 1]; raises `DataError` for others.
        """
        p = np.asarray(probability, float)
        if not np.all((p >= 0) & (p <= 1)):
            raise DataError("Probabilities must be from 0 to 1; make the predictions anew.")
        passed, rejected = p < self.passing, p >= self.rejecting
        return passed, ~passed & ~rejected, rejected

    def only(self, keep: np.ndarray) -> "Thresholds":
        """Those of the images where `keep`, bool (N,), is true."""
        low, high = (np.broadcast_to(each, keep.shape)[keep] for each in (self.passing, self.rejecting))
        return Thresholds(passing=low, rejecting=high)
