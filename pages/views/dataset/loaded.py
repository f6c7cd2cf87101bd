"""Data sets that are ready to be looked at, kept for all sessions and never changed."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casting_core.data.collection.folders import find_files
from casting_core.data.images import decode, decode_rgb
from casting_core.errors import CastingError, ImageError
from casting_core.exploration import cache
from casting_core.exploration.index import find_key
from casting_core.exploration.index_file import Index, read_index
from casting_core.exploration.table import Table, make_table, models_for, public_facts
from pages.views.dataset import indexing
from pages.views.dataset.source import RENDERED, Source

FRESH = 5.0  # s, for which the files of a folder are taken to be as they were
MOST = 3  # indexes in memory


def load(chosen: Source, place: DeltaGenerator) -> Table | None:
    """The chosen set as a table; None, with the page saying why and what to do, where it is not ready.

    `place`: where the judge and the defective classes are asked for.
    """
    if chosen.folder is None:
        return _with_model(None, chosen.kind, place, public=True)
    current = indexing.job(chosen)
    if current is not None and current.running:
        indexing.watch(chosen)
        return None
    root, key, valid = str(chosen.folder), None, False
    if chosen.kind != RENDERED or chosen.folder.is_dir():
        root, key, valid = _key(str(chosen.folder))
    index = None if key is None else _index(key, root)
    if key is not None and index is None:
        _index.clear(key, root)  # damaged: another one may come to its place
    if index is None:
        _offer(chosen, current)
        return None
    if not valid:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning("Pictures here have changed since they were looked at.", icon=":material/sync_problem:")
            st.button("Look again", icon=":material/refresh:", on_click=_begin, args=(chosen,))
    return _with_model(index, chosen.kind, place, public=index.grouping == "table")


def _offer(chosen: Source, before: "indexing.IndexJob | None") -> None:
    """Begin at once, unless it was cancelled or failed before."""
    if before is None:
        _begin(chosen)
        indexing.watch(chosen)
        return
    if before.error:
        st.error("This data set cannot be looked at.", icon=":material/error:")
        st.text(before.error)
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


def _with_model(index: Index | None, kind: str, place: DeltaGenerator, *, public: bool) -> Table:
    models = models_for(index, public)
    model = None
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
        defective = None if index is None or public or kind == RENDERED else _ask_defective(index)
    if index is None:
        return _table(None, "", public, defective, model)
    return _table(index.key, str(index.root), public, defective, model)


def _ask_defective(index: Index) -> tuple[str, ...] | None:
    told = st.multiselect(
        "Classes that are defective",
        list(index.classes),
        key="defective",
        bind="query-params",
        placeholder="guessed from their names",
        width=300,
    )
    return tuple(told) if told and len(told) < len(index.classes) else None


@st.cache_resource(max_entries=6, show_spinner=False)
def _table(key: str | None, root: str, public: bool, defective: tuple[str, ...] | None, model: str | None) -> Table:
    if key is None:
        return public_facts(model)
    index = _index(key, root)
    if index is None:
        raise CastingError("The index of this data set has gone; load the page again to have it made anew.")
    return make_table(index, public=public, defective=defective, model=model)


@st.cache_data(max_entries=64, show_spinner=False)
def pixels(root: str, path: str, sha256: str):
    """A picture of a set, uint8 (H, W); None where it is gone or has changed since it was indexed."""
    try:
        picture = decode(Path(root) / path)
    except ImageError:
        return None
    return picture.pixels if picture.sha256 == sha256 else None


def shown(root: str, path: str):
    """A picture in colour, uint8 (H, W, 3); None where it cannot be read any more."""
    try:
        return decode_rgb(Path(root) / path)
    except ImageError:
        return None
