"""A running server as an attacker meets it: from the network, from a page of another site, and from inside."""

import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import InvalidHandshake
from websockets.sync import client
from websockets.sync.client import ClientConnection
from websockets.typing import Subprotocol

from pages.shared.server.admission import PER_ADDRESS
from tests.browser.conftest import running_app, settled

pytestmark = pytest.mark.slow
FOREIGN, PROTOCOL = "http://evil.example", [Subprotocol("streamlit")]
WATCHED = """
import sys
from streamlit.web import cli
def watch(event, given):
    if event == "socket.getaddrinfo" and given[0] not in (None, "127.0.0.1", "localhost"):
        print("CALLED", event, given[0], flush=True)
    if event == "socket.connect" and isinstance(given[1], tuple) and not given[1][0].startswith("127."):
        print("CALLED", event, given[1], flush=True)
sys.addaudithook(watch)
cli.main()
"""
HOSTED = (sys.executable, "-c", WATCHED, "run", "app.py", "--server.headless=true", "--server.address=0.0.0.0")
OPEN = (*HOSTED, "--server.allowedHosts=*", "--server.port")
CLOSED = (sys.executable, "-c", WATCHED, "run", "app.py", "--server.headless=true", "--server.port")  # as it comes


@pytest.fixture(scope="module", params=[CLOSED, OPEN], ids=["for its owner", "for strangers"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of the app, and what it writes; every way out of this computer that it tries is a line of it."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with running_app(log, request.param, CASTING_HOSTED="") as address:
        yield address, log


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app that serves the network."""
    with running_app(tmp_path_factory.mktemp("strangers") / "log.txt", OPEN, CASTING_HOSTED="") as address:
        yield address


def status(url: str, **headers: str) -> int:
    """Of the answer to a request for a page."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def connect(address: str, origin: str, host: str = "127.0.0.1") -> ClientConnection:
    """Open a WebSocket to the app as a page of `origin` does that knows it as `host`. Raises where it is refused."""
    port = int(address.rpartition(":")[2])
    url = f"ws://{host}:{port}/_stcore/stream"
    return client.connect(url, sock=socket.create_connection(("127.0.0.1", port)), origin=origin, subprotocols=PROTOCOL)


def connects(address: str, origin: str, host: str = "127.0.0.1") -> bool:
    """Whether a WebSocket is let in."""
    try:
        with connect(address, origin, host):
            return True
    except InvalidHandshake:
        return False


def enter(address: str) -> ExitStack:
    """Take a place, until the end that is given is closed."""
    with ExitStack() as end:
        end.enter_context(connect(address, address))
        return end.pop_all()


def test_it_asks_nobody_else_at_start_nor_for_the_origin_of_another_site(server):
    address, log = server
    assert connects(address, address)
    began = time.perf_counter()
    assert not any(connects(address, FOREIGN) for _ in range(5))
    assert time.perf_counter() - began < 5
    assert status(address, Origin=FOREIGN) == 403
    assert "CALLED" not in log.read_text(encoding="utf-8")


def test_every_answer_carries_the_headers(server):
    address, _ = server
    for path in ("/", "/inspection", "/_stcore/health", "/_stcore/host-config", "/no/such/page", "/favicon.png"):
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == (
                "nosniff",
                "no-referrer",
            )


def test_for_its_owner_it_listens_to_this_computer_alone_and_answers_to_no_rebound_name(server):
    address, log = server
    port, told = address.rpartition(":")[2], log.read_text(encoding="utf-8")
    alone = "From this computer alone." in told
    assert alone is ("the rules of a hosted copy hold" not in told)
    assert connects(address, f"http://evil.example:{port}", "evil.example") is not alone
    assert status(address, Host=f"evil.example:{port}") == (403 if alone else 200)
    other = f"http://127.0.0.2:{port}"  # of this computer as well, which only a server on all addresses answers
    if alone:
        with pytest.raises(OSError, match="refused"):
            status(other)
    else:
        assert status(other) == 200


@pytest.fixture
def crowded(strangers: str) -> Iterator[list[ExitStack]]:
    """As many connections as one address has places."""
    crowd = [enter(strangers) for _ in range(PER_ADDRESS)]
    yield crowd
    for end in crowd:
        end.close()


def test_places_are_free_as_soon_as_their_connections_are_gone(strangers, crowded):
    for _ in range(3):  # again and again
        assert not connects(strangers, strangers)
        assert status(strangers, Accept="text/html") == 503
        while crowded:
            crowded.pop().close()
        assert status(strangers, Accept="text/html") == 200
        crowded += [enter(strangers) for _ in range(PER_ADDRESS)]


@pytest.mark.browser
def test_the_page_that_waits_comes_in_by_itself(strangers, crowded, page):
    page.goto(strangers + "/inspection")
    page.get_by_role("heading", name="All places are taken").wait_for()
    crowded.pop().close()
    page.get_by_role("heading", name="Is this part sound?").wait_for()
    settled(page)


@pytest.mark.browser
def test_no_page_can_be_framed(strangers, page):
    page.goto(strangers)
    with page.expect_event("console", lambda told: "frame-ancestors" in told.text):
        page.set_content(f"<iframe src='{strangers}'></iframe>")
    page.goto(strangers)
