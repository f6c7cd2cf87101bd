"""Measures of pictures drawn for the purpose: a disc of known place and brightness on a ground of known brightness."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part, find_part
from casting_core.data.part.measures import NAMES, TITLES, Measures, measure
from casting_core.data.synthetic.casting import render_casting

DISC, GROUND = 200, 100
PLACE = ("x", "y", "diameter", "margin")


def part_at(x: float, y: float, major: float, minor: float | None = None, angle: float = 0.0) -> Part:
    disc = Ellipse(x=x, y=y, major=major, minor=minor or major, angle=angle)
    return Part(disc=disc, opening=disc.moved(scale=0.5))


def drawn(shape: tuple[int, int], x: float, y: float, radius: float) -> np.ndarray:
    """A disc of gray 200 on a ground of gray 100, uint8 of that shape."""
    across, down = np.arange(shape[1]) - x, np.arange(shape[0])[:, None] - y
    return np.where(across**2 + down**2 <= radius**2, np.uint8(DISC), np.uint8(GROUND))


def test_a_disc_in_the_middle_by_hand() -> None:
    # pixels 0 to 199 have their corners at -0.5 and 199.5, so the middle is 99.5
    found = measure(drawn((200, 200), 99.5, 99.5, 60), part_at(99.5, 99.5, 60))
    assert (found.brightness, found.contrast, found.background) == (DISC, 0, GROUND)
    assert (found.dark, found.bright) == (0, 0)
    assert (found.x, found.y) == (0, 0)
    assert found.diameter == pytest.approx(120 / 200)
    assert found.margin == pytest.approx((100 - 60) / 120)  # from the middle to the frame, less the radius


def test_only_the_disc_counts_and_the_ground_begins_beyond_its_edge() -> None:
    pixels = drawn((200, 200), 99.5, 99.5, 60)
    pixels[pixels == GROUND] = 0  # black ground: no share of the disc is dark
    ring = (drawn((200, 200), 99.5, 99.5, 64) == DISC) & (pixels == 0)
    pixels[ring] = 255  # flash within 1.08 radii belongs to neither
    found = measure(pixels, part_at(99.5, 99.5, 60))
    assert (found.brightness, found.dark, found.bright, found.background) == (DISC, 0, 0, 0)


def test_shares_of_black_and_white_and_contrast() -> None:
    pixels = np.full((100, 100), 105, np.uint8)
    pixels[:, :20] = 5  # the last level that counts as black
    pixels[:, 20:30] = 6
    pixels[:, 30:40] = 249
    pixels[:, 40:70] = 250
    found = measure(pixels, None)
    assert (found.dark, found.bright) == (pytest.approx(0.2), pytest.approx(0.3))
    mean = 0.2 * 5 + 0.1 * 6 + 0.1 * 249 + 0.3 * 250 + 0.3 * 105
    assert found.brightness == pytest.approx(mean)
    square = 0.2 * 25 + 0.1 * 36 + 0.1 * 249**2 + 0.3 * 250**2 + 0.3 * 105**2
    assert found.contrast == pytest.approx(math.sqrt(square - mean**2))


def test_a_shifted_disc_and_where_it_is_cut_off() -> None:
    shape = (200, 400)
    found = measure(drawn(shape, 99.5, 79.5, 60), part_at(99.5, 79.5, 60))
    assert found.x == pytest.approx(-0.25)  # 100 of 400 from the left
    assert found.y == pytest.approx(-0.1)  # 80 of 200 from the top
    assert (found.diameter, found.margin) == (pytest.approx(120 / 200), pytest.approx((80 - 60) / 120))
    cut = measure(drawn(shape, 389.5, 99.5, 60), part_at(389.5, 99.5, 60))
    assert cut.margin == pytest.approx((10 - 60) / 120)  # 50 px are cut off
    assert cut.brightness == DISC  # of what is seen of it


def test_the_box_of_a_slanted_ellipse_decides_the_margin() -> None:
    level = measure(np.zeros((300, 300), np.uint8), part_at(149.5, 149.5, 100, 50))
    assert level.margin == pytest.approx((150 - 100) / (2 * math.sqrt(100 * 50)))
    slanted = measure(np.zeros((300, 300), np.uint8), part_at(149.5, 149.5, 100, 50, math.pi / 4))
    reach = math.sqrt((100**2 + 50**2) / 2)  # half the box of an ellipse at 45 degrees, both ways
    assert slanted.margin == pytest.approx((150 - reach) / (2 * math.sqrt(100 * 50)))
    assert slanted.diameter == level.diameter == pytest.approx(2 * math.sqrt(100 * 50) / 300)


@pytest.mark.parametrize("times", [2, 3])
def test_place_and_light_do_not_depend_on_the_resolution(times: int) -> None:
    pixels = drawn((90, 120), 50, 40, 30)
    large = pixels.repeat(times, 0).repeat(times, 1)
    moved = [times * (value + 0.5) - 0.5 for value in (50, 40)]
    one, other = measure(pixels, part_at(50, 40, 30)), measure(large, part_at(*moved, 30 * times))
    for name in PLACE:
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9)
    assert one.brightness == pytest.approx(other.brightness, abs=2)  # its edge has become a staircase
    assert one.background == other.background


def test_without_a_part_the_edge_is_the_background() -> None:
    pixels = np.full((100, 200), 180, np.uint8)
    pixels[4:-4, 4:-4] = 60  # a frame of 4 % of the short side, and inside it something else
    found = measure(pixels, None)
    assert found.background == 180
    assert found.brightness == pytest.approx((60 * 92 * 192 + 180 * (100 * 200 - 92 * 192)) / (100 * 200))
    assert all(math.isnan(getattr(found, name)) for name in PLACE)


def test_a_part_that_fills_the_frame_leaves_no_background() -> None:
    found = measure(np.full((100, 100), 90, np.uint8), part_at(49.5, 49.5, 80))
    assert math.isnan(found.background)
    assert found.margin == pytest.approx(-30 / 160)


def test_a_part_of_which_nothing_is_seen_gives_the_whole_picture() -> None:
    found = measure(np.full((100, 100), 90, np.uint8), part_at(500, 500, 20))
    assert (found.brightness, found.background) == (90, 90)
    assert found.margin < 0


def test_sharpness_by_hand() -> None:
    assert measure(np.full((40, 40), 7, np.uint8), None).sharpness == pytest.approx(-3)  # flat
    board = np.indices((40, 40)).sum(0) % 2 * np.uint8(10)
    # every inner pixel differs by 10 from all four neighbours: its Laplacian is 40 or -40; at the edge, where the
    # picture is mirrored, a pixel is its own neighbour once, at the corners twice
    values = np.array([40.0] * 38 * 38 + [30.0] * 4 * 38 + [20.0] * 4)
    assert measure(board.astype(np.uint8), None).sharpness == pytest.approx(math.log10((values**2).mean()), abs=1e-6)


def test_blur_lowers_sharpness_only_where_the_part_is() -> None:
    pixels = np.random.default_rng(0).integers(100, 150, (200, 200)).astype(np.uint8)
    part = part_at(99.5, 99.5, 60)
    inside = drawn((200, 200), 99.5, 99.5, 62) == DISC
    sharp, flat_ground, flat_part = (
        measure(each.astype(np.uint8), part).sharpness
        for each in (pixels, np.where(inside, pixels, 125), np.where(inside, 125, pixels))
    )
    assert (sharp, flat_part) == (pytest.approx(flat_ground), pytest.approx(-3))


def test_sharpness_of_a_large_picture_is_that_of_its_smaller_copy() -> None:
    small = np.random.default_rng(1).integers(0, 255, (300, 360)).astype(np.uint8)
    large = small.repeat(3, 0).repeat(3, 1)
    assert measure(large, None).sharpness == pytest.approx(measure(small, None).sharpness, abs=1e-6)
    # the short side decides: 300 x 700 stays as it is
    wide = np.random.default_rng(2).integers(0, 255, (300, 700)).astype(np.uint8)
    halves = measure(wide[:, :350], None).sharpness, measure(wide[:, 350:], None).sharpness
    assert measure(wide, None).sharpness == pytest.approx(sum(halves) / 2, abs=0.02)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_any_picture_is_measured(pixels: np.ndarray) -> None:
    before = pixels.copy()
    found = measure(pixels, None)
    assert (pixels == before).all()
    assert found.brightness == pytest.approx(pixels.mean())
    assert 0 <= found.dark + found.bright <= 1
    assert pixels.min() <= found.background <= pixels.max()
    assert -3 <= found.sharpness <= 7
    turned = measure(np.ascontiguousarray(np.rot90(pixels)), None)
    assert turned.brightness == pytest.approx(found.brightness)
    assert turned.sharpness == pytest.approx(found.sharpness, abs=1e-4)
    assert turned.background == pytest.approx(found.background)


def test_a_rendered_casting_is_where_it_was_put() -> None:
    made = render_casting(seed=4, size=200)
    found = measure(made.pixels, find_part(made.pixels))
    told = measure(made.pixels, made.part)
    assert found.diameter == pytest.approx(told.diameter, rel=0.03)
    assert (found.x, found.y) == (pytest.approx(told.x, abs=0.02), pytest.approx(told.y, abs=0.02))
    assert found.brightness == pytest.approx(told.brightness, abs=3)
    small = np.asarray(Image.fromarray(made.pixels).resize((200, 200)).crop((40, 0, 200, 200)))
    cut = find_part(small)
    assert cut is not None
    assert measure(small, cut).margin < 0 < found.margin


def test_every_measure_has_a_title() -> None:
    assert tuple(TITLES) == NAMES == tuple(Measures.__dataclass_fields__)
