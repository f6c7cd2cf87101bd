"""What each outcome of an inspection costs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What each outcome costs, in any one unit, and the largest share of parts that can be reviewed."""

    missed_defect: float = 50.0
    false_alarm: float = 1.0
    review: float = 0.1
    review_capacity: float = 0.02
