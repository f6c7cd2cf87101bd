"""Where a map points on pictures whose defects are known, worked out by hand, and which are kept."""

import numpy as np
import pytest

from casting_core.data.masked_set import LabelledImage
from casting_core.evaluation.localization.pointing_game import BestAndWorst, PointingResult, point
from casting_core.labels import Verdict

SIDE = 64  # the peak may miss by one pixel


def known(*places: tuple[int, int], defective: bool = True) -> LabelledImage:
    """Square defects of 4 px with their upper left corner at (x, y)."""
    mask = np.zeros((SIDE, SIDE), bool)
    for x, y in places:
        mask[y : y + 4, x : x + 4] = True
    return LabelledImage(
        name="part", photograph=0, pixels=np.zeros((SIDE, SIDE), np.uint8), mask=mask, defective=defective
    )


def seen(*spots: tuple[int, int, float]):
    """A judge whose map has a single bright pixel at each (x, y)."""
    heat = np.zeros((SIDE, SIDE), np.float32)
    for x, y, strength in spots:
        heat[y, x] = strength
    return lambda pixels: (0.75, heat, Verdict.DEFECTIVE)


def test_one_picture_by_hand():
    """Two defects; the strongest pixel 0.8 on the first, another of 0.2 on sound metal: 80 % of the heat inside."""
    found = point(known((10, 20), (40, 40)), seen((11, 21, 0.8), (60, 60, 0.2)))
    assert found.place == (11, 21)
    assert found.on_defect
    assert (found.defects, found.touched) == (2, 1)  # the faint pixel is below 50 %, so it marks nothing
    assert found.heat_inside == pytest.approx(0.8)
    assert (found.probability, found.verdict) == (0.75, Verdict.DEFECTIVE)


def test_beside_all_defects():
    found = point(known((10, 20)), seen((11, 21, 0.6), (60, 60, 0.9)))
    assert not found.on_defect
    assert (found.touched, found.heat_inside) == (1, pytest.approx(0.4))


def test_a_dark_map_has_no_heat_anywhere():
    found = point(known((10, 20)), seen())
    assert (found.touched, found.heat_inside) == (0, 0.0)


def test_sound_parts_and_parts_without_a_mark_are_passed_over():
    assert point(known((1, 1), defective=False), seen()) is None
    assert point(known(), seen()) is None


def pointed(on_defect: bool, touched: int, inside: float) -> PointingResult:
    given = {"known": known((1, 1)), "heatmap": np.zeros((1, 1)), "probability": 0.5, "verdict": Verdict.OK}
    found = {"place": (0, 0), "on_defect": on_defect, "defects": 2, "touched": touched, "heat_inside": inside}
    return PointingResult(**given, **found)


def test_the_best_and_the_worst_are_kept_by_the_three_questions_in_order():
    given = ((False, 2, 0.9), (True, 1, 0.8), (True, 2, 0.1), (True, 2, 0.2))
    miss, half, little, much = (pointed(*each) for each in given)
    extremes = BestAndWorst(2)
    for each in (little, miss, much, half):
        extremes.add(each)
    assert (extremes.worst, extremes.best) == ([miss, half], [much, little])
    assert (extremes.seen, extremes.hits) == (4, 3)


def test_few_pictures_are_not_shown_twice():
    extremes = BestAndWorst(2)
    extremes.add(pointed(True, 2, 0.5))
    assert (len(extremes.worst), extremes.best) == (1, [])


def test_a_digest_is_that_of_picture_mask_and_map():
    one, same = (point(known((10, 20)), seen((11, 21, 0.6))) for _ in range(2))
    others = point(known((10, 24)), seen((11, 21, 0.6))), point(known((10, 20)), seen((11, 21, 0.7)))
    assert one.digest == same.digest
    assert one.digest not in {other.digest for other in others}
