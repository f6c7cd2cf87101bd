"""Sampling, medians and ellipses: against SciPy and NumPy, and with ellipses of known shape."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from casting_core.data.part.ellipse import ANGLES, RAYS, Ellipse, along_rays, fit_ellipse, median, outer_peaks, sample


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(2, 30), width=st.integers(2, 30))
def test_samples_are_those_of_scipy(dtype: type, seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (height, width)).astype(dtype)
    x, y = rng.uniform(-5, 35, (2, 6, 7))
    x[0, :3], y[0, :3] = (0, width - 1, 0), (0, height - 1, height - 1)
    expected = ndimage.map_coordinates(picture, (y, x), order=1, mode="nearest", output=np.float32)
    found = sample(picture, np.stack([x, y]))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-3)
    within = (x >= 0) & (x < width - 1) & (y >= 0) & (y < height - 1)
    np.testing.assert_array_equal(sample(picture, np.stack([x[within], y[within]]), inside=True), found[within])


@given(values=st.lists(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=5), min_size=1, max_size=6))
def test_medians_are_those_of_numpy(values: list[list[float]]) -> None:
    array = np.array(values)
    np.testing.assert_array_equal(median(array), np.median(array, axis=-1))
    np.testing.assert_array_equal(median(array.T), np.median(array.T, axis=-1))


@pytest.mark.parametrize("x", [50.0, 12.0, -5.0])
def test_rays_across_a_ramp(x: float) -> None:
    """Brightness is the column: what a ray meets at radius r is x + r · major · cos(angle), within the frame."""
    picture = np.tile(np.arange(100, dtype=np.float32), (80, 1))
    radii = np.linspace(0, 2, 9)
    values, inside = along_rays(picture, Ellipse(x=x, y=40, major=15, minor=10, angle=0), radii)
    expected = x + 15 * radii * np.cos(ANGLES)[:, None]
    np.testing.assert_allclose(values, expected.clip(0, 99), atol=1e-4)
    np.testing.assert_array_equal(inside, expected > -0.5)


def test_the_peak_lies_between_samples() -> None:
    radii = np.linspace(0.5, 1.5, 21)
    edge = np.tile(1 - (radii - 1.013) ** 2, (RAYS, 1))  # a parabola
    found, heights = outer_peaks(edge, radii)
    np.testing.assert_allclose(found, 1.013)
    np.testing.assert_allclose(heights, edge.max())


def test_the_outermost_of_high_peaks() -> None:
    edge = np.zeros((RAYS, 9))
    edge[:, 2], edge[:, 5], edge[:, 7] = 10, 6, 1
    radii = np.arange(9.0)
    assert set(outer_peaks(edge, radii)[0]) == {2}
    assert set(outer_peaks(edge, radii, share=0.5)[0]) == {5}


@given(
    x=st.floats(-2, 2), y=st.floats(-2, 2), major=st.floats(19, 22), flatness=st.floats(0.9, 1), angle=st.floats(0, 3.1)
)
def test_fits_the_ellipse_that_the_points_lie_on(x: float, y: float, major: float, flatness: float, angle: float):
    """Though one ray in six shows something else."""
    frame = Ellipse(x=50, y=40, major=20, minor=20, angle=0)
    wanted = Ellipse(x=50 + x, y=40 + y, major=major, minor=flatness * major, angle=angle)
    inverse = np.linalg.inv(wanted.matrix)
    start, step = inverse @ (-x, -y), inverse @ np.stack([20 * np.cos(ANGLES), 20 * np.sin(ANGLES)])  # (2,), (2, RAYS)
    a, b, c = (step**2).sum(axis=0), step.T @ start, start @ start - 1  # |start + r step| = 1
    radii = (-b + np.sqrt(b * b - a * c)) / a
    radii[::6] += 0.4
    fitted = fit_ellipse(frame, radii, np.ones(RAYS), tolerance=0.06)
    assert fitted is not None
    ellipse, agree = fitted
    np.testing.assert_allclose(ellipse.matrix, wanted.matrix, atol=1e-6)
    assert (ellipse.x, ellipse.y) == pytest.approx((wanted.x, wanted.y), abs=1e-6)
    np.testing.assert_array_equal(agree, np.arange(RAYS) % 6 != 0)


def test_too_few_points_are_no_ellipse() -> None:
    frame = Ellipse(x=0, y=0, major=20, minor=20, angle=0)
    assert fit_ellipse(frame, np.ones(RAYS), 1.0 * (np.arange(RAYS) < 11), tolerance=0.05) is None


@given(major=st.floats(1, 100), flatness=st.floats(0.05, 1), angle=st.floats(0, math.pi - 1e-6))
def test_an_ellipse_from_its_spread(major: float, flatness: float, angle: float) -> None:
    wanted = Ellipse(x=1, y=2, major=major, minor=flatness * major, angle=angle)
    found = Ellipse.from_spread(1, 2, wanted.matrix @ wanted.matrix.T)
    np.testing.assert_allclose(found.matrix, wanted.matrix, atol=1e-6 * major)
    assert 0 <= found.angle < math.pi
