"""Who is let in, and what every answer carries."""

import pytest
import streamlit as st

from pages.shared.server.door import HEADERS, Door, refuse
from tests.pages.shared.server.requests import WEB_SOCKET, Connection, run, scope, served

HERE = {"host": "localhost:8501"}


def asked(monkeypatch: pytest.MonkeyPatch, allowed: list[str], path: str = "/", **headers: str) -> str | None:
    monkeypatch.setattr(st, "get_option", {"server.allowedHosts": allowed}.__getitem__)
    return refuse({**scope(**headers), "path": path})


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8501", ["localhost", "127.0.0.1", "::1"]),
        ("LOCALHOST.", ["localhost"]),
        ("127.0.0.1", ["localhost", "127.0.0.1"]),
        ("[::1]:8501", ["::1"]),
        ("castings.example", ["*.example"]),
        ("anything", ["*"]),
        ("anything", []),
    ],
)
def test_a_name_that_was_told_is_let_in(host: str, allowed: list[str], monkeypatch: pytest.MonkeyPatch):
    assert asked(monkeypatch, allowed, host=host) is None


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:8501", "", "[", "a@b"])
def test_a_rebound_name_is_turned_away_and_told_what_to_do(host: str, monkeypatch: pytest.MonkeyPatch):
    assert "--server.allowedHosts=NAME" in (asked(monkeypatch, ["localhost"], host=host) or "")
    assert asked(monkeypatch, ["localhost"], "/_stcore/health", host=host) is None


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:8502", "null", "http://localhost", "http://["]
)
def test_a_page_of_another_site_is_turned_away(origin: str, monkeypatch: pytest.MonkeyPatch):
    assert "another site" in (asked(monkeypatch, ["*"], **HERE, origin=origin) or "")


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://localhost:8501"])
def test_pages_of_this_server_and_no_page_are_let_in(origin: str, monkeypatch: pytest.MonkeyPatch):
    assert asked(monkeypatch, ["*"], **HERE, origin=origin) is None
    assert asked(monkeypatch, ["*"], **HERE) is None


def test_every_answer_says_that_it_is_not_to_be_framed():
    async def act() -> None:
        for headers, status in (({}, 200), ({"host": "evil.example"}, 403)):
            answer = await Connection(Door(served), scope(**headers)).settle()
            assert answer.status == status
            assert HEADERS.items() <= {name: answer.headers[name] for name in HEADERS}.items()
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        refused = await Connection(Door(served), scope(kind=WEB_SOCKET, origin="http://evil.example")).settle()
        assert refused.sent[0]["type"] == "websocket.close"
        assert (await Connection(Door(served), scope(kind=WEB_SOCKET)).settle()).inside

    run(act)
