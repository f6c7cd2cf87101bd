"""Pictures of a table as tiles: thumbnail, name, what was filed and what was judged."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from casting_core.charts.overlay import percent
from casting_core.data.collection.marks import Mark
from casting_core.exploration.table import Outcome, Table
from pages.shared.gallery import Tile

BAD = (Outcome.MISSED, Outcome.FALSE_ALARM)


def tiles(
    table: Table, places: Sequence[int], marks: Mapping[str, Mark], extra: Mapping[int, str] | None = None
) -> list[Tile]:
    """Make the tiles of some pictures, by their places in the table. `extra`: a further line by place."""
    rows = table.rows.iloc[list(places)].to_dict("records")
    made = []
    for place, row in zip(places, rows, strict=True):
        notes = [
            (filed(row), False),
            (_judged(row), row["outcome"] in BAD),
            (row.get("kinds"), False),
            ((extra or {}).get(place), False),
        ]
        made.append(
            Tile(
                key=row["path"],
                title=row["file"],
                source=source(table, place),
                notes=[(text, bad) for text, bad in notes if text],
                mark=marks.get(row["path"]),
            )
        )
    return made


def filed(row: Mapping[str, Any]) -> str:
    """Where a picture is filed: its split, if it has one, and its class."""
    return f"{row['split']}, {row['name']}".removeprefix(", ")


def _judged(row: Mapping[str, Any]) -> str:
    """Say what a model made of it; empty where none judged."""
    if row["probability"] == row["probability"]:  # not NaN
        return f"{percent(row['probability'])} · {row['outcome']}"
    return str(row["outcome"]) if row["outcome"] == Outcome.UNUSABLE else ""


def source(table: Table, place: int) -> str | None:
    """Give the thumbnail as a data URI; None where the pictures are not at hand."""
    if table.index is None:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(table.index.thumbnail(place)).decode()
