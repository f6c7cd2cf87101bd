"""Charts of a data set: what is drawn is what was given, and the words say the same."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casting_core.charts import dataset
from casting_core.charts.style import LABELS, SERIES
from casting_core.exploration.issues.shortcuts import find_shortcuts
from casting_core.labels import Label
from tests import says

LOOKS = {"sound": LABELS[Label.OK], "defective": LABELS[Label.DEFECTIVE]}


def test_counts_are_drawn_by_split_in_the_order_of_their_use():
    chart = dataset.counts({"sound": {"test": 2, "train": 1875}, "defective": {"train": 3}}, LOOKS)
    sound, defective = chart.figure.data
    assert (sound.name, list(sound.x), list(sound.y)) == ("sound", ["train", "test"], [1875, 2])
    assert list(defective.y) == [3, 0]
    assert (list(sound.text), sound.marker.color) == (["1,875", "2"], LABELS[Label.OK].colour)
    assert "train: 1,875 sound and 3 defective; test: 2 sound and 0 defective" in chart.alt


def test_an_unknown_split_stands_last_and_names_are_no_markup():
    chart = dataset.counts({"<b>": {"no split": 1, "test": 1, "val": 1}}, {"<b>": SERIES[0]})
    assert (list(chart.figure.data[0].x), chart.figure.data[0].name) == (["val", "test", "no split"], "&lt;b&gt;")
    assert "<b>" in chart.alt


def test_a_distribution_is_in_shares_of_each_class_with_its_median():
    values = {"sound": np.array([1.0, 2, 2, 9, np.nan]), "defective": np.array([3.0])}
    chart = dataset.distribution(values, LOOKS, title="Light (levels)")
    sound, median, defective, _ = chart.figure.data
    edges = np.array(sound.x[1:])
    assert (edges[0], edges[-1]) == (1, 9)
    np.testing.assert_allclose(sound.y[1:-1], 100 * np.histogram([1, 2, 2, 9], edges)[0] / 4)
    assert (sound.y[0], sound.y[-1]) == (0, 0)
    assert (sum(defective.y), list(median.x)) == (100, [2, 2])
    assert not median.showlegend
    assert (sound.line.dash, defective.line.dash) == ("solid", "dash")
    assert chart.figure.layout.xaxis.title.text == "Light (levels)"
    assert "sound: median 2, middle half from 1.75 to 3.75; defective: median 3" in chart.alt


def test_a_class_without_values_is_left_out():
    chart = dataset.distribution({"sound": np.array([np.nan]), "defective": np.array([5.0])}, LOOKS, title="Light")
    assert {trace.legendgroup for trace in chart.figure.data} == {"defective"}
    empty = dataset.distribution({"sound": np.zeros(0)}, LOOKS, title="Light")
    assert not empty.figure.data
    assert "measured on no picture" in empty.alt


@example([1e12, 1e12 + 0.001])
@example([0.0, 5e-324])
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=50))
def test_every_value_is_in_a_bin_and_there_are_not_too_many(values):
    outline = dataset.distribution({"sound": np.array(values)}, LOOKS, title="Light").figure.data[0]
    assert sum(outline.y) == pytest.approx(100)
    assert 8 <= len(outline.y) - 2 <= 40


def test_sizes_are_drawn_by_how_common_they_are():
    chart = dataset.sizes({(300, 200): 1, (64, 64): 2000})
    bar = chart.figure.data[0]
    assert (list(bar.y), list(bar.x)) == (["64 × 64", "300 × 200"], [2000, 1])
    assert "64 × 64: 2,000; 300 × 200: 1." in chart.alt
    many = dataset.sizes({(side, side): 1 for side in range(1, 21)})
    assert len(many.figure.data[0].x) == dataset.MAX_SIZES
    assert "8 rarer sizes are not drawn" in many.alt


def test_photographs_are_drawn_from_the_most_copied_on():
    chart = dataset.photographs({"sound": [3, 40], "defective": [7]}, LOOKS)
    sound, defective = chart.figure.data
    assert (list(sound.x), list(sound.y)) == ([1, 3], [40, 3])
    assert (list(defective.x), list(defective.y)) == ([2], [7])
    assert chart.figure.layout.yaxis.type == "log"
    assert "2 sound photographs with 43 pictures; 1 defective photographs with 7 pictures" in chart.alt
    says(chart.alt, "Most pictures of one: 40; half of the photographs have 7 or fewer", "logarithmic")


def test_few_copies_need_no_logarithm_and_many_photographs_are_cut():
    chart = dataset.photographs({"sound": [1] * 500}, LOOKS)
    assert chart.figure.layout.yaxis.type is None
    assert len(chart.figure.data[0].x) == dataset.MAX_PHOTOGRAPHS
    assert "Only the 400 with the most pictures are drawn" in chart.alt
    assert "logarithmic" not in chart.alt


def rows():
    """Light tells the label of four pictures in all splits; nobody knows their size."""
    positive = np.array([True, True, False, False] * 2)
    measures = {"light": np.array([4.0, 2, 1, 2] * 2), "size": np.full(8, np.nan)}
    return find_shortcuts(measures, positive, np.arange(8), np.array(["test"] * 4 + ["train"] * 4), rounds=50)


def test_areas_are_drawn_with_their_intervals_by_split():
    found = rows()
    chart = dataset.shortcuts(found, {"size": "Size", "light": "Light"})
    whole, train, test, chance = chart.figure.data
    assert list(chance.x) == [0.5, 0.5]
    assert [each.name for each in (whole, train, test)] == [dataset.WHOLE, "train", "test"]
    told = {row.split: row for row in found if row.measure == "light"}
    for trace, split in ((whole, None), (train, "train"), (test, "test")):
        row = told[split]
        assert list(trace.x) == [row.auc] == [0.875]
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(row.high)
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(row.low)
        assert round(trace.y[0]) == 1  # Light is the second from the bottom
        assert f"Light: 0.88 ({row.low:.2f} to {row.high:.2f})<br>defective pictures have" in trace.customdata[0]
    assert list(chart.figure.layout.yaxis.tickvals) == [1, 0]
    assert list(chart.figure.layout.yaxis.ticktext) == ["Light", "Size"]
    assert chart.figure.layout.xaxis.range[0] < min(row.low for row in told.values())
    assert f"Light: 0.88 ({told[None].low:.2f} to {told[None].high:.2f})" in chart.alt
    assert "Size:" not in chart.alt


def test_without_an_area_there_is_no_dot():
    chart = dataset.shortcuts([row for row in rows() if row.measure == "size"], {"size": "Size"})
    assert len(chart.figure.data) == 1  # the line of chance
    assert "None was measured" in chart.alt
