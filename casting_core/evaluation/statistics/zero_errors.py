"""Intervals of figures, widened by errors that did not happen but cannot be ruled out.

No draw of photographs can show an error that none of them has. Where one of the two labels is flawless, the rate of
error that Clopper and Pearson still allow on so many photographs (no error on 32 allows 10.9 %) enters the worse end
of every figure that depends on it:

- F1 and balanced accuracy, by label, at a probability of 50 %;
- the mean cost, by missed defects and by false alarms;
- both areas where they are 1, with errors in the worst order: what is missed below all sound parts, alarms above all
  defective ones;
- Brier score and calibration error where all probabilities are exactly right, by wrong ones as sure of themselves.

Half of the doubt is spent on each label, so that both rates hold together.
"""

import math
from collections.abc import Mapping

import numpy as np

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.statistics.intervals import CONFIDENCE, clopper_pearson

Ends = dict[str, float]  # `low` and `high`


def allowed_errors(photographs: int) -> float:
    """The largest share of errors that no error on so many photographs of one label still allows."""
    return clopper_pearson(0, photographs, 1 - (1 - CONFIDENCE) / 2)[1]


def widen_for_zero_errors(
    values: Mapping[str, float | None],
    intervals: Mapping[str, Ends | None],
    probability: np.ndarray,
    positive: np.ndarray,
    source: np.ndarray,
    *,
    passed: np.ndarray,
    rejected: np.ndarray,
    costs: Costs,
) -> dict[str, Ends | None]:
    """The intervals of `weighted_figures`' values, widened; arguments as there. None, no interval, stays None."""
    miss, alarm = (allowed_errors(len(np.unique(source[of]))) if of.any() else 0.0 for of in (positive, ~positive))
    rate = float(positive.mean())
    missed, alarms = rate * miss, (1 - rate) * alarm  # of all pictures
    called = probability >= 0.5
    unmissed, unalarmed = not (positive & ~called).any(), not (~positive & called).any()
    found = float((positive & called).mean())
    wide = {name: None if ends is None else dict(ends) for name, ends in intervals.items()}
    if ends := wide["balanced_accuracy"]:
        ends["low"] = max(0.0, ends["low"] - (unmissed * miss + unalarmed * alarm) / 2)
    if (ends := wide["f1"]) and ends["low"] > 0:
        errors = 2 * found * (1 / ends["low"] - 1) + unmissed * missed + unalarmed * alarms
        left = found - unmissed * missed
        ends["low"] = 2 * left / (2 * left + errors)
    if ends := wide["mean_cost"]:
        ends["high"] += costs.missed_defect * missed * (not (positive & passed).any())
        ends["high"] += costs.false_alarm * alarms * (not (~positive & rejected).any())
    if values["roc_auc"] == 1 and (ends := wide["roc_auc"]):
        ends["low"] = (1 - miss) * (1 - alarm)
    if values["pr_auc"] == 1 and (ends := wide["pr_auc"]):
        left = rate - missed
        ends["low"] = (left - alarms * math.log1p(left / alarms)) / rate  # with x found, precision is x / (x + alarms)
    if values["brier_score"] == 0:
        for name in ("brier_score", "expected_calibration_error"):
            if ends := wide[name]:
                ends["high"] = missed + alarms
    return wide
