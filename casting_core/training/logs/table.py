"""What readers make of a file, before anything is concluded from it: a table of the numbers that are written there.

Cells become numbers, also with decimal commas, percent signs, `mm:ss` for times and `1/30` for epochs. Nothing is
evaluated. A number that is written as NaN is a point of the table; where nothing is written, there is none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH, IMAGES, RUN, SECONDS, STEP, kind

MAX_BYTES = 64 * 2**20  # of all files of a log
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 200_000, 200, 1_000_000
LONGEST_NAME = 100  # characters
UNSPECIFIC = re.compile(
    r"evals_result|history|logs?|metrics|results|scalars|summary|trainer_state|training(_log)?", re.I
)
NOTHING = ["", "-", "--", "na", "n/a", "none", "null", "<na>"]  # cells in which nothing is written
CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")
COUNT = re.compile(r"^(?:[a-z]+ ?)?\[?(\d+(?:\.\d+)?)(?: ?(?:/|of) ?\d+)?\]?:?$")  # epoch 1/10
DECIMAL_COMMA = re.compile(r"[-+]?0,\d+|[-+]?(?:\d+(?:\.\d{3})*)?,(?:\d{1,2}|\d{4,})(?:e[-+]?\d+)? ?%?", re.IGNORECASE)
THOUSANDS = r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?%?"


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """The rows of a log in their order.

    `columns`: all names. `points`: a line for each number that stands there, with its `row` (int, from 0), `name` (str)
    and `value` (float), by row. `texts`: str, "" for nothing, by row and column, of columns that hold more words than
    numbers, or name runs or images. `notes`: sentences on what was left out. `name`: what the file calls the log, and
    `source`: the file, or the folder of several, which `reading` fills in.
    """

    columns: tuple[str, ...]
    points: pd.DataFrame
    texts: pd.DataFrame
    notes: tuple[str, ...]
    name: str = ""
    source: str = ""


def check_size(rows: int, columns: int) -> None:
    """Raise `DataError` where a table is over a limit; called before its cells are collected."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise DataError(
            f"has {rows:,} rows and {columns:,} columns; a log may have {MAX_ROWS:,} rows, {MAX_COLUMNS} columns and "
            f"{MAX_CELLS:,} cells. Log once an epoch, or keep only loss and accuracy."
        )


def from_records(records: Sequence[Mapping[str, Any]], notes: Iterable[str] = (), name: str = "") -> Table:
    """Make a table of records, one a row, that need not hold the same things. Raises `DataError` over a limit."""
    names = dict.fromkeys(key for record in records for key in record)
    check_size(len(records), len(names))
    return replace(from_cells({key: [record.get(key) for record in records] for key in names}, notes), name=name)


def from_cells(cells: Mapping[str, Sequence[Any]], notes: Iterable[str] = (), *, comma: bool = False) -> Table:
    """Make a table of cells by column: text, numbers, or None where nothing is written.

    `comma`: whether a comma in a number is decimal where nothing else tells.
    """
    commas = [cell.strip() for each in cells.values() for cell in each if isinstance(cell, str) and "," in cell]
    comma = any(map(DECIMAL_COMMA.fullmatch, commas)) or (comma and not any(re.search(r",\d*\.", c) for c in commas))
    points = [pd.DataFrame({"row": np.empty(0, int), "name": "", "value": np.empty(0)})]
    texts, said = {}, list(notes)
    for key, cell in cells.items():
        column, what = pd.Series(cell, dtype=object), kind(key)
        values, written, words = _numbers(column, what, comma=comma)
        counts = what in (EPOCH, STEP)  # what counts, and is no number, is left out with its row
        if what in (RUN, IMAGES) or (not counts and words.sum() >= max(1, values.count())):
            text = column.map(lambda cell: "" if cell is None else str(cell).strip())
            texts[key] = text if words.any() else values.map("{:.15g}".format).where(values.notna(), text)
            continue
        if not counts and (count := int(words.sum())):
            said.append(f"{count} cell{' is' if count == 1 else 's are'} left out of {key}, being no number.")
        there = values[written & (counts | ~words)]
        points.append(pd.DataFrame({"row": there.index, "name": key, "value": there.to_numpy()}))
    numbers = pd.concat(points).sort_values("row", kind="stable", ignore_index=True)
    return Table(columns=tuple(cells), points=numbers, texts=pd.DataFrame(texts), notes=tuple(said))


def _numbers(column: pd.Series, what: str, *, comma: bool) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return values (float), whether anything is written, and whether that is no number (bool both)."""
    values = pd.to_numeric(column, errors="coerce").astype(np.float64)
    odd = values.isna() | (column.map(lambda cell: isinstance(cell, bool)))
    if not odd.any():
        return values, ~odd, odd
    text = column[odd].map(lambda cell: "" if cell is None else str(cell).strip().lower())
    plain = text.str.removesuffix("%").str.strip()
    if comma:
        plain = plain.str.replace(".", "", regex=False).where(plain.str.contains(",", regex=False), plain)
        plain = plain.str.replace(",", ".", regex=False)
    else:
        plain = plain.str.replace(",", "", regex=False).where(plain.str.fullmatch(THOUSANDS), plain)
    if what in (EPOCH, STEP):
        plain = plain.str.replace(COUNT, r"\1", regex=True)
    if what == SECONDS:
        plain = plain.map(_seconds)
    found = pd.to_numeric(plain, errors="coerce").astype(np.float64)
    values[odd] = found.where(~text.str.endswith("%"), found / 100)
    nothing = text.isin(NOTHING)
    words = found.isna() & ~nothing & (text != "nan")
    return values, ~nothing.reindex(column.index, fill_value=False), words.reindex(column.index, fill_value=False)


def _seconds(cell: str) -> str:
    """Read `mm:ss` or `h:mm:ss` as seconds; anything else stays as it is."""
    match = CLOCK.fullmatch(cell) if ":" in cell else None
    return cell if match is None else str(sum(float(part or 0) * 60**k for k, part in enumerate(match.groups()[::-1])))


def some(names: Sequence[str], most: int) -> str:
    """Name the first of many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def short_path(path: str) -> str:
    """Name a file and the folder it lies in, for messages."""
    return "/".join(PurePosixPath(path.replace("\\", "/")).parts[-2:])


def log_name(path: str) -> str:
    """Name a log by its file, or by the folder where the file's name says nothing."""
    file = PurePosixPath(path.replace("\\", "/"))
    events = "tfevents" in file.name
    if (events or UNSPECIFIC.fullmatch(file.stem)) and file.parent.name:
        return file.parent.name
    return (file.name if events else file.stem) or "log"
