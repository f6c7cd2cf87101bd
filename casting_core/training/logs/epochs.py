"""From the rows of one run to one row an epoch, in our units.

What counts the rows, where the count begins anew, and what of several rows of one epoch is kept, is decided here;
whatever is changed is said in a sentence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs.columns import (
    CURVES,
    EPOCH,
    SECONDS,
    STEP,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    counter,
    is_accuracy,
    is_running_time,
    is_wall_time,
    makes_curve,
    tells_images,
)
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Figures, Table

LAST = (VALIDATION_LOSS, VALIDATION_ACCURACY)  # curves of which the last value of an epoch counts, not the mean
COUNT = re.compile(r"(?:[a-z]+ ?)?\[?(\d+(?:\.\d+)?)(?: ?(?:/|of) ?\d+)?\]?:?", re.IGNORECASE)  # Epoch 1/10
ROW_NUMBERS = ("(no name)", "Unnamed: 0")  # of a table that was saved with them
MILLISECONDS = 1e11  # times since 1970 beyond it are none of seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Count:
    """What counts the rows of a table.

    `places`: float64 (R,), the epoch or step of each row that is `used`. `used`: bool, of all rows. `wall`: seconds
    since 1970 of the rows used. `running`: whether times may count from the start. `from_zero`: whether epochs do.
    """

    column: str
    unit: str
    places: np.ndarray
    used: np.ndarray
    wall: np.ndarray | None = None
    running: bool = False
    from_zero: bool = False
    guesses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def take(self, rows: np.ndarray) -> "Count":
        """Keep these of the rows that are used."""
        return replace(self, places=self.places[rows], wall=None if self.wall is None else self.wall[rows])


def count_rows(table: Table, given: Mapping[str, str]) -> Count:
    """Find what counts the rows of a table, or take the column that is `given` by `EPOCH` or `STEP`.

    Raises `DataError` where nothing does.
    """
    names = sorted({*table.figures, *table.texts})
    unit = next((kind for kind in (EPOCH, STEP) if given.get(kind) or (not given and counter(names, kind))), None)
    column = (given.get(unit) or counter(names, unit)) if unit else None
    if column is None:
        unit = EPOCH
        column = next((name for name in ROW_NUMBERS if _numbers_rows(table.figures.get(name))), None)
    if column is None and _one_an_epoch(table):
        counted = f"Nothing counts the rows of {table.source}; each is taken for an epoch, in their order."
        places = np.arange(1.0, table.rows + 1)
        return Count(column="", unit=EPOCH, places=places, used=np.ones(table.rows, bool), guesses=(counted,))
    if column is None or column not in names:
        shown = ", ".join((*table.texts, *table.figures)) or "none"
        raise DataError(
            f"{table.source} has the columns {shown[:300]}; none is called `epoch` or `step`. Give the one that counts "
            "such a name, or choose another file."
        )
    if column in table.figures:
        values, missing = table.figures[column].values, ~table.figures[column].written
    else:
        cells = pd.Series(table.texts[column], dtype=object)
        found = cells.map(lambda cell: COUNT.fullmatch(cell))
        values = found.map(lambda match: float(match[1]) if match else np.nan).to_numpy(np.float64)
        missing = (cells == "").to_numpy(bool)
    known = np.isfinite(values)
    strange = int((~known & ~missing).sum())
    notes = []
    if strange:
        lines = "row is" if strange == 1 else "rows are"
        notes.append(f"{strange} {lines} left out, because {column} is no number there.")
    at = np.flatnonzero(known)
    used = (known | missing) & bool(len(at))
    following = np.minimum(np.searchsorted(at, np.arange(len(values))), len(at) - 1)
    wall = next((each for name, each in table.figures.items() if is_wall_time(name)), None)
    times = None if wall is None else np.where(wall.values > MILLISECONDS, wall.values / 1000, wall.values)[used]
    places = values[at[following]][used] if len(at) else np.empty(0)
    return Count(
        column=column,
        unit=unit or STEP,
        places=places,
        used=used,
        from_zero=len(places) > 0 and places.min() == 0 and bool((places % 1 == 0).all()),
        wall=times,
        running=any(is_running_time(name) for name in table.figures),
        notes=tuple(notes),
    )


def _one_an_epoch(table: Table) -> bool:
    """Whether rows that nothing counts can be epochs: each has a loss or an accuracy, and none names its images."""
    curves = [each for name, each in table.figures.items() if makes_curve(name)]
    return any(each.written.all() for each in curves) and not any(map(tells_images, (*table.texts, *table.figures)))


def _numbers_rows(figures: Figures | None) -> bool:
    return figures is not None and bool(np.array_equal(figures.values, np.arange(len(figures.values))))


def parts(places: np.ndarray, figures: Iterable[Figures]) -> np.ndarray:
    """Tell in which part of a log each row stands, int (R,) from 0.

    A part ends where the count of epochs falls back to one for which the same figure was logged before. Rows that are
    in no order, but have every figure once, are one part.
    """
    part = np.zeros(len(places), int)
    block = np.cumsum(np.diff(places, prepend=places[:1]) < 0)
    if block.any() and len(np.unique(places)) < len(places):
        for each in figures:
            at = each.written
            again = pd.Series(block[at]).groupby(places[at]).rank(method="dense").to_numpy(int) - 1
            part[at] = np.maximum(part[at], again)
    return np.maximum.accumulate(part)


def by_epoch(count: Count, figures: Mapping[str, Figures], **about: Any) -> Run:
    """Make a run `about` whatever, with one row an epoch: of figures of batches the mean, else the last value."""
    epochs, index = np.unique(count.places, return_inverse=True)  # (E,), (R,) → place in `epochs`
    notes, guesses = [], list(count.guesses)
    columns: dict[str, np.ndarray] = {}
    present: dict[str, np.ndarray] = {}
    averaged, again = [], np.zeros(len(epochs), bool)
    for name, each in figures.items():
        finite = np.isfinite(each.values)
        some = np.bincount(index[each.written & finite], minlength=len(epochs)) > 0
        used = each.written & (finite | ~some[index])  # some tools write nan where they mean nothing
        often = np.bincount(index[used], minlength=len(epochs))
        result = np.full(len(epochs), np.nan)
        result[index[used]] = each.values[used]  # of several the last
        if name in CURVES and name not in LAST and often.any() and np.median(often[often > 0]) > 1:
            averaged.append(name)
            total = np.bincount(index[used], weights=each.values[used], minlength=len(epochs))
            result = np.divide(total, often, out=result, where=often > 0)
        elif name in CURVES:
            again |= often > 1
        columns[name], present[name] = result, often > 0
    if averaged:
        notes.append(
            f"There are several rows an {count.unit}; of {', '.join(averaged)} the mean counts, else the last."
        )
    if again.any():
        shown = ", ".join(f"{epoch:.10g}" for epoch in epochs[again][:5]) + (" and more" if again.sum() > 5 else "")
        notes.append(f"{count.unit.capitalize()} {shown} stood there more than once; the last value counts.")
    notes += _add_seconds(count, index, len(epochs), columns, present)
    guesses += _percent_to_fraction(columns)
    unit = count.unit
    if unit == STEP and _are_epochs(epochs, present):
        unit = EPOCH
        guesses.append(f"{count.column} is taken for the epoch, because it rises by one and each was validated.")
    if unit == EPOCH and count.from_zero and len(epochs):
        epochs = epochs + 1
        notes.append("Epochs counted from 0 in the file; they count from 1 here.")
    if unit == STEP and len(epochs):
        notes.append("The file counts steps, not epochs.")
    if not len(epochs):
        notes.append("No epoch has been finished yet.")
    run = Run(unit=unit, epochs=epochs, columns=columns, present=present, **about)
    return replace(run, guesses=tuple(guesses), notes=tuple(notes))


def _are_epochs(steps: np.ndarray, present: Mapping[str, np.ndarray]) -> bool:
    """Whether steps are epochs: they are counted one by one, and every one was validated."""
    if len(steps) < 2 or (np.diff(steps) != 1).any() or steps[0] not in (0, 1):
        return False
    return any(name in present and bool(present[name].all()) for name in LAST)


def _add_seconds(
    count: Count, index: np.ndarray, rows: int, columns: dict[str, np.ndarray], present: dict[str, np.ndarray]
) -> list[str]:
    """Turn times since the start, or times of the day, into the seconds of each row, and say so."""
    if SECONDS not in columns and count.wall is not None:
        last = np.full(rows, np.nan)
        np.fmax.at(last, index, np.where(np.isfinite(count.wall), count.wall, np.nan))
        passed = np.diff(last, prepend=np.nan)
        passed[~(passed >= 0)] = np.nan  # the first row, and clocks that were put back
        columns[SECONDS], present[SECONDS] = passed, np.isfinite(passed)
        return [f"The seconds of each {count.unit} come from the times at which its values were written."] * bool(
            np.isfinite(passed).any()
        )
    if SECONDS in columns and count.running and _is_running(columns[SECONDS]):
        columns[SECONDS] = np.diff(columns[SECONDS], prepend=0.0)
        return ["The times counted from the start of the training; they were turned into the seconds of each row."]
    return []


def _is_running(seconds: np.ndarray) -> bool:
    """Whether times count from the start: they rise throughout, by half and more from the first to the last."""
    if len(seconds) < 3 or not np.isfinite(seconds).all():
        return False
    return bool((np.diff(seconds) > 0).all() and seconds[0] >= 0 and seconds[-1] >= 1.5 * seconds[0])


def _percent_to_fraction(columns: dict[str, np.ndarray]) -> list[str]:
    """Turn accuracies that must be percent into fractions, and say of which that is guessed."""
    changed = []
    for name, values in columns.items():
        known = values[np.isfinite(values)]
        if is_accuracy(name) and len(known) and 1.5 < known.max() <= 100.5 and known.min() >= 0:
            columns[name] = values / 100
            changed.append(name)
    return [f"Taken for percent, as it exceeds 1: {', '.join(changed)}."] if changed else []
