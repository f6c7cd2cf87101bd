"""The part's polar frame: hours and radii worked out by hand, round trips, turns and mirrorings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from casting_core.data.part.finder import Ellipse, Part
from casting_core.data.part.polar import disc_mask, to_clock, turned, unwrap


def from_clock(part: Part, clock: float, radius: float) -> tuple[float, float]:
    """The point of the picture, (x, y) in pixels, at a clock in hours and a radius of the disc."""
    angle = clock * np.pi / 6
    x, y = part.disc.matrix @ (np.sin(angle), -np.cos(angle)) * radius
    return float(part.disc.x + x), float(part.disc.y + y)


def round_part(x: float = 100, y: float = 100, radius: float = 80) -> Part:
    disc = Ellipse(x=x, y=y, major=radius, minor=radius, angle=0)
    return Part(disc=disc, opening=disc.moved(scale=0.5))


ASKEW = Part(
    disc=Ellipse(x=104.5, y=97.25, major=90, minor=66, angle=0.6),
    opening=Ellipse(x=106, y=96, major=50, minor=36, angle=0.65),
)

parts = st.builds(
    lambda x, y, major, flatness, angle: Part(
        disc=Ellipse(x=x, y=y, major=major, minor=major * flatness, angle=angle),
        opening=Ellipse(x=x, y=y, major=major / 2, minor=major * flatness / 2, angle=angle),
    ),
    st.floats(-50, 400),
    st.floats(-50, 400),
    st.floats(10, 500),
    st.floats(0.4, 1),
    st.floats(0, math.pi, exclude_max=True),
)


@pytest.mark.parametrize(
    ("x", "y", "clock", "radius"),
    [
        *((100, 20, 12, 1), (180, 100, 3, 1), (100, 180, 6, 1), (20, 100, 9, 1), (140, 100, 3, 0.5), (100, 100, 12, 0)),
        *((100 + 40, 100 - 40 * math.sqrt(3), 1, 1), (100 - 40, 100 - 40 * math.sqrt(3), 11, 1), (260, 100, 3, 2)),
    ],
)
def test_clock_worked_out_by_hand(x: float, y: float, clock: float, radius: float) -> None:
    assert to_clock(round_part(), x, y) == pytest.approx((clock, radius))


def test_clock_follows_the_stretch() -> None:
    disc = Ellipse(x=0, y=0, major=40, minor=20, angle=0)
    part = Part(disc=disc, opening=disc.moved(scale=0.5))
    assert to_clock(part, 40, 0) == pytest.approx((3, 1))
    assert to_clock(part, 0, -20) == pytest.approx((12, 1))
    assert to_clock(part, 40 * math.sqrt(0.5), -20 * math.sqrt(0.5)) == pytest.approx((1.5, 1))


def test_a_hair_left_of_the_top_is_still_on_the_clock() -> None:
    clock, _ = to_clock(round_part(), 100 - 1e-15, 20)
    assert 0 < clock <= 12


@given(part=parts, clock=st.floats(0.01, 12), radius=st.floats(0.01, 2))
def test_clock_there_and_back(part: Part, clock: float, radius: float) -> None:
    hours, distance = to_clock(part, *from_clock(part, clock, radius))
    assert 0 < hours <= 12
    assert min(abs(hours - clock), 12 - abs(hours - clock)) < 1e-6
    assert distance == pytest.approx(radius)


@given(part=parts, x=st.floats(0, 300), y=st.floats(0, 300))
def test_points_there_and_back(part: Part, x: float, y: float) -> None:
    assert from_clock(part, *to_clock(part, x, y)) == pytest.approx((x, y), abs=1e-6)


def smooth(shape: tuple[int, int] = (200, 210)) -> np.ndarray:
    picture = ndimage.gaussian_filter(np.random.default_rng(1).normal(size=shape), 5)
    return (picture / np.abs(picture).max()).astype(np.float32)


def test_unwraps_the_quarters_in_clock_order() -> None:
    y, x = np.mgrid[:201, :201]
    strip = unwrap(x + 1000.0 * y, round_part().disc, radii=[0, 0.5, 1], angles=4)
    assert strip.dtype == np.float32
    expected = [[100100] * 4, [60100, 100140, 140100, 100060], [20100, 100180, 180100, 100020]]
    np.testing.assert_allclose(strip, expected)


def test_points_outside_the_frame_take_the_nearest_pixel() -> None:
    strip = unwrap(np.full((20, 20), 7, np.uint8), round_part(10, 10, 9).disc, radii=[1, 5, 50], angles=8)
    np.testing.assert_array_equal(strip, np.full((3, 8), 7))


def test_what_is_looked_up_again_is_what_was_unwrapped() -> None:
    """Every pixel of the disc, found in the strip by its clock and radius."""
    picture, radii = smooth(), np.linspace(0, 1.05, 160)
    strip = unwrap(picture, ASKEW.disc, radii=radii, angles=720)
    closed = np.concatenate([strip, strip[:, :1]], axis=1)  # the last angle meets the first
    y, x = np.nonzero(disc_mask(ASKEW, picture.shape))
    clock, radius = np.array([to_clock(ASKEW, *at) for at in zip(x, y, strict=True)]).T
    back = ndimage.map_coordinates(closed, (np.interp(radius, radii, np.arange(160)), clock * 60 % 720), order=1)
    assert np.abs(back - picture[y, x]).max() < 0.02


def test_a_quarter_turn_shifts_the_strip_and_a_mirroring_reverses_it() -> None:
    picture = smooth((201, 201))
    part, radii = round_part(), np.linspace(0.3, 1, 20)
    strip = unwrap(picture, part.disc, radii=radii, angles=64)
    clockwise = unwrap(np.rot90(picture, -1), part.disc, radii=radii, angles=64)
    mirrored = unwrap(picture[:, ::-1], part.disc, radii=radii, angles=64)
    np.testing.assert_allclose(clockwise, np.roll(strip, 16, axis=1), atol=1e-5)
    np.testing.assert_allclose(mirrored, np.roll(strip[:, ::-1], 1, axis=1), atol=1e-5)


def test_mask_has_the_area_of_the_ellipse() -> None:
    assert np.count_nonzero(disc_mask(ASKEW, (300, 300))) == pytest.approx(math.pi * 90 * 66, rel=0.002)
    assert np.count_nonzero(disc_mask(ASKEW, (300, 300), scale=0.5)) == pytest.approx(math.pi * 45 * 33, rel=0.004)


@pytest.mark.parametrize("degrees", [0.0, 90.0, 217.0])
def test_turning_keeps_to_the_ring_and_back_again(degrees):
    squeezed = Ellipse(x=90, y=100, major=80, minor=50, angle=0.4)
    x, y = np.array([120.0, 60.0]), np.array([100.0, 130.0])
    there = turned(squeezed, x, y, math.radians(degrees))
    inverse = np.linalg.inv(squeezed.matrix)
    radius = np.hypot(*(inverse @ np.stack([x - 90, y - 100])))
    assert np.hypot(*(inverse @ np.stack([there[0] - 90, there[1] - 100]))) == pytest.approx(radius)
    back = turned(squeezed, *there, math.radians(-degrees))
    assert back[0] == pytest.approx(x)
    assert back[1] == pytest.approx(y)
    out = turned(squeezed, x, y, math.radians(degrees), scale=1.1)
    assert np.hypot(*(inverse @ np.stack([out[0] - 90, out[1] - 100]))) == pytest.approx(1.1 * radius)
