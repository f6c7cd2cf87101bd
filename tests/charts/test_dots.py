"""Dots with intervals: every figure where it belongs, rows from above, and an axis that stays within its bounds."""

import pytest

from casting_core.charts.dots import Dot, draw_dots
from casting_core.charts.style import SERIES
from casting_core.estimate import Estimate

LOOKS = {"a": SERIES[0], "b": SERIES[1], "unused": SERIES[2]}


def dot(row: str, series: str, value: float, low: float | None = None, high: float | None = None) -> Dot:
    figure = Estimate(value=value, low=low, high=high)
    return Dot(row=row, series=series, figure=figure, text=f"{row} {series} {value:g}")


def test_rows_come_from_above_and_series_are_spread_within_them() -> None:
    dots = [dot("first", "a", 10), dot("first", "b", 20), dot("second", "a", 30)]
    figure = draw_dots(dots, ["first", "second", "empty"], LOOKS, x="share (%)")
    a, b = figure.data  # a series without a dot is left out
    assert list(a.x) == [10, 30]
    assert a.y[0] > b.y[0] > a.y[1]
    assert a.y[1] == 1  # alone in its row, in the middle of it
    assert list(figure.layout.yaxis.ticktext) == ["first", "second", "empty"]
    assert figure.layout.showlegend


def test_intervals_are_lengths_from_the_dot_and_missing_ones_have_none() -> None:
    (only,) = draw_dots([dot("r", "a", 50, 40, 70), dot("s", "a", 5)], ["r", "s"], LOOKS, x="").data
    assert (list(only.error_x.array), list(only.error_x.arrayminus)) == ([20, 0], [10, 0])
    assert list(only.customdata) == ["r a 50", "s a 5"]


@pytest.mark.parametrize("ends", [(0.0, 100.0), (99.5, 100.0), (0.0, 0.0), (40.0, 60.0)])
def test_the_axis_shows_all_intervals_and_leaves_its_bounds_by_a_margin_only(ends: tuple[float, float]) -> None:
    low, high = draw_dots([dot("r", "a", ends[0], *ends)], ["r"], LOOKS, x="").layout.xaxis.range
    assert -2 <= low <= ends[0]
    assert ends[1] <= high <= 102
    assert low < high


def test_nothing_to_draw_is_an_empty_chart() -> None:
    assert not draw_dots([], ["r"], LOOKS, x="").data
