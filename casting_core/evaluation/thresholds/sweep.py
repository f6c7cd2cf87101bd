"""What other thresholds would have done on pictures whose label is known.

One pair of thresholds is counted with intervals over source photographs (`outcome_at`); a whole grid of single
thresholds without (`threshold_curves`), which is what a slider's curves are drawn from. What was chosen by looking at
such counts looks better on them than it is (`cost_optimal` says by how much), and the official test must not be looked
at for it at all.
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

    Shares are of these pictures, with 95 % intervals over photographs, and None of no pictures.

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
    missed_defects: Estimate | None
    false_alarms: Estimate | None
    reviews: Estimate | None
    reviews_of_defective: int
    reviews_of_ok: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ThresholdCurves:
    """How many pictures lie below each of T thresholds, and how many there are.

    Attributes
    ----------
    threshold
        Float (T,), rising.
    defective_below, ok_below
        Pictures of either label below it, int (T,).
    defective, ok
        All pictures of either label.
    """

    threshold: np.ndarray
    defective_below: np.ndarray
    ok_below: np.ndarray
    defective: int
    ok: int


def outcome_at(predictions: Predictions, *, threshold_pass: float, threshold_reject: float) -> ThresholdOutcome:
    """Count the verdicts of one pair of thresholds; `SettingsError` unless 0 <= pass <= reject <= 1."""
    positive, source = predictions.positive, predictions.source
    passed, reviewed, rejected = Thresholds(threshold_pass, threshold_reject).masks(predictions.probability)
    return ThresholdOutcome(
        threshold_pass=float(threshold_pass),
        threshold_reject=float(threshold_reject),
        missed_defects=share_interval(passed[positive], source[positive]),
        false_alarms=share_interval(rejected[~positive], source[~positive]),
        reviews=share_interval(reviewed, source),
        reviews_of_defective=int((reviewed & positive).sum()),
        reviews_of_ok=int((reviewed & ~positive).sum()),
    )


def threshold_curves(predictions: Predictions, thresholds: np.ndarray) -> ThresholdCurves:
    """Counts below every threshold, float (T,) in [0, 1], rising."""
    positive = predictions.positive
    defective, ok = (np.sort(predictions.probability[of]) for of in (positive, ~positive))
    return ThresholdCurves(
        threshold=thresholds,
        defective_below=np.searchsorted(defective, thresholds),
        ok_below=np.searchsorted(ok, thresholds),
        defective=len(defective),
        ok=len(ok),
    )


def expected_cost(found: ThresholdOutcome, plant: Plant) -> tuple[float, float]:
    """Money per part at a pair of thresholds in a plant, and the share of parts that a person has to look at.

    Raises `DataError` unless there were pictures of both labels.
    """
    missed, alarms = found.missed_defects, found.false_alarms
    if missed is None or alarms is None or not missed.of or not alarms.of:
        raise DataError("What a pair of thresholds costs is known only from pictures of both labels.")
    of_ok, of_defective = found.reviews_of_ok / alarms.of, found.reviews_of_defective / missed.of
    cost = plant.cost(
        sound=np.array([1 - of_ok - alarms.value, of_ok, alarms.value]),
        defective=np.array([missed.value, of_defective, 1 - missed.value - of_defective]),
    )
    return float(cost), (1 - plant.defect_rate) * of_ok + plant.defect_rate * of_defective
