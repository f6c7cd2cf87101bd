"""The pictures themselves: filtered, ordered, page by page; any of them opened or marked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from casting_core.data.collection.marks import Mark
from casting_core.data.files import neutral
from casting_core.exploration.browse import select
from casting_core.exploration.table import Table
from pages.shared import gallery
from pages.shared.tables import save_button
from pages.views.dataset import filters, marking, tiles
from pages.views.dataset.opened import turn_to

SIZES = (24, 48, 96, 192)  # pictures a page
MARKS = [(str(mark), title) for mark, title in marking.TITLES.items()]


def show(table: Table, among: np.ndarray | None = None) -> None:
    """Draw filters, tiles, and a button for the table. `among`: bool (N,), those that were chosen elsewhere."""
    held = marking.holding(table, marking.current(table))
    marks = [str(held.get(path, "")) for path in table.rows["path"]]
    table = replace(table, rows=table.rows.assign(mark=np.array(marks, object)))
    places = select(table.rows, filters.ask(table, among))
    if not len(places):
        st.info("No picture fits. Widen a filter, or clear the search.", icon=":material/filter_alt_off:")
        return
    draw(table, places.tolist(), key="gallery")
    save_button("This table as CSV", "pictures.csv", lambda: to_csv(table, places))


def draw(table: Table, places: Sequence[int], *, key: str, extra: Mapping[int, str] | None = None) -> None:
    """Draw tiles of the pictures at these places, in this order, page by page. `extra`: a further line by place."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown(f"**{len(places):,} of {len(table):,} pictures**")
        size = st.segmented_control(
            "Pictures a page", SIZES, default=SIZES[1], required=True, key=f"{key}-size", bind="query-params"
        )
    pages = max(1, -(-len(places) // size))
    shown = st.container()
    number = min(st.pagination(pages, key=f"{key}-page", bind="query-params"), pages) if pages > 1 else 1
    start = (number - 1) * size
    chosen = places[start : start + size]
    marks = marking.current(table)
    with shown:
        gallery.show(
            tiles.tiles(table, chosen, marking.holding(table, marks), extra),
            key=f"{key}-tiles",
            label=f"Pictures {start + 1:,} to {start + len(chosen):,} of {len(places):,}",
            on_open=lambda path: turn_to(path, table.rows["path"].iloc[list(places)].tolist()),
            marks=MARKS if table.index is not None else (),
            on_mark=lambda path, name: mark(table, path, name),
        )
    marking.tools(table, marks)


def mark(table: Table, path: str, name: str | None) -> None:
    """Mark one picture, as the browser asks for it."""
    if path in table.hashes and name in (None, *Mark):
        marking.put(table, path, None if name is None else Mark(name))


def to_csv(table: Table, places: Sequence[int] | np.ndarray) -> bytes:
    """Write the rows at these places, in this order, for spreadsheets; no text acts as a formula."""
    text: str = table.rows.iloc[places].map(neutral).to_csv(index=False, float_format="%.6g")
    return text.encode("utf-8-sig", errors="replace")
