"""The table of models written out: cells in words, Markdown, and rows for a spreadsheet."""

from collections.abc import Sequence
from typing import Any

from casting_core.evaluation.comparison.columns import Column
from casting_core.evaluation.comparison.model_rows import ModelRow, Origin, best, warnings
from casting_core.evaluation.reporting.cells import markdown

STAR = "★"
UNKNOWN, NOT_REPORTED = "–", "not reported"


def text(row: ModelRow, column: Column, *, ranges: bool = False) -> str:
    """A cell in words, with its 95 % interval where that is asked for; what there is not says why, where it can."""
    value = row.values[column.key]
    if value is None:
        return NOT_REPORTED if row.origin is Origin.REPORTED and column.key != "milliseconds" else UNKNOWN
    told = row.printed.get(column.key) or column.text(value)
    if ranges and (found := row.ranges.get(column.key)):
        low, high = (column.text(end).removesuffix(" %") for end in found)
        told += f" ({low} to {high})"
    return told


def to_markdown(rows: Sequence[ModelRow], columns: Sequence[Column]) -> str:
    """The table with intervals, the best of each column starred and bold, and below it what is not comparable."""
    winners = {column.key: best(rows, column) for column in columns}

    def cell(row: ModelRow, column: Column) -> str:
        told = _in_a_cell(text(row, column, ranges=True))
        return f"**{STAR} {told}**" if row.name in winners[column.key] else told

    header = ("Model", *(column.title for column in columns))
    lines = [(_in_a_cell(row.name), *(cell(row, column) for column in columns)) for row in rows]
    notes = [
        f"{STAR} is the best of its column among models of the same data; the floor takes no part. In brackets the 95 "
        "% interval over source photographs: a best number need not be better by more than chance.",
        *map(_in_a_cell, warnings(rows)),
    ]
    return markdown(header, lines) + "\n" + "".join(f"- {note}\n" for note in notes)


def _in_a_cell(told: str) -> str:
    return " ".join(told.split()).replace("|", "\\|")


def spreadsheet(rows: Sequence[ModelRow], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Rows for a spreadsheet: shares in [0, 1] and plain numbers, the ends of an interval in columns of their own."""
    table = []
    for row in rows:
        line: dict[str, Any] = {"model": row.name, "origin": str(row.origin)}
        for column in columns:
            line[column.key] = row.values[column.key]
            if any(column.key in each.ranges for each in rows):
                line[f"{column.key}_low"], line[f"{column.key}_high"] = row.ranges.get(column.key, (None, None))
        table.append(line)
    return table
