"""Charts of how well a map points, and the pictures that show it."""

import numpy as np
import pytest
from PIL import Image

from casting_core.charts import maps
from casting_core.estimate import Estimate
from casting_core.networks.localization_figures import BySize

SHARE = Estimate(count=3, of=4, value=0.75, low=0.4, high=0.99)
AREA = Estimate(value=0.9, low=0.8, high=0.95)
FALL = Estimate(value=0.159, low=-0.0003, high=0.25)


def test_figures_in_words():
    assert maps.share_text(SHARE) == "75.0 % (40.0 % to 99.0 %), 3 of 4"
    assert (maps.share_text(AREA), maps.share_text(0.2)) == ("90.0 % (80.0 % to 95.0 %)", "20.0 %")
    assert (maps.share_text(None), maps.points_text(FALL)) == ("not measured", "15.9 points (0.0 to 25.0)")
    assert maps.points_text(Estimate(value=-0.02, low=-0.04, high=0.1)) == "−2.0 points (−4.0 to 10.0)"


def test_methods_are_drawn_one_a_row_the_own_map_in_a_look_of_its_own():
    titles = {"evidence": "Evidence map", "gradcam": "Grad-CAM", "scorecam": "Score-CAM"}
    chart = maps.methods(
        {"evidence": SHARE, "gradcam": 0.5, "scorecam": None}, titles, title="On a defect", own="own", others="others"
    )
    own, others = chart.figure.data
    assert (list(own.x), list(own.y)) == ([75.0], [2])
    assert list(own.error_x.arrayminus) == pytest.approx([35.0])
    assert (list(others.x), list(others.y), list(others.error_x.array)) == ([50.0], [1], [0])
    assert own.marker.color != others.marker.color
    assert "Score-CAM not measured" in chart.alt


def test_a_fall_is_told_in_points():
    chart = maps.methods({"evidence": FALL}, {"evidence": "Map"}, title="Fall", own="a", others="b", points=True)
    assert chart.figure.layout.xaxis.title.text == "Fall (points)"
    assert "15.9 points" in chart.alt


def test_sizes_and_kinds_are_the_cards():
    sizes = {"small": "small ones", "all": "all"}
    chart = maps.by_size({"Camera": BySize(all=AREA, small=SHARE, medium=None, large=None)}, sizes, title="Touched")
    assert list(chart.figure.data[0].x) == [75.0, 90.0]
    assert "small ones 75.0 %" in chart.alt
    chart = maps.by_kind({"burr": SHARE}, title="Found")
    assert list(chart.figure.data[0].x) == [75.0]
    assert chart.figure.layout.showlegend is False


def test_an_outline_runs_around_what_is_marked_and_covers_none_of_it():
    pixels = np.full((40, 40), 128, np.uint8)
    mask = np.zeros((40, 40), bool)
    mask[10:20, 12:22] = True
    drawn = np.asarray(maps.outlined(Image.fromarray(pixels), mask))
    assert (drawn[mask] == 128).all()
    assert tuple(drawn[15, 10]) == maps.OUTLINE  # black, coloured, black: the second pixel beside it
    assert tuple(drawn[15, 11]) == tuple(drawn[15, 9]) == (0, 0, 0)
    assert (drawn[15, :8] == 128).all()


def test_no_mask_draws_nothing():
    pixels = np.arange(100, dtype=np.uint8).reshape(10, 10)
    drawn = np.asarray(maps.outlined(Image.fromarray(pixels), np.zeros((10, 10), bool)))
    assert (drawn == pixels[..., None]).all()


def test_small_pictures_are_enlarged_and_large_ones_left():
    assert maps.enlarged(np.zeros((30, 60), np.uint8)).size == (640, 320)
    assert maps.enlarged(np.zeros((700, 800), np.uint8)).size == (800, 700)


def test_the_ring_lies_around_the_strongest_place():
    heat = np.zeros((50, 100), np.float32)
    drawn = np.asarray(maps.pointed(Image.new("L", (200, 100), 128), heat, (75, 10))).astype(int)
    changed = np.argwhere((drawn != 128).any(-1))
    middle = (changed.min(0) + changed.max(0)) / 2
    assert middle == pytest.approx([21, 151], abs=1.5)  # (75.5, 10.5) at twice the size
