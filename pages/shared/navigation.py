"""The pages of the app, and the frame around them, which stands also where a link opens a page on a fresh server.

Streamlit looks for pages by itself until `st.navigation` has been called once in its process, and then runs the page of
the link alone: without navigation, page settings or the model being loaded. So every page asks for its frame first.
"""

import math
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

FRAMED = "framed"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the app: its file, its title in the navigation, and the question that it answers."""

    file: str
    title: str
    question: str


PAGES = (  # the first is where a visitor arrives; a page is an entry here, a file, and its parts in `pages/views`
    Page(file="pages/overview.py", title="Overview", question="What is this, and what is it worth to me?"),
    Page(file="pages/inspection.py", title="Inspection", question="Is this part sound, and why was it flagged?"),
    Page(
        file="pages/dataset.py",
        title="Dataset",
        question="What do the pictures look like, and what is wrong with them?",
    ),
    Page(file="pages/comparison.py", title="Comparison", question="Which model is better, and how did it get there?"),
    Page(
        file="pages/evidence.py",
        title="Evidence",
        question="How far can it be trusted on parts that it has never seen?",
    ),
)


def navigate() -> StreamlitPage:
    """Draw the navigation and give the page that the visitor is on."""
    if FRAMED not in st.session_state:
        _tidy_link()
    st.session_state[FRAMED] = True
    return st.navigation(
        # without icons: the browser would fetch each as the icon of its tab from the internet
        [st.Page(page.file, title=page.title, default=page is PAGES[0]) for page in PAGES],
        position="top",
    )


def _tidy_link() -> None:
    """Take out of the link what Streamlit would set widgets to though they cannot have it.

    That is nothing, where one of several has to be chosen, and a number beyond all numbers.
    """
    for name in list(st.query_params):
        values = st.query_params.get_all(name)
        beyond = False
        with suppress(ValueError):
            beyond = any(value.strip()[-1:].isdigit() and math.isinf(float(value)) for value in values)
        if beyond or not any(values):
            del st.query_params[name]


def require() -> None:
    """Begin again with the frame where it does not stand yet. The first call on every page."""
    if FRAMED not in st.session_state:
        navigate()
        st.rerun()
