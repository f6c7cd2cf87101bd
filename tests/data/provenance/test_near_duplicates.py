"""Copies of a photograph are found whatever was done to them; other parts in the same pose are not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from casting_core.data.provenance.near_duplicates import (
    LINK,
    TRIES,
    Look,
    agreement,
    group_copies,
    look,
    orientation,
    oriented,
)
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.flange import render_flange
from casting_core.data.synthetic.flange_render import render_sound_flange
from casting_core.data.synthetic.flange_scene import draw_flange
from casting_core.errors import SettingsError

SIZE = 240


def brightened(pixels: np.ndarray) -> np.ndarray:
    return np.clip(pixels * 0.8 + 35, 0, 255).astype(np.uint8)


def compressed(pixels: np.ndarray) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=65)
    return np.asarray(Image.open(stream))


def shifted(pixels: np.ndarray) -> np.ndarray:
    return np.pad(pixels, 7, mode="edge")[3:-11, 12:-2]


def grain(seed: int, side: int) -> np.ndarray:
    """A surface that resembles no other, float (side, side) around 128; it goes on at the opposite edge."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((side, side)), side / 96, mode="wrap")
    return 128 + 40 * noise / noise.std()


CHANGES = [brightened, compressed, shifted, np.asarray]


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """Five flanges in one pose under one light, each with its own surface; two others; and a casting."""
    scene = draw_flange(np.random.default_rng(4), size=SIZE)
    posed = [render_sound_flange(scene, np.random.default_rng(surface)) for surface in range(5)]
    others = [render_flange(seed, SIZE).pixels for seed in (1, 2)]
    return [*posed, *others, render_casting(seed=3, size=SIZE).pixels]


@pytest.fixture(scope="module")
def looks(pictures: list[np.ndarray]) -> list[Look]:
    return [look(picture) for picture in pictures]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("orientation", [0, 3, 6])
def test_a_copy_agrees(
    pictures: list[np.ndarray], looks: list[Look], change: Callable[[np.ndarray], np.ndarray], orientation: int
) -> None:
    for index in (orientation % 5, 5, 7):
        copy = look(np.ascontiguousarray(oriented(change(pictures[index]), orientation)))
        assert agreement(looks[index].detail, copy.detail) > LINK + 0.02


def test_another_part_in_the_same_pose_does_not(looks: list[Look]) -> None:
    values = [agreement(one.detail, other.detail) for i, one in enumerate(looks) for other in looks[:i]]
    assert max(values) < LINK - 0.03
    # though at a glance they are nearly the same
    assert min(float((one.glance * looks[0].glance).sum()) for one in looks[:5]) > 0.75


def test_groups_are_the_photographs(pictures: list[np.ndarray], looks: list[Look]) -> None:
    copies = [
        look(np.ascontiguousarray(oriented(change(picture), 2 * index + turn)))
        for index, picture in enumerate(pictures)
        for turn, change in enumerate(CHANGES[:3])
    ]
    count = len(pictures)
    found = group_copies([*looks, *copies], [str(n) for n in range(4 * count)])
    assert found.source.tolist() == [*range(count), *np.repeat(np.arange(count), 3).tolist()]
    assert found.accepted.min() >= LINK > found.refused.max()
    assert len(found.accepted) == 3 * count


def test_a_shift_by_a_part_of_a_pixel_is_undone() -> None:
    scene = grain(1, 5 * 192)  # five steps a pixel

    def seen(down: int, right: int) -> np.ndarray:
        moved = np.roll(scene, (down, right), axis=(0, 1)).reshape(192, 5, 192, 5).mean((1, 3))
        return look(np.clip(moved, 0, 255).astype(np.uint8)).detail

    for down, right in ((2, 0), (0, 2), (-2, 1)):
        assert agreement(seen(0, 0), seen(down, right)) > 0.995


def test_tiles_that_show_nothing_have_no_say() -> None:
    """Two thirds of the picture are bare but for a few pixels that are one level up, others on each copy."""

    def taken(noise: int) -> np.ndarray:
        surface = np.where(np.arange(192) < 64, grain(2, 192), 128.0)
        return look((surface + (np.random.default_rng(noise).random((192, 192)) < 0.01)).astype(np.uint8)).detail

    assert agreement(taken(0), taken(1)) > 0.95


def test_a_picture_of_which_hardly_anything_is_told_agrees_with_nothing() -> None:
    """A tenth of the 121 tiles is too few: 3 x 3 of them and what reaches into the next ones are not."""
    bare = np.full((192, 192), 128, np.uint8)
    for side, value in ((40, 0), (64, 1)):
        marked = bare.copy()
        marked[60 : 60 + side, 60 : 60 + side] = grain(3, side)
        assert agreement(look(marked).detail, look(marked).detail) == pytest.approx(value)


def test_of_many_pictures_the_most_alike_are_looked_at() -> None:
    """More pictures than are looked at beside each one."""
    taken = [look(grain(seed, 192).astype(np.uint8)) for seed in range(40)]
    found = group_copies([*taken, *taken], [str(n) for n in range(80)])
    assert found.source.tolist() == [*range(40), *range(40)]


def test_two_groups_are_held_apart_after_some_looks(looks: list[Look]) -> None:
    """Two parts in one pose, three pictures each: nine pairs that are alike at a glance."""
    found = group_copies([looks[0]] * 3 + [looks[1]] * 3, [*"aaabbb"])
    assert found.source.tolist() == [0, 0, 0, 1, 1, 1]
    assert len(found.refused) == TRIES == 3


def test_pictures_of_one_group_are_not_looked_at(looks: list[Look]) -> None:
    said: list[tuple[int, int]] = []
    found = group_copies([looks[0]] * 3, [*"aaa"], lambda done, total: said.append((done, total)))
    assert said == [(0, 1), (1, 1)]
    assert len(found.accepted) == 0


def test_small_pictures_too() -> None:
    pictures = [render_flange(seed, 96).pixels for seed in range(6)]
    turned = [np.ascontiguousarray(oriented(compressed(picture), seed)) for seed, picture in enumerate(pictures)]
    found = group_copies([look(p) for p in pictures + turned], [str(n) for n in range(12)])
    assert found.source.tolist() == [*range(6), *range(6)]


def test_same_bytes_are_one_photograph_without_a_look() -> None:
    flat = look(np.full((64, 48), 90, np.uint8))  # shows nothing, so it agrees with nothing
    assert agreement(flat.detail, flat.detail) == 0
    assert not flat.glance.any()
    found = group_copies([flat, flat, flat], ["a", "b", "a"])
    assert found.source.tolist() == [0, 1, 0]


def test_pictures_that_are_not_square_turn_too() -> None:
    picture = render_flange(8, 256).pixels[40:230]
    turned = look(np.ascontiguousarray(np.rot90(picture)))
    assert agreement(look(picture).detail, turned.detail) > 0.9


def test_the_eight_orientations_differ_and_are_all() -> None:
    small = np.arange(9).reshape(3, 3)
    seen = {oriented(small, k).tobytes() for k in range(8)}
    assert len(seen) == 8
    assert small[:, ::-1].tobytes() in seen
    assert small[::-1].tobytes() in seen


@pytest.mark.parametrize("turn", range(8))
def test_the_orientation_of_a_copy_is_the_one_that_undoes_it(pictures: list[np.ndarray], turn: int) -> None:
    copy = shifted(brightened(np.ascontiguousarray(oriented(pictures[0], turn))))
    found = orientation(look(pictures[0]), look(copy))
    assert (oriented(oriented(np.arange(9).reshape(3, 3), turn), found) == np.arange(9).reshape(3, 3)).all()
    # turns by a quarter undo each other, half turns and mirrorings themselves
    assert found == {1: 3, 3: 1}.get(turn, turn)


def test_grouping_tells_how_far_it_is_to_the_end(looks: list[Look]) -> None:
    said: list[tuple[int, int]] = []
    group_copies([*looks[:3], looks[0]], ["a", "b", "c", "d"], lambda done, total: said.append((done, total)))
    shares = [done / total for done, total in said]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_only_gray_pictures_are_looked_at() -> None:
    with pytest.raises(SettingsError, match="uint8"):
        look(np.zeros((10, 10, 3), np.uint8))
