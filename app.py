"""The frame of the app: page settings, navigation, run. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.shared import resources

st.set_page_config(page_title="Casting Inspector", page_icon=":material/troubleshoot:", layout="wide")
resources.warm_up()
page = st.navigation(
    [st.Page("pages/inspection.py", title="Inspection", icon=":material/troubleshoot:", default=True)]
)
page.run()
