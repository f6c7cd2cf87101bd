"""Data sets that are ready to be looked at, kept for all sessions and never changed."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casting_core.data.collection.folders import find_files
from casting_core.data.images import decode, decode_shown
from casting_core.data.provenance.alignment import Aligned, lay_onto
from casting_core.errors import CastingError, ImageError
from casting_core.exploration import cache
from casting_core.exploration.index import find_key
from casting_core.exploration.index_file import Index, read_index
from casting_core.exploration.table import Table, make_table, models_for, public_facts
from pages.shared.trouble import complain
from pages.views.dataset import indexing
from pages.views.dataset.source import RENDERED, Source

FRESH = 5.0  # s, for which the files of a folder are taken to be as they were
MOST = 3  # indexes in memory
SIDES = (1, 1460)  # px, at least and at most, of the long side of a picture; Streamlit shrinks what is wider


def load(chosen: Source, place: DeltaGenerator) -> Table | None:
    """Load the chosen set as a table; None, with the page saying why and what to do, where it is not ready.

    `place`: where the judge and the defective classes are asked for.
    """
    if chosen.folder is None:
        return _with_model(None, chosen.kind, place)
    current = indexing.job(chosen)
    if current is not None and current.running:
        indexing.watch(chosen)
        return None
    index, valid = None, False
    if _may_be_listed(chosen, chosen.folder, current):
        root, key, valid = _key(str(chosen.folder))
        index = None if key is None else _index(key, root)
        if index is None:
            _index.clear(key, root)  # damaged: another one may come to its place
    if index is None:
        _offer(chosen, current)
        return None
    if not valid:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning("Pictures here have changed since they were looked at.", icon=":material/sync_problem:")
            st.button("Look again", icon=":material/refresh:", on_click=_begin, args=(chosen,))
    return _with_model(index, chosen.kind, place)


def _may_be_listed(chosen: Source, folder: Path, before: indexing.IndexJob | None) -> bool:
    """Whether there is something to list. A folder that a link names may be the whole disk: not before a press."""
    if chosen.kind == RENDERED:
        return folder.is_dir()
    return not chosen.by_link or before is not None or bool(cache.remembered(folder))


def _offer(chosen: Source, before: indexing.IndexJob | None) -> None:
    """Offer to look at the pictures: a link alone begins nothing that takes long. Say why that failed before."""
    if before is not None and before.error:
        complain("This data set cannot be looked at.", before.error)
    else:
        st.info("The pictures have not been looked at yet.", icon=":material/pause_circle:")
    st.button("Look at the pictures", icon=":material/play_arrow:", on_click=_begin, args=(chosen,), type="primary")


def _begin(chosen: Source) -> None:
    indexing.begin(chosen)
    _key.clear(str(chosen.folder))


@st.cache_data(ttl=FRESH, max_entries=20, show_spinner=False)
def _key(folder: str) -> tuple[str, str | None, bool]:
    return str(find_files(Path(folder)).root), *find_key(Path(folder))


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _index(key: str, root: str) -> Index | None:
    return read_index(cache.place(key), Path(root))


def _with_model(index: Index | None, kind: str, place: DeltaGenerator) -> Table:
    public = index is None or index.grouping == "table"
    models = models_for(index, public)
    model, defective = None, None
    with place:
        if models:
            model = st.selectbox(
                "Judged by",
                models,
                key="judge",
                bind="query-params",
                width=170,
                help="The model whose verdicts are shown. On the pictures that it was trained on, each is judged by "
                "a copy of it that had not seen that photograph.",
            )
        if index is not None and not public and kind != RENDERED:
            told = st.multiselect(
                "Classes that are defective",
                list(index.classes),
                key="defective",
                bind="query-params",
                placeholder="guessed from their names",
                width=300,
            )
            defective = tuple(told) if told and len(told) < len(index.classes) else None
    key, root = (None, "") if index is None else (index.key, str(index.root))
    return _table(key, root, defective, model)


@st.cache_resource(max_entries=6, show_spinner=False)
def _table(key: str | None, root: str, defective: tuple[str, ...] | None, model: str | None) -> Table:
    if key is None:
        return public_facts(model)
    index = _index(key, root)
    if index is None:
        raise CastingError("The index of this data set has gone; load the page again to have it made anew.")
    return make_table(index, public=index.grouping == "table", defective=defective, model=model)


def identity(table: Table) -> object:
    """Tell a table apart from others, but for the model: by its pictures, and by what its classes stand for."""
    labels = sorted((name, str(label)) for name, label in (table.classes or {}).items())
    return None if table.index is None else (table.index.key, str(table.index.root)), labels


PER_TABLE: dict[str | type, Callable[[Any], object]] = {Table: identity}  # for the `hash_funcs` of caches


@st.cache_data(max_entries=64, show_spinner=False)
def pixels(root: str, path: str, sha256: str) -> np.ndarray | None:
    """Read a picture of a set, uint8 (H, W); None where it is gone or has changed since it was indexed."""
    with suppress(ImageError):
        picture = decode(Path(root) / path)
        if picture.sha256 == sha256:
            return picture.pixels
    return None


def shown(root: Path, path: str) -> np.ndarray | None:
    """Read a picture in colour, uint8 (H, W, 3), as large as a page shows it; None where it cannot be read any more."""
    with suppress(ImageError):
        return decode_shown(root / path, SIDES)
    return None


def laid(table: Table, first: int, second: int) -> tuple[np.ndarray, Aligned] | None:
    """Read a picture, uint8 (H, W), and lay another one of its photograph onto it, by their places in the table.

    None where one cannot be read any more, or has changed.
    """
    assert table.index is not None
    rows = (table.rows.iloc[place] for place in (first, second))
    one, other = (pixels(str(table.index.root), row["path"], row["sha256"]) for row in rows)
    return None if one is None or other is None else (one, lay_onto(one, other))
