"""The pictures themselves: filtered, ordered, page by page; any of them opened or marked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from casting_core.data.collection.marks import Mark
from casting_core.exploration.browse import select
from casting_core.exploration.table import Table
from pages.shared import gallery
from pages.shared.downloads import neutral
from pages.views.dataset import filters, marking, picture, tiles

SIZES = (24, 48, 96, 192)  # pictures a page
MARKS = [(str(mark), title) for mark, title in marking.TITLES.items()]


def show(table: Table) -> None:
    """Filters, tiles, and the filtered table as a file."""
    browse(with_marks(table), None)


def with_marks(table: Table) -> Table:
    """The table with a column of its marks."""
    column = np.full(len(table), "", object)
    for path, mark in marking.holding(table, marking.current(table)).items():
        column[table.places[path]] = str(mark)
    return replace(table, rows=table.rows.assign(mark=column))


def browse(table: Table, among: np.ndarray | None) -> None:
    """The pictures that the filters ask for, of all or of some."""
    query = filters.ask(table, among)
    places = select(table.rows, query)
    if not len(places):
        st.info("No picture fits. Widen a filter, or clear the search.", icon=":material/filter_alt_off:")
        return
    draw(table, places.tolist(), key="gallery")
    take_away(table, places)


def draw(table: Table, places: Sequence[int], *, key: str, extra: dict[int, str] | None = None) -> None:
    """Tiles of the pictures at these places, in this order, page by page."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown(f"**{len(places):,} of {len(table):,} pictures**")
        size = st.segmented_control(
            "Pictures a page", SIZES, default=SIZES[1], required=True, key=f"{key}-size", bind="query-params"
        )
    pages = max(1, -(-len(places) // size))
    shown = st.container()
    number = min(st.pagination(pages, key=f"{key}-page", bind="query-params"), pages) if pages > 1 else 1
    chosen = places[(number - 1) * size : number * size]
    held = marking.holding(table, marking.current(table))
    with shown:
        gallery.show(
            tiles.tiles(table, chosen, held, extra),
            key=f"{key}-tiles",
            label=f"Pictures {(number - 1) * size + 1:,} to {(number - 1) * size + len(chosen):,} of {len(places):,}",
            on_open=lambda path: picture.turn_to(path, table.rows["path"].iloc[list(places)].tolist()),
            marks=MARKS if table.index is not None else (),
            on_mark=lambda path, name: mark(table, path, name),
        )
    marking.tools(table, marking.current(table))


def mark(table: Table, path: str, name: str | None) -> None:
    """Mark one picture."""
    if path in table.hashes and (name is None or name in {str(each) for each in Mark}):
        marking.put(table, {path: table.hashes[path]}, None if name is None else Mark(name))


def take_away(table: Table, places: np.ndarray) -> None:
    """The filtered table as CSV."""
    st.download_button(
        "This table as CSV",
        lambda: to_csv(table, places),
        "pictures.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def to_csv(table: Table, places: np.ndarray) -> bytes:
    """The rows at these places, in this order, with the mark that spreadsheets look for; no text acts as a formula."""
    rows = table.rows.iloc[places]
    safe = rows.assign(**{name: rows[name].map(neutral) for name in rows.columns if rows[name].dtype == object})
    return safe.to_csv(index=False, float_format="%.6g").encode("utf-8-sig", errors="replace")
