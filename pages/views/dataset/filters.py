"""Which pictures are shown, and in which order: the widgets, whose state is in the page's link."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from casting_core.exploration.browse import ORDERS, RANGES, Query
from casting_core.exploration.table import Table
from pages.views.dataset import marking

CHOICES = {  # column → label
    "split": "Split",
    "label": "Filed as",
    "name": "Class",
    "outcome": "What became of it",
    "kinds": "Kind of defect",
    "mark": "Marked as",
}
TITLES = {
    "probability": "Probability of a defect (%)",
    "brightness": "Brightness (grey level)",
    "sharpness": "Sharpness (log10)",
}
SCALE = {"probability": 100.0}
STEPS = {"probability": 1.0, "brightness": 1.0, "sharpness": 0.05}
FORMATS = {"probability": "%.0f", "brightness": "%.0f", "sharpness": "%.2f"}


@dataclass(frozen=True, kw_only=True)
class Span:
    """The ends of a slider, and its step."""

    low: float
    high: float
    step: float


def ask(table: Table, among: np.ndarray | None = None) -> Query:
    """Draw the widgets, and give what they ask for. `among`: bool (N,), those chosen elsewhere, such as on the map."""
    rows = table.rows
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "File name contains", key="search", bind="query-params", placeholder="cast_def_0_150", width=220
        )
        orders = [title for title, (column, _) in ORDERS.items() if column in rows and _told(table, column)]
        order = st.selectbox("Order", orders, key="order", bind="query-params", width=240)
        source = st.number_input(
            "Source photograph",
            min_value=0,
            max_value=int(rows["source"].max()) if len(rows) else 0,
            value=None,
            step=1,
            key="source",
            bind="query-params",
            placeholder="any",
            width=180,
            help="All pictures that were made from one photograph: turned, mirrored or stretched copies of it.",
        )
    with st.expander("Filter", icon=":material/filter_alt:", expanded=False):
        choices = _choices(table)
        ranges = _ranges(table)
    return Query(
        choices=choices,
        ranges=ranges,
        source=None if source is None else int(source),
        text=text or "",
        among=among,
        order=order or "By path",
    )


def _told(table: Table, column: str) -> bool:
    """Whether a column says anything: not all of it empty, unknown or the same."""
    values = table.rows[column]
    return len(values) > 0 and bool(values.notna().any()) and (column == "path" or values.nunique() > 1)


def _choices(table: Table) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    columns = st.columns(3)
    place = 0
    for column, title in CHOICES.items():
        options = _options(table, column)
        if len(options) < 2 and not st.session_state.get(column):
            continue
        with columns[place % 3]:
            kept = st.multiselect(title, options, key=column, bind="query-params", placeholder="all")
        chosen[column] = tuple(kept)
        place += 1
    return chosen


def _options(table: Table, column: str) -> list[str]:
    if column == "mark":
        return [str(mark) for mark in marking.TITLES] if table.index is not None else []
    values = table.rows.get(column)
    if values is None:
        return []
    if column == "kinds":
        values = values.str.split(", ").explode()
    if column == "label" and table.classes is not None and set(table.rows["name"]) == set(values):
        return []  # the class says the same
    return sorted(value for value in values.unique() if value)


def _ranges(table: Table) -> dict[str, tuple[float, float]]:
    asked: dict[str, tuple[float, float]] = {}
    columns = st.columns(3)
    for place, column in enumerate(RANGES):
        span = _span(table, column)
        if span is None:
            continue
        with columns[place]:
            low, high = st.slider(
                TITLES[column],
                span.low,
                span.high,
                (span.low, span.high),
                span.step,
                format=FORMATS[column],
                key=column,
                bind="query-params",
            )
        scale = SCALE.get(column, 1.0)
        if (low, high) != (span.low, span.high):
            # a slider has steps: its ends stand for all that rounds to them
            asked[column] = (low / scale if low > span.low else -np.inf, high / scale if high < span.high else np.inf)
    return asked


def _span(table: Table, column: str) -> Span | None:
    if column not in table.rows or not table.rows[column].notna().any():
        return None
    step, scale = STEPS[column], SCALE.get(column, 1.0)
    if column == "probability":
        return Span(low=0.0, high=100.0, step=step)
    low = float(np.floor(table.rows[column].min() * scale / step) * step)
    high = float(np.ceil(table.rows[column].max() * scale / step) * step)
    return Span(low=round(low, 6), high=round(high, 6), step=step) if high > low else None
