"""Figures that are no shares, for many weightings of the source photographs at once.

One for all is the figure itself; weights drawn at random (`statistics.bootstrap`) give its interval. Every figure is
that of scikit-learn with the weight of its photograph as `sample_weight` of each picture: F1, balanced accuracy, area
under the ROC curve, average precision (the step-wise area under the precision-recall curve, without interpolation) and
the Brier score, the mean squared distance of probability and label.
"""

import numpy as np

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.reliability import BINS, bin_of
from casting_core.evaluation.predictions import Predictions
from casting_core.networks.thresholds import Thresholds

AT_ONCE = 32  # weightings whose curves are in memory together: 32 x 7,348 pictures x 8 bytes = 1.9 MB an array


def weighted_figures(
    predictions: Predictions, thresholds: Thresholds, costs: Costs, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Each figure as float64 (R,) by its name in a card; NaN where a weighting has no such figure.

    Parameters
    ----------
    predictions : of N > 0 pictures.
    thresholds : that give the verdicts.
    costs : what the three wrong or doubtful outcomes cost.
    weights : float (R, S) at least 0, of the S photographs in rising order of `source`.

    A mean needs weight on some picture, balanced accuracy and both areas weight on both labels, F1 weight on a picture
    that is defective or called so.
    """
    probability, positive = predictions.probability, predictions.positive
    passed, reviewed, rejected = thresholds.masks(probability)
    _, group = np.unique(predictions.source, return_inverse=True)
    flagged = probability >= 0.5

    def total(values: np.ndarray) -> np.ndarray:
        """Weighted sum of a value a picture, (N,) -> (R,)."""
        return weights @ np.bincount(group, weights=values, minlength=weights.shape[1])

    all_pictures, defective = total(np.ones(len(positive))), total(positive)
    sound = total(~positive)
    found, alarms, cleared = total(flagged & positive), total(flagged & ~positive), total(~flagged & ~positive)
    cost = costs.missed_defect * (passed & positive) + costs.false_alarm * (rejected & ~positive)
    cost = cost + costs.review * reviewed
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
    """Areas under the ROC and the precision-recall curve, (R,) each, NaN where a label has no weight.

    Only thresholds at which a defective picture is found move precision and recall, and the ROC curve's area is what
    is sound and less suspicious than each defective picture, equals counted half (Mann and Whitney's U).
    """
    roc, precision_recall = np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    if not positive.any():
        return roc, precision_recall
    order = np.argsort(-probability, kind="stable")
    threshold = np.cumsum(np.diff(probability[order], prepend=probability[order[0]]) != 0)  # equals share one
    found, alarm = order[positive[order]], order[~positive[order]]
    of_found, of_alarm = threshold[positive[order]], threshold[~positive[order]]
    steps = np.unique(of_found)  # (T,)
    down = np.searchsorted(of_found, steps, side="right") - 1  # the last one found at each
    above, level = (np.searchsorted(of_alarm, steps, side=side) for side in ("left", "right"))
    for start in range(0, len(weights), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        each = np.ascontiguousarray(weights[rows].T)  # (S, r)
        caught = np.cumsum(each[group[found]], axis=0)[down]  # (T, r), true positives
        alarms = np.cumsum(each[group[alarm]], axis=0)
        alarms = np.concatenate([np.zeros((1, each.shape[1])), alarms])  # (N - P + 1, r), false ones
        more = np.diff(caught, axis=0, prepend=0.0)
        both = caught[-1] * alarms[-1]
        with np.errstate(invalid="ignore", divide="ignore"):
            roc[rows] = (more * (alarms[-1] - (alarms[above] + alarms[level]) / 2)).sum(0) / both
            precision = np.where(more > 0, caught / (caught + alarms[level]), 0.0)
            precision_recall[rows] = np.where(both > 0, (more * precision).sum(0) / caught[-1], np.nan)
    return roc, precision_recall
