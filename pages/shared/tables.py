"""Tables on a page, as CSV files that a spreadsheet opens without harm, and charts beside each other."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casting_core.charts.style import Chart
from casting_core.data.files import neutral
from pages.shared.drawing import draw

Item = TypeVar("Item")
MIME = {"csv": "text/csv", "html": "text/html", "json": "application/json", "md": "text/markdown", "png": "image/png"}


def show_table(rows: Iterable[Sequence[Any]], columns: Mapping[str, Any], alt: str, **options: Any) -> None:
    """Draw a table; no text of it acts as a formula where it is copied to.

    Parameters
    ----------
    rows : each with a value for every column, in their order.
    columns : title, or configuration, by the name that the column has in a download of the table.
    alt : what it shows, for those who cannot see it.
    options : further ones of `st.dataframe`.
    """
    records = [dict(zip(columns, map(neutral, row), strict=True)) for row in rows]
    st.dataframe(records, hide_index=True, alt=alt, column_config=columns, **options)


def to_csv(header: Sequence[str], rows: Iterable[Iterable[Any]], *, lineterminator: str = "\r\n") -> bytes:
    """Write a table as UTF-8 with the mark that spreadsheets look for; None is empty, no text acts as a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=lineterminator)
    writer.writerows(map(neutral, row) for row in (header, *rows))
    return stream.getvalue().encode("utf-8-sig", errors="replace")


def save_button(label: str, file: str, content: Callable[[], str | bytes], **options: Any) -> None:
    """Draw a button that gives a file of one of the `MIME` kinds, whose `content` is made when it is pressed."""
    kind, icon = MIME[file.rpartition(".")[2]], ":material/download:"
    st.download_button(label, content, file_name=file, mime=kind, icon=icon, on_click="ignore", **options)


def opener(parameter: str, name: str, label: str) -> bool:
    """Draw a button that puts its name into the link, or takes it out where it is there; tells whether it is."""
    opened, link = st.query_params.get(parameter) == name, st.query_params
    press: Any = partial(link.pop, parameter, None) if opened else partial(link.update, {parameter: name})
    look: Any = {"type": "primary" if opened else "secondary", "width": "stretch", "wrap": True}
    st.button(label, key=f"{parameter} {name}", on_click=press, **look)
    return opened


def grid(items: Sequence[Item], width: int, **options: Any) -> Iterator[tuple[DeltaGenerator, Item]]:
    """Give each item a cell, `width` of them in a row; on a phone they follow each other in the same order.

    `options`: of `st.columns`.
    """
    for start in range(0, len(items), width):
        yield from zip(st.columns(width, **options), items[start : start + width], strict=False)


def panel(cell: DeltaGenerator, title: str, chart: Chart, caption: str, key: str) -> None:
    """Draw a chart in a cell, below its title."""
    with cell:
        st.markdown(f"**{title}**")
        draw(chart, caption, key)
