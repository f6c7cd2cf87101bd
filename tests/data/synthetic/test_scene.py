"""Scenes: varied, within their ranges, the same for the same generator."""

import numpy as np
import pytest

from casting_core.data.synthetic.scene import draw_scene


def test_a_generator_decides_the_scene() -> None:
    one, again, other = (draw_scene(np.random.default_rng(seed), size=128) for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize("size", [64, 300])
def test_the_whole_part_is_in_the_picture_and_its_circles_lie_within_each_other(size: int) -> None:
    for seed in range(40):
        scene = draw_scene(np.random.default_rng(seed), size=size)
        disc = scene.part.disc
        reach = max(disc.major, disc.minor)
        assert reach - 0.02 * size < disc.x < size - reach + 0.02 * size
        assert reach - 0.02 * size < disc.y < size - reach + 0.02 * size
        assert scene.bore < scene.hub < 1 < scene.ring < scene.groove < scene.disc


def test_what_is_given_is_kept() -> None:
    scene = draw_scene(np.random.default_rng(0), size=200, stretch=1.5, table=60.0)
    assert scene.opening.major / scene.opening.minor == pytest.approx(1.5)
    assert scene.table == 60.0
