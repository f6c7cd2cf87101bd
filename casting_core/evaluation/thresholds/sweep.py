"""What other thresholds would have done on pictures whose label is known, and what that costs in a plant.

What was chosen by looking at such counts looks better on them than it is (`cost_optimal` says by how much), and the
official test must not be looked at for it at all.
"""

from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Plant
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.networks.thresholds import Thresholds


@dataclass(frozen=True, kw_only=True)
class ThresholdOutcome:
    """What happens at a pair of thresholds.

    Shares are of these pictures, with 95 % intervals over photographs.

    Attributes
    ----------
    threshold_pass, threshold_reject
        The pair, in [0, 1].
    missed_defects
        Of the defective parts, those that pass.
    false_alarms
        Of the sound parts, those that are rejected.
    reviews
        Of all pictures, those sent to a person.
    reviews_of_defective, reviews_of_ok
        How many pictures of either label these are.
    """

    threshold_pass: float
    threshold_reject: float
    missed_defects: Estimate
    false_alarms: Estimate
    reviews: Estimate
    reviews_of_defective: int
    reviews_of_ok: int


def outcome_at(predictions: Predictions, *, threshold_pass: float, threshold_reject: float) -> ThresholdOutcome:
    """Count the verdicts of one pair of thresholds.

    Raises
    ------
    SettingsError
        Not 0 <= pass <= reject <= 1.
    DataError
        There are not pictures of both labels.
    """
    positive, source = predictions.positive, predictions.source
    if positive.all() or not positive.any():
        raise DataError("What a pair of thresholds does is known only from pictures of both labels.")
    passed, reviewed, rejected = Thresholds(passing=threshold_pass, rejecting=threshold_reject).masks(
        predictions.probability
    )
    return ThresholdOutcome(
        threshold_pass=float(threshold_pass),
        threshold_reject=float(threshold_reject),
        missed_defects=_rate(passed[positive], source[positive]),
        false_alarms=_rate(rejected[~positive], source[~positive]),
        reviews=_rate(reviewed, source),
        reviews_of_defective=int((reviewed & positive).sum()),
        reviews_of_ok=int((reviewed & ~positive).sum()),
    )


def _rate(event: np.ndarray, source: np.ndarray) -> Estimate:
    found = share_interval(event, source)
    assert found is not None  # there are pictures
    return found


def expected_cost(found: ThresholdOutcome, plant: Plant) -> tuple[float, float]:
    """Money per part at a pair of thresholds in a plant, and the share of parts that a person has to look at."""
    missed, alarms = found.missed_defects, found.false_alarms
    assert alarms.of
    assert missed.of
    of_ok, of_defective = found.reviews_of_ok / alarms.of, found.reviews_of_defective / missed.of
    cost = plant.cost(
        sound=np.array([1 - of_ok - alarms.value, of_ok, alarms.value]),
        defective=np.array([missed.value, of_defective, 1 - missed.value - of_defective]),
    )
    return float(cost), (1 - plant.defect_rate) * of_ok + plant.defect_rate * of_defective
