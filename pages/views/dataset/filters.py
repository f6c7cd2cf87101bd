"""Which pictures are shown, and in which order: the widgets, whose state is in the page's link."""

from dataclasses import dataclass
from itertools import cycle

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


@dataclass(frozen=True, kw_only=True)
class Slider:
    """How a column is asked for: `scale` times what it holds, in steps; `ends` where they are not those of the set."""

    title: str
    step: float
    format: str = "%.0f"
    scale: float = 1.0
    ends: tuple[float, float] | None = None


SLIDERS = {
    "probability": Slider(title="Probability of a defect (%)", step=1.0, scale=100.0, ends=(0.0, 100.0)),
    "brightness": Slider(title="Brightness (grey level)", step=1.0),
    "sharpness": Slider(title="Sharpness (log10)", step=0.05, format="%.2f"),
}


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
        choices, ranges = _choices(table), _ranges(table)
    return Query(choices=choices, ranges=ranges, source=source, text=text, among=among, order=order or "By path")


def _told(table: Table, column: str) -> bool:
    """Whether a column says anything: not all of it empty, unknown or the same."""
    values = table.rows[column]
    return bool(values.notna().any()) and (column == "path" or values.nunique() > 1)


def _choices(table: Table) -> dict[str, tuple[str, ...]]:
    chosen, cells = {}, cycle(st.columns(3))
    for column, title in CHOICES.items():
        options = _options(table, column)
        if len(options) > 1 or st.session_state.get(column):
            kept = next(cells).multiselect(title, options, key=column, bind="query-params", placeholder="all")
            chosen[column] = tuple(kept)
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
    asked = {}
    for cell, column in zip(st.columns(3), RANGES, strict=True):
        slider = SLIDERS[column]
        ends = _ends(table, column, slider)
        if ends is None:
            continue
        low, high = cell.slider(
            slider.title, *ends, ends, slider.step, format=slider.format, key=column, bind="query-params"
        )
        if (low, high) != ends:
            # a slider has steps: its ends stand for all that rounds to them
            least, most = (low if low > ends[0] else -np.inf), (high if high < ends[1] else np.inf)
            asked[column] = (least / slider.scale, most / slider.scale)
    return asked


def _ends(table: Table, column: str, slider: Slider) -> tuple[float, float] | None:
    """Find the ends of a slider; None where there is nothing to choose from."""
    if column not in table.rows or not table.rows[column].notna().any():
        return None
    steps = table.rows[column] / slider.step
    low, high = (round(float(end) * slider.step, 6) for end in (np.floor(steps.min()), np.ceil(steps.max())))
    return slider.ends or ((low, high) if high > low else None)
