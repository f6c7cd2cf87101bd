"""How trainings went: loss and accuracy on training and on held-out pictures, several runs over each other.

A run has a colour and a symbol, held-out pictures a solid line, training pictures a dotted one. Of a long log each line
shows the least and the most of every few epochs (`thin`), so that no peak is lost and the page stays quick.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go

from casting_core.charts.style import SERIES, Chart, Look, finish, plain
from casting_core.errors import SettingsError
from casting_core.training.logs.columns import SECONDS, TRAIN_ACCURACY, TRAIN_LOSS, VALIDATION_ACCURACY, VALIDATION_LOSS
from casting_core.training.logs.curve_summary import best_epoch, elapsed, smooth
from casting_core.training.logs.log import EPOCH, Log

LOSS, ACCURACY = "loss", "accuracy"
HELD_OUT, TRAIN = "held-out pictures", "training pictures"
COLUMNS = {  # measure → column by pictures
    LOSS: {HELD_OUT: VALIDATION_LOSS, TRAIN: TRAIN_LOSS},
    ACCURACY: {HELD_OUT: VALIDATION_ACCURACY, TRAIN: TRAIN_ACCURACY},
}
DASHES = {HELD_OUT: "solid", TRAIN: "dot"}
SHORT = {HELD_OUT: "held out", TRAIN: "training"}
MAX_POINTS = 1500  # of a line
MAX_MARKED = 60  # points of a line that get a symbol each
HEIGHT = 400  # px
UNITS = (("h", 3600.0, 7200.0), ("min", 60.0, 120.0), ("s", 1.0, 0.0))  # name, seconds, and from which time on


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A training to be drawn. `shipped`: the epoch whose weights ship; None where none do."""

    name: str
    log: Log
    shipped: float | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """How runs are looked at.

    `smoothing` in [0, 1): weight of what came before. `by_time`: over time, not over epochs. `logarithmic`: the axis of
    the loss. `start`, `end`: the part that is shown, in epochs, or in the unit of time; None: from the first, to the
    last. `select`: whether a part can be marked with the pointer. Raises `SettingsError` for another smoothing, or an
    end that is not after the start.
    """

    smoothing: float = 0.0
    by_time: bool = False
    logarithmic: bool = False
    start: float | None = None
    end: float | None = None
    select: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise SettingsError(f"Smoothing must be from 0 to below 1, got {self.smoothing}.")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise SettingsError(f"The part that is shown must end after {self.start:g}, got {self.end:g}.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Points to draw, float64 (n,) each: where, what, and what the log says there. `of`: how many the log has there."""

    x: np.ndarray
    y: np.ndarray
    logged: np.ndarray
    of: int


def run_looks(count: int) -> list[Look]:
    """A look for each of so many runs; after the sixth colours come again, with open symbols."""
    found = []
    for place in range(count):
        look = SERIES[place % len(SERIES)]
        again = place // len(SERIES) % 2
        found.append(replace(look, symbol=f"{look.symbol}-open") if again else look)
    return found


def seconds_since_start(log: Log) -> np.ndarray | None:
    """Seconds at the end of each epoch, float64 (E,); None where the log tells no times."""
    if SECONDS not in log.columns:
        return None
    found = elapsed(log.columns[SECONDS])
    return found if len(found) and np.isfinite(found).all() else None


def time_unit(logs: Sequence[Log]) -> tuple[str, float]:
    """The unit in which these trainings are told, and its seconds."""
    ends = [found[-1] for log in logs if (found := seconds_since_start(log)) is not None]
    longest = max(ends, default=0.0)
    return next((name, seconds) for name, seconds, least in UNITS if longest >= least)


def thin(values: np.ndarray, most: int = MAX_POINTS) -> np.ndarray:
    """Which of many values to draw, rising indices int (m,), m ≤ `most`, so that the line looks the same.

    The first, the last, and of every so many neighbours the least and the most; all where there are few enough.
    Neighbours without any number stand for a gap. `most` is at least 4.
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    size = math.ceil(count / ((most - 2) // 2))  # neighbours
    padded = np.full(math.ceil(count / size) * size, np.nan)
    padded[:count] = values
    table = padded.reshape(-1, size)
    missing = np.isnan(table)
    least = np.where(missing, np.inf, table).argmin(axis=1)
    largest = np.where(missing, -np.inf, table).argmax(axis=1)
    starts = np.arange(0, len(padded), size)
    chosen = np.unique(np.concatenate([[0], starts + least, starts + largest, [count - 1]]))
    return chosen[chosen < count]


def line(log: Log, column: str, view: View, unit: float = 1.0) -> Line:
    """One line of a run. `unit`: seconds of the unit of time. Empty where the log has nothing to draw."""
    return _part(_whole(log, column, view, unit), view)


def _whole(log: Log, column: str, view: View, unit: float) -> Line:
    """All points of a column, with numbers where they can be drawn and NaN elsewhere."""
    places = seconds_since_start(log) if view.by_time else log.epochs
    if column not in log.columns or places is None:
        return Line(x=np.empty(0), y=np.empty(0), logged=np.empty(0), of=0)
    there = log.present[column]
    x = places[there] / (unit if view.by_time else 1.0)
    logged = log.columns[column][there].copy()
    logged[~np.isfinite(logged)] = np.nan
    y = smooth(logged, view.smoothing) if view.smoothing else logged
    if view.logarithmic and column in COLUMNS[LOSS].values():
        y, logged = (np.where(each > 0, each, np.nan) for each in (y, logged))
    return Line(x=x, y=y, logged=logged, of=len(y))


def _part(whole: Line, view: View) -> Line:
    """The part that is shown, with a neighbour on either side, so that the line goes on to the edge; thinned out."""
    inside = _inside(whole.x, view)
    if not len(inside):
        return Line(x=np.empty(0), y=np.empty(0), logged=np.empty(0), of=0)
    part = slice(max(inside[0] - 1, 0), inside[-1] + 2)
    x, y, logged = whole.x[part], whole.y[part], whole.logged[part]
    chosen = thin(y)
    return Line(x=x[chosen], y=y[chosen], logged=logged[chosen], of=len(y))


def _inside(x: np.ndarray, view: View) -> np.ndarray:
    return np.flatnonzero((x >= _or(view.start, -math.inf)) & (x <= _or(view.end, math.inf)))


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def curves(runs: Sequence[Run], measure: str, view: View) -> Chart:
    """The loss or the accuracy (`LOSS`, `ACCURACY`) of runs; one that does not tell it, or no times, is left out."""
    unit, seconds = time_unit([run.log for run in runs])
    figure = go.Figure()
    told: list[str] = []
    ends: list[float] = []
    for run, look in zip(runs, run_looks(len(runs)), strict=True):
        said: list[str] = []
        for pictures, column in COLUMNS[measure].items():
            whole = _whole(run.log, column, view, seconds)
            found = _part(whole, view)
            if not np.isfinite(found.y).any():
                continue
            _add(figure, run, look, pictures, found, smoothed=bool(view.smoothing), measure=measure, first=not said)
            said.append(_summary(run.log, column, pictures))
            ends += [found.x[0], found.x[-1]]
            if pictures == HELD_OUT and run.shipped is not None:
                _star(figure, run, look, whole, view, measure)
        if said:
            told.append(f"{run.name}: {'; '.join(said)}")
    kinds = {run.log.unit for run in runs}
    place = "Epoch" if kinds <= {EPOCH} else "Step" if EPOCH not in kinds else "Epoch, or step"
    finish(
        figure,
        x=f"Time since training began ({unit})" if view.by_time else place,
        y="Accuracy (%)" if measure == ACCURACY else "Loss",
        height=HEIGHT + 24 * max(0, len(told) - 4),
    )
    _axes(figure, view, ends, f"%{{x:.3~g}} {unit}" if view.by_time else f"{place} %{{x}}")
    if view.logarithmic and measure == LOSS:
        figure.update_yaxes(type="log")
    about = f"{measure.capitalize()} over {'time' if view.by_time else 'epochs'}"
    about += f", smoothed by {view.smoothing:g}" if view.smoothing else ""
    return Chart(figure=figure, alt=f"Lines: {about}. {'. '.join(told)}." if told else f"{about}: no run tells it.")


def _add(
    figure: go.Figure,
    run: Run,
    look: Look,
    pictures: str,
    found: Line,
    *,
    smoothed: bool,
    measure: str,
    first: bool,
) -> None:
    """A line, and behind it what was logged where it is smoothed."""
    factor, number, unit = (100.0, ".2f", " %") if measure == ACCURACY else (1.0, ".4~g", "")
    symbol = look.symbol if pictures == HELD_OUT else f"{look.symbol.removesuffix('-open')}-open"
    many = len(found.x) > MAX_MARKED
    if smoothed:
        figure.add_scatter(
            x=found.x,
            y=factor * found.logged,
            mode="lines",
            line={"color": look.colour, "width": 1, "dash": DASHES[pictures]},
            opacity=0.45,
            legendgroup=run.name,
            showlegend=False,
            hoverinfo="skip",
        )
    logged = f" (logged %{{customdata:{number}}}{unit})" if smoothed else ""
    figure.add_scatter(
        x=found.x,
        y=factor * found.y,
        customdata=factor * found.logged if smoothed else None,
        mode="lines+markers",
        name=plain(run.name),
        line={"color": look.colour, "width": 1.5 if many else 2.5, "dash": DASHES[pictures]},
        marker={"symbol": symbol, "size": 7, "maxdisplayed": 8 if many else 0},
        legendgroup=run.name,
        showlegend=first,
        hovertemplate=f"%{{y:{number}}}{unit}{logged}<extra>{plain(run.name)}, {SHORT[pictures]}</extra>",
    )


def _star(figure: go.Figure, run: Run, look: Look, whole: Line, view: View, measure: str) -> None:
    """Mark the epoch whose weights ship, where it lies in the part that is shown."""
    at = np.flatnonzero(run.log.series(COLUMNS[measure][HELD_OUT])[0] == run.shipped)
    if not len(at) or at[0] not in _inside(whole.x, view) or not np.isfinite(whole.y[at[0]]):
        return
    figure.add_scatter(
        x=[whole.x[at[0]]],
        y=[(100.0 if measure == ACCURACY else 1.0) * whole.y[at[0]]],
        mode="markers",
        marker={"symbol": "star", "size": 17, "color": look.colour, "line": {"color": "#FFFFFF", "width": 1}},
        legendgroup=run.name,
        showlegend=False,
        hoverinfo="skip",
    )


def _axes(figure: go.Figure, view: View, ends: Sequence[float], hover: str) -> None:
    figure.update_layout(
        hovermode="x unified",
        dragmode="select" if view.select else False,
        selectdirection="h",
        legend={"itemclick": False, "itemdoubleclick": False},  # drawn anew, it would forget what was hidden
        uirevision="curves",
    )
    figure.update_xaxes(unifiedhovertitle={"text": hover})
    low = _or(view.start, min(ends, default=0.0))
    high = _or(view.end, max(ends, default=1.0))
    if (view.start is not None or view.end is not None) and high > low:
        pad = 0.02 * (high - low)
        figure.update_xaxes(range=[low - pad, high + pad])
    if not view.by_time and high - low <= 15:
        figure.update_xaxes(dtick=1)


def _summary(log: Log, column: str, pictures: str) -> str:
    """Where a line begins and ends, and its best, as the log has it."""
    epochs, values = log.series(column)
    finite = np.isfinite(values)
    epochs, values = epochs[finite], values[finite]
    share = column in COLUMNS[ACCURACY].values()

    def number(value: float) -> str:
        return f"{100 * value:.2f} %" if share else f"{value:.3g}"

    best = best_epoch(log, column)
    top = f"{'highest' if share else 'lowest'} {number(values[epochs == best][0])} in {log.unit} {best:g}"
    return f"on {pictures} from {number(values[0])} to {number(values[-1])}, {top}"


def thinned(runs: Sequence[Run], view: View) -> list[str]:
    """Names of the runs of which not every epoch is drawn."""
    seconds = time_unit([run.log for run in runs])[1]
    plain_view = replace(view, smoothing=0.0)
    columns = [column for by_pictures in COLUMNS.values() for column in by_pictures.values()]
    return [
        run.name
        for run in runs
        if any(len(_inside(_whole(run.log, column, plain_view, seconds).x, view)) > MAX_POINTS for column in columns)
    ]


def untimed(runs: Sequence[Run]) -> list[str]:
    """Names of the runs that tell no times, and so cannot be drawn over time."""
    return [run.name for run in runs if seconds_since_start(run.log) is None]
