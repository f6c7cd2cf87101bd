"""A rendered casting looks like a photograph of one: bright face, dark opening, a table around."""

import numpy as np
import pytest

from casting_core.data.part.polar import disc_mask
from casting_core.data.synthetic.render import render_sound
from casting_core.data.synthetic.scene import draw_scene


@pytest.mark.parametrize("seed", range(4))
def test_face_and_opening_are_where_the_scene_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = draw_scene(rng, size=200)
    pixels = render_sound(scene, rng)
    assert (pixels.shape, pixels.dtype) == ((200, 200), np.uint8)
    y, x = np.mgrid[:200, :200]
    u, v = np.linalg.inv(scene.opening.matrix) @ np.stack([x.ravel() - scene.opening.x, y.ravel() - scene.opening.y])
    radius = np.hypot(u, v).reshape(200, 200)
    opening = (radius > scene.hub + 0.1) & (radius < 0.85)
    face = disc_mask(scene.part, pixels.shape) & (radius > scene.groove + 0.05)
    assert np.median(pixels[face]) > np.median(pixels[opening]) + 50


def test_scene_and_generator_decide_every_pixel() -> None:
    scene = draw_scene(np.random.default_rng(0), size=96)
    one, again, other = (render_sound(scene, np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert (one != other).mean() > 0.3
