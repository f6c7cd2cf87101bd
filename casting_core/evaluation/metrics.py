"""Figures of a classifier from labels and probabilities, as filed.

*Defective* is positive. *Wrong* means that `p >= 0.5` disagrees with the label; *missed defect* and
*false alarm* are those of the thresholds: a defective part with verdict ok, an ok part with verdict
defective. A figure that needs both classes is None where one is missing.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from casting_core.evaluation.calibration import expected_calibration_error
from casting_core.evaluation.intervals import Interval, share_interval


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What a model said of N held-out pictures.

    `probability` float (N,) in [0, 1]; `positive` bool (N,); `source` int (N,), the photograph.
    """

    probability: np.ndarray
    positive: np.ndarray
    source: np.ndarray

    def only(self, keep: np.ndarray) -> "Predictions":
        """The pictures where `keep`, bool (N,), is true."""
        return Predictions(
            probability=self.probability[keep], positive=self.positive[keep], source=self.source[keep]
        )


def summarize(
    predictions: Predictions, *, threshold_pass: float | np.ndarray, threshold_reject: float | np.ndarray
) -> dict[str, object]:
    """All figures of one split, those that are shares with their 95 % interval over photographs.

    Thresholds are one for all pictures, or float (N,), one a picture, where they were cross-fitted.
    """
    p, positive, source = predictions.probability, predictions.positive, predictions.source
    passed, rejected = p < threshold_pass, p >= threshold_reject
    wrong = (p >= 0.5) != positive
    both = bool(positive.any() and not positive.all())

    def share(event: np.ndarray, among: np.ndarray) -> dict[str, object]:
        interval = share_interval(event[among], source[among])
        return {"count": int(event[among].sum()), "of": int(among.sum()), **_interval(interval)}

    everything = np.ones(len(p), bool)
    return {
        "pictures": len(p),
        "photographs": len(np.unique(source)),
        "defective_pictures": int(positive.sum()),
        "defective_photographs": len(np.unique(source[positive])),
        "accuracy": None if not len(p) else float(1 - wrong.mean()),
        "wrong": share(wrong, everything),
        "missed_defects": share(passed, positive),
        "false_alarms": share(rejected, ~positive),
        "reviews": share(~passed & ~rejected, everything),
        "roc_auc": float(roc_auc_score(positive, p)) if both else None,
        "brier_score": float(np.mean((p - positive) ** 2)) if len(p) else None,
        "expected_calibration_error": expected_calibration_error(p, positive) if len(p) else None,
    }


def _interval(interval: Interval | None) -> dict[str, object]:
    if interval is None:
        return {"share": None, "low": None, "high": None}
    return {"share": interval.value, "low": interval.low, "high": interval.high}
