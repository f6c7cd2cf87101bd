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
from dataclasses import replace

import numpy as np

from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import CONFIDENCE
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.thresholds import Thresholds


def allowed_errors(photographs: int) -> float:
    """Return the largest share of errors that no error on so many photographs of one label still allows."""
    return clopper_pearson(0, photographs, 1 - (1 - CONFIDENCE) / 2)[1]


def widen_for_zero_errors(
    figures: Mapping[str, Estimate | None], predictions: Predictions, thresholds: Thresholds, costs: Costs
) -> dict[str, Estimate | None]:
    """Widen the intervals of figures; arguments as for `weighted_figures`. What has no interval stays as it is."""
    positive, source = predictions.positive, predictions.source
    passed, _, rejected = thresholds.masks(predictions.probability)
    miss, alarm = (allowed_errors(len(np.unique(source[of]))) if of.any() else 0.0 for of in (positive, ~positive))
    rate = float(positive.mean())
    missed, alarms = rate * miss, (1 - rate) * alarm  # of all images
    called = predictions.probability >= 0.5
    unmissed, unalarmed = not (positive & ~called).any(), not (~positive & called).any()
    found = float((positive & called).mean())
    wide = dict(figures)
    ends = {name: each.ends for name, each in figures.items() if each and each.ends}

    def move(name: str, low: float | None = None, high: float | None = None) -> None:
        if (each := wide[name]) is not None and each.ends:
            wide[name] = replace(each, low=each.low if low is None else low, high=each.high if high is None else high)

    if "balanced_accuracy" in ends:
        lost = (unmissed * miss + unalarmed * alarm) / 2
        move("balanced_accuracy", low=max(0.0, ends["balanced_accuracy"][0] - lost))
    if "f1" in ends and ends["f1"][0] > 0:
        errors = 2 * found * (1 / ends["f1"][0] - 1) + unmissed * missed + unalarmed * alarms
        left = found - unmissed * missed
        move("f1", low=2 * left / (2 * left + errors))
    if "mean_cost" in ends:
        more = costs.missed_defect * missed * (not (positive & passed).any())
        more += costs.false_alarm * alarms * (not (~positive & rejected).any())
        move("mean_cost", high=ends["mean_cost"][1] + more)
    flawless = {name for name, each in figures.items() if each and each.value == 1}
    if "roc_auc" in flawless:
        move("roc_auc", low=(1 - miss) * (1 - alarm))
    if "pr_auc" in flawless:
        left = rate - missed
        low = (left - alarms * math.log1p(left / alarms)) / rate  # with x found, precision is x / (x + alarms)
        move("pr_auc", low=low)
    if (brier := figures["brier_score"]) and brier.value == 0:
        for name in ("brier_score", "expected_calibration_error"):
            move(name, high=missed + alarms)
    return wide
