"""The text of a CSV log as columns of numbers.

1. Text: UTF-8 with or without mark, UTF-16 with one, else Western European; any line ends.
2. The first line that says something is the header; it tells the delimiter: comma, semicolon or tab.
3. Cells become numbers, with a decimal comma where that is no delimiter, with percent signs, and `mm:ss` for times.
   Nothing is ever evaluated. Lines with too few or too many cells are left out and named.

A last line without a line break may be half written. In our own logs it is left out always. Other tools' files may
rightly end so: there it is left out when it has too few cells, or its last cell is less than half as long as the
shortest above it.
"""

import csv
import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from casting_core.errors import DataError
from casting_core.training.logs.columns import SECONDS, recognise
from casting_core.training.logs.log import COLUMNS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, short_path

NOTHING = frozenset({"", "-", "--", "na", "n/a", "none", "null"})
LONGEST_CELL, LONGEST_NAME, LONGEST_LINE = 64, 100, 100_000  # characters
MISSING, NUMBER, TEXT = 0, 1, 2


@dataclass(kw_only=True)
class Table:
    """Cells by column. `clocked`: whether times stood there as `mm:ss`. `notes`: sentences on what was left out."""

    names: list[str]
    numbers: "list[array[float]]"  # of float, by column; NaN where the cell is none
    kinds: list[bytearray]  # MISSING, NUMBER or TEXT, by column
    clocked: bool = False
    notes: list[str] = field(default_factory=list)

    def values(self, column: int) -> np.ndarray:
        """Numbers of a column, float64 (R,)."""
        return np.array(self.numbers[column], np.float64)

    def are(self, column: int, kind: int) -> np.ndarray:
        """Which cells of a column are of a kind, bool (R,)."""
        return np.frombuffer(bytes(self.kinds[column]), np.uint8) == kind


def decode(content: bytes, path: str) -> str:
    """Decode the text of a file, its lines ending in line feeds. Raises `DataError` where it is no text."""
    try:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DataError(
            f"{short_path(path)} is neither text nor a TensorBoard event file; a log is a CSV file with a column "
            "`epoch`. Save it as CSV, or choose another file."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_table(text: str, path: str) -> Table:
    """Read decoded text that is not empty. Raises `DataError` where there are too many lines, columns or cells."""
    count = text.count("\n")
    if count > MAX_ROWS + 1:  # the header
        raise DataError(
            f"{short_path(path)} has {count:,} lines; a log may have {MAX_ROWS:,}. Keep only one row an epoch."
        )
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    while len(lines) > 1 and re.match(r"\s*#|sep=", lines[0][1], re.IGNORECASE):
        lines.pop(0)  # a comment, or what tells a spreadsheet the delimiter
    header = lines[0][1]
    if len(header) > LONGEST_LINE:
        raise DataError(
            f"{short_path(path)} has a first line of {len(header):,} characters; the names of the columns of a log are "
            "expected there. Choose another file."
        )
    delimiter = max(",;\t", key=header.count)
    names = [cell.strip()[:LONGEST_NAME] for cell in _cells(header, delimiter)]
    while len(names) > 1 and not names[-1]:
        names.pop()  # the header ends in a delimiter
    if len(names) > MAX_COLUMNS or len(names) * len(lines) > MAX_CELLS:
        raise DataError(
            f"{short_path(path)} has {len(names):,} columns and {len(lines):,} lines; a log may have {MAX_COLUMNS} "
            f"columns and {MAX_CELLS:,} cells. Keep the columns that count."
        )
    table = Table(names=names, numbers=[array("d") for _ in names], kinds=[bytearray() for _ in names])
    _fill(table, lines[1:], delimiter, finished=text.endswith("\n"))
    return table


def _fill(table: Table, lines: Sequence[tuple[int, str]], delimiter: str, *, finished: bool) -> None:
    """Add the rows of numbered lines; `finished`: whether the last one ends in a line break."""
    ours = table.names == list(COLUMNS)
    width = len(table.names)
    times = {column for column, own in recognise(table.names).items() if own == SECONDS}
    odd: list[int] = []
    shortest = 0  # last cell, of the lines so far
    for place, (number, line) in enumerate(lines):
        if len(line) > LONGEST_LINE:
            odd.append(number)
            continue
        cells = [cell.strip() for cell in _cells(line, delimiter)]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        last = len(cells[-1])
        if not finished and place == len(lines) - 1 and (ours or len(cells) < width or 2 * last < shortest):
            table.notes.append(f"The last line, {number}, is half written; it is left out.")
            continue
        if cells == table.names:
            continue  # the header once more, as a tool writes it that goes on with a file
        if len(cells) != width:
            odd.append(number)
            continue
        shortest = last if place == 0 else min(shortest, last)
        for column, cell in enumerate(cells):
            kind, value = _number(cell, decimal_comma=delimiter != ",", time=column in times)
            table.kinds[column].append(kind)
            table.numbers[column].append(value)
        table.clocked = table.clocked or any(":" in cells[column] for column in times)
    if odd:
        table.notes.append(f"Left out, because they do not have {width} cells: {_lines(odd)}.")


def _cells(line: str, delimiter: str) -> list[str]:
    """Split one line into cells; a quotation mark that is never closed ends with its line."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return line.split(delimiter)


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(n) for n in numbers[:3])
    if len(numbers) > 3:
        return f"lines {shown} and {len(numbers) - 3} more"
    return f"line{'s' if len(numbers) > 1 else ''} {shown}"


def _number(cell: str, *, decimal_comma: bool = False, time: bool = False) -> tuple[int, float]:
    """Tell what a cell is, and its value; NaN where it has none."""
    if cell.lower() in NOTHING:
        return MISSING, math.nan
    if len(cell) > LONGEST_CELL or "_" in cell:  # Python reads 1_000 as a number, nobody else does
        return TEXT, math.nan
    try:
        return NUMBER, float(cell)
    except ValueError:
        pass
    if time and re.fullmatch(r"\d+(:[0-5]?\d){1,2}(\.\d+)?", cell):
        seconds = 0.0
        for part in cell.split(":"):
            seconds = 60 * seconds + float(part)
        return NUMBER, seconds
    if decimal_comma and cell.count(",") == 1:
        cell = cell.replace(".", "").replace(",", ".")
    try:
        return NUMBER, float(cell.removesuffix("%")) / (100 if cell.endswith("%") else 1)
    except ValueError:
        return TEXT, math.nan
