"""What is measured on a part: lengths that the renderer was given, and what light, blur and noise change."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.part.capture import PhotoConditions, _holes, _hub, measure
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.scene import draw_scene
from casting_core.data.transforms import to_input

SIZE = 320


def captured(pixels: np.ndarray) -> PhotoConditions:
    part = find_part(pixels)
    assert part is not None
    return measure(to_input(pixels, SIZE), part, pixels.shape)


def gray(picture: np.ndarray) -> np.ndarray:
    return picture.round().clip(0, 255).astype(np.uint8)


def pixels_of_the_face(pixels: np.ndarray) -> np.ndarray:
    """All pixels from 1.25 to 1.65 radii of the opening, (N,)."""
    part = find_part(pixels)
    assert part is not None
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    offsets = np.stack([x - part.opening.x, y - part.opening.y], axis=-1)
    radius = np.linalg.norm(offsets @ np.linalg.inv(part.opening.matrix), axis=-1)
    return pixels[(radius >= 1.25) & (radius <= 1.65)]


@pytest.mark.parametrize("seed", range(6))
def test_proportions_are_those_that_were_drawn(seed: int):
    scene = draw_scene(np.random.default_rng([seed, 0]), size=400)
    capture = captured(render_casting(seed=seed, size=400).pixels)
    assert capture.ratio == pytest.approx(scene.disc, rel=0.03)
    assert capture.hub == pytest.approx(scene.hub, abs=0.025)
    assert capture.bore > 0.2
    assert (capture.holes, capture.visible) == (0, 1)
    assert capture.diameter == pytest.approx(2 * scene.disc * scene.scale, rel=0.03)
    assert capture.extent == pytest.approx(capture.diameter / 400, rel=1e-6)


def test_the_size_of_the_picture_changes_only_its_diameter_in_pixels():
    small, large = captured(render_casting(seed=3, size=320).pixels), captured(render_casting(seed=3, size=1600).pixels)
    assert large.diameter == pytest.approx(5 * small.diameter, rel=0.02)
    for name in ("extent", "roundness", "ratio", "hub", "brightness", "contrast"):
        assert getattr(large, name) == pytest.approx(getattr(small, name), rel=0.04), name


def test_blur_lowers_sharpness_step_by_step_and_noise_does_not_raise_it():
    pixels = render_casting(seed=5).pixels.astype(np.float32)
    rng = np.random.default_rng(0)
    before = 1.0
    for deviation in (0.0, 0.8, 1.6, 2.4, 3.2):
        blurred = ndimage.gaussian_filter(pixels, deviation)
        plain = captured(gray(blurred)).sharpness
        noisy = captured(gray(blurred + rng.normal(0, 4, pixels.shape))).sharpness
        assert plain < before - 0.01
        assert noisy == pytest.approx(plain, abs=0.02)
        before = plain


def test_light_changes_what_tells_light_and_nothing_else():
    pixels = render_casting(seed=2).pixels
    plain, darker = captured(pixels), captured(gray(pixels * 0.5))
    assert darker.brightness == pytest.approx(0.5 * plain.brightness, abs=1.5)
    assert darker.contrast == pytest.approx(0.5 * plain.contrast, abs=1.5)
    for name in ("sharpness", "hub", "bore", "ratio", "roundness"):
        assert getattr(darker, name) == pytest.approx(getattr(plain, name), abs=0.03), name
    assert plain.drawing == 1
    assert captured(gray(pixels * 1.8)).drawing == pytest.approx(
        np.mean(pixels_of_the_face(pixels) * 1.8 < 250), abs=0.05
    )


def test_the_table_does_not_matter():
    black, white = (captured(render_casting(seed=4, table=table).pixels) for table in (40, 250))
    for name in ("brightness", "contrast", "sharpness", "hub"):  # through the bore one sees the table
        assert getattr(black, name) == pytest.approx(getattr(white, name), rel=0.05), name
    assert black.holes == white.holes == 0


def test_a_cut_shows_in_what_is_visible():
    pixels = render_casting(seed=1).pixels
    shares = [captured(np.ascontiguousarray(pixels[:, cut:])).visible for cut in (0, 50, 90)]
    assert shares[0] == 1
    assert 0.8 < shares[1] < 0.95
    assert 0.6 < shares[2] < 0.8


def test_a_stretch_shows_in_roundness():
    assert captured(render_casting(seed=1, stretch=1.5).pixels).roundness == pytest.approx(1 / 1.5, rel=0.03)


def test_holes_count_where_they_are_evenly_spaced():
    even, uneven, few = (np.zeros((72, 1), bool) for _ in range(3))
    even[[70, 71, 0, 1, 11, 12, 13, 23, 24, 25, 35, 36, 37, 47, 48, 49, 59, 60, 61]] = True  # six, one across ray 0
    uneven[[0, 5, 20, 22, 40, 45]] = True
    few[[0, 24, 48]] = True
    assert _holes(even) == 6
    assert _holes(uneven) == 0
    assert _holes(few) == 0
    assert _holes(np.ones((72, 3), bool)) == 0  # dark all around


def test_a_profile_without_a_hub_has_none():
    profile = np.zeros(28)
    assert _hub(profile) == 0
    profile[:5] = 1.0  # bright up to 0.5, dark from 0.55: a quarter of the height is at 0.5375
    assert _hub(profile) == pytest.approx(0.5375)


def test_nothing_is_changed_and_it_repeats():
    pixels = render_casting(seed=0).pixels
    inputs, part = to_input(pixels, SIZE).copy(), find_part(pixels)
    assert part is not None
    before = inputs.copy()
    first = measure(inputs, part, pixels.shape)
    assert measure(inputs, part, pixels.shape) == first
    np.testing.assert_array_equal(inputs, before)
    assert all(isinstance(value, float) for value in dataclasses.asdict(first).values())
