"""Filters for small arrays give what NumPy and SciPy give."""

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.part.filters import fill, filter_matrix, gaussian, percentiles, shrink

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(160, 120), (300, 300), (480, 640), (1600, 1200)])
def test_a_shrunken_picture_is_the_mean_of_boxes(shape: tuple[int, int]) -> None:
    """A ramp is its own box mean, so every place says where it lies in the picture."""
    row = np.arange(shape[1]) * 250 / shape[1]
    small, scale, offset = shrink(np.tile(row, (shape[0], 1)).astype(np.uint8), 160)
    assert 100 <= max(small.shape) <= 240
    places = np.arange(small.shape[1]) * scale + offset
    np.testing.assert_allclose(small[0], places * 250 / shape[1], atol=1.0)


def test_holes_are_filled_as_scipy_fills_them() -> None:
    for _ in range(20):
        blob = ndimage.gaussian_filter(RNG.normal(size=(30, 40)), 2) > 0
        np.testing.assert_array_equal(fill(blob), ndimage.binary_fill_holes(blob))


@pytest.mark.parametrize("order", [0, 1])
def test_a_matrix_filters_as_scipy_does(order: int) -> None:
    values = RNG.normal(size=(72, 45)).astype(np.float32)
    expected = ndimage.gaussian_filter1d(values, 1.5, axis=1, order=order)
    np.testing.assert_allclose(gaussian(values, 1.5, order=order), expected, atol=1e-5)
    around = ndimage.gaussian_filter1d(values, 1.0, axis=0, mode="wrap")
    np.testing.assert_allclose(filter_matrix(72, 1.0, 0, "wrap").T @ values, around, atol=1e-5)


def test_percentiles_are_those_of_numpy() -> None:
    values = RNG.normal(size=(31, 17)).astype(np.float32)
    assert percentiles(values, 1, 60, 99) == pytest.approx(np.percentile(values, [1, 60, 99]))
