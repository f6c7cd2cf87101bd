"""What cannot be shown is a sentence on the page, with the reason below it."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from casting_core.errors import CastingError


def complain(what: str, why: object) -> None:
    """Say what is wrong, in our words, and why, in words that may hold names from outside."""
    st.error(what, icon=":material/error:")
    st.text(str(why))


def excuse(what: str, why: object) -> None:
    """Say what cannot be shown beside all the rest, which stands without it, and why."""
    st.info(what, icon=":material/block:")
    st.text(str(why))


@contextmanager
def complaining(what: str) -> Iterator[None]:
    """Within it, an error of the core ends the block, and the page says `what` is wrong and why."""
    try:
        yield
    except CastingError as error:
        complain(what, error)
