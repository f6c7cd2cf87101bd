"""How trainings went: loss and accuracy on training and on held-out images, several runs over each other.

A run has a colour and a symbol, held-out images a solid line, training images a dotted one, images that the log does
not name a dashed one.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from casting_core.charts.style import SERIES, Chart, Look, finish, plain
from casting_core.training.logs import columns, curve_summary
from casting_core.training.logs.columns import EPOCH
from casting_core.training.logs.curve_lines import Line, View, time_unit, visible, whole_line
from casting_core.training.logs.run import Run

LOSS, ACCURACY = "loss", "accuracy"
HELD_OUT, TRAIN, UNNAMED = "held-out images", "training images", "images that the log does not name"
COLUMNS = {  # measure → column by images
    LOSS: {HELD_OUT: columns.VALIDATION_LOSS, TRAIN: columns.TRAIN_LOSS, UNNAMED: columns.LOSS},
    ACCURACY: {
        HELD_OUT: columns.VALIDATION_ACCURACY,
        TRAIN: columns.TRAIN_ACCURACY,
        UNNAMED: columns.ACCURACY,
    },
}
MEASURES = {LOSS: "Loss", ACCURACY: "Accuracy (%)"}
DASHES = {HELD_OUT: "solid", TRAIN: "dot", UNNAMED: "dash"}
SHORT = {HELD_OUT: "held out", TRAIN: "training", UNNAMED: "images not named"}
UNTOLD = {"showlegend": False, "hoverinfo": "skip"}  # of a trace that another one tells of
MAX_MARKED = 60  # points of a line that get a symbol each
HEIGHT = 400  # px


def run_looks(count: int) -> list[Look]:
    """Choose a look for each of so many runs; after the sixth colours come again, with open symbols."""
    looks = [*SERIES, *(replace(look, symbol=f"{look.symbol}-open") for look in SERIES)]
    return [looks[place % len(looks)] for place in range(count)]


def curves(runs: Sequence[Run], measure: str, view: View) -> Chart:
    """Draw the loss or the accuracy (`LOSS`, `ACCURACY`) of runs, without those that do not tell it, or no times."""
    unit, seconds = time_unit(runs)
    figure = go.Figure()
    told: list[str] = []
    ends: list[float] = []
    for run, look in zip(runs, run_looks(len(runs)), strict=True):
        said: list[str] = []
        for images, column in COLUMNS[measure].items():
            whole = whole_line(run, column, view, seconds)
            found = visible(whole, view)
            if not np.isfinite(found.y).any():
                continue
            _add(figure, run, look, images, found, view, measure=measure, first=not said)
            said.append(_summary(run, column, images))
            ends += [found.x[0], found.x[-1]]
            if images == HELD_OUT and run.shipped is not None:
                _star(figure, run, look, whole, view, measure)
        if said:
            told.append(f"{run.name}: {'; '.join(said)}")
    kinds = {run.unit for run in runs}
    place = "Epoch" if kinds <= {EPOCH} else "Step" if EPOCH not in kinds else "Epoch, or step"
    x, y = f"Time since training began ({unit})" if view.by_time else place, MEASURES[measure]
    finish(figure, x=x, y=y, height=HEIGHT + 24 * max(0, len(told) - 4))
    _axes(figure, view, ends, f"%{{x:.3~g}} {unit}" if view.by_time else f"{place} %{{x}}")
    if view.logarithmic and measure == LOSS:
        figure.update_yaxes(type="log")
    about = f"{measure.capitalize()} over {'time' if view.by_time else 'epochs'}"
    about += f", smoothed by {view.smoothing:g}" if view.smoothing else ""
    return Chart(figure=figure, alt=f"Lines: {about}. {'. '.join(told)}." if told else f"{about}: no run tells it.")


def _add(
    figure: go.Figure, run: Run, look: Look, images: str, found: Line, view: View, *, measure: str, first: bool
) -> None:
    """Draw a line, and behind it what was logged where it is smoothed."""
    factor, number, unit = (100.0, ".2f", " %") if measure == ACCURACY else (1.0, ".4~g", "")
    symbol = look.symbol if images == HELD_OUT else f"{look.symbol.removesuffix('-open')}-open"
    many, dash = len(found.x) > MAX_MARKED, DASHES[images]
    if view.smoothing:
        behind = {"mode": "lines", "line": {"color": look.colour, "width": 1, "dash": dash}, "opacity": 0.45}
        figure.add_scatter(x=found.x, y=factor * found.logged, legendgroup=run.name, **behind, **UNTOLD)
    logged = f" (logged %{{customdata:{number}}}{unit})" if view.smoothing else ""
    figure.add_scatter(
        x=found.x,
        y=factor * found.y,
        customdata=factor * found.logged if view.smoothing else None,
        mode="lines+markers",
        name=plain(run.name),
        line={"color": look.colour, "width": 1.5 if many else 2.5, "dash": dash},
        marker={"symbol": symbol, "size": 7, "maxdisplayed": 8 if many else 0},
        legendgroup=run.name,
        showlegend=first,
        hovertemplate=f"%{{y:{number}}}{unit}{logged}<extra>{plain(run.name)}, {SHORT[images]}</extra>",
    )


def _star(figure: go.Figure, run: Run, look: Look, whole: Line, view: View, measure: str) -> None:
    """Mark the epoch whose weights ship, where it lies in the part that is shown."""
    at = np.flatnonzero(run.series(COLUMNS[measure][HELD_OUT])[0] == run.shipped)
    x, y = whole.x[at], whole.y[at]
    if not len(at) or not view.start <= x[0] <= view.end or not np.isfinite(y[0]):
        return
    star = {"symbol": "star", "size": 17, "color": look.colour, "line": {"color": "#FFFFFF", "width": 1}}
    y *= 100.0 if measure == ACCURACY else 1.0
    figure.add_scatter(x=x, y=y, mode="markers", marker=star, legendgroup=run.name, **UNTOLD)


def _axes(figure: go.Figure, view: View, ends: Sequence[float], hover: str) -> None:
    figure.update_layout(
        hovermode="x unified",
        dragmode="select" if view.select else False,
        selectdirection="h",
        legend={"itemclick": False, "itemdoubleclick": False},  # drawn anew, it would forget what was hidden
        uirevision="curves",
    )
    figure.update_xaxes(unifiedhovertitle_text=hover)
    low = view.start if math.isfinite(view.start) else min(ends, default=0.0)
    high = view.end if math.isfinite(view.end) else max(ends, default=1.0)
    if (math.isfinite(view.start) or math.isfinite(view.end)) and high > low:
        pad = 0.02 * (high - low)
        figure.update_xaxes(range=[low - pad, high + pad])
    if not view.by_time and high - low <= 15:
        figure.update_xaxes(dtick=1)


def _summary(run: Run, column: str, images: str) -> str:
    """Where a line begins and ends, and its best, as the log has it."""
    epochs, values = run.series(column)
    finite = np.isfinite(values)
    epochs, values = epochs[finite], values[finite]
    share = columns.is_accuracy(column)

    def number(value: float) -> str:
        return f"{100 * value:.2f} %" if share else f"{value:.3g}"

    best = curve_summary.best_epoch(run, column)
    top = f"{'highest' if share else 'lowest'} {number(values[epochs == best][0])} in {run.unit} {best:g}"
    return f"on {images} from {number(values[0])} to {number(values[-1])}, {top}"
