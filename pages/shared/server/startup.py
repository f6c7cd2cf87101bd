"""Where the app is reached once it runs: told on the terminal, and opened in the browser where there is one.

In place of Streamlit's own words, for which it asks a service on the internet for the address of this computer.
"""

import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from casting_core.system.hosting import VARIABLE, is_loopback
from pages.shared import visitors


def url() -> str:
    """Return the address for a browser on this computer."""
    listening = st.get_option("server.address") or "0.0.0.0"
    host = "localhost" if listening in ("0.0.0.0", "::") else f"[{listening}]" if ":" in listening else listening
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}/{st.get_option('server.baseUrlPath').strip('/')}"


def reach() -> str:
    """Say who can reach the app, and what they may do."""
    alone = is_loopback(st.get_option("server.address"))
    where = "From this computer alone" if alone else "From the network"
    if visitors.strangers():
        return f"{where}: the rules of a hosted copy hold (docs/hosting.md)."
    lifted = f", without the rules of a hosted copy ({VARIABLE}=0): visitors can name your folders"
    return f"{where}{'' if alone else lifted}."


@asynccontextmanager
async def greet(_: st.App) -> AsyncIterator[None]:
    """As the server begins: say where it is, and open it."""
    print(f"\n  Casting Inspector: {url()}\n  {reach()}\n", flush=True)
    if not st.get_option("server.headless"):
        threading.Thread(target=webbrowser.open, args=(url(),), daemon=True).start()  # some wait for the browser's end
    yield
