"""What a pair of thresholds costs a plant, a part, from what it did on pictures whose label is known.

The shares among the defective and among the sound pictures are taken to be the plant's; each label counts by the
plant's own share of defective parts, as in `proposal`, which weighs all pairs in the same way.
"""

from dataclasses import dataclass

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.what_if import WhatIf


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Of one part: what it costs, in the unit of the costs, and the share of parts that a person has to look at."""

    cost: float
    reviews: float


def expected_cost(found: WhatIf, costs: Costs, *, defect_rate: float) -> Expected:
    """Weigh the counts of a pair (`what_if`) at a share of defective parts in [0, 1].

    Raises `SettingsError` for another share, `DataError` unless there were pictures of both labels.
    """
    if not 0 <= defect_rate <= 1:
        raise SettingsError(f"The share of defective parts must be from 0 to 1, got {defect_rate}.")
    missed, alarms = found.missed_defects, found.false_alarms
    if missed is None or alarms is None:
        raise DataError("What a pair of thresholds costs is known only from pictures of both labels.")
    reviews = defect_rate * found.reviews_of_defective / missed.of + (1 - defect_rate) * found.reviews_of_ok / alarms.of
    cost = defect_rate * costs.missed_defect * missed.share + (1 - defect_rate) * costs.false_alarm * alarms.share
    return Expected(cost=cost + costs.review * reviews, reviews=reviews)
