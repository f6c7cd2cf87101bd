"""What other thresholds would have done on pictures whose label is known.

One pair of thresholds is counted with intervals over source photographs (`outcome_at`); a whole grid of single
thresholds without (`threshold_curves`), which is what a slider's curves are drawn from. What was chosen by looking at
such counts looks better on them than it is: on castings never seen that is choosing on validation, and the official
test must not be looked at for it at all. `cost_optimal` chooses, and says how it does on pictures that it did not
choose on.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casting_core.errors import DataError, SettingsError
from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.networks.thresholds import Thresholds

if TYPE_CHECKING:
    from casting_core.evaluation.predictions import Predictions


@dataclass(frozen=True, kw_only=True)
class ThresholdOutcome:
    """What happens at a pair of thresholds, as shares with 95 % intervals over photographs; None of no pictures.

    `missed_defects`: of the defective parts, those with verdict ok; `false_alarms`: of the ok parts, those with
    verdict defective; `reviews`: of all pictures, those sent to a person, `reviews_of_defective` and `reviews_of_ok`
    how many of either label. All are shares of these pictures, of which another share is defective than in a plant:
    see `plant`.
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
    """Counts at T single thresholds, each int (T,); `threshold` float (T,).

    `missed_defects`: defective pictures below the threshold, were it the one to pass; `passed`: all of those below.
    `false_alarms`: ok pictures at or above it, were it the one to reject; `rejected`: all of those. `defective` and
    `ok`: how many pictures there are of either label.
    """

    threshold: np.ndarray
    missed_defects: np.ndarray
    passed: np.ndarray
    false_alarms: np.ndarray
    rejected: np.ndarray
    defective: int
    ok: int

    @property
    def reviews(self) -> np.ndarray:
        """Pictures between two thresholds, int (T, T): row i passes, column j rejects; 0 where j is below i."""
        return np.maximum(0, self.defective + self.ok - self.passed[:, None] - self.rejected[None, :])


def outcome_at(predictions: "Predictions", *, threshold_pass: float, threshold_reject: float) -> ThresholdOutcome:
    """Count the verdicts of one pair of thresholds, 0 <= pass <= reject <= 1.

    Raises `SettingsError` for other thresholds.
    """
    p, positive, source = predictions.probability, np.asarray(predictions.positive, bool), predictions.source
    passed, reviewed, rejected = Thresholds(threshold_pass, threshold_reject).masks(p)
    return ThresholdOutcome(
        threshold_pass=float(threshold_pass),
        threshold_reject=float(threshold_reject),
        missed_defects=share_interval(passed[positive], source[positive]),
        false_alarms=share_interval(rejected[~positive], source[~positive]),
        reviews=share_interval(reviewed, source),
        reviews_of_defective=int((reviewed & positive).sum()),
        reviews_of_ok=int((reviewed & ~positive).sum()),
    )


def threshold_curves(predictions: "Predictions", thresholds: np.ndarray | None = None) -> ThresholdCurves:
    """Counts at every threshold, float (T,) in [0, 1]; 201 from 0 to 1 in equal steps when None."""
    grid = np.linspace(0.0, 1.0, 201) if thresholds is None else np.asarray(thresholds, float)
    positive = np.asarray(predictions.positive, bool)
    defective, ok = (np.sort(predictions.probability[of]) for of in (positive, ~positive))
    missed, cleared = (np.searchsorted(ranked, grid, side="left") for ranked in (defective, ok))  # (T,) strictly below
    return ThresholdCurves(
        threshold=grid,
        missed_defects=missed,
        passed=missed + cleared,
        false_alarms=len(ok) - cleared,
        rejected=len(positive) - missed - cleared,
        defective=len(defective),
        ok=len(ok),
    )


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Of one part: what it costs, in the unit of the costs, and the share of parts that a person has to look at."""

    cost: float
    reviews: float


def expected_cost(found: ThresholdOutcome, costs: Costs, *, defect_rate: float) -> Expected:
    """Weigh the counts of a pair (`outcome_at`) at a share of defective parts in [0, 1].

    Raises `SettingsError` for another share, `DataError` unless there were pictures of both labels.
    """
    if not 0 <= defect_rate <= 1:
        raise SettingsError(f"The share of defective parts must be from 0 to 1, got {defect_rate}.")
    missed, alarms = found.missed_defects, found.false_alarms
    if missed is None or alarms is None or not missed.of or not alarms.of:
        raise DataError("What a pair of thresholds costs is known only from pictures of both labels.")
    reviews = defect_rate * found.reviews_of_defective / missed.of + (1 - defect_rate) * found.reviews_of_ok / alarms.of
    cost = defect_rate * costs.missed_defect * missed.value + (1 - defect_rate) * costs.false_alarm * alarms.value
    return Expected(cost=cost + costs.review * reviews, reviews=reviews)
