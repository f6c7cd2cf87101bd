"""A person's marks on pictures: kept beside the data, or for the session only where the app is hosted; with undo."""

import csv
import io
import shlex
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, resolve_marks, set_mark, write_marks
from casting_core.data.collection.marks import to_csv as as_written
from casting_core.errors import DataError
from casting_core.exploration.table import Table
from pages.shared import visitors
from pages.shared.tables import save_button, to_csv

TITLES = {Mark.WRONG_LABEL: "wrong label", Mark.UNUSABLE: "unusable", Mark.FINE: "fine"}
MAX_UNDONE = 50
SESSION, UNDO, TROUBLE = "marks", "marks undone", "marks trouble"  # in the session

Step = tuple[str, str, Mark | None]  # path and SHA-256 of a picture, and how it was marked before


def current(table: Table) -> Marks:
    """Read the marks of a set as they stand now; where that fails the page says so, and nothing is written."""
    if table.index is None:
        return Marks()
    waiting = _unwritten().get(str(table.index.root), Marks())
    if visitors.strangers():
        return waiting
    try:
        written = read_marks(table.index.root / MARKS)
    except DataError as error:
        st.session_state[TROUBLE] = str(error)
        return waiting
    entries = {path: entry for path, entry in written.items() if path not in waiting.changed}
    entries |= {path: entry for path, entry in waiting.items() if path in waiting.changed}
    return Marks(entries=entries, changed=waiting.changed)


def _unwritten() -> dict[str, Marks]:
    """Hold the session's marks by data root, of sets whose marks cannot be written, or are not."""
    kept: dict[str, Marks] = st.session_state.setdefault(SESSION, {})
    return kept


def holding(table: Table, marks: Marks) -> Mapping[str, Mark]:
    """Mark by path, of the pictures whose content is still the one that was marked."""
    return resolve_marks(marks, table.hashes).hold


def put(table: Table, path: str, mark: Mark | None) -> None:
    """Mark a picture, or take its mark away; what it was before can be brought back."""
    before = current(table).get(path)
    steps = _steps(table)
    steps.append((path, table.hashes[path], None if before is None else before.mark))
    del steps[:-MAX_UNDONE]
    _keep(table, path, table.hashes[path], mark)


def undo(table: Table) -> None:
    """Undo the last step on this set."""
    steps = _steps(table)
    if steps:
        _keep(table, *steps.pop())


def _steps(table: Table) -> list[Step]:
    """Hold what can be undone on this set, the last step at the end."""
    root = None if table.index is None else table.index.root
    steps: list[Step] = st.session_state.setdefault(UNDO, {}).setdefault(str(root), [])
    return steps


def _keep(table: Table, path: str, sha256: str, mark: Mark | None) -> None:
    root = _root(table)
    marks = set_mark(current(table), path, sha256, mark)
    st.session_state.pop(TROUBLE, None)
    _unwritten()[str(root)] = marks
    if visitors.strangers():
        return
    try:
        write_marks(root / MARKS, marks)
        del _unwritten()[str(root)]
    except DataError as error:
        st.session_state[TROUBLE] = str(error)


def _root(table: Table) -> Path:
    assert table.index is not None
    return table.index.root


def tools(table: Table, marks: Marks) -> None:
    """Draw undo, the marks as a file, and what is to be known of them."""
    trouble = st.session_state.get(TROUBLE)
    if trouble:
        st.warning("The marks are kept for this session only.", icon=":material/warning:")
        st.text(trouble)
    counts = {title: sum(entry.mark is mark for entry in marks.values()) for mark, title in TITLES.items()}
    told = ", ".join(f"{count} {title}" for title, count in counts.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Marked:** {told}.")
        st.button("Undo", icon=":material/undo:", disabled=not _steps(table), on_click=undo, args=(table,), key="undo")
        save_button("Marks as CSV", "marks.csv", lambda: _safe(marks), disabled=not marks)
    if visitors.strangers():
        st.caption("On this hosted copy marks last as long as your session. Take them with you as CSV.")
    elif table.index is not None and not trouble:
        st.caption("Marks are kept in marks.csv in the data folder; pictures are never changed.")
        if not marks:
            return
        st.caption("To train without those that are wrongly labelled or unusable:")
        file = shlex.quote(str(_root(table) / MARKS))
        st.code(f"python -m casting_core train castnet --exclude {file}", language=None)


def _safe(marks: Marks) -> bytes:
    """Make a spreadsheet of them: a path that begins like a formula gets an apostrophe, which `--exclude` knows."""
    header, *rows = csv.reader(io.StringIO(as_written(marks)))
    return to_csv(header, rows, lineterminator="\n")
