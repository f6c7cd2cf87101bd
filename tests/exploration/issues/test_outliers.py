"""Robust scores and distances to the nearest other photographs: by hand, beside scikit-learn and scipy, and at odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation
from sklearn.neighbors import NearestNeighbors

from casting_core.exploration.issues import outliers as module
from casting_core.exploration.issues.outliers import distances, modified_z, usual


def rows(count: int, width: int, seed: int = 0) -> np.ndarray:
    """Random rows of length 1, float32."""
    values = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_a_score_by_hand() -> None:
    """Median 5, absolute deviations 5 4 3 2 1 0 1 2 3 4 95, their median 3."""
    values = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100.0])
    assert modified_z(values) == pytest.approx(0.6745 * (values - 5) / 3)


def test_the_median_deviation_is_scipys() -> None:
    values = np.random.default_rng(0).normal(size=101)
    expected = (values - np.median(values)) / median_abs_deviation(values, scale=0.6745)
    assert modified_z(values) == pytest.approx(expected)


def test_where_most_values_are_the_same_the_mean_deviation_counts() -> None:
    """Mean absolute deviation 2 / 20: the odd one's score is 2 / (0.1 / 0.7979)."""
    values = np.zeros(20)
    values[7] = 2
    assert modified_z(values) == pytest.approx(np.where(values > 0, 2 * 0.7979 / 0.1, 0))
    assert (modified_z(np.full(20, 3.0)) == 0).all()


def test_unknown_values_take_no_part() -> None:
    values = np.random.default_rng(1).normal(size=30)
    holes = values.copy()
    holes[[3, 5]] = np.nan
    scores = modified_z(holes)
    assert np.isnan(scores[[3, 5]]).all()
    known = ~np.isnan(holes)
    assert scores[known] == pytest.approx(modified_z(values[known]))
    assert usual(holes) == np.median(values[known])


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 8 + [100.0], [np.nan] * 50])
def test_of_few_values_none_is_odd(values: list[float]) -> None:
    scores = modified_z(np.array(values))
    assert scores.shape == (len(values),)
    assert np.isnan(scores).all()
    assert np.isnan(usual(np.array(values)))


@given(st.lists(st.integers(-100, 100), min_size=10, max_size=30), st.integers(1, 50), st.integers(-50, 50))
def test_scale_and_origin_do_not_matter(values: list[int], scale: int, shift: int) -> None:
    array = np.array(values, float)
    assert modified_z(array * scale + shift) == pytest.approx(modified_z(array), abs=1e-9)
    assert modified_z(-array) == pytest.approx(-modified_z(array), abs=1e-9)


def test_a_distance_by_hand() -> None:
    """In the plane, at 0, 60, 90 and 180 degrees: cosines 0.5, 0 and -1 from the first."""
    angle = np.radians([0, 60, 90, 180])
    features = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert distances(features, np.arange(4), nearest=1)[0] == pytest.approx(0.5, abs=1e-6)
    assert distances(features, np.arange(4), nearest=2)[0] == pytest.approx(0.75, abs=1e-6)
    assert distances(features, np.arange(4))[0] == pytest.approx(1 + 0.5 / 3, abs=1e-6)  # all three, for want of ten
    assert distances(features, np.array([0, 0, 1, 2]), nearest=1)[0] == pytest.approx(1, abs=1e-6)  # without its copy


def test_distances_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    features, source = rows(150, 8), np.random.default_rng(1).integers(0, 40, 150)
    expected = []
    for index in range(150):
        others = features[source != source[index]]
        near = NearestNeighbors(n_neighbors=10, metric="cosine").fit(others)
        expected.append(near.kneighbors(features[index : index + 1])[0].mean())
    assert distances(features, source) == pytest.approx(np.array(expected), abs=1e-5)
    monkeypatch.setattr(module, "CELLS", 7 * 150)  # blocks of seven rows, and a last one of three
    assert distances(features, source) == pytest.approx(np.array(expected), abs=1e-5)
    assert distances(features.astype(np.float16), source) == pytest.approx(np.array(expected), abs=2e-3)


def test_order_does_not_matter_and_arrays_stay_as_they_are() -> None:
    features, source = rows(60, 5), np.arange(60) // 3
    before = features.copy()
    order = np.random.default_rng(2).permutation(60)
    assert distances(features[order], source[order]) == pytest.approx(distances(features, source)[order], abs=1e-6)
    assert (features == before).all()


def test_what_is_unknown_has_no_distance_and_gives_none() -> None:
    features, source = rows(30, 4), np.arange(30)
    holes = features.copy()
    holes[0], holes[1] = 0, np.nan
    found = distances(holes, source)
    assert np.isnan(found[:2]).all()
    assert found[2:] == pytest.approx(distances(features[2:], source[2:]), abs=1e-6)


def test_pictures_of_unknown_photographs_are_by_themselves() -> None:
    features = rows(20, 4)
    assert distances(features, np.full(20, -1)) == pytest.approx(distances(features, np.arange(20)))
    mixed = np.concatenate([[0, 0], np.full(18, -1)])
    assert distances(features, mixed) == pytest.approx(distances(features, np.array([0, 0, *range(2, 20)])))


def test_without_other_photographs_there_is_no_distance() -> None:
    assert distances(np.zeros((0, 4)), np.zeros(0, int)).shape == (0,)
    assert np.isnan(distances(rows(1, 4), np.zeros(1, int))).all()
    assert np.isnan(distances(rows(12, 4), np.zeros(12, int))).all()
    assert np.isnan(distances(np.zeros((12, 4)), np.arange(12))).all()
    same = distances(np.ones((12, 4)), np.arange(12))
    assert same == pytest.approx(0, abs=1e-6)
