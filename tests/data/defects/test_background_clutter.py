"""Clutter lies beside the part, never on it."""

import numpy as np
import pytest

from casting_core.data.defects.background_clutter import insert_clutter
from casting_core.data.part.polar import disc_mask
from casting_core.data.synthetic.casting import render_casting


@pytest.mark.parametrize("seed", range(12))
def test_the_part_stays_and_the_table_changes(seed: int) -> None:
    casting = render_casting(seed=3, size=200)
    before = casting.pixels.copy()
    cluttered = insert_clutter(casting.pixels, np.random.default_rng(seed), part=casting.part)
    assert cluttered.dtype == np.uint8
    np.testing.assert_array_equal(casting.pixels, before)
    part = disc_mask(casting.part, casting.pixels.shape, scale=1.05)
    np.testing.assert_array_equal(cluttered[part], before[part])


def test_nearly_every_draw_changes_something_and_the_same_draw_the_same() -> None:
    casting = render_casting(seed=4, size=200)
    changed = []
    for seed in range(30):
        one, other = (insert_clutter(casting.pixels, np.random.default_rng(seed), part=casting.part) for _ in range(2))
        np.testing.assert_array_equal(one, other)
        changed.append(bool((one != casting.pixels).any()))
    assert sum(changed) > 20
