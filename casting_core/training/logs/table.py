"""What readers make of a file, before anything is concluded from it: a table of the cells that were written.

Cells become numbers (`columns_of`), with decimal commas, percent signs and `mm:ss` for times. Nothing is evaluated.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH, STEP, counter, is_time

MAX_BYTES = 64 * 2**20  # of all files of a log
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 200_000, 200, 1_000_000
LONGEST_NAME = 100  # characters
UNSPECIFIC = frozenset(
    [
        "evals_result",
        "history",
        "log",
        "logs",
        "metrics",
        "results",
        "scalars",
        "summary",
        "trainer_state",
        "training",
        "training_log",
    ]
)
NOTHING = ["", "-", "--", "na", "n/a", "none", "null", "<na>"]  # cells in which nothing was written
CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")
DECIMAL_COMMA = re.compile(r"[-+]?0,\d+|[-+]?(?:\d+(?:\.\d{3})*)?,(?:\d{1,2}|\d{4,})(?:e[-+]?\d+)? ?%?", re.IGNORECASE)
THOUSANDS = r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?%?"


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures:
    """A column of numbers: `values` float64 (R,), NaN for no number; `written` bool (R,), whether anything is there."""

    values: np.ndarray
    written: np.ndarray

    def take(self, rows: np.ndarray) -> "Figures":
        """Keep these rows alone."""
        return Figures(values=self.values[rows], written=self.written[rows])

    def where(self, rows: np.ndarray) -> "Figures":
        """Clear all rows but these."""
        return Figures(values=np.where(rows, self.values, np.nan), written=self.written & rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """The rows of a log in their order.

    `source`: the file, or the folder of several. `texts`: object (R,) of str, "" for nothing, of the columns that hold
    more text than numbers, or count with words among them. `notes`: sentences on what was left out.
    """

    name: str
    source: str
    rows: int
    figures: Mapping[str, Figures]
    texts: Mapping[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def take(self, rows: np.ndarray) -> "Table":
        """Keep these rows alone, and the columns in which anything is written there."""
        kept = {name: each.take(rows) for name, each in self.figures.items()}
        kept = {name: each for name, each in kept.items() if each.written.any()}
        return replace(
            self, rows=int(rows.sum()), figures=kept, texts={name: each[rows] for name, each in self.texts.items()}
        )


def check_size(path: str, rows: int, columns: int) -> None:
    """Raise `DataError` where a table is over a limit; called before its cells are collected."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise DataError(
            f"{short_path(path)} has {rows:,} rows and {columns:,} columns; a log may have {MAX_ROWS:,} rows, "
            f"{MAX_COLUMNS} columns and {MAX_CELLS:,} cells. Log once an epoch, or keep only loss and accuracy."
        )


def from_records(path: str, records: Sequence[Mapping[str, Any]], notes: Iterable[str] = (), name: str = "") -> Table:
    """Make a table of records, one a row, that need not hold the same things. Raises `DataError` over a limit."""
    names = dict.fromkeys(key for record in records for key in record)
    check_size(path, len(records), len(names))
    return from_cells(path, {key: [record.get(key) for record in records] for key in names}, notes, name=name)


def from_cells(
    path: str, cells: Mapping[str, Sequence[Any]], notes: Iterable[str] = (), *, name: str = "", comma: bool = False
) -> Table:
    """Make a table of cells by column: text, numbers, or None where nothing is written.

    `comma`: whether a comma in a number is decimal where nothing else tells.
    """
    series = {key: pd.Series(list(values), dtype=object) for key, values in cells.items()}
    with_commas = [
        cell.strip() for column in cells.values() for cell in column if isinstance(cell, str) and "," in cell
    ]
    comma = _decimal_comma(with_commas, comma)
    figures: dict[str, Figures] = {}
    texts: dict[str, np.ndarray] = {}
    said = list(notes)
    for key, column in series.items():
        values, there, words = _numbers(column, comma=comma, time=is_time(key))
        if words.any() and (
            words.sum() >= (there & ~words).sum() or any(counter([key], kind) for kind in (EPOCH, STEP))
        ):
            texts[key] = column.map(lambda cell: "" if cell is None else str(cell).strip()).to_numpy(object)
            continue
        figures[key] = Figures(values=values, written=there & ~words)
        if words.any():
            count = int(words.sum())
            said.append(f"{count} cell{' is' if count == 1 else 's are'} left out of {key}, being no number.")
    rows = max(map(len, series.values()), default=0)
    source, name = short_path(path), name or log_name(path)
    return Table(name=name, source=source, rows=rows, figures=figures, texts=texts, notes=tuple(said))


def _decimal_comma(cells: Sequence[str], usual: bool) -> bool:
    """Whether commas are decimal: by a cell that can be nothing else, or as is `usual` where all may be thousands."""
    return any(map(DECIMAL_COMMA.fullmatch, cells)) or (usual and not any(re.search(r",\d*\.", cell) for cell in cells))


def _numbers(column: pd.Series, *, comma: bool, time: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values float64 (R,), whether anything is written, and whether that is no number, bool (R,) both."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, copy=True)
    there, words = np.ones(len(column), bool), np.zeros(len(column), bool)
    odd = np.isnan(values) | np.array([isinstance(cell, bool) for cell in column], bool)
    if not odd.any():
        return values, there, words
    text = column[odd].map(lambda cell: "" if cell is None else str(cell).strip().lower())
    there[odd] = ~text.isin(NOTHING)
    share = text.str.endswith("%").to_numpy(bool)
    plain = text.str.removesuffix("%").str.strip()
    if comma:
        plain = plain.str.replace(".", "", regex=False).where(plain.str.contains(",", regex=False), plain)
        plain = plain.str.replace(",", ".", regex=False)
    else:
        plain = plain.str.replace(",", "", regex=False).where(plain.str.fullmatch(THOUSANDS), plain)
    if time:
        plain = plain.map(_seconds)
    found = pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, copy=True)
    values[odd] = np.where(share, found / 100, found)
    words[odd] = np.isnan(found) & (text != "nan").to_numpy(bool) & there[odd]
    return values, there, words


def _seconds(cell: str) -> str:
    """Read `mm:ss` or `h:mm:ss` as seconds; anything else stays as it is."""
    match = CLOCK.fullmatch(cell) if ":" in cell else None
    return cell if match is None else str(sum(float(part or 0) * 60**k for k, part in enumerate(match.groups()[::-1])))


def short_path(path: str) -> str:
    """Name a file and the folder it lies in, for messages."""
    return "/".join(PurePosixPath(path.replace("\\", "/")).parts[-2:])


def log_name(path: str) -> str:
    """Name a log by its file, or by the folder where the file's name says nothing."""
    file = PurePosixPath(path.replace("\\", "/"))
    stem = file.name if "tfevents" in file.name else file.stem
    if ("tfevents" in stem or stem.casefold() in UNSPECIFIC) and file.parent.name:
        return file.parent.name
    return stem or "log"
