"""Curves of trainings: what is drawn, what is left out to stay quick, and what is said of it."""

import math

import numpy as np
import pytest

from casting_core.charts.curves import ACCURACY, LOSS, curves, run_looks
from casting_core.charts.style import SERIES
from casting_core.training.logs.columns import STEP
from casting_core.training.logs.curve_lines import View, time_unit
from casting_core.training.logs.run import Run

TRAIN, HELD = [0.5, 0.25, 0.125], [0.6, 0.3, 0.4]


def log(
    name: str = "a",
    *,
    seconds: float | None = 60.0,
    unit: str = "epoch",
    shipped: float | None = None,
    **columns: list[float],
) -> Run:
    """A run with these columns; of three epochs if none are given."""
    accuracies = {"train_accuracy": [0.7, 0.8, 0.9], "validation_accuracy": [0.65, 0.75, 0.85]}
    held = columns or {"train_loss": TRAIN, "validation_loss": HELD, **accuracies}
    count = len(next(iter(held.values())))
    values = {key: np.array(each) for key, each in held.items()}
    if seconds is not None:
        values["seconds"] = np.full(count, seconds)
    return Run(name=name, epochs=np.arange(1.0, count + 1), columns=values, unit=unit, shipped=shipped)


def lines(chart):
    """The lines of a chart by what a pointer reads there."""
    found = {}
    for trace in chart.figure.data:
        if trace.hovertemplate:
            found[trace.hovertemplate.partition("<extra>")[2].removesuffix("</extra>")] = trace
    return found


def test_two_runs_and_both_kinds_of_images():
    chart = curves([log("a", shipped=3), log("b", train_loss=[1.0, 2.0])], LOSS, View())
    found = lines(chart)
    assert (list(found), list(found["a, held out"].x)) == (["a, held out", "a, training", "b, training"], [1, 2, 3])
    assert (list(found["a, held out"].y), list(found["b, training"].y)) == (HELD, [1, 2])
    dashes = {name: trace.line.dash for name, trace in found.items()}
    assert dashes == {"a, held out": "solid", "a, training": "dot", "b, training": "dot"}
    assert found["a, held out"].line.color == found["a, training"].line.color != found["b, training"].line.color
    assert [trace.name for trace in chart.figure.data if trace.showlegend] == ["a", "b"]
    assert (chart.figure.layout.hovermode, chart.figure.layout.xaxis.title.text) == ("x unified", "Epoch")


def test_what_it_shows_in_words():
    chart = curves([log("a")], LOSS, View())
    assert chart.alt == (
        "Lines: Loss over epochs. a: on held-out images from 0.6 to 0.4, lowest 0.3 in epoch 2; "
        "on training images from 0.5 to 0.125, lowest 0.125 in epoch 3."
    )
    accuracy = curves([log("a")], ACCURACY, View())
    assert "on held-out images from 65.00 % to 85.00 %, highest 85.00 % in epoch 3" in accuracy.alt


def test_accuracies_are_told_in_percent():
    found = lines(curves([log("a")], ACCURACY, View()))
    assert list(found["a, held out"].y) == pytest.approx([65, 75, 85])


def test_the_epoch_that_ships_is_starred_on_the_held_out_line_where_it_is_shown():
    def star(view: View) -> list[tuple[float, float]]:
        chart = curves([log("a", shipped=2)], LOSS, view)
        return [(t.x[0], t.y[0]) for t in chart.figure.data if t.marker.symbol == "star"]

    assert star(View()) == [(2, 0.3)]
    assert star(View(by_time=True)) == [(2, 0.3)]  # minutes
    assert star(View(start=2.5)) == []
    assert not [t for t in curves([log("a")], LOSS, View()).figure.data if t.marker.symbol == "star"]
    other = log(train_loss=[1.0, 1.0], shipped=2)
    assert curves([other], LOSS, View()).figure.data  # no held-out line to star


def test_smoothing_keeps_what_was_logged_behind_the_line_and_beside_the_number():
    chart = curves([log("a")], LOSS, View(smoothing=0.5))
    found = lines(chart)["a, held out"]
    first = 0.6
    second = (0.5 * 0.5 * 0.6 + 0.5 * 0.3) / 0.75
    assert (list(found.y)[:2], list(found.customdata)) == (pytest.approx([first, second]), HELD)
    faint = [trace for trace in chart.figure.data if trace.opacity]
    assert [list(trace.y) for trace in faint] == [HELD, TRAIN]
    assert "smoothed by 0.5" in chart.alt


def test_over_time_each_run_has_its_own_pace():
    slow, fast = log("slow", seconds=120.0), log("fast", seconds=60.0)
    assert time_unit([slow, fast]) == ("min", 60.0)
    chart = curves([slow, fast], LOSS, View(by_time=True))
    found = lines(chart)
    assert (list(found["slow, held out"].x), list(found["fast, held out"].x)) == ([2, 4, 6], [1, 2, 3])
    assert chart.figure.layout.xaxis.title.text == "Time since training began (min)"


def test_a_log_without_times_is_not_drawn_over_time():
    runs = [log("timed"), log("timeless", seconds=None)]
    assert list(lines(curves(runs, LOSS, View(by_time=True)))) == ["timed, held out", "timed, training"]


def test_steps_are_called_steps():
    run = log("a", unit=STEP)
    assert curves([run], LOSS, View()).figure.layout.xaxis.title.text == "Step"
    both = curves([run, log("b")], LOSS, View())
    assert both.figure.layout.xaxis.title.text == "Epoch, or step"


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show():
    held = log(train_loss=[1.0, 0.0, -1.0, 2.0], train_accuracy=[0.0, 0.5, 0.5, 0.5])
    chart = curves([held], LOSS, View(logarithmic=True))
    assert chart.figure.layout.yaxis.type == "log"
    assert list(lines(chart)["a, training"].y) == pytest.approx([1, math.nan, math.nan, 2], nan_ok=True)
    accuracy = curves([held], ACCURACY, View(logarithmic=True))
    assert accuracy.figure.layout.yaxis.type is None
    assert list(lines(accuracy)["a, training"].y) == [0, 50, 50, 50]


def test_a_part_is_shown_with_a_neighbour_on_either_side():
    held = log(train_loss=[float(n) for n in range(1, 11)])
    chart = curves([held], LOSS, View(start=3.5, end=6.0))
    assert list(lines(chart)["a, training"].x) == [3, 4, 5, 6, 7]
    low, high = chart.figure.layout.xaxis.range
    assert low < 3.5 < 6.0 < high < 7
    assert not lines(curves([held], LOSS, View(start=20.0)))


def test_nothing_to_draw():
    empty = Run(name="empty", epochs=np.empty(0), columns={})
    lost = log(train_loss=[math.nan, math.inf])
    chart = curves([empty, lost], LOSS, View())
    assert lines(chart) == {}
    assert chart.alt == "Loss over epochs: no run tells it."
    assert curves([], ACCURACY, View()).alt == "Accuracy over epochs: no run tells it."


def test_a_name_is_no_markup():
    chart = curves([log("<b>bold</b>")], LOSS, View())
    assert chart.figure.data[0].name == "&lt;b&gt;bold&lt;/b&gt;"
    assert "<b>" not in chart.figure.data[0].hovertemplate


def test_twelve_runs_look_different():
    looks = run_looks(12)
    assert len({(look.colour, look.symbol) for look in looks}) == 12
    assert looks[:6] == list(SERIES)
