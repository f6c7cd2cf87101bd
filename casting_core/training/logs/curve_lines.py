"""The lines of training curves: the points of a log that are looked at, smoothed, cut to a part, and thinned out.

Of a long log each line has the least and the most of every few epochs (`thin`), so that no peak is lost and a page
stays quick.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from casting_core.errors import SettingsError
from casting_core.training.logs.columns import CURVES, SECONDS, is_accuracy
from casting_core.training.logs.run import NONE, Run

MAX_POINTS = 1500  # of a line
UNITS = (("h", 3600.0, 7200.0), ("min", 60.0, 120.0), ("s", 1.0, 0.0))  # name, seconds, and from which time on


@dataclass(frozen=True, kw_only=True)
class View:
    """How runs are looked at.

    Attributes
    ----------
    smoothing : weight of what came before, in [0, 1).
    by_time : over time, not over epochs.
    logarithmic : the axis of the loss.
    start, end : the part that is shown, in epochs, or in the unit of time.
    select : whether a part can be marked with the pointer.

    Raises
    ------
    SettingsError
        The smoothing is out of range, or the end is not after the start.
    """

    smoothing: float = 0.0
    by_time: bool = False
    logarithmic: bool = False
    start: float = -math.inf
    end: float = math.inf
    select: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise SettingsError(f"Smoothing must be from 0 to below 1, got {self.smoothing}.")
        if self.start >= self.end:
            raise SettingsError(f"The part that is shown must end after {self.start:g}, got {self.end:g}.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Points, float64 (n,) each: where, what, and what the log says there. `of`: how many the log has there."""

    x: np.ndarray
    y: np.ndarray
    logged: np.ndarray
    of: int


def smooth(values: np.ndarray, weight: float) -> np.ndarray:
    """Exponential moving average, float64 (N,), of float (N,); corrected at the start, as in TensorBoard.

    `weight` in [0, 1): of what came before. Values that are no finite numbers stay as they are and move nothing.
    """
    logged = pd.Series(values, dtype=np.float64)
    finite = np.isfinite(logged)
    smoothed = logged.where(finite).ewm(alpha=1 - weight, ignore_na=True).mean()
    return smoothed.where(finite, logged).to_numpy()


def elapsed(run: Run) -> np.ndarray:
    """Seconds since the start at the end of each epoch, float64 (E,); empty where the log tells no times.

    An epoch whose time is missing or negative (a clock that was put back) counts as long as the median of the others.
    """
    own = pd.Series(run.columns.get(SECONDS, NONE))
    own = own.where(np.isfinite(own) & (own >= 0))
    return own.fillna(own.median()).cumsum().dropna().to_numpy()


def time_unit(runs: Sequence[Run]) -> tuple[str, float]:
    """Return the unit in which these trainings are told, and its seconds."""
    longest = max((elapsed(run)[-1] for run in runs if len(elapsed(run))), default=0.0)
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
    series, groups = pd.Series(values), np.arange(count) // size
    least = series.fillna(math.inf).groupby(groups).idxmin()
    largest = series.fillna(-math.inf).groupby(groups).idxmax()
    return np.unique([0, *least, *largest, count - 1])


def whole_line(run: Run, column: str, view: View, unit: float = 1.0) -> Line:
    """All points of a column, NaN where they cannot be drawn; none where the log has no such column, or no times.

    `unit`: seconds of the unit of time.
    """
    places = elapsed(run) / unit if view.by_time else run.epochs
    if column not in run.columns or not len(places):
        return Line(x=NONE, y=NONE, logged=NONE, of=0)
    there = run.present[column]
    logged = run.columns[column][there]
    logged = np.where(np.isfinite(logged), logged, np.nan)
    smoothed = smooth(logged, view.smoothing)
    if view.logarithmic and not is_accuracy(column):
        logged, smoothed = (np.where(each > 0, each, np.nan) for each in (logged, smoothed))
    return Line(x=places[there], y=smoothed, logged=logged, of=len(logged))


def visible(whole: Line, view: View) -> Line:
    """Cut out the part that is shown, with a neighbour on either side so that it goes on to the edge; thinned out."""
    inside = np.flatnonzero((whole.x >= view.start) & (whole.x <= view.end))
    part = slice(max(inside[0] - 1, 0), inside[-1] + 2) if len(inside) else slice(0)
    chosen = thin(whole.y[part])
    x, y, logged = (each[part][chosen] for each in (whole.x, whole.y, whole.logged))
    return Line(x=x, y=y, logged=logged, of=len(whole.y[part]))


def thinned(runs: Sequence[Run], view: View) -> list[str]:
    """Names of the runs of which not every epoch is drawn."""
    unit = time_unit(runs)[1]
    lines = [(run.name, visible(whole_line(run, column, view, unit), view)) for run in runs for column in CURVES]
    return [*dict.fromkeys(name for name, line in lines if line.of > MAX_POINTS)]


def untimed(runs: Sequence[Run]) -> list[str]:
    """Names of the runs that tell no times, and so cannot be drawn over time."""
    return [run.name for run in runs if not len(elapsed(run))]
