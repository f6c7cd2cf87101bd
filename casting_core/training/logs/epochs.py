"""From the rows of a file to one row an epoch, with our names and our units.

Tools write several rows an epoch (one for training, one for validation, one every fifty batches), or write an epoch
anew after a restart. Each cell that was written counts:

1. of rows of one epoch that follow each other, the last value, or for training figures of single batches their mean;
2. of an epoch that was begun anew further down, what was written there.

Epochs from 0 are counted from 1, accuracies in percent become fractions, times since the start or of the day become
the seconds of each row. Whatever was changed is said in a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from casting_core.training.logs.columns import (
    SECONDS,
    TRAIN_ACCURACY,
    TRAIN_LOSS,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    is_accuracy,
)
from casting_core.training.logs.log import EPOCH, STEP, Log


@dataclass(kw_only=True)
class Rows:
    """Cells as they stand in a file, in its order.

    Attributes
    ----------
    places : float64 (R,), the epoch of each row, or its step where `unit` says so.
    columns : float64 (R,) by name, with our names where they are known.
    written : bool (R,) by name, whether the cell holds anything.
    batches : whether rows are of single batches.
    running : whether `seconds` may count from the start.
    wall : float64 (R,), seconds since 1970, of a log without `seconds`.
    """

    name: str
    places: np.ndarray
    columns: dict[str, np.ndarray]
    written: dict[str, np.ndarray]
    unit: str = EPOCH
    batches: bool = False
    running: bool = False
    wall: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)


def by_epoch(rows: Rows) -> Log:
    """One row an epoch (or step), rising. See the module for what becomes of several."""
    notes = list(rows.notes)
    epochs, index = np.unique(rows.places, return_inverse=True)  # (E,), (R,) → place in `epochs`
    block = np.cumsum(np.diff(rows.places, prepend=rows.places[:1]) != 0)  # (R,) rises wherever the epoch changes
    columns: dict[str, np.ndarray] = {}
    written: dict[str, np.ndarray] = {}
    anew = np.zeros(len(epochs), bool)
    averaged = []
    for name, values in rows.columns.items():
        there = rows.written[name]
        latest = np.full(len(epochs), -1)
        np.maximum.at(latest, index[there], block[there])
        used = there & (block == latest[index])
        anew[index[there & ~used]] = True
        finite = np.isfinite(values)
        some = np.bincount(index[used & finite], minlength=len(epochs)) > 0
        used &= finite | ~some[index]  # some tools write nan where they mean nothing
        count = np.bincount(index[used], minlength=len(epochs))
        result = np.full(len(epochs), np.nan)
        if rows.batches and name in (TRAIN_LOSS, TRAIN_ACCURACY):
            if (count > 1).any():
                averaged.append(name)
            total = np.bincount(index[used], weights=values[used], minlength=len(epochs))
            result[count > 0] = total[count > 0] / count[count > 0]
        else:
            if not rows.batches:
                anew |= count > 1
            result[index[used]] = values[used]  # of several the last
        columns[name], written[name] = result, count > 0
    if anew.any():
        which = _listed(epochs[anew])
        plural = "s" if anew.sum() > 1 else ""
        notes.append(f"{rows.unit.capitalize()}{plural} {which} stood there more than once; the last value counts.")
    if averaged:
        which = " and ".join(averaged)
        notes.append(f"There are several rows an epoch; of {which} the mean counts, of everything else the last value.")
    _add_seconds(rows, epochs, index, columns, written, notes)
    _percent_to_fraction(columns, notes)
    if rows.unit == EPOCH and len(epochs) and epochs[0] == 0 and (epochs % 1 == 0).all():
        epochs = epochs + 1
        notes.append("Epochs counted from 0 in the file; they count from 1 here.")
    if rows.unit == STEP and len(epochs):
        notes.append("The file counts steps, not epochs.")
    if not len(epochs):
        notes.append("No epoch has been finished yet.")
    return Log(name=rows.name, epochs=epochs, columns=columns, present=written, unit=rows.unit, notes=tuple(notes))


def unit_of_steps(steps: np.ndarray, columns: dict[str, np.ndarray], written: dict[str, np.ndarray]) -> str:
    """Whether steps are epochs: they are counted one by one, and every one was validated."""
    different = np.unique(steps)
    if len(different) < 2 or (np.diff(different) != 1).any() or different[0] not in (0, 1):
        return STEP
    for name in (VALIDATION_LOSS, VALIDATION_ACCURACY):
        if name in columns and len(np.unique(steps[written[name]])) == len(different):
            return EPOCH
    return STEP


def _listed(epochs: np.ndarray) -> str:
    shown = ", ".join(f"{e:.10g}" for e in epochs[:5])
    return f"{shown} and {len(epochs) - 5} more" if len(epochs) > 5 else shown


def _add_seconds(
    rows: Rows,
    epochs: np.ndarray,
    index: np.ndarray,
    columns: dict[str, np.ndarray],
    written: dict[str, np.ndarray],
    notes: list[str],
) -> None:
    """Turn times since the start, or times of the day, into the seconds of each row."""
    if rows.wall is not None and SECONDS not in columns:
        last = np.full(len(epochs), np.nan)
        known = np.isfinite(rows.wall)
        last[index[known]] = rows.wall[known]
        passed = np.diff(last, prepend=np.nan)
        passed[~(passed >= 0)] = np.nan  # the first row, and clocks that were put back
        columns[SECONDS], written[SECONDS] = passed, np.isfinite(passed)
        if np.isfinite(passed).any():
            notes.append(f"The seconds of each {rows.unit} come from the times at which its values were written.")
    elif rows.running and _is_running(columns[SECONDS]):
        columns[SECONDS] = np.diff(columns[SECONDS], prepend=0.0)
        notes.append("The times counted from the start of the training; they were turned into the seconds of each row.")


def _is_running(seconds: np.ndarray) -> bool:
    """Whether times count from the start: they rise throughout, by half and more from the first to the last."""
    known = seconds[np.isfinite(seconds)]
    if len(known) != len(seconds) or len(known) < 3:
        return False
    return bool((np.diff(known) > 0).all() and known[0] >= 0 and known[-1] >= 1.5 * known[0])


def _percent_to_fraction(columns: dict[str, np.ndarray], notes: list[str]) -> None:
    changed: list[str] = []
    strange: list[str] = []
    for name, values in columns.items():
        known = values[np.isfinite(values)]
        if not is_accuracy(name) or not len(known) or known.max() <= 1.5:
            continue
        if known.max() > 100.5 or known.min() < 0:
            strange.append(name)
            continue
        columns[name] = values / 100
        changed.append(name)
    if changed:
        notes.append(f"In percent in the file, as fractions here: {_names(changed)}.")
    if strange:
        notes.append(f"Neither a fraction nor percent, left as it is: {_names(strange)}.")


def _names(names: Sequence[str]) -> str:
    return ", ".join(names)
