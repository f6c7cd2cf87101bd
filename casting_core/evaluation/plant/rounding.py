"""Figures with a range as text, no finer than the range allows.

1. A number that has a range is given to two significant digits, or to the first digit of the range's width where that
   is finer; one without a range to four.
2. The ends of a range are rounded outwards, so that rounding never makes it narrower.
3. Whole numbers stay whole where any of them reaches 10 (money 100), and what is more than nothing is never rounded
   to nothing: `fewer than 1`.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from casting_core.estimate import Estimate

MINUS = "−"


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """An estimate as texts; `low` and `high` are empty where it has no range."""

    value: str
    low: str = ""
    high: str = ""

    @property
    def range(self) -> str:
        """`9 to 160`; empty where there is none."""
        return f"{self.low} to {self.high}" if self.low else ""


def rounded(estimate: Estimate, *, money: bool = False) -> Rounded:
    """Write an estimate of things, hours or minutes, or of `money` (without its currency)."""
    value, (low, high) = estimate.value, estimate.span
    top = max(abs(value), abs(low), abs(high))
    finest = (0 if top >= 100 else -2) if money else (0 if top >= 10 else -1)
    if high - low <= 1e-9 * top:
        return Rounded(value=_text(value, finest, _place(value, 4)))
    width = _place(high - low, 1)
    return Rounded(
        value=_text(value, finest, min(width, _place(value, 2))),
        low=_text(low, finest, min(width, _place(low, 2)), ROUND_FLOOR),
        high=_text(high, finest, min(width, _place(high, 2)), ROUND_CEILING),
    )


def rounded_amount(value: float) -> str:
    """Write an amount of money without a range."""
    return rounded(Estimate(value=value), money=True).value


def _exact(number: float) -> Decimal:
    return Decimal(f"{number:.12g}")  # what lies on a step but for the last bit stays there


def _place(number: float, digits: int) -> int:
    """Power of ten of the last of so many significant digits."""
    return _exact(number).adjusted() - digits + 1


def _text(number: float, finest: int, place: int, rounding: str = ROUND_HALF_UP) -> str:
    """Round to a power of ten, no finer than `finest`."""
    unit = Decimal(1).scaleb(max(finest, place))
    near = _exact(number).quantize(unit, rounding)
    if number and not near and rounding == ROUND_HALF_UP:
        return f"fewer than {unit:f}" if number > 0 else f"above {MINUS}{unit:f}"
    return f"{near:,f}".replace("-", MINUS) if near else "0"
