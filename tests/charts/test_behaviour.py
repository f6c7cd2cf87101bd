"""Charts of how models behave: what is drawn is what was counted, and the text says it too."""

import numpy as np
import pytest

from casting_core.charts import behaviour as charts
from casting_core.charts.style import LABELS, SERIES, looks
from casting_core.evaluation.comparison.behaviour import BARS, Behaviour, behaviour
from casting_core.evaluation.held_out_verdicts import HeldOutVerdict
from casting_core.labels import Label, Verdict
from casting_core.networks.thresholds import Thresholds
from tests.factories import prediction

LOOKS = looks(["good", "poor"])


def model(separation: float, *, seed: int = 0, pictures: int = 3000, folds: int = 1) -> Behaviour:
    """Of pictures in equal parts sound and defective, whose logits lie that far apart; folds have own thresholds."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(pictures):
        label = Label.DEFECTIVE if place % 2 else Label.OK
        p = float(1 / (1 + np.exp(-rng.normal(separation if place % 2 else -separation))))
        low, high = 0.3 - 0.1 * (place % folds), 0.7
        row = prediction(str(place), label, p, split=f"by-source-{place % folds}", source=place % 90)
        rows.append(HeldOutVerdict(row=row, thresholds=Thresholds(passing=low, rejecting=high)))
    return behaviour(rows)


GOOD, POOR = model(3.0), model(0.7)
MODELS = {"good": GOOD, "poor": POOR}


def lines(figure, name: str) -> list:
    return [trace for trace in figure.data if trace.name == name and trace.mode == "lines"]


@pytest.mark.parametrize("zoom", [False, True])
def test_curves_are_drawn_in_their_corner_with_the_reject_threshold(zoom):
    for draw, corner in ((charts.roc, (0, 100)), (charts.precision_recall, (100, 100))):
        chart = draw(MODELS, LOOKS, zoom=zoom)
        x, y = chart.figure.layout.xaxis.range, chart.figure.layout.yaxis.range
        assert x[0] <= corner[0] <= x[1]
        assert y[0] <= corner[1] <= y[1]
        assert x[1] - x[0] == pytest.approx((0.104 if zoom else 1.04) * 100)
        marks = [trace for trace in chart.figure.data if trace.mode == "markers"]
        assert [trace.name for trace in marks] == ["good", "poor"]
        assert marks[0].marker.symbol != marks[1].marker.symbol
        assert ("corner" in chart.alt) is zoom
        for name in MODELS:
            assert f"{name}: area" in chart.alt
            assert len(lines(chart.figure, name)) == 1


def test_the_marks_stand_at_the_counted_shares():
    point = next(trace for trace in charts.roc(MODELS, LOOKS).figure.data if trace.mode == "markers")
    assert point.x[0] == pytest.approx(100 * GOOD.share(Label.OK, Verdict.DEFECTIVE))
    assert point.y[0] == pytest.approx(100 * GOOD.share(Label.DEFECTIVE, Verdict.DEFECTIVE))
    point = next(trace for trace in charts.precision_recall(MODELS, LOOKS).figure.data if trace.mode == "markers")
    right, wrong = (len(GOOD.cells[label, Verdict.DEFECTIVE]) for label in (Label.DEFECTIVE, Label.OK))
    assert point.y[0] == pytest.approx(100 * right / (right + wrong))


def test_a_thinned_curve_goes_where_the_whole_one_does():
    (line,) = lines(charts.precision_recall(MODELS, LOOKS).figure, "poor")
    whole = POOR.precision_recall
    assert len(line.x) < len(whole.x)
    assert (line.x[-1], line.y[-1]) == pytest.approx((100 * whole.x[-1], 100 * whole.y[-1]), abs=1e-4)
    assert line.x[0] == 0
    drawn = np.column_stack([line.x, line.y])
    for x, y in zip(100 * whole.x, 100 * whole.y, strict=True):  # every point has a drawn one nearer than can be seen
        assert np.abs(drawn - (x, y)).sum(1).min() <= 100 / charts.FINE + 1e-3


def test_a_name_is_no_markup():
    chart = charts.roc({"<b>x</b>": GOOD}, looks(["<b>x</b>"]))
    assert not any("<b>x" in (trace.name or "") + (trace.hovertemplate or "") for trace in chart.figure.data)


def test_of_one_label_alone_there_is_no_curve():
    row = HeldOutVerdict(row=prediction(probability=0.1), thresholds=Thresholds(passing=0.3, rejecting=0.7))
    one = {"good": behaviour([row])}
    assert "one label alone" in charts.roc(one, LOOKS).alt
    assert "one label alone" in charts.precision_recall(one, LOOKS).alt
    assert "7 to 13 %: 0 % of 1" in charts.reliability("good", one["good"], LOOKS["good"]).alt
    assert "1 sound below 50 %" in charts.spread("good", one["good"]).alt


def test_reliability_shows_every_point_with_its_interval_and_how_many_pictures():
    chart = charts.reliability("poor", POOR, SERIES[0])
    points = next(trace for trace in chart.figure.data if trace.mode == "markers")
    (bars,) = (trace for trace in chart.figure.data if trace.type == "bar")
    assert len(points.x) == len(POOR.reliability) == len(bars.y)
    assert sum(bars.y) == POOR.pictures
    for place, expected in enumerate(POOR.reliability):
        low, high = expected.estimate.span
        assert points.y[place] == pytest.approx(100 * expected.share)
        assert points.y[place] + points.error_y.array[place] == pytest.approx(100 * high)
        assert points.y[place] - points.error_y.arrayminus[place] == pytest.approx(100 * low)
    assert chart.figure.layout.yaxis2.type == "log"
    assert f"error {100 * POOR.calibration_error:.1f} points" in chart.alt


def test_the_spread_counts_all_pictures_and_marks_both_thresholds():
    chart = charts.spread("poor", POOR)
    assert chart.figure.layout.yaxis.type == "log"
    for label, look in LABELS.items():
        trace = next(trace for trace in chart.figure.data if trace.line.color == look.colour)
        assert sum(trace.customdata) == POOR.spread[label].sum() == POOR.pictures / 2
        assert len(trace.x) == BARS + 2
        assert min(trace.y) > 0  # a scale of powers of ten has no zero
        assert max(trace.y) == POOR.spread[label].max()
    assert [each.text for each in chart.figure.layout.annotations] == ["pass", "reject"]
    assert [shape.type for shape in chart.figure.layout.shapes] == ["line", "line"]
    assert "pass threshold 30.0 %" in chart.alt


def test_thresholds_that_differ_by_fold_are_bands():
    chart = charts.spread("poor", model(0.7, folds=2))
    assert [shape.type for shape in chart.figure.layout.shapes] == ["rect", "line"]
    assert (chart.figure.layout.shapes[0].x0, chart.figure.layout.shapes[0].x1) == pytest.approx((20, 30))
    assert "pass threshold 20.0 % to 30.0 % (by fold)" in chart.alt
