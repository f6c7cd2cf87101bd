"""The table of models written out: cells in words, Markdown, and rows for a spreadsheet."""

from collections.abc import Sequence
from typing import Any

from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.columns import Column
from casting_core.evaluation.comparison.model_rows import ModelRow, Origin, best, warnings
from casting_core.evaluation.reporting.cells import markdown

STAR = "★"
UNKNOWN, NOT_REPORTED = "–", "not reported"


def text(row: ModelRow, column: Column, *, ranges: bool = False, counts: bool = False) -> str:
    """Return a cell in words, with counts and 95 % interval where asked for; what is missing says why, if it can."""
    value = row.values[column.key]
    if value is None:
        return NOT_REPORTED if row.origin is Origin.REPORTED and column.key != "milliseconds" else UNKNOWN
    told = row.printed.get(column.key) or column.text(row.number(column.key))
    if not isinstance(value, Estimate):
        return told
    if counts and value.of is not None:
        told = f"{value.count:,} of {value.of:,}: {told}"
    if ranges and value.ends:
        low, high = (column.text(end).removesuffix(" %") for end in value.ends)
        told += f" ({low} to {high})"
    return told


def to_markdown(rows: Sequence[ModelRow], columns: Sequence[Column]) -> str:
    """Write the table with intervals, the best of each column starred and bold, and below it what is not comparable."""
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
    with_ends = {c.key for c in columns if any(isinstance(row.values[c.key], Estimate) for row in rows)}
    table = []
    for row in rows:
        line: dict[str, Any] = {"model": row.name, "origin": str(row.origin)}
        for key in (column.key for column in columns):
            line[key] = row.number(key)
            if key in with_ends:
                value = row.values[key]
                ends = value.ends if isinstance(value, Estimate) else None
                line[f"{key}_low"], line[f"{key}_high"] = ends or (None, None)
        table.append(line)
    return table
