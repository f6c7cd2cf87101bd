"""The picture that a link names, in a dialog, with the way to the one before and after."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.shared.stepping import steps

OPENED, SEQUENCE = "picture", "sequence"  # in the link; in the session


def turn_to(path: str | None, sequence: Sequence[str] | None = None) -> None:
    """Open a picture, None: close it. `sequence`: paths that can be stepped through from there."""
    if path is None:
        st.query_params.pop(OPENED, None)
    else:
        st.query_params[OPENED] = path
    if sequence is not None:
        st.session_state[SEQUENCE] = list(sequence)


def dialog(known: Callable[[str], bool], draw: Callable[[str], None], *, unknown: str) -> None:
    """`draw` the picture that the link names, in a dialog; nothing where it names none.

    Parameters
    ----------
    known : whether a path can be opened.
    unknown : what the page says of any other.
    """
    first = st.query_params.get(OPENED)
    if first is None:
        return
    if not known(first):
        st.toast(unknown, icon=":material/info:")
        return

    def content() -> None:  # after a step this alone runs again
        path = st.query_params.get(OPENED, first)
        steps(list(filter(known, st.session_state.get(SEQUENCE, ()))), path, turn_to)
        draw(path)

    st.dialog("Picture", width="large", icon=":material/image:", on_dismiss=lambda: turn_to(None))(content)()
