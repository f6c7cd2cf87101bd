"""Many small pictures: each opens large, and can be marked.

A component of the page. Every tile is a button that the keyboard reaches; all texts arrive as data and are set as
text, never as markup.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "gallery",
    html='<ul class="tiles"></ul>',
    css=(HERE / "gallery.css").read_text(encoding="utf-8"),
    js=(HERE / "gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One picture. A screen reader says title and notes.

    Attributes
    ----------
    key : what `on_open` and `on_mark` are told.
    source : a data URI; None where there is no picture.
    notes : lines below, each with whether it stands out.
    mark : the name of the mark that it has.
    """

    key: str
    title: str
    source: str | None
    notes: Sequence[tuple[str, bool]] = ()
    mark: str | None = None


def show(
    tiles: Sequence[Tile],
    *,
    key: str,
    label: str,
    on_open: Callable[[str], None],
    marks: Sequence[tuple[str, str]] = (),
    on_mark: Callable[[str, str | None], None] | None = None,
) -> None:
    """Draw the tiles.

    `label`: what the list is, for screen readers. `on_open(key)` is called when a picture is opened. `marks`: name and
    title of those that can be set; `on_mark(key, name)` is called when one is, with None when it is taken away.
    """

    def opened() -> None:
        value = st.session_state[key].open
        if value is not None:
            on_open(str(value))

    def marked() -> None:
        value = st.session_state[key].mark
        if value is not None and on_mark is not None:
            on_mark(str(value[0]), None if value[1] is None else str(value[1]))

    _component(
        key=key,
        data={"label": label, "marks": [list(each) for each in marks], "tiles": [asdict(tile) for tile in tiles]},
        on_open_change=opened,
        on_mark_change=marked,
    )
