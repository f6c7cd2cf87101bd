"""Targets: their sizes are spread as promised, measured as told, and made anew from their seeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.evaluation.detectability.targets import RANGES, extent_of, insert, insert_harmless, sizes


@pytest.fixture(scope="module")
def casting() -> Rendered:
    return render_casting(seed=7, size=200)


@given(st.sampled_from(DefectKind), st.integers(1, 40), st.integers(0, 1000))
def test_every_stretch_of_the_range_is_tried_once(kind: DefectKind, count: int, seed: int):
    found = sizes(kind, count, seed)
    low, high = np.log(RANGES[kind])
    place = (np.log(found) - low) / (high - low) * count
    assert sorted(np.clip(np.floor(place), 0, count - 1)) == list(range(count))
    assert np.array_equal(found, sizes(kind, count, seed))


@pytest.mark.parametrize("kind", DefectKind)
def test_a_target_is_the_sound_picture_but_for_its_defect(casting: Rendered, kind: DefectKind):
    before = casting.pixels.copy()
    target = insert(casting.pixels, casting.part, kind, 0.1, 3, 4)
    assert np.array_equal(casting.pixels, before)
    changed = target.pixels != before
    rows, columns = np.nonzero(changed)
    assert changed[target.mask].any()
    assert np.hypot(np.ptp(rows), np.ptp(columns)) < 0.25 * casting.part.diameter  # nothing far from the defect
    assert target.extent == extent_of(target.mask)
    assert target.percent == pytest.approx(100 * target.extent / casting.part.diameter)
    assert 5 < target.percent < 14  # of the 10 % that were asked for; looks are irregular
    assert target.contrast == pytest.approx(
        np.abs(target.pixels[target.mask].astype(float) - before[target.mask]).mean()
    )
    again, other = (insert(casting.pixels, casting.part, kind, 0.1, *seed) for seed in ((3, 4), (3, 5)))
    assert np.array_equal(again.pixels, target.pixels)
    assert not np.array_equal(other.pixels, target.pixels)


def test_harmless_changes_are_made_anew_from_their_seed(casting: Rendered):
    before = casting.pixels.copy()
    first, again = (insert_harmless(casting.pixels, casting.part, 1, 2) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.array_equal(casting.pixels, before)
    others = [insert_harmless(casting.pixels, casting.part, 1, number) for number in range(5)]
    assert sum(not np.array_equal(each, before) for each in others) >= 4  # some are too faint for whole gray levels


def test_the_longest_line_by_hand():
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    assert extent_of(mask) == 1
    mask[4, 1:6] = True
    assert extent_of(mask) == 5
    mask[1, 1] = True  # from there to the far end of the row: 3 down, 4 across
    assert extent_of(mask) == 5 + 1


@given(arrays(bool, (7, 8)).filter(np.any))
def test_the_longest_line_is_that_between_any_two_pixels(mask: np.ndarray):
    places = np.argwhere(mask)
    longest = pdist(places).max() if len(places) > 1 else 0.0
    assert extent_of(mask) == pytest.approx(longest + 1)
    assert extent_of(mask.T) == pytest.approx(extent_of(mask))
