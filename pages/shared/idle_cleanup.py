"""When the last visitor has left, the memory that the visits took is given back to the system.

1. What is cached of their pictures is forgotten.
2. Streamlit lets go of sessions that can no longer come back, with their uploads; by itself it does when another one
   leaves.
3. The C library lets go of what it keeps for later, some 150 MiB after thirty visitors at once.
"""

import ctypes
import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter

import streamlit as st
from streamlit import runtime

from pages.shared import resources

PATIENCE = 180.0  # s: by then sessions cannot come back (`disconnectedSessionTTL`)


class Presence:
    """How many sessions there are; some time after the last has ended, `cleanup` is called. For many threads."""

    def __init__(self, cleanup: Callable[[], None], *, patience: float) -> None:
        self._tidy, self._patience = cleanup, patience
        self._here = 0
        self._lock = threading.Lock()
        self._waiting: threading.Timer | None = None

    def come(self) -> None:
        """A session begins."""
        with self._lock:
            self._here += 1
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    def go(self) -> None:
        """A session ends."""
        with self._lock:
            self._here -= 1
            if self._here == 0:
                self._waiting = threading.Timer(self._patience, self._tidy)
                self._waiting.daemon = True
                self._waiting.start()


def cleanup() -> None:
    """Forget pictures, and give free memory back to the system, where its C library is glibc.

    Source: https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    resources.forget_pictures()
    with suppress(AttributeError, RuntimeError):  # it is no promised part of Streamlit, and there may be no server
        _drop_sessions()
    sweep()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return


def sweep() -> None:
    """Let go of all garbage there is, and freeze what is left, so that Python does not search it again.

    Streamlit has everything searched after each run of a page. The hundreds of thousands of objects that PyTorch and
    scikit-learn made when they were loaded take tenths of a second each time, in which no other visitor is served, and
    none of them is ever garbage. So they are frozen once a model is loaded (`resources`), and only this looks at them.

    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _drop_sessions() -> None:
    """In Streamlit's own thread, which alone may touch them."""
    server, done = runtime.get_instance(), threading.Event()
    expire = attrgetter("_session_mgr._session_storage._cache.expire")(server)
    loop = attrgetter("_get_async_objs")(server)().eventloop
    loop.call_soon_threadsafe(lambda: (expire(), done.set()))
    done.wait(10)


@st.cache_resource(show_spinner=False)
def _presence() -> Presence:
    return Presence(cleanup, patience=PATIENCE)


@st.cache_resource(scope="session", show_spinner=False, on_release=Presence.go)
def here() -> Presence:
    """Count this session in, until it ends."""
    presence = _presence()
    presence.come()
    return presence
