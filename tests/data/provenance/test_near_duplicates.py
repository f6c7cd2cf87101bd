"""Copies of a photograph are found whatever was done to them; other parts in the same pose are not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from casting_core.data.provenance.near_duplicates import (
    LINK,
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
