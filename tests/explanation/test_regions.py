"""Regions of a map: a small one by hand, and what holds for all."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casting_core.data.part.finder import Ellipse, Part
from casting_core.explanation.regions import MOST, Region, find_regions

CENTRED = Part(
    disc=Ellipse(x=50, y=50, major=40, minor=40, angle=0), opening=Ellipse(x=50, y=50, major=20, minor=20, angle=0)
)
MAP = np.array(
    [
        [0.9, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.6, 0.0, 0.0, 0.5, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.7, 0.4],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.9, 0.9, 0.9, 0.0],
    ],
    np.float32,
)


def region(x: int, y: int, width: int, height: int, area: int, score: float, share: float) -> Region:
    score, share = float(np.float32(score)), pytest.approx(share, abs=1e-6)
    return Region(x=x, y=y, width=width, height=height, area=area, score=score, clock=None, radius=None, share=share)


def test_by_hand() -> None:
    """Corners touch; 0.5 belongs, 0.4 does not; of equal scores the larger comes first; the evidence in all is 5.4."""
    assert find_regions(MAP) == (
        region(2, 4, 3, 1, 3, 0.9, share=2.7 / 5.4),
        region(0, 0, 2, 2, 2, 0.9, share=1.5 / 5.4),
        region(4, 1, 1, 2, 2, 0.7, share=1.2 / 5.4),
    )


def test_another_level() -> None:
    assert find_regions(MAP, level=0.65) == (
        region(2, 4, 3, 1, 3, 0.9, share=2.7 / 4.3),
        region(0, 0, 1, 1, 1, 0.9, share=0.9 / 4.3),
        region(4, 2, 1, 1, 1, 0.7, share=0.7 / 4.3),
    )
    assert find_regions(MAP, level=0.95) == ()


@pytest.mark.parametrize("value", [0.0, 0.4999, np.nan])
def test_a_dark_map_has_none(value: float) -> None:
    assert find_regions(np.full((8, 9), value, np.float32)) == ()


def test_a_map_that_glows_all_over_is_one() -> None:
    assert find_regions(np.ones((8, 9), np.float32)) == (region(0, 0, 9, 8, 72, 1.0, share=1),)


@pytest.mark.parametrize(
    ("x", "y", "clock", "radius"),
    [(50, 10, 12, 1), (90, 50, 3, 1), (50, 70, 6, 0.5), (40, 50, 9, 0.25), (50, 50, 12, 0)],
)
def test_the_place_by_the_clock(x: int, y: int, clock: float, radius: float) -> None:
    heatmap = np.zeros((101, 101), np.float32)
    heatmap[y, x] = 0.8
    (found,) = find_regions(heatmap, CENTRED)
    assert (found.clock, found.radius) == (pytest.approx(clock), pytest.approx(radius, abs=1e-9))


def test_the_place_leans_to_the_stronger_evidence() -> None:
    heatmap = np.zeros((101, 101), np.float32)
    heatmap[10, 50], heatmap[11, 50] = 1.0, 0.5
    (found,) = find_regions(heatmap, CENTRED)
    assert found.radius == pytest.approx((40 * 1.0 + 39 * 0.5) / 1.5 / 40)


def test_the_box_of_another_region_does_not_count() -> None:
    """A hook with a strong spot inside its box that does not touch it."""
    heatmap = np.zeros((7, 7), np.float32)
    heatmap[0, :] = heatmap[:, 0] = 0.6
    heatmap[4, 4] = 1.0
    spot, hook = find_regions(heatmap)
    assert spot == region(4, 4, 1, 1, 1, 1.0, share=1 / 8.8)
    assert hook == region(0, 0, 7, 7, 13, 0.6, share=7.8 / 8.8)


def test_the_size_as_a_fraction_of_the_diameter() -> None:
    """A box of 20 × 8 px on a disc 80 px wide, told in pixels of a picture twice as large as the map."""
    heatmap = np.zeros((51, 51), np.float32)
    heatmap[10:14, 20:30] = 0.8
    (found,) = find_regions(heatmap, CENTRED, shape=(102, 102))
    assert (found.width, found.height) == (20, 8)
    assert found.extent == pytest.approx(20 / 80)
    (lost,) = find_regions(heatmap, None, shape=(102, 102))
    assert lost.extent is None


def test_the_shares_are_of_all_regions_also_of_those_not_listed() -> None:
    heatmap = np.zeros((10, 100), np.float32)
    heatmap[5, ::2] = 0.5
    assert [r.share for r in find_regions(heatmap)] == pytest.approx([1 / 50] * MOST)


def test_at_most_twenty_are_listed_the_strongest() -> None:
    heatmap = np.zeros((10, 100), np.float32)
    heatmap[5, ::2] = np.linspace(0.5, 1, 50)
    found = find_regions(heatmap)
    assert len(found) == MOST == 20
    assert [r.x for r in found] == list(range(98, 58, -2))


def test_as_plain_values() -> None:
    heatmap = np.zeros((101, 101), np.float32)
    heatmap[10, 50] = 1
    (found,) = find_regions(heatmap, CENTRED)
    assert Region(**json.loads(json.dumps(found.to_json()))) == found


maps = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.floats(0, 1, width=32))


@settings(max_examples=60)
@given(maps, st.floats(0.0625, 0.9375, width=32))
def test_for_all_maps(heatmap: np.ndarray, level: float) -> None:
    before = heatmap.copy()
    found = find_regions(heatmap, level=level)
    np.testing.assert_array_equal(heatmap, before)
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert sum(r.area for r in found) == (heatmap >= level).sum() or len(found) == MOST
    for each in found:
        box = heatmap[each.y : each.y + each.height, each.x : each.x + each.width]
        assert box.shape == (each.height, each.width)
        assert np.float32(each.score) in box
        assert each.score >= level
        assert 0 < each.share <= 1 + 1e-6
        assert max(each.width, each.height) <= each.area <= each.width * each.height


@settings(max_examples=40)
@given(maps)
def test_mirroring_the_map_mirrors_its_regions(heatmap: np.ndarray) -> None:
    def boxes(of: np.ndarray, mirrored: bool) -> list[tuple[float, int, int, int, int, int]]:
        width = of.shape[1]
        return sorted(
            (r.score, r.area, width - r.x - r.width if mirrored else r.x, r.y, r.width, r.height)
            for r in find_regions(of)
        )

    if len(find_regions(heatmap)) < MOST:
        assert boxes(heatmap[:, ::-1], True) == boxes(heatmap, False)
