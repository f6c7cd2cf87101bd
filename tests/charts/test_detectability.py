"""Charts of detection over size: what is drawn is what was counted, and the words say the same."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from casting_core.charts import detectability as charts
from casting_core.charts.detectability import Scale, reached_text, short, surer
from casting_core.charts.style import SERIES
from casting_core.networks.limit_figures import CensoredSize, DetectionCurve, KindFigures, SizeBin
from tests.factories import bare

LOOK = SERIES[1]
SCALE = Scale(pixels=250, millimetres=60)


def size(value: float | None, beyond: str | None = None) -> CensoredSize:
    return CensoredSize(value=value, beyond=beyond)


def bins(*counted: tuple[float, float, int, int]) -> tuple[SizeBin, ...]:
    return tuple(SizeBin(from_=low, to=high, trials=trials, hits=hits) for low, high, trials, hits in counted)


def kind(**others: Any) -> KindFigures:
    """Figures of one kind with sizes from 1 to 16 %."""
    usual = bare(
        KindFigures,
        trials=30,
        hits=19,
        least=1.0,
        most=16.0,
        fit="likelihood",
        a50=size(2.0),
        a90=size(4.0),
        a90_95=size(5.0),
        a90_95_photographs=size(6.0),
        bins=bins((1.0, 4.0, 20, 9), (4.0, 16.0, 10, 10)),
        curve=DetectionCurve(
            percent=(1.0, 4.0, 16.0), pod=(0.2, 0.9, 0.999), low=(0.1, 0.8, 0.99), high=(0.3, 0.95, 1.0)
        ),
    )
    return replace(usual, **others)


def traces(chart: charts.Chart) -> dict[str, Any]:
    return {trace.name: trace for trace in chart.figure.data}


def words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("length", "told"), [(0.042, "0.04"), (0.13, "0.1"), (2.94, "2.9"), (12.4, "12")])
def test_a_length_has_as_many_places_as_it_needs(length, told):
    assert short(length) == told


def test_a_size_is_told_in_every_unit_that_is_known():
    assert [words(each) for each in SCALE.parts(4.9)] == ["4.9 %", "12 px", "2.9 mm"]  # 12.25 px, 2.94 mm
    assert [words(each) for each in Scale(pixels=250).parts(4.9)] == ["4.9 %", "12 px"]


def test_the_larger_of_the_two_bounds_is_believed():
    assert surer(kind()) == size(6.0)
    assert surer(kind(a90_95=size(7.0))) == size(7.0)
    assert surer(kind(a90_95=size(None, "above"))) == size(None, "above")
    assert surer(kind(a90_95_photographs=size(None, "below"))) == size(5.0)


def test_what_lies_beyond_the_sizes_tried_has_no_number():
    assert reached_text(size(None, "above"), SCALE) == "not reached within the sizes tried"
    assert reached_text(size(None, "below"), SCALE) == "below the smallest size tried"
    assert words(reached_text(size(4.0), SCALE)) == "4.0 % · 10 px · 2.4 mm"


def test_a_kind_is_drawn_with_its_curve_band_sizes_and_counts_beside_their_rings():
    chart = charts.curve("burr", kind(), LOOK, SCALE, seen="stopped")
    low, high = (trace for trace in chart.figure.data if trace.name == "range of the curve")
    assert (low.fill, high.fill) == (None, "tonexty")
    np.testing.assert_allclose(low.y, [10, 80, 99])
    np.testing.assert_allclose(high.y, [30, 95, 100])
    drawn = traces(chart)
    np.testing.assert_allclose(drawn["curve"].y, [20, 90, 99.9])
    counted = drawn["stopped, of those tried"]
    np.testing.assert_allclose(counted.x, [2, 8])  # the middles of the stretches on the logarithmic axis
    np.testing.assert_allclose(counted.y, [45, 100])
    assert list(counted.text) == ["9/20", "10/10"]
    ends = [(drawn[name].x[-1], drawn[name].y[-1]) for name in ("a50", "a90", "a90/95")]
    assert ends == [(2, 50), (4, 90), (6, 90)]
    assert chart.figure.layout.xaxis.type == "log"
    told = words(chart.alt)
    assert "a50 2.0 % · 5.0 px · 1.2 mm; a90 4.0 % · 10 px · 2.4 mm; a90/95 6.0 % · 15 px · 3.6 mm" in told
    assert "stopped: 1.0 to 4.0 %: 9 of 20; 4.0 to 16.0 %: 10 of 10" in told
    assert list(traces(chart)["stopped, of those tried"].textposition) == ["bottom right", "top left"]


def test_a_size_that_was_not_reached_is_not_drawn():
    never = size(None, "above")
    found = kind(a90=never, a90_95=never, a90_95_photographs=never)
    chart = charts.curve("burr", found, LOOK, SCALE, seen="marked")
    assert "a50" in traces(chart)
    assert not {"a90", "a90/95"} & set(traces(chart))
    assert "a90 not reached within the sizes tried" in chart.alt


def test_the_axis_tells_percent_pixels_and_millimetres():
    axis = charts.curve("burr", kind(), LOOK, SCALE, seen="stopped").figure.layout.xaxis
    assert list(axis.tickvals) == [1, 2, 5, 10]
    assert words(axis.ticktext[2]) == "5 %<br>12 px<br>3.0 mm"
    wide = charts.curve("burr", kind(least=0.5, most=40.0), LOOK, Scale(pixels=250), seen="stopped").figure.layout.xaxis
    assert list(wide.tickvals) == [0.5, 1.5, 5, 15, 40]
    assert words(wide.ticktext[0]) == "0.5 %<br>1.2 px"


def test_kinds_are_compared_over_one_axis():
    kinds = {"burr": kind(), "scratch": kind(least=0.5, a90=size(None, "above"))}
    chart = charts.compared(kinds, {"burr": SERIES[0], "scratch": SERIES[1]}, SCALE)
    curves = [trace for trace in chart.figure.data if trace.mode == "lines"]
    assert [(trace.name, trace.line.dash) for trace in curves] == [("burr", "solid"), ("scratch", "dash")]
    (mark,) = (trace for trace in chart.figure.data if trace.mode == "markers")  # of the one that was reached
    assert (list(mark.x), list(mark.y)) == ([4], [90])
    first, last = chart.figure.layout.xaxis.range
    assert first < math.log10(0.5) < math.log10(16) < last
    assert "burr: 4.0 % · 10 px · 2.4 mm; scratch: not reached within the sizes tried" in words(chart.alt)


@pytest.mark.parametrize(("most", "place", "level"), [(16.0, "top right", 0), (8.0, "top left", 12)])
def test_the_last_name_stands_right_of_its_line_where_there_is_room(most, place, level):
    drawn = traces(charts.curve("burr", kind(most=most), LOOK, SCALE, seen="stopped"))  # its line is at 6 %
    assert (drawn["a90/95"].textposition, drawn["a90/95"].y[1]) == (place, level)
    assert (drawn["a90"].textposition, drawn["a90"].y[1]) == ("top left", 0)
