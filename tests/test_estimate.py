"""A figure with its interval: of a thousand, the other way round, in other units, and as a card holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casting_core.estimate import Estimate


def share(count: int, of: int, low: float, high: float) -> Estimate:
    return Estimate(count=count, of=of, value=count / of, low=low, high=high)


@pytest.mark.parametrize(
    ("found", "number", "interval"),
    [
        (share(9, 2510, 0.0, 0.0096), "4", ("0", "10")),
        (share(0, 262, 0.0, 0.2051), "0", ("0", "206")),
        (share(1, 5000, 0.00001, 0.001), "fewer than 1", ("0", "1")),
        (share(10, 10, 0.7, 1.0), "1,000", ("700", "1,000")),
    ],
)
def test_of_a_thousand(found: Estimate, number: str, interval: tuple[str, str]) -> None:
    assert (found.of_thousand(), found.interval_of_thousand()) == (number, interval)


def test_the_others() -> None:
    assert share(1, 4, 0.0, 0.75).complement() == share(3, 4, 0.25, 1.0)
    assert Estimate(value=0.25).complement() == Estimate(value=0.75)


def test_in_another_unit() -> None:
    assert share(1, 4, 0.0, 0.75).times(100) == Estimate(value=25, low=0, high=75)
    assert Estimate(value=2.0).times(3) == Estimate(value=6)


def test_rounded_to_significant_digits() -> None:
    assert share(1, 3, 0.0123456789, 1.0).rounded() == Estimate(value=0.333333, low=0.0123457, high=1.0, count=1, of=3)


@given(some.floats(0, 1), some.floats(0, 1), some.integers(1, 9))
def test_what_a_card_holds_is_read_as_it_was_written(value: float, low: float, count: int) -> None:
    for found in (Estimate(value=value, low=low, high=1.0), share(count, 9, low, 1.0), Estimate(value=value)):
        assert Estimate.from_json(found.to_json()) == found


def test_a_share_of_nothing_is_none() -> None:
    assert Estimate.from_json({"count": 0, "of": 0, "share": None, "low": None, "high": None}) is None
