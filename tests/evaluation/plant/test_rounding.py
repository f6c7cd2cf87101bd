"""Figures with a range as text: cases by hand, and that rounding never hides or narrows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.estimate import Estimate
from casting_core.evaluation.plant.rounding import MINUS, Rounded, rounded


def test_cases_by_hand():
    for (value, low, high), expected in {
        (64.5, 9.3, 150.6): ("65", "9", "160"),
        (32782.5, 5931.5, 62446.9): ("33,000", "5,900", "63,000"),
        (5038.2, 5000.0, 5097.3): ("5,040", "5,000", "5,100"),
        (1350504.0, 1215315.8, 1470225.8): ("1,400,000", "1,200,000", "1,500,000"),
        (0.52, 0.07, 1.21): ("0.5", "0", "1.3"),
        (0.0, 0.0, 3.2): ("0", "0", "3.2"),
        (0.02, 0.0, 3.2): ("fewer than 0.1", "0", "3.2"),
        (0.3, 0.0, 40.0): ("fewer than 1", "0", "40"),
        (61250.0, 61250.0, 61250.0): ("61,250", "", ""),
        (1573333.3, 1573333.3, 1573333.3): ("1,573,000", "", ""),
        (0.0, 0.0, 0.0): ("0", "", ""),
    }.items():
        assert rounded(Estimate(value=value, low=low, high=high)) == Rounded(
            value=expected[0], low=expected[1], high=expected[2]
        )


def test_money_has_cents_below_a_hundred_only_and_may_be_owed():
    assert rounded(Estimate(value=12.345, low=12.345, high=12.345), money=True).value == "12.35"
    assert rounded(Estimate(value=123.45, low=123.45, high=123.45), money=True).value == "123"
    owed = rounded(Estimate(value=-4200, low=-51000, high=12000), money=True)
    assert (owed.value, owed.range) == (f"{MINUS}4,200", f"{MINUS}51,000 to 12,000")


def number(text: str) -> float:
    return float(text.replace(",", "").replace(MINUS, "-").removeprefix("fewer than ").removeprefix("above "))


AMOUNTS = st.floats(-1e9, 1e9).map(lambda x: round(x, 4))


@given(st.lists(AMOUNTS, min_size=3, max_size=3), st.booleans())
def test_a_range_is_never_made_narrower_nor_leaves_its_figure(given_: list[float], money: bool):
    low, value, high = sorted(given_)
    told = rounded(Estimate(value=value, low=low, high=high), money=money)
    assert not value or number(told.value) != 0
    if not told.low:
        return
    slack = 1e-8 * max(abs(low), abs(high))
    assert number(told.low) <= low + slack
    assert number(told.high) >= high - slack
    if "than" not in told.value and "above" not in told.value:
        assert number(told.low) <= number(told.value) <= number(told.high)


@pytest.mark.parametrize("digits", [1, 10, 1000, 1_000_000])
def test_more_digits_are_told_where_the_range_is_narrow(digits: int):
    value = 123_456.0 * digits
    wide = rounded(Estimate(value=value, low=0.5 * value, high=2 * value)).value
    narrow = rounded(Estimate(value=value, low=0.999 * value, high=1.001 * value)).value
    assert (len(wide.replace(",", "").rstrip("0")), len(narrow.replace(",", "").rstrip("0"))) == (2, 4)
