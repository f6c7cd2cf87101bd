"""Figures that are no shares, for many weightings of the source photographs at once.

One for all is the figure itself; weights drawn at random (`resampling`) give its interval. Every figure is that of
scikit-learn with the weight of its photograph as `sample_weight` of each picture: F1, balanced accuracy, area under
the ROC curve, average precision (the step-wise area under the precision-recall curve, without interpolation) and the
Brier score, the mean squared distance of probability and label.
"""

import numpy as np

from casting_core.evaluation.operating_point import Costs
from casting_core.evaluation.reliability import BINS, bin_of

AT_ONCE = 64  # weightings whose curves are in memory together: 64 x 7,348 pictures x 8 bytes = 3.8 MB an array


def weighted_figures(
    probability: np.ndarray,
    positive: np.ndarray,
    source: np.ndarray,
    weights: np.ndarray,
    *,
    passed: np.ndarray,
    rejected: np.ndarray,
    costs: Costs,
) -> dict[str, np.ndarray]:
    """Each figure as float64 (R,) by its name in a card; NaN where a weighting has no such figure.

    Parameters
    ----------
    probability, positive, source : float in [0, 1], bool and int, (N,), of N > 0 pictures.
    weights : float (R, S) at least 0, of the S photographs in rising order of `source`.
    passed, rejected : bool (N,), pictures whose verdict is ok and defective; the others are reviewed.
    costs : what the three wrong or doubtful outcomes cost.

    A mean needs weight on some picture, balanced accuracy and both areas weight on both labels, F1 weight on a picture
    that is defective or called so.
    """
    _, group = np.unique(source, return_inverse=True)
    flagged = probability >= 0.5

    def total(values: np.ndarray) -> np.ndarray:
        """Weighted sum of a value a picture, (N,) -> (R,)."""
        return weights @ np.bincount(group, weights=values, minlength=weights.shape[1])

    all_pictures, defective = total(np.ones(len(positive))), total(positive)
    sound = total(~positive)
    found, alarms, cleared = total(flagged & positive), total(flagged & ~positive), total(~flagged & ~positive)
    cost = costs.missed_defect * (passed & positive) + costs.false_alarm * (rejected & ~positive)
    cost = cost + costs.review * (~passed & ~rejected)
    gap = np.zeros(len(weights))
    place = bin_of(probability)
    for index in range(BINS):
        gap += np.abs(total(np.where(place == index, probability - positive, 0.0)))
    roc, precision_recall = _areas(probability, positive, weights, group)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "f1": 2 * found / (defective + found + alarms),
            "balanced_accuracy": (found / defective + cleared / sound) / 2,
            "roc_auc": roc,
            "pr_auc": precision_recall,
            "brier_score": total((probability - positive) ** 2) / all_pictures,
            "expected_calibration_error": gap / all_pictures,
            "mean_cost": total(cost) / all_pictures,
        }


def _areas(
    probability: np.ndarray, positive: np.ndarray, weights: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Areas under the ROC and the precision-recall curve, (R,) each, NaN where a label has no weight."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True))  # equal probabilities are one threshold, (T,)
    owner, defective = group[order], positive[order]
    roc, precision_recall = np.empty(len(weights)), np.empty(len(weights))
    for start in range(0, len(weights), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        each = weights[rows][:, owner]  # (r, N)
        caught = np.cumsum(each * defective, axis=1)[:, last]  # (r, T), true positives down to each threshold
        alarms = np.cumsum(each * ~defective, axis=1)[:, last]
        more = np.diff(caught, axis=1, prepend=0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = caught / (caught + alarms)
            both = caught[:, -1] * alarms[:, -1]
            below = np.diff(alarms, axis=1, prepend=0.0) * (caught - more / 2)  # trapezoids
            roc[rows] = below.sum(1) / both
            steps = np.where(more > 0, more * precision, 0.0).sum(1)
            precision_recall[rows] = np.where(both > 0, steps / caught[:, -1], np.nan)
    return roc, precision_recall
