"""A figure with its interval: the one type for every number that is measured on a sample of castings."""

import math
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure and its 95 % interval.

    Attributes
    ----------
    value : the figure, in its own unit; a share lies in [0, 1].
    low, high : ends of the interval; both None where none can be given, or none was kept.
    count, of : for a share, how many of how many images; else both None.

    Examples
    --------
    >>> missed = Estimate(value=2 / 453, low=0.0, high=0.0147, count=2, of=453)
    >>> missed.of_thousand(), missed.interval_of_thousand()
    ('4', ('0', '15'))
    """

    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None

    @property
    def ends(self) -> tuple[float, float] | None:
        """The interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def span(self) -> tuple[float, float]:
        """The interval, or the figure itself where it has none."""
        return self.ends or (self.value, self.value)

    def times(self, factor: float) -> "Estimate":
        """Return the figure in another unit; `factor` above 0."""
        low, high = (None if end is None else factor * end for end in (self.low, self.high))
        return Estimate(value=factor * self.value, low=low, high=high)

    def complement(self) -> "Estimate":
        """Return the share of all the others."""
        low, high = (None, None) if self.ends is None else (1 - self.ends[1], 1 - self.ends[0])
        count = None if self.count is None or self.of is None else self.of - self.count
        return Estimate(value=1 - self.value, low=low, high=high, count=count, of=self.of)

    def rounded(self, digits: int = 6) -> "Estimate":
        """To so many significant digits."""

        def short(number: float) -> float:
            return float(f"{number:.{digits}g}")

        low, high = (None if end is None else short(end) for end in (self.low, self.high))
        return replace(self, value=short(self.value), low=low, high=high)

    def of_thousand(self) -> str:
        """Return a share as a whole number of a thousand, never rounded to nothing: `4`, `fewer than 1`, `0`."""
        number = round(1000 * self.value)
        return "fewer than 1" if self.count and number == 0 else f"{number:,}"

    def interval_of_thousand(self) -> tuple[str, str]:
        """Both ends of a share's interval as whole numbers of a thousand, rounded outwards."""
        low, high = self.ends or (0.0, 1.0)
        return f"{math.floor(1000 * low + 1e-9):,}", f"{math.ceil(1000 * high - 1e-9):,}"

    def to_json(self) -> dict[str, Any]:
        """Return a share as `count`, `of`, `share`, `low` and `high`; any other figure as `value`, `low` and `high`."""
        if self.of is None:
            return {"value": self.value, "low": self.low, "high": self.high}
        return {"count": self.count, "of": self.of, "share": self.value, "low": self.low, "high": self.high}

    @classmethod
    def from_json(cls, values: Any) -> "Estimate | None":
        """Return what `to_json` wrote; None for a share of nothing. Raises `KeyError`, `TypeError` or `ValueError`."""
        if "share" not in values:
            return cls(value=float(values["value"]), low=values["low"], high=values["high"])
        if values["share"] is None:
            return None
        return cls(value=float(values["share"]), **{name: values[name] for name in ("low", "high", "count", "of")})
