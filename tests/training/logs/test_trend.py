"""Smoothing, scatter and slope, against small cases by hand and against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import lfilter
from scipy.stats import theilslopes

from casting_core.training.logs.trend import both_sides, means, ratios, scatter, slope, smooth

NAN = math.nan
floats = arrays(float, st.integers(1, 30), elements=st.floats(-1e6, 1e6))


def test_smoothing_by_hand() -> None:
    # of 1 and 4 with weight 0.5: (0.5 · 0.5 · 1 + 0.5 · 4) / 0.75
    np.testing.assert_allclose(smooth(np.array([1.0, 4.0]), 0.5), [1, 3])
    np.testing.assert_array_equal(smooth(np.array([3.0, 1.0, 2.0]), 0.0), [3, 1, 2])
    assert smooth(np.empty(0)).shape == (0,)


def test_what_is_no_number_is_kept_apart() -> None:
    smoothed = smooth(np.array([1.0, NAN, 4.0, math.inf, 2.0]), 0.5)
    np.testing.assert_allclose(smoothed[[0, 2, 4]], smooth(np.array([1.0, 4.0, 2.0]), 0.5))
    assert math.isnan(smoothed[1])
    assert smoothed[3] == math.inf
    assert np.isnan(smooth(np.full(3, NAN))).all()


@given(values=floats, weight=st.floats(0, 0.99))
def test_smoothing_beside_scipy(values: np.ndarray, weight: float) -> None:
    given_values = values.copy()
    share = 1 - weight ** np.arange(1, len(values) + 1)
    expected = lfilter([1 - weight], [1, -weight], values) / share
    np.testing.assert_allclose(smooth(values, weight), expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(values, given_values)  # not changed


@given(values=floats)
def test_smoothing_from_both_sides_knows_no_direction(values: np.ndarray) -> None:
    np.testing.assert_allclose(both_sides(values[::-1])[::-1], both_sides(values), atol=1e-6)


def test_equal_ratios_are_equal_distances() -> None:
    steps = np.diff(ratios(np.array([8.0, 4.0, 2.0, 1.0])))
    assert (steps < 0).all()
    np.testing.assert_allclose(steps, -math.log(2), rtol=0.12)  # but for the floor
    np.testing.assert_array_equal(ratios(np.zeros(4)), np.zeros(4))
    assert np.isfinite(ratios(np.array([0.0, -1.0, 2.0]))).all()


@given(values=arrays(float, 12, elements=st.floats(0.001, 1000)), factor=st.floats(0.001, 1000))
def test_ratios_know_no_unit(values: np.ndarray, factor: float) -> None:
    np.testing.assert_allclose(np.diff(ratios(factor * values)), np.diff(ratios(values)), atol=1e-9)


def test_scatter_of_noise_on_a_slope() -> None:
    noise = np.random.default_rng(0).normal(size=20_000)
    assert scatter(noise + np.arange(20_000)) == pytest.approx(1, rel=0.05)
    assert scatter(np.linspace(0, 5, 10)) == pytest.approx(0, abs=1e-9)
    assert scatter(np.linspace(0, 1, 10) ** 2) == pytest.approx(0, abs=1e-9)  # bends, but does not scatter


@given(values=arrays(float, st.integers(2, 30), elements=st.floats(-1e3, 1e3)))
def test_slope_beside_scipy(values: np.ndarray) -> None:
    assert slope(values) == pytest.approx(theilslopes(values).slope, abs=1e-9)


def test_means_of_neighbours() -> None:
    np.testing.assert_array_equal(means(np.array([1.0, 3.0, 5.0, 7.0, 9.0]), 2), [2, 6, 9])
    np.testing.assert_array_equal(means(np.array([1.0, 3.0, 5.0]), 2, first=True), [1, 5])
    np.testing.assert_array_equal(means(np.array([1.0, 3.0]), 1), [1, 3])
