"""Windows of an image, and what is painted in them: by hand on tiny images, and by their properties."""

import numpy as np
import pytest

from casting_core.data.defects.patch import along_edge, blur, cut, field, noise_like, outline, paste, soft
from casting_core.data.part.finder import Ellipse

PIXELS = np.arange(100, dtype=np.uint8).reshape(10, 10)


def test_a_window_knows_where_it_lies() -> None:
    patch = cut(PIXELS, 4.0, 6.0, 2.0)
    np.testing.assert_array_equal(patch.base, PIXELS[4:10, 2:8])
    assert patch.dx[0, 2] == 0  # column 4
    assert patch.dy[2, 0] == 0  # row 6


@pytest.mark.parametrize(("x", "y"), [(0, 0), (9, 9), (0, 9)])
def test_a_window_at_the_frame_is_clipped(x: int, y: int) -> None:
    patch = cut(PIXELS, x, y, 3.0)
    np.testing.assert_array_equal(patch.base, PIXELS[patch.rows, patch.columns])
    assert patch.shape == (patch.dy.shape[0], patch.dx.shape[1])


def test_pasting_rounds_clips_and_leaves_the_given_image_alone() -> None:
    before = PIXELS.copy()
    patch = cut(PIXELS, 1.0, 1.0, 0.0)
    painted = paste(PIXELS, patch, np.full(patch.shape, 300.0))
    assert (painted[patch.rows, patch.columns] == 255).all()
    np.testing.assert_array_equal(PIXELS, before)
    assert (painted != PIXELS).sum() == np.prod(patch.shape)


def test_distances_from_a_circle_are_those_of_geometry() -> None:
    circle = Ellipse(x=50.0, y=50.0, major=30.0, minor=30.0, angle=0.0)
    patch = cut(np.zeros((100, 100), np.uint8), 80.0, 50.0, 6.0)
    along, outward = along_edge(patch, circle)
    x, y = 80.0 + patch.dx - 50, patch.dy
    np.testing.assert_allclose(outward, np.hypot(x, y) - 30, atol=1e-3)
    np.testing.assert_allclose(np.abs(along), np.abs(np.broadcast_to(patch.dy, along.shape)), atol=1e-3)


def test_an_edge_is_half_covered_and_rises_from_outside_to_inside() -> None:
    np.testing.assert_allclose(soft(np.array([-3.0, 0.0, 3.0]), 1.0), [0.0, 0.5, 1.0])
    assert (np.diff(soft(np.linspace(-2, 2, 50), 1.0)) >= 0).all()


def test_blur_keeps_what_is_flat_and_the_sum_of_a_point() -> None:
    np.testing.assert_allclose(blur(np.full((5, 6), 7.0), 0.2), 7.0)
    point = np.zeros((7, 7))
    point[3, 3] = 1.0
    blurred = blur(point, 0.25)
    assert (blurred.sum(), blurred[3, 3]) == (pytest.approx(1.0), pytest.approx(0.25))


def test_fields_have_bumps_of_their_grain_and_outlines_their_roughness() -> None:
    rng = np.random.default_rng(0)
    fine, coarse = (field(rng, (200, 200), grain) for grain in (2.0, 20.0))
    assert np.abs(np.diff(fine, axis=1)).mean() > 3 * np.abs(np.diff(coarse, axis=1)).mean()
    assert abs(coarse.std() - 1) < 0.5
    angles = np.linspace(0, 2 * np.pi, 90)
    np.testing.assert_allclose(outline(rng, angles, 0.0), 1.0)
    assert outline(rng, angles, 0.5).min() >= 0.25


def test_noise_is_as_strong_as_that_of_the_image() -> None:
    rng = np.random.default_rng(0)
    quiet, loud = (
        np.clip(128 + deviation * rng.standard_normal((64, 64)), 0, 255).astype(np.uint8) for deviation in (2, 12)
    )
    weak, strong = (noise_like(rng, cut(pixels, 32, 32, 30)).std() for pixels in (quiet, loud))
    assert 3 < strong / weak < 12
