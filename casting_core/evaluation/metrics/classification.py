"""Figures of a classifier from labels and probabilities, as filed; see `networks.figures.Figures` for what each means.

All intervals are over source photographs (`statistics.intervals`, `statistics.bootstrap`, `statistics.zero_errors`).
"""

import math
from dataclasses import asdict

import numpy as np

from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.reliability import reliability_curve
from casting_core.evaluation.metrics.weighted import weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.evaluation.statistics.zero_errors import widen_for_zero_errors
from casting_core.labels import Label, Verdict
from casting_core.networks.figures import NUMBERS, Figures
from casting_core.networks.thresholds import Thresholds


def summarise(predictions: Predictions, thresholds: Thresholds, costs: Costs | None = None) -> Figures:
    """All figures of one split, as a card holds them.

    One label alone has neither area nor balanced accuracy; F1 needs an image that is defective or called so. On a
    single photograph no number but accuracy has an interval.
    """
    costs = costs or Costs()
    p, positive, source = predictions.probability, predictions.positive, predictions.source
    passed, reviewed, rejected = thresholds.masks(p)
    called = p >= 0.5

    def share(event: np.ndarray, among: np.ndarray) -> Estimate | None:
        return share_interval(event[among], source[among])

    def by_label(**columns: np.ndarray) -> dict[str, dict[str, int]]:
        rows = {Label.OK: ~positive, Label.DEFECTIVE: positive}
        return {
            str(label): {name: int((row & column).sum()) for name, column in columns.items()}
            for label, row in rows.items()
        }

    everything = np.ones(len(p), bool)
    wrong = share(called != positive, everything)
    return Figures(
        pictures=len(p),
        photographs=len(np.unique(source)),
        defective_pictures=int(positive.sum()),
        defective_photographs=len(np.unique(source[positive])),
        accuracy=wrong and wrong.complement(),
        wrong=wrong,
        precision=share(positive, called),
        recall=share(called, positive),
        specificity=share(~called, ~positive),
        confusion=by_label(ok=~called, defective=called),
        missed_defects=share(passed, positive),
        false_alarms=share(rejected, ~positive),
        reviews=share(reviewed, everything),
        verdicts=by_label(**{str(Verdict.OK): passed, str(Verdict.REVIEW): reviewed, str(Verdict.DEFECTIVE): rejected}),
        costs={name: asdict(costs)[name] for name in ("missed_defect", "false_alarm", "review")},
        reliability=reliability_curve(p, positive, source),
        **_numbers(predictions, thresholds, costs),
    )


def _numbers(predictions: Predictions, thresholds: Thresholds, costs: Costs) -> dict[str, Estimate | None]:
    """Return the figures that are no shares."""
    if not len(predictions.probability):
        return {name: None for name in NUMBERS if name != "accuracy"}
    weights = cluster_weights(predictions.source, predictions.positive)
    once = np.ones((1, weights.shape[1]))
    both = np.concatenate([once, weights if weights.shape[1] > 1 else weights[:0]])
    table = weighted_figures(predictions, thresholds, costs, both)
    found = {
        name: None if math.isnan(drawn[0]) else from_draws(float(drawn[0]), drawn[1:]) for name, drawn in table.items()
    }
    return widen_for_zero_errors(found, predictions, thresholds, costs)
