"""When the last visitor has left, what the visits took is forgotten; while somebody is here, nothing is."""

import inspect
import threading

import pytest

from casting_core.networks.card import shipped
from pages.shared import idle_cleanup, resources
from pages.shared.idle_cleanup import Presence

LONG = 60.0  # s


@pytest.fixture
def tidied() -> threading.Event:
    return threading.Event()


def test_the_last_one_to_leave_tidies_up(tidied: threading.Event) -> None:
    presence = Presence(tidied.set, patience=0)
    for step in (presence.come, presence.come, presence.go):
        step()
    assert presence._waiting is None
    presence.go()
    assert tidied.wait(LONG)


def test_who_comes_back_soon_finds_everything_as_it_was(tidied: threading.Event) -> None:
    presence = Presence(tidied.set, patience=LONG)
    presence.come()
    presence.go()
    waiting = presence._waiting
    assert waiting is not None
    presence.come()
    waiting.join(LONG)
    assert not tidied.is_set()
    presence.go()
    assert presence._waiting is not waiting
    assert presence._waiting is not None
    presence._waiting.cancel()


@pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/")
def test_what_is_kept_of_pictures_is_forgotten_and_the_rest_stays() -> None:
    samples, presence = resources.sample_pictures(), idle_cleanup._presence()
    upload = next(iter(samples.values())).upload
    first = resources.judge(upload)
    assert resources.judge(upload) is first
    idle_cleanup.cleanup()
    assert resources.judge(upload) is not first
    assert resources.sample_pictures() is samples
    assert idle_cleanup._presence() is presence


def test_streamlit_still_has_what_lets_go_of_sessions() -> None:
    """Else memory would come back later only: see `idle_cleanup.cleanup`."""
    from streamlit.runtime.memory_session_storage import MemorySessionStorage
    from streamlit.runtime.runtime import Runtime
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    assert callable(MemorySessionStorage()._cache.expire)  # type: ignore[attr-defined]
    assert "_session_storage" in inspect.getsource(WebsocketSessionManager.__init__)
    assert "_session_mgr" in inspect.getsource(Runtime.__init__)
    assert callable(Runtime._get_async_objs)
