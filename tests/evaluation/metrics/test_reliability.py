"""The curve by hand and against scikit-learn, and the calibration error that is read off it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from casting_core.evaluation.metrics.reliability import bin_of, expected_calibration_error, reliability_curve
from casting_core.evaluation.statistics.intervals import clopper_pearson


def test_bins_by_hand():
    assert bin_of(np.array([0.0, 0.0666, 0.0667, 0.5, 0.99, 1.0])).tolist() == [0, 0, 1, 7, 14, 14]
    assert bin_of(np.array([0.0, 0.49, 0.5, 1.0]), bins=2).tolist() == [0, 0, 1, 1]
    assert bin_of(np.array([0.89, 0.91, 1.0]), bins=10).tolist() == [8, 9, 9]


def test_the_curve_by_hand():
    """Three photographs in [1/15, 2/15), one in [14/15, 1]; bins without pictures have no point."""
    p, positive = np.array([0.07, 0.1, 0.13, 0.96]), np.array([0, 1, 0, 1], bool)
    low, high = reliability_curve(p, positive, np.arange(4))
    assert (low.from_, low.to, high.from_, high.to) == pytest.approx((1 / 15, 2 / 15, 14 / 15, 1))
    assert (low.pictures, low.probability, low.share) == pytest.approx((3, 0.1, 1 / 3))
    assert (high.pictures, high.probability, high.share) == pytest.approx((1, 0.96, 1))


def test_calibration_error_by_hand():
    probability = np.array([0.1, 0.1, 0.9, 0.9])
    assert expected_calibration_error(probability, np.array([0, 0, 1, 1], bool)) == pytest.approx(0.1)
    assert expected_calibration_error(probability, np.array([0, 1, 1, 1], bool)) == pytest.approx(0.25)


def test_calibration_error_and_curve_against_scikit_learn():
    rng = np.random.default_rng(2)
    p = rng.random(5000)
    positive = rng.random(5000) < p**2
    frequency, confidence = calibration_curve(positive, p, n_bins=15)
    count = np.histogram(p, bins=15, range=(0, 1))[0]
    expected = (np.abs(frequency - confidence) * count).sum() / 5000
    assert expected_calibration_error(p, positive) == pytest.approx(expected, abs=1e-9)
    curve = reliability_curve(p, positive, np.arange(5000))
    assert [point.share for point in curve] == pytest.approx(list(frequency), abs=1e-9)
    assert [point.probability for point in curve] == pytest.approx(list(confidence), abs=1e-9)
    assert [point.pictures for point in curve] == count.tolist()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 4)), min_size=1, max_size=60))
def test_the_error_is_read_off_the_curve(pictures: list[tuple[float, bool, int]]):
    p, positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    curve = reliability_curve(p, positive, source)
    assert sum(point.pictures for point in curve) == len(p)
    read = sum(abs(point.probability - point.share) * point.pictures for point in curve) / len(p)
    assert expected_calibration_error(p, positive) == pytest.approx(read, abs=1e-12)
    for point in curve:
        assert point.from_ - 1e-12 <= point.probability <= point.to + 1e-12
        if point.estimate.ends:
            assert point.low <= point.share <= point.high


def test_a_bin_says_how_few_photographs_are_behind_it():
    p = np.full(50, 0.99)
    (one,) = reliability_curve(p, np.ones(50, bool), np.zeros(50, int))
    assert (one.pictures, one.photographs, one.share) == (50, 1, 1)
    assert one.estimate.ends == pytest.approx(clopper_pearson(1, 1))
    (none,) = reliability_curve(p, np.zeros(50, bool), np.zeros(50, int))
    assert (none.share, none.low, none.high) == pytest.approx((0, *clopper_pearson(0, 1)))
    (mixed,) = reliability_curve(p, np.arange(50) < 25, np.zeros(50, int))
    assert (mixed.share, mixed.low, mixed.high) == (0.5, None, None)
    assert reliability_curve(np.zeros(0), np.zeros(0, bool), np.zeros(0, int)) == ()
