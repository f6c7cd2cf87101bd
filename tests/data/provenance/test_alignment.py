"""A picture that was turned, mirrored, stretched or moved is laid back onto the one it was made from."""

import numpy as np
import pytest
from PIL import Image

from casting_core.data.part.finder import find_part
from casting_core.data.part.polar import disc_mask
from casting_core.data.provenance.alignment import lay_onto
from casting_core.data.provenance.near_duplicates import oriented
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.flange import render_flange

SIZE = 240
SMOOTH = Image.Resampling.BICUBIC
MIRROR, UPSIDE_DOWN = Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM
STEP = 360 / 512  # degrees between two angles of the ring


@pytest.fixture(scope="module")
def casting() -> np.ndarray:
    return render_casting(seed=3, size=SIZE).pixels


def turned(image: Image.Image, clockwise: float) -> Image.Image:
    """Turned about its middle; Pillow turns the other way round."""
    return image.rotate(-clockwise, SMOOTH, fillcolor=image.getpixel((2, 2)))


def likeness(first: np.ndarray, second: np.ndarray, *, scale: float = 0.95) -> float:
    """Correlation of two pictures of one size within the first one's part."""
    part = find_part(first)
    assert part is not None
    disc = disc_mask(part, first.shape, scale=scale)
    return float(np.corrcoef(first[disc], second[disc])[0, 1])


def between(angle: float, other: float) -> float:
    """Degrees between two angles."""
    return abs((angle - other + 180) % 360 - 180)


@pytest.mark.parametrize("mirrored", [False, True], ids=["as it is", "mirrored"])
@pytest.mark.parametrize("angle", [0, 37, 90, 145, 260])
def test_a_turned_or_mirrored_casting_is_laid_back(casting: np.ndarray, angle: float, mirrored: bool) -> None:
    image = turned(Image.fromarray(casting), angle)
    second = np.asarray(image.transpose(MIRROR) if mirrored else image)
    found = lay_onto(casting, second)
    assert found.pixels.shape == casting.shape
    assert found.pixels.dtype == np.uint8
    assert likeness(casting, found.pixels) > 0.998
    # mirrored back first, then turned back
    assert found.mirrored is mirrored
    assert between(found.angle, -angle) <= STEP
    assert found.similarity is not None
    assert 0.7 < found.similarity <= 1
    if angle or mirrored:
        assert likeness(casting, second) < 0.9


def test_by_the_numbers_that_are_given_it_can_be_done_again(casting: np.ndarray) -> None:
    """First mirrored left to right, then turned clockwise by the angle: what the words promise."""
    second = turned(Image.fromarray(casting).transpose(UPSIDE_DOWN), 65)
    found = lay_onto(casting, np.asarray(second))
    assert found.mirrored
    again = np.asarray(turned(second.transpose(MIRROR), found.angle))
    assert likeness(casting, again, scale=0.9) > 0.99


@pytest.mark.parametrize("size", [(240, 204), (200, 240), (400, 400), (150, 130)], ids=str)
def test_a_stretched_or_scaled_casting_is_laid_back(casting: np.ndarray, size: tuple[int, int]) -> None:
    second = np.asarray(turned(Image.fromarray(casting), 110).resize(size, SMOOTH))
    found = lay_onto(casting, second)
    assert found.pixels.shape == casting.shape
    assert likeness(casting, found.pixels) > (0.99 if min(size) < 200 else 0.998)
    assert between(found.angle, -110) <= 3  # in a stretched picture an angle is not quite what it was
    assert not found.mirrored


def test_a_moved_casting_is_laid_back_to_the_pixel(casting: np.ndarray) -> None:
    second = np.roll(casting, (9, -14), axis=(0, 1))
    found = lay_onto(casting, second)
    assert likeness(casting, second) < 0.9
    inner = disc_mask(find_part(casting), casting.shape, scale=0.9)
    assert np.abs(found.pixels[inner].astype(int) - casting[inner]).mean() < 1


def test_it_takes_the_size_of_the_picture_it_is_laid_onto(casting: np.ndarray) -> None:
    first = np.asarray(Image.fromarray(casting).resize((120, 150), SMOOTH))
    found = lay_onto(first, casting)
    assert found.pixels.shape == (150, 120)
    assert likeness(first, found.pixels) > 0.99


def test_what_lies_beyond_the_second_picture_is_filled_with_its_middle_gray(casting: np.ndarray) -> None:
    second = casting[:, 24:]  # the part may be cut, but is found
    found = lay_onto(casting, second)
    assert likeness(casting[:, 24:], found.pixels[:, 24:]) > 0.99
    assert (found.pixels[:, :20] == int(np.median(second))).mean() > 0.99


def test_neither_picture_is_changed(casting: np.ndarray) -> None:
    second = np.ascontiguousarray(casting[::-1])
    before = casting.copy(), second.copy()
    lay_onto(casting, second)
    assert (casting == before[0]).all()
    assert (second == before[1]).all()


def flange() -> np.ndarray:
    pixels = render_flange(3, 200).pixels[:170]
    assert find_part(pixels) is None
    return pixels


@pytest.mark.parametrize("mirrored", [False, True], ids=["as it is", "mirrored"])
@pytest.mark.parametrize("quarters", range(4))
def test_another_part_is_laid_back_from_any_of_eight_orientations(quarters: int, mirrored: bool) -> None:
    first = flange()
    image = Image.fromarray(first).rotate(-90 * quarters, expand=True)  # clockwise
    second = np.asarray(image.transpose(MIRROR) if mirrored else image)
    found = lay_onto(first, second)
    assert (found.pixels == first).all()
    assert (found.mirrored, found.angle) == (mirrored, (-90 * quarters) % 360)
    assert found.similarity is None


def test_all_eight_are_told_apart() -> None:
    first = flange()
    found = [lay_onto(first, np.ascontiguousarray(oriented(first, turn))) for turn in range(8)]
    assert len({(each.angle, each.mirrored) for each in found}) == 8
    assert all((each.pixels == first).all() for each in found)


def test_where_the_part_is_found_on_one_alone_the_whole_is_laid(casting: np.ndarray) -> None:
    for first, second in ((casting, flange()), (flange(), casting)):
        found = lay_onto(first, second)
        assert found.pixels.shape == first.shape
        assert found.similarity is None
