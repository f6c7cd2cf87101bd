"""Charts of figures on several sets: every dot and line is the figure's own, and gaps are told."""

import pytest

from casting_core.charts.unseen import figure_text, side_by_side
from casting_core.estimate import Estimate
from tests import says

GOOD = Estimate(value=0.02, low=0.01, high=0.05, count=2, of=100)
FLAWLESS = Estimate(value=0.0, low=0.0, high=0.2, count=0, of=17)
RANKED = Estimate(value=0.99996)
MEASURED = {"mine": {"Test": FLAWLESS, "New": GOOD}, "other_one": {"Test": None, "New": FLAWLESS}}


def test_figures_in_words():
    assert figure_text(GOOD) == "2.0 % (1.0 % to 5.0 %), 2 of 100"
    assert figure_text(None) == "not measured"
    assert figure_text(RANKED, share=False) == "0.9999 (no range kept)"  # never rounded up to a flawless 1
    assert figure_text(Estimate(value=0.9, low=0.8, high=1.0), share=False) == "0.9000 (0.8000 to 1.0000)"


def test_dots_and_lines_are_the_figures():
    chart = side_by_side(MEASURED, ["Test", "New"], title="False alarms")
    test, new = chart.figure.data
    assert (test.name, list(test.x)) == ("Test", [0.0])
    assert (list(new.x), list(new.error_x.array)) == ([2.0, 0.0], pytest.approx([3.0, 20.0]))
    assert list(new.error_x.arrayminus) == pytest.approx([1.0, 0.0])
    assert new.customdata[0] == "mine, new: 2.0 % (1.0 % to 5.0 %), 2 of 100"
    assert chart.figure.layout.xaxis.title.text == "False alarms (%)"
    assert list(chart.figure.layout.yaxis.ticktext) == ["mine", "other one"]


def test_rows_come_from_the_top_and_series_share_their_row_with_looks_of_their_own():
    test, new = side_by_side(MEASURED, ["Test", "New"], title="x").figure.data
    assert 0.5 < new.y[0] < test.y[0] < 1.5  # the first model above, its first set on top
    assert new.y[1] == 0  # alone in its row: in the middle
    assert test.marker.color != new.marker.color
    assert test.marker.symbol != new.marker.symbol


def test_the_axis_holds_every_interval_and_hardly_leaves_what_is_possible():
    low, high = side_by_side(MEASURED, ["Test", "New"], title="x").figure.layout.xaxis.range
    assert -3 < low < 0
    assert 20 < high < 25


def test_what_is_shown_is_said_and_what_is_missing_too():
    alt = side_by_side(MEASURED, ["Test", "New"], title="False alarms").alt
    says(alt, "Test: mine 0.0 % (0.0 % to 20.0 %), 0 of 17; other_one not measured", "New: mine 2.0 %")


def test_nothing_measured_is_an_empty_chart():
    chart = side_by_side({"mine": {"Test": None}}, ["Test"], title="x", share=False)
    assert len(chart.figure.data) == 0
    assert "not measured" in chart.alt
