"""How many may use a hosted copy at once: memory and processors are shared, so one more would slow down all."""

import threading
import time
import uuid

import streamlit as st

from pages.shared import resources

MOST = 60  # sessions at once
IDLE = 600.0  # s without a click after which a session counts no more
NAME = "visitor"  # in the session


class Visitors:
    """Who has been here lately; safe to ask from any thread."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def admit(self, name: str, *, most: int, now: float) -> bool:
        """Whether a session may go on: it is known, or there is room. `now`: seconds of a clock that never jumps."""
        with self._lock:
            self._seen = {each: at for each, at in self._seen.items() if now - at < IDLE}
            if name not in self._seen and len(self._seen) >= most:
                return False
            self._seen[name] = now
            return True


_visitors = Visitors()


def admit() -> None:
    """Let the session go on; on a hosted copy that is full the page ends here, and says so."""
    if not resources.hosted():
        return
    name = st.session_state.setdefault(NAME, uuid.uuid4().hex)
    if _visitors.admit(name, most=MOST, now=time.monotonic()):
        return
    st.title("Please come back in a moment", anchor=False)
    st.info(
        f"{MOST} people are using this copy of Casting Inspector at the moment, which is as many as it serves well. "
        "Load the page again in a few minutes, or run your own copy: it needs no internet.",
        icon=":material/groups:",
    )
    st.stop()
