"""Intervals against scipy and against cases worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from casting_core.evaluation.statistics.intervals import clopper_pearson, share_interval


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_clopper_pearson_agrees_with_scipy(case: tuple[int, int]):
    count, total = case
    expected = binomtest(count, total).proportion_ci(0.95, method="exact")
    assert clopper_pearson(count, total) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_no_error_on_32_photographs_still_allows_ten_point_nine_percent():
    interval = share_interval(np.zeros(320, bool), np.repeat(np.arange(32), 10))
    assert (interval.value, interval.low, interval.high) == (0, 0, pytest.approx(0.109, abs=5e-4))


def test_nothing_but_hits_on_32_photographs_still_allows_ten_point_nine_percent_of_misses():
    interval = share_interval(np.ones(320, bool), np.repeat(np.arange(32), 10))
    assert (interval.value, interval.low, interval.high) == (1, pytest.approx(1 - 0.109, abs=5e-4), 1)


def test_copies_of_one_photograph_do_not_narrow_the_interval():
    event, source = np.arange(20) % 4 == 0, np.arange(20)
    once = share_interval(event, source)
    copied = share_interval(np.repeat(event, 50), np.repeat(source, 50))
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert once.low < once.value == 0.25 < once.high


def test_the_ends_are_those_of_the_binomial_that_is_drawn_from():
    """Ten of 40 photographs: 95 of 100 draws have 5 to 16 of them."""
    interval = share_interval(np.arange(40) < 10, np.arange(40))
    drawn = binom(40, 0.25)
    assert interval.low * 40 == pytest.approx(drawn.ppf(0.025), abs=1)
    assert interval.high * 40 == pytest.approx(drawn.ppf(0.975), abs=1)


def test_no_pictures_have_no_interval():
    assert share_interval(np.zeros(0, bool), np.zeros(0, int)) is None
