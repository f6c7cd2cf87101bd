"""Figures with a range as text, no finer than the range allows.

1. A number is given to two significant digits, or finer where its range is narrow: to the first digit of the range's
   width, to the second where the first is below 4 (much as the Particle Data Group rounds errors,
   https://pdg.lbl.gov, Review of Particle Physics, section 5.3).
2. The ends of a range are rounded outwards, so that rounding never makes it narrower.
3. A number that chance has no part in, whose range is a point, is given to four significant digits.
4. Whole numbers stay whole from 10 on (money from 100 on), thousands are set apart, and what is more than nothing is
   never rounded to nothing: `fewer than 1`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from casting_core.evaluation.plant.results import Estimate

MINUS = "−"


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """An estimate as texts; `low` and `high` are empty where it has no range."""

    value: str
    low: str
    high: str

    @property
    def range(self) -> str:
        """`9 to 160`; empty where there is none."""
        return f"{self.low} to {self.high}" if self.low else ""


def rounded(estimate: Estimate, *, money: bool = False) -> Rounded:
    """An estimate of things, hours or minutes, or of `money` (without its currency), as texts."""
    value, low, high = estimate.value, estimate.low, estimate.high
    top = max(abs(value), abs(low), abs(high))
    least = (1.0 if top >= 100 else 0.01) if money else (1.0 if top >= 10 else 0.1)
    width = high - low
    if width <= 1e-9 * top or width == 0:
        return Rounded(value=_text(value, max(least, _unit(value, 4)), round), low="", high="")
    wide = _unit(width, 2 if _leading(width) < 4 else 1)
    return Rounded(
        value=_text(value, max(least, min(wide, _unit(value, 2))), round),
        low=_text(low, max(least, min(wide, _unit(low, 2))), math.floor),
        high=_text(high, max(least, min(wide, _unit(high, 2))), math.ceil),
    )


def _order(number: float) -> int:
    return math.floor(math.log10(abs(number)) + 1e-12)


def _leading(number: float) -> float:
    return abs(number) / 10.0 ** _order(number)


def _unit(number: float, digits: int) -> float:
    """The worth of the last of so many significant digits; endless for nought."""
    return 10.0 ** (_order(number) - digits + 1) if number else math.inf


def _text(number: float, unit: float, how: Callable[[float], int]) -> str:
    if math.isinf(unit) or number == 0:
        return "0"
    steps = number / unit
    if how is not round:  # what lies on a step but for a rounding stays there
        steps = round(steps) if math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-9) else how(steps)
    steps = math.floor(steps + 0.5) if how is round else int(steps)
    if steps == 0:
        small = f"{unit:g}"
        return "0" if how is not round else f"fewer than {small}" if number > 0 else f"above {MINUS}{small}"
    places = max(0, -_order(unit))
    text = f"{abs(steps) * unit:,.{places}f}"
    return f"{MINUS}{text}" if steps < 0 else text
