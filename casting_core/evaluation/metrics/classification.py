"""Figures of a classifier from labels and probabilities, as filed.

*Defective* is positive. *Called* defective means `p >= 0.5`, and *wrong* that this disagrees with the label; *missed
defect* and *false alarm* are those of the thresholds: a defective part with verdict ok, an ok part with verdict
defective. A figure that there is nothing to count on is None.

A share is a dict of `count`, `of`, `share` and its 95 % interval from `low` to `high`. Any other figure is a number,
its interval stands under `intervals`. All intervals are over source photographs (`intervals`, `statistics.bootstrap`,
`statistics.zero_errors`).
"""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.reliability import reliability_curve
from casting_core.evaluation.metrics.weighted import weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights, percentile_interval
from casting_core.evaluation.statistics.intervals import Interval, share_interval
from casting_core.evaluation.statistics.zero_errors import widen_for_zero_errors
from casting_core.labels import Label, Verdict

NUMBERS = (
    "accuracy",
    "f1",
    "balanced_accuracy",
    "roc_auc",
    "pr_auc",
    "brier_score",
    "expected_calibration_error",
    "mean_cost",
)


def summarise(
    predictions: Predictions,
    *,
    threshold_pass: float | np.ndarray,
    threshold_reject: float | np.ndarray,
    costs: Costs | None = None,
) -> dict[str, Any]:
    """All figures of one split, as a card holds them.

    Thresholds are one for all pictures, or float (N,), one a picture, where they were cross-fitted.

    At 0.5: `accuracy`, `wrong`, `precision` (of those called defective, None where none is), `recall`, `specificity`,
    `f1`, `balanced_accuracy`, and `confusion`, pictures by label and call. Of the verdicts: `missed_defects`,
    `false_alarms`, `reviews`, `verdicts`, pictures by label and verdict, and `mean_cost` of a part in the unit of
    `costs`, which stand beside it; reviewing every part would cost `costs.review`. Of the probabilities: `roc_auc`,
    `pr_auc` (average precision), `brier_score`, `expected_calibration_error` and the curve that it is read off,
    `reliability`. One label alone has neither area nor balanced accuracy; F1 needs a picture that is defective or
    called so. From a single photograph no interval of a number other than accuracy can be had: it is None.
    """
    costs = costs or Costs()
    p, positive, source = predictions.probability, predictions.positive, predictions.source
    passed, rejected, called = p < threshold_pass, p >= threshold_reject, p >= 0.5
    reviewed = ~passed & ~rejected
    everything = np.ones(len(p), bool)

    def share(event: np.ndarray, among: np.ndarray) -> dict[str, Any]:
        interval = share_interval(event[among], source[among])
        return {"count": int(event[among].sum()), "of": int(among.sum()), **_interval(interval)}

    def by_label(**columns: np.ndarray) -> dict[str, dict[str, int]]:
        rows = {Label.OK: ~positive, Label.DEFECTIVE: positive}
        return {
            str(label): {name: int((row & column).sum()) for name, column in columns.items()}
            for label, row in rows.items()
        }

    wrong = share(called != positive, everything)
    values, intervals = _numbers(predictions, passed, rejected, costs)
    values["accuracy"] = None if wrong["share"] is None else 1 - wrong["share"]
    intervals["accuracy"] = None if wrong["share"] is None else {"low": 1 - wrong["high"], "high": 1 - wrong["low"]}
    return {
        "pictures": len(p),
        "photographs": len(np.unique(source)),
        "defective_pictures": int(positive.sum()),
        "defective_photographs": len(np.unique(source[positive])),
        "accuracy": values["accuracy"],
        "wrong": wrong,
        "precision": share(positive, called),
        "recall": share(called, positive),
        "specificity": share(~called, ~positive),
        "f1": values["f1"],
        "balanced_accuracy": values["balanced_accuracy"],
        "confusion": by_label(ok=~called, defective=called),
        "missed_defects": share(passed, positive),
        "false_alarms": share(rejected, ~positive),
        "reviews": share(reviewed, everything),
        "verdicts": by_label(
            **{str(Verdict.OK): passed, str(Verdict.REVIEW): reviewed, str(Verdict.DEFECTIVE): rejected}
        ),
        "mean_cost": values["mean_cost"],
        "costs": {name: asdict(costs)[name] for name in ("missed_defect", "false_alarm", "review")},
        "roc_auc": values["roc_auc"],
        "pr_auc": values["pr_auc"],
        "brier_score": values["brier_score"],
        "expected_calibration_error": values["expected_calibration_error"],
        "intervals": {name: intervals[name] for name in NUMBERS},
        "reliability": reliability_curve(p, positive, source),
    }


def _numbers(
    predictions: Predictions, passed: np.ndarray, rejected: np.ndarray, costs: Costs
) -> tuple[dict[str, float | None], dict[str, dict[str, float] | None]]:
    """The figures that are no shares, and the interval of each."""
    p, positive, source = predictions.probability, predictions.positive, predictions.source
    if not len(p):
        return dict.fromkeys(NUMBERS), dict.fromkeys(NUMBERS)
    weights = cluster_weights(positive, source)
    once = np.ones((1, weights.shape[1]))
    both = np.concatenate([once, weights if weights.shape[1] > 1 else weights[:0]])
    table = weighted_figures(p, positive, source, both, passed=passed, rejected=rejected, costs=costs)
    values = {name: None if math.isnan(drawn[0]) else float(drawn[0]) for name, drawn in table.items()}
    intervals = {
        name: None if (value := values[name]) is None else percentile_interval(drawn[1:], value)
        for name, drawn in table.items()
    }
    return values, widen_for_zero_errors(
        values, intervals, p, positive, source, passed=passed, rejected=rejected, costs=costs
    )


def _interval(interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {"share": None, "low": None, "high": None}
    return {"share": interval.value, "low": interval.low, "high": interval.high}
