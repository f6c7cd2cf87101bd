"""Pictures of a table as tiles: thumbnail, name, what was filed and what was judged."""

import base64
from collections.abc import Mapping, Sequence

from casting_core.charts.overlay import percent
from casting_core.data.collection.marks import Mark
from casting_core.exploration.table import Outcome, Table
from pages.shared.gallery import Tile

LABELS = {"ok": "sound", "defective": "defective", "": ""}
BAD = (Outcome.MISSED, Outcome.FALSE_ALARM)


def tiles(
    table: Table, places: Sequence[int], marks: Mapping[str, Mark], extra: Mapping[int, str] | None = None
) -> list[Tile]:
    """The tiles of some pictures, by their places in the table. `extra`: a further line by place."""
    rows = table.rows.iloc[list(places)]
    made = []
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        filed = f"{row['split'] + ', ' if row['split'] else ''}{row['name']}"
        notes = [(filed, False)]
        if row["probability"] == row["probability"]:  # not NaN
            bad = row["outcome"] in BAD
            notes.append((f"{percent(row['probability'])} · {row['outcome']}", bad))
        elif row["outcome"] == Outcome.UNUSABLE:
            notes.append((str(row["outcome"]), False))
        if row.get("kinds"):
            notes.append((row["kinds"], False))
        if extra and place in extra:
            notes.append((extra[place], False))
        mark = marks.get(row["path"])
        made.append(
            Tile(
                key=row["path"],
                title=row["file"],
                source=source(table, place),
                notes=notes,
                mark=None if mark is None else str(mark),
            )
        )
    return made


def source(table: Table, place: int) -> str | None:
    """The thumbnail as a data URI; None where the pictures are not at hand."""
    if table.index is None:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(table.index.thumbnail(place)).decode()
