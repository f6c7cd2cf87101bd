"""Which data set is looked at: the public one, one that this app renders, or a folder of one's own."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from casting_core.data.collection.collection import is_public
from casting_core.data.download import find_root
from casting_core.data.samples import default_root
from casting_core.errors import DataError
from casting_core.exploration.cache import cache_folder
from pages.shared import visitors

PUBLIC, RENDERED, CONFIGURED, FOLDER = "Public set", "Rendered castings", "Data folder", "Another folder"
FRESH = 5.0  # s, for which the data folder is taken to be as it was
NAMED = "folder named"  # in the session: the one that the visitor named last
COUNT, SEED = 400, 0  # of the castings that are rendered
FETCH = "python -m casting_core data fetch"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A data set to look at.

    `folder` is None for the public set where its pictures are not on this computer. `by_link`: a link alone names it.
    """

    kind: str
    folder: Path | None
    by_link: bool = False

    @property
    def public(self) -> bool:
        """Whether it is the public set."""
        return self.kind == PUBLIC


def rendered_folder() -> Path:
    """Where the castings lie that this app renders, once it has."""
    return cache_folder() / f"rendered-{COUNT}-{SEED}"


@st.cache_data(ttl=FRESH, show_spinner=False)
def configured() -> tuple[Path | None, bool]:
    """Find the data folder of this installation, None where there is none; whether the public set lies in it."""
    root = default_root()
    try:
        with suppress(DataError):  # not laid out as the public set
            root = find_root(root)
        return (root, is_public(root)) if root.is_dir() else (None, False)
    except OSError:  # such as a folder that may not be looked into
        return None, False


def choose() -> Source | None:
    """Ask which one; None where a folder is still to be named."""
    here, public = configured()
    folders = {PUBLIC: here if public else None, RENDERED: rendered_folder()}
    if here is not None and not public:
        folders = {CONFIGURED: here, **folders}
    kinds = [*folders, FOLDER] if not visitors.strangers() else list(folders)
    default = kinds[0] if here is not None else RENDERED
    kind = st.segmented_control(
        "Data set", kinds, default=default, required=True, key="data", bind="query-params", on_change=forget, wrap=True
    )
    return _ask_folder() if kind == FOLDER else Source(kind=kind, folder=folders[kind])


def _ask_folder() -> Source | None:
    named = st.text_input(
        "Folder on this computer",
        key="folder",
        bind="query-params",
        on_change=_name,
        placeholder="/home/me/flanges",
        help="With one sub-folder for each class, or with train and test folders that hold them.",
        width=280,
    )
    if not named.strip():
        st.info(
            "Name a folder of pictures. The names of its sub-folders are the classes, such as good and scratched.",
            icon=":material/folder_open:",
        )
        return None
    folder = Path(named.strip())
    with suppress(RuntimeError):  # `~somebody` who is not known here: there is no such folder
        folder = folder.expanduser()
    return Source(kind=FOLDER, folder=folder, by_link=named != st.session_state.get(NAMED))


def _name() -> None:
    """Note that the visitor named this folder, and look at it from the start."""
    st.session_state[NAMED] = st.session_state["folder"]
    forget()


def forget() -> None:
    """Another data set: nothing of the view of the one before holds."""
    kept = {"data", "folder", "view"}
    for name in [each for each in st.query_params if each not in kept]:
        try:
            del st.query_params[name]
        except StreamlitAPIException:  # a widget's, which takes its own out of the link
            st.session_state.pop(name, None)


def explain(source: Source) -> None:
    """Say what the chosen set is, and how to get the public one where it is not here."""
    if source.kind == RENDERED:
        st.info(
            f"These are {COUNT} castings that this app rendered itself, with known defects; they are no photographs. "
            + ("" if configured()[1] else f"To see the real ones, fetch the public set first: `{FETCH}`"),
            icon=":material/draw:",
        )
    elif source.public and source.folder is None:
        st.info(
            "The pictures of the public set are not on this computer. What is known of them is shown all the same: "
            "where each was filed, which photograph it was made from, and what the models say of it. "
            f"To see them, fetch the set: `{FETCH}`",
            icon=":material/hide_image:",
        )
