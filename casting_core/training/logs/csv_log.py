"""CSV logs of any tool: Keras, PyTorch Lightning, Ultralytics, fastai, TensorBoard's export, and one's own.

The file becomes a table of numbers (`csv_table`), columns get our names where they are known (`columns`), and rows
become epochs (`epochs`). A row counts by its column `epoch`, else by its `step`, else by the unnamed row numbers of a
table that was saved with them.
"""

import re
from collections.abc import Sequence

import numpy as np

from casting_core.errors import DataError
from casting_core.training.logs.columns import (
    SECONDS,
    is_running_time,
    is_wall_time,
    on_pictures,
    place_column,
    recognise,
    words,
)
from casting_core.training.logs.csv_table import MISSING, NUMBER, TEXT, Table, decode, read_table
from casting_core.training.logs.epochs import Rows, by_epoch, unit_of_steps
from casting_core.training.logs.log import COLUMNS, EPOCH, STEP, Log, log_name, short_path

NAMELESS = "(no name)"
EXPORTED = ["wall time", "step", "value"]  # what TensorBoard calls the columns of a single scalar
EXPORT = re.compile(r"(?:run-)?(?P<run>.*?)-tag-(?P<tag>.*)")  # and the file


def read_csv_log(content: bytes, path: str, name: str = "") -> Log:
    """Read the bytes of a CSV log; it is called `name`, or else after its `path`.

    Nothing at all, or a header that is still being written, is an empty log. Raises `DataError` where no column counts
    epochs or steps, where it is no text, or over a limit.
    """
    name = name or log_name(path)
    text = decode(content, path)
    if not text.strip():
        return Log(name=name, epochs=np.empty(0), columns={}, notes=("The file is empty.",))
    if ",".join(COLUMNS).startswith(text):
        return Log(name=name, epochs=np.empty(0), columns={}, notes=("No epoch has been finished yet.",))
    table = read_table(text, path)
    place, unit = _place(table, path)
    places, used = _places(table, place)
    kept, notes = _with_numbers(table, place)
    names = _telling(table.names, path)
    ours = {kept[position]: own for position, own in recognise([names[column] for column in kept]).items()}
    renamed = [f"{names[column]} → {own}" for column, own in sorted(ours.items()) if names[column] != own]
    if renamed:
        notes.append(f"Columns read under our names: {', '.join(renamed)}.")
    columns: dict[str, np.ndarray] = {}
    written: dict[str, np.ndarray] = {}
    for column in kept:
        own = ours.get(column) or _unused(names[column] or NAMELESS, {*ours.values(), *columns})
        columns[own] = table.values(column)[used]
        written[own] = table.are(column, NUMBER)[used]
    if unit == STEP:
        unit = unit_of_steps(places, columns, written)
    seconds = next((column for column, own in ours.items() if own == SECONDS), None)
    wall = next((column for column in kept if is_wall_time(names[column])), None)
    rows = Rows(
        name=name,
        places=places,
        columns=columns,
        written=written,
        unit=unit,
        batches=unit == EPOCH and place_column([names[column] for column in kept], STEP) is not None,
        running=seconds is not None and not table.clocked and is_running_time(names[seconds]),
        wall=None if wall is None else table.values(wall)[used],
        notes=[*table.notes, *notes],
    )
    return by_epoch(rows)


def _place(table: Table, path: str) -> tuple[int, str]:
    """Which column counts, and what."""
    for unit in (EPOCH, STEP):
        found = place_column(table.names, unit)
        if found is not None:
            return found, unit
    numbers = list(table.numbers[0])
    if table.names[0] in ("", "Unnamed: 0") and len(table.names) > 1 and numbers == list(range(len(numbers))):
        return 0, EPOCH
    shown = ", ".join(name or NAMELESS for name in table.names[:10])
    raise DataError(
        f"{short_path(path)} has the columns {shown}; a log needs one that is called `epoch` or `step`. "
        "Name it so in the first line, or choose another file."
    )


def _places(table: Table, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Epochs of the rows that can be used, float64, and which rows these are, bool (R,).

    A row without an epoch, as Lightning writes learning rates, belongs to the next one that has one, or else to the
    last before it.
    """
    values, missing = table.values(place), table.are(place, MISSING)
    known = np.isfinite(values)
    strange = int((~known & ~missing).sum())
    if strange:
        lines = "line is" if strange == 1 else "lines are"
        table.notes.append(f"{strange} {lines} left out, because {table.names[place]} is no number there.")
    if not known.any():
        return np.empty(0), np.zeros(len(values), bool)
    at = np.flatnonzero(known)
    following = np.minimum(np.searchsorted(at, np.arange(len(values))), len(at) - 1)
    used = known | missing
    return values[at[following]][used], used


def _with_numbers(table: Table, place: int) -> tuple[list[int], list[str]]:
    """Columns that hold numbers, but for the one that counts, and what is to be said of the others."""
    kept: list[int] = []
    without: list[str] = []
    notes: list[str] = []
    for column, name in enumerate(table.names):
        numbers, texts = table.kinds[column].count(NUMBER), table.kinds[column].count(TEXT)
        if column == place:
            continue
        if texts and texts >= numbers:
            without.append(name or NAMELESS)
            continue
        kept.append(column)
        if texts:
            cells = "cell is" if texts == 1 else "cells are"
            notes.append(f"{texts} {cells} left out of {name or NAMELESS}, being no number.")
    if without:
        notes.append(f"Columns without numbers are left out: {', '.join(without)}.")
    return kept, notes


def _telling(names: Sequence[str], path: str) -> list[str]:
    """Names that say what is measured: the single scalar that TensorBoard exports is named by the file."""
    if [name.lower() for name in names] != EXPORTED:
        return list(names)
    stem = path.replace("\\", "/").rpartition("/")[2].removesuffix(".csv")
    if match := EXPORT.fullmatch(stem):
        run, tag = match["run"], match["tag"]
        stem = f"{run}_{tag}" if on_pictures(run) and len(words(run)) == 1 else tag  # a run called validation says so
    return [names[0], names[1], stem or names[2]]


def _unused(name: str, taken: set[str]) -> str:
    """Add a number to a name that is taken."""
    number, unused = 2, name
    while unused in taken:
        number, unused = number + 1, f"{name} ({number})"
    return unused
