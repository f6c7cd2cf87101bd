"""Regions against drawn defects: cases worked out by hand."""

import numpy as np
import pytest

from casting_core.evaluation.localization.region_matching import by_size, match, size_of

NOTHING = np.zeros((20, 20), bool)


def drawn(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (20, 20)) -> np.ndarray:
    """True in boxes (top, bottom, left, right)."""
    mask = np.zeros(shape, bool)
    for top, bottom, left, right in boxes:
        mask[top:bottom, left:right] = True
    return mask


def test_one_of_two_defects_and_one_of_three_regions():
    mask = drawn((2, 4, 2, 4), (10, 12, 10, 11))
    heat = np.where(drawn((3, 5, 3, 6), (15, 16, 0, 4), (0, 1, 19, 20)), 0.8, 0.1).astype(np.float32)
    one = match(heat, mask, tolerance=0)
    assert (one.defects, one.found.tolist()) == (pytest.approx([4 / 400, 2 / 400]), [True, False])
    assert one.regions == pytest.approx([1 / 400, 6 / 400, 4 / 400])  # in reading order of their first pixels
    assert one.right.tolist() == [False, True, False]


@pytest.mark.parametrize(("gap", "touches"), [(1, True), (2, True), (3, False)])
def test_the_tolerance_counts_pixels_between(gap, touches):
    mask, heat = drawn((5, 6, 5, 6)), drawn((5, 6, 5 + gap, 6 + gap)).astype(np.float32)
    one = match(heat, mask, tolerance=2)
    assert (one.found.tolist(), one.right.tolist()) == ([touches], [touches])


def test_pixels_touch_not_boxes():
    """An arc whose box holds the defect, but which marks none of it."""
    heat = drawn((0, 20, 0, 1), (19, 20, 0, 20)).astype(np.float32)
    one = match(heat, drawn((5, 7, 12, 14)), tolerance=3)
    assert (one.found.tolist(), one.right.tolist()) == ([False], [False])


def test_corners_join():
    diagonal = np.eye(20, dtype=bool)
    one = match(diagonal.astype(np.float32), diagonal, tolerance=0)
    assert (len(one.defects), len(one.regions)) == (1, 1)
    assert one.defects[0] == pytest.approx(20 / 400)


def test_what_lies_below_the_level_marks_nothing():
    mask = drawn((5, 6, 5, 6))
    assert match(mask * np.float32(0.5), mask, tolerance=0).found.tolist() == [True]
    below = match(mask * np.float32(0.49), mask, tolerance=0)
    assert (below.found.tolist(), len(below.regions)) == ([False], 0)


def test_without_defects_no_region_is_right():
    one = match(drawn((5, 6, 5, 6)).astype(np.float32), NOTHING, tolerance=8)
    assert (len(one.defects), one.right.tolist()) == (0, [False])


def test_sizes_are_shares_of_the_picture_and_their_edges_medium():
    assert size_of(np.array([0.0019, 0.002, 0.005, 0.0051])).tolist() == [0, 1, 1, 2]


def test_hits_by_size_and_the_picture_they_belong_to():
    areas = [np.array([0.001, 0.003]), np.zeros(0), np.array([0.1])]
    hits = [np.array([True, False]), np.zeros(0, bool), np.array([True])]
    sizes = {name: (hit.tolist(), picture.tolist()) for name, (hit, picture) in by_size(areas, hits).items()}
    by_name = {"small": ([True], [0]), "medium": ([False], [0]), "large": ([True], [2])}
    assert sizes == {"all": ([True, False, True], [0, 0, 2]), **by_name}
    assert by_size([], [])["all"][0].tolist() == []
