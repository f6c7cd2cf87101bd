"""Figures with their ranges over draws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from casting_core.estimate import Estimate
from casting_core.evaluation.plant.results import estimate


def test_an_estimate_passes_over_draws_without_a_value():
    assert estimate(np.array([2.0, math.nan, 1.0, 3.0])) == Estimate(value=2.0, low=1.05, high=2.95)


@pytest.mark.parametrize("draws", [[], [math.nan, math.nan]])
def test_without_a_draw_it_has_no_range(draws: list[float]):
    assert estimate(np.array([7.0, *draws])) == Estimate(value=7.0, low=7.0, high=7.0)


@given(some.floats(-1e6, 1e6), some.lists(some.floats(-1e6, 1e6), max_size=9))
def test_the_figure_as_counted_always_lies_in_its_range(value: float, draws: list[float]):
    """Even where all draws lie on one side of it."""
    found = estimate(np.array([value, *draws]))
    assert found.low <= found.value == value <= found.high


def test_of_so_many_parts_all_three_grow_alike():
    one = Estimate(value=-0.5, low=-1.0, high=0.25)
    assert one.times(10_000) == Estimate(value=-5000.0, low=-10_000.0, high=2500.0)
    assert one.times(0) == Estimate(value=0.0, low=0.0, high=0.0)
