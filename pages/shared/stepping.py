"""From one picture of a list to the one before and after, by button or by keyboard."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

Item = TypeVar("Item")


def steps(sequence: Sequence[Item], current: Item, on_step: Callable[[Item], None]) -> None:
    """Draw both buttons and where in the list it is; nothing where `current` is not in the list."""
    if current not in sequence:
        return
    at, last = sequence.index(current), len(sequence) - 1
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, icon, other, shortcut in (
            ("Previous", "chevron_left", at - 1, "Ctrl+ArrowLeft"),
            ("Next", "chevron_right", at + 1, "Ctrl+ArrowRight"),
        ):
            st.button(
                title,
                icon=f":material/{icon}:",
                disabled=not 0 <= other <= last,
                on_click=on_step,
                args=(sequence[min(max(other, 0), last)],),
                shortcut=shortcut,
            )
        st.text(f"{at + 1:,} of {last + 1:,}")
