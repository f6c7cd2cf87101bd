"""A rendered flange: metal around dark holes, decided by scene and generator."""

import numpy as np

from casting_core.data.synthetic.flange_render import render_sound_flange
from casting_core.data.synthetic.flange_scene import draw_flange


def test_bore_and_bolt_holes_are_dark_and_the_plate_is_not() -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        scene = draw_flange(rng, size=160)
        pixels = render_sound_flange(scene, rng)
        assert (pixels.shape, pixels.dtype) == ((160, 160), np.uint8)
        centres = [scene.ellipse((0.0, 0.0), scene.bore), *(scene.ellipse(hole, scene.bolt) for hole in scene.holes)]
        inside = np.array([pixels[round(each.y), round(each.x)] for each in centres], float)
        ring = scene.ellipse((0.0, 0.0), (scene.bore + scene.face) / 2)
        turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        dx, dy = ring.matrix @ np.stack([np.cos(turn), np.sin(turn)])
        metal = pixels[(ring.y + dy).round().astype(int), (ring.x + dx).round().astype(int)]
        assert np.median(inside) < np.median(metal) - 30


def test_scene_and_generator_decide_every_pixel() -> None:
    scene = draw_flange(np.random.default_rng(0), size=96)
    one, again, other = (render_sound_flange(scene, np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
