"""Charts on the page, in its own colours and with their text alternative."""

import streamlit as st

from casting_core.charts import style
from casting_core.charts.style import CONFIG, Chart
from pages.shared.widgets import INK


def draw(chart: Chart, key: str) -> None:
    """Draw a chart; its texts have the colour of the page's."""
    style.ink(chart.figure, INK[st.context.theme.type or "light"])
    st.plotly_chart(chart.figure, config=CONFIG, alt=chart.alt, key=key)
