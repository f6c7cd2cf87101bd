"""Which pictures of a table are shown, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from casting_core.errors import SettingsError

CHOICES = ("split", "name", "label", "outcome", "kinds", "mark")  # columns filtered by value
RANGES = ("probability", "brightness", "sharpness")  # columns filtered by range
FIRST = 20  # photographs or so that a list of choices names one by one

ORDERS: dict[str, tuple[str, bool]] = {  # title → column, ascending
    "By path": ("path", True),
    "Hardest first": ("hardness", False),
    "Most typical first": ("typical", False),
    "Least typical first": ("typical", True),
    "Probability, highest first": ("probability", False),
    "Probability, lowest first": ("probability", True),
    "Darkest first": ("brightness", True),
    "Brightest first": ("brightness", False),
    "Most blurred first": ("sharpness", True),
    "Sharpest first": ("sharpness", False),
    "By source photograph": ("source", True),
    "By split": ("split", True),
    "By class": ("name", True),
    "By outcome": ("outcome", True),
    "By kind of defect": ("kinds", True),
    "Largest file first": ("size", False),
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked for.

    `choices`: by column, the values that are shown; an empty tuple shows all. `ranges`: by column, lowest and highest
    value shown; pictures without a value are then left out. `source`: one photograph. `text`: part of the path,
    whatever the case. `among`: bool (N,), or None for all. `order`: a title of `ORDERS`.
    """

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    source: int | None = None
    text: str = ""
    among: np.ndarray | None = None
    order: str = "By path"


def select(rows: pd.DataFrame, query: Query) -> np.ndarray:
    """Places of the rows that are asked for, int (n,), in the order that is asked for.

    A column that the table does not have neither filters nor orders. Raises `SettingsError` for an unknown order.
    """
    if query.order not in ORDERS:
        raise SettingsError(f"Unknown order {query.order!r}; expected one of: {', '.join(ORDERS)}.")
    shown = np.ones(len(rows), bool) if query.among is None else np.array(query.among, bool)
    for column, values in query.choices.items():
        if values and column in rows:
            if column == "kinds":  # a picture may have several
                shown &= rows[column].map(lambda told, v=set(values): bool(v & set(told.split(", ")))).to_numpy(bool)
            else:
                shown &= rows[column].isin(values).to_numpy()
    for column, (low, high) in query.ranges.items():
        if column in rows:
            shown &= rows[column].between(low, high).to_numpy()
    if query.source is not None:
        shown &= (rows["source"] == query.source).to_numpy()
    if query.text.strip():
        shown &= rows["path"].str.contains(query.text.strip(), case=False, regex=False).to_numpy()
    places = np.flatnonzero(shown)
    column, ascending = ORDERS[query.order]
    if column not in rows or query.order == "By path":
        return places
    values = rows[column].iloc[places]
    return places[values.reset_index(drop=True).sort_values(ascending=ascending, kind="stable").index.to_numpy()]


def inside(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Mark the points, float (N, 2), that lie inside a closed outline, float (V, 2): bool (N,).

    Fewer than three corners hold nothing. A ray from the point crosses the outline an odd number of times: M. Shimrat,
    "Algorithm 112: Position of point relative to polygon", Communications of the ACM 5(8), 1962.
    """
    if len(outline) < 3:
        return np.zeros(len(points), bool)
    x, y = points[:, :1], points[:, 1:]  # (N, 1)
    (x1, y1), (x2, y2) = outline.T, np.roll(outline, -1, axis=0).T  # (V,)
    crosses = (y1 > y) != (y2 > y)  # (N, V)
    rise = np.where(y2 == y1, 1.0, y2 - y1)
    return (crosses & (x < x1 + (y - y1) * (x2 - x1) / rise)).sum(1) % 2 == 1
