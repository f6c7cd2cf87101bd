"""Charts on the page, in its own colours and with their text alternative."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from casting_core.charts import style
from casting_core.charts.style import Chart
from pages.shared.widgets import INK

MOST = 96  # charts in memory, up to 0.2 MB each


def draw(chart: Chart, caption: str, key: str, **options: Any) -> None:
    """Draw a chart, whose texts have the colour of the page's, and below it what to see in it.

    `options`: further ones of `st.plotly_chart`.
    """
    style.ink(chart.figure, _ink())
    st.plotly_chart(chart.figure, config=style.CONFIG, alt=chart.alt, key=key, **options)
    st.caption(caption)


def draw_kept(name: str, of: Hashable, make: Callable[[], Chart]) -> None:
    """Draw a chart by its name on the page, likewise, without a caption.

    `of`: all that it shows, told apart. It is made once for all sessions, for that takes most of the time of a rerun.
    """
    chart = _made(name, of, _ink(), make)
    st.plotly_chart(chart.figure, config=style.CONFIG, alt=chart.alt, key=name)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _made(name: str, of: Hashable, ink: str, _make: Callable[[], Chart]) -> Chart:
    chart = _make()
    style.ink(chart.figure, ink)
    return chart


def _ink() -> str:
    return INK[st.context.theme.type or "light"]
