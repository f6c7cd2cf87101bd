"""The figures of a plant, as `economics` works them out: each with its 95 % interval and its unit."""

from dataclasses import dataclass

import numpy as np

from casting_core.evaluation.statistics.bootstrap import percentile_interval


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval, low <= value <= high; all three are one where nothing was left to chance."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, drawn: np.ndarray) -> "Estimate":
        """From values float (1 + R,): as counted, then of R draws, of which those that are NaN are passed over."""
        value = float(drawn[0])
        ends = percentile_interval(drawn[1:], value) or {"low": value, "high": value}
        return cls(value=value, **ends)

    def times(self, factor: float) -> "Estimate":
        """Multiply by a factor of at least 0, as for so many parts."""
        return Estimate(value=self.value * factor, low=self.low * factor, high=self.high * factor)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Of so many parts: defective ones shipped, sound ones scrapped, looks by a person, hours and money of all that."""

    escapes: Estimate
    false_rejects: Estimate
    reviews: Estimate
    review_hours: Estimate
    cost: Estimate


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to inspect.

    Attributes
    ----------
    per_10_000, per_year
        Its totals of 10,000 parts and of a year.
    minutes_per_day
        A person's.
    enough, enough_at_worst
        Whether the reviewers' capacity suffices for these minutes as counted, and at the upper end of their interval.
    """

    per_10_000: Totals
    per_year: Totals
    minutes_per_day: Estimate
    enough: bool
    enough_at_worst: bool


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """Where two ways cost the same: `at`, and whether the first is the cheaper one below it (else it is above)."""

    at: float
    first_cheaper_below: bool


@dataclass(frozen=True, kw_only=True)
class Advantage:
    """What the first of two ways saves against the second: money, negative where it costs more.

    Attributes
    ----------
    per_10_000, per_year
        Of 10,000 parts and of a year.
    cheaper_in
        Share of the draws of photographs in which it is the cheaper one, in [0, 1]; NaN where there is none.
    break_even_defect_rate, break_even_missed_defect_cost
        A share of parts in [0, 1], and money of at least 0, all else being as stated; None where no such value makes
        them equal, or every value does. Both are of the rates as counted, without interval.
    """

    per_10_000: Estimate
    per_year: Estimate
    cheaper_in: float
    break_even_defect_rate: BreakEven | None
    break_even_missed_defect_cost: BreakEven | None


@dataclass(frozen=True, kw_only=True)
class Worth:
    """The four ways to inspect, what the model saves, and its precision in this plant.

    `precision`: of the parts that the model rejects, the share that is really defective, in [0, 1]; None where it
    would reject none.
    """

    model: Way
    second_look: Way
    by_hand: Way
    uninspected: Way
    model_over_by_hand: Advantage
    second_look_over_by_hand: Advantage
    model_over_uninspected: Advantage
    precision: Estimate | None
