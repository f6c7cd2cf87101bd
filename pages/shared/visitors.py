"""For whom this app runs."""

import streamlit as st

from casting_core.system import hosting


def strangers() -> bool:
    """Whether the rules of a hosted copy hold, see `casting_core.system.hosting`."""
    return hosting.hosted(st.get_option("server.address"))
