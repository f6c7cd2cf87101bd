"""A person's marks on pictures: kept beside the data, or for the session only where the app is hosted; with undo."""

import csv
import io
import shlex
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from casting_core.data.collection.marks import (
    MARKS,
    Mark,
    Marks,
    read_marks,
    resolve_marks,
    set_marks,
    to_csv,
    write_marks,
)
from casting_core.errors import DataError
from casting_core.exploration.table import Table
from pages.shared import resources
from pages.shared.downloads import neutral

TITLES = {Mark.WRONG_LABEL: "wrong label", Mark.UNUSABLE: "unusable", Mark.FINE: "fine"}
MAX_UNDONE = 50
SESSION, UNDO, TROUBLE = "marks", "marks undone", "marks trouble"  # in the session


def current(table: Table) -> Marks:
    """The marks of a set as they stand now; where they cannot be read the page says so, and nothing is written."""
    if table.index is None:
        return Marks()
    kept: dict[str, Marks] = st.session_state.setdefault(SESSION, {})
    root = str(table.index.root)
    if resources.hosted():
        return kept.setdefault(root, Marks())
    try:
        written = read_marks(table.index.root / MARKS)
    except DataError as error:
        st.session_state[TROUBLE] = str(error)
        return kept.setdefault(root, Marks())
    waiting = kept.get(root, Marks())  # those that could not be written
    if not waiting.changed:
        return written
    entries = {path: entry for path, entry in written.items() if path not in waiting.changed}
    return Marks(entries=entries | {p: waiting[p] for p in waiting.changed if p in waiting}, changed=waiting.changed)


def holding(table: Table, marks: Marks) -> Mapping[str, Mark]:
    """Mark by path, of the pictures whose content is still the one that was marked."""
    return resolve_marks(marks, table.hashes).hold


def put(table: Table, pictures: Mapping[str, str], mark: Mark | None) -> None:
    """Mark pictures, SHA-256 by path, or take their marks away; what they were before can be brought back."""
    marks = current(table)
    before = {path: (marks[path].mark if path in marks else None) for path in pictures}
    undo = st.session_state.setdefault(UNDO, [])
    undo.append((str(_root(table)), dict(pictures), before))
    del undo[:-MAX_UNDONE]
    _keep(table, set_marks(marks, pictures, mark))


def can_undo(table: Table) -> int:
    """How many steps can be undone."""
    return sum(root == str(_root(table)) for root, _, _ in st.session_state.get(UNDO, ()))


def undo(table: Table) -> None:
    """Undo the last step on this set."""
    steps = st.session_state.get(UNDO, [])
    for place in range(len(steps) - 1, -1, -1):
        root, pictures, before = steps[place]
        if root == str(_root(table)):
            del steps[place]
            marks = current(table)
            for mark in (*Mark, None):
                mine = {path: sha for path, sha in pictures.items() if before[path] is mark}
                if mine:
                    marks = set_marks(marks, mine, mark)
            _keep(table, marks)
            return


def _keep(table: Table, marks: Marks) -> None:
    kept: dict[str, Marks] = st.session_state.setdefault(SESSION, {})
    root = _root(table)
    st.session_state.pop(TROUBLE, None)
    if resources.hosted():
        kept[str(root)] = marks
        return
    try:
        write_marks(root / MARKS, marks)
        kept.pop(str(root), None)
    except DataError as error:
        kept[str(root)] = marks
        st.session_state[TROUBLE] = str(error)


def _root(table: Table) -> Path:
    assert table.index is not None
    return table.index.root


def tools(table: Table, marks: Marks) -> None:
    """Undo, the marks as a file, and what is to be known of them."""
    trouble = st.session_state.get(TROUBLE)
    if trouble:
        st.warning("The marks are kept for this session only.", icon=":material/warning:")
        st.text(trouble)
    counts = {title: sum(entry.mark is mark for entry in marks.values()) for mark, title in TITLES.items()}
    told = ", ".join(f"{count} {title}" for title, count in counts.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Marked:** {told}.")
        steps = can_undo(table)
        st.button("Undo", icon=":material/undo:", disabled=not steps, on_click=undo, args=(table,), key="undo")
        st.download_button(
            "Marks as CSV",
            lambda: _safe(marks),
            "marks.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            disabled=not marks,
        )
    if resources.hosted():
        st.caption("On this hosted copy marks last as long as your session. Take them with you as CSV.")
    elif table.index is not None and not trouble:
        st.caption("Marks are kept in marks.csv in the data folder; pictures are never changed.")
        if not marks:
            return
        st.caption("To train without those that are wrongly labelled or unusable:")
        file = shlex.quote(str(_root(table) / MARKS))
        st.code(f"python -m casting_core train castnet --exclude {file}", language=None)


def _safe(marks: Marks) -> bytes:
    """The table for a spreadsheet: a path that begins like a formula gets an apostrophe, which `--exclude` knows."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([neutral(cell) for cell in row] for row in csv.reader(io.StringIO(to_csv(marks))))
    return stream.getvalue().encode("utf-8-sig", errors="replace")
