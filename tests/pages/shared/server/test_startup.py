"""What is said on the terminal, and what is opened."""

import threading
import webbrowser

import pytest
import streamlit as st

from pages.shared.server.startup import greet, reach, url
from tests.pages.shared.server.requests import run

AS_IT_COMES = {
    "server.address": "127.0.0.1",
    "server.port": 8501,
    "server.baseUrlPath": "",
    "server.sslCertFile": None,
    "server.headless": True,
}


def given(monkeypatch: pytest.MonkeyPatch, hosted: str = "", **options: object) -> None:
    named = {f"server.{name}": value for name, value in options.items()}
    monkeypatch.setattr(st, "get_option", {**AS_IT_COMES, **named}.__getitem__)
    monkeypatch.setenv("CASTING_HOSTED", hosted)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "http://127.0.0.1:8501/"),
        ({"address": None, "port": 80}, "http://localhost:80/"),
        ({"address": "::"}, "http://localhost:8501/"),
        ({"address": "::1"}, "http://[::1]:8501/"),
        ({"sslCertFile": "a.pem", "baseUrlPath": "/parts/"}, "https://127.0.0.1:8501/parts"),
    ],
)
def test_the_address_is_one_that_a_browser_here_opens(options, expected: str, monkeypatch: pytest.MonkeyPatch):
    given(monkeypatch, **options)
    assert url() == expected


@pytest.mark.parametrize(
    ("address", "hosted", "alone", "rules"),
    [
        ("127.0.0.1", "", True, ""),
        ("127.0.0.1", "1", True, "hold"),
        ("0.0.0.0", "", False, "hold"),
        (None, "0", False, "visitors can name your folders"),
    ],
)
def test_who_can_come_and_under_which_rules_is_said(address, hosted, alone, rules, monkeypatch: pytest.MonkeyPatch):
    given(monkeypatch, hosted, address=address)
    assert reach().startswith("From this computer alone" if alone else "From the network")
    assert rules in reach()
    assert ("rules of a hosted copy" in reach()) is bool(rules)


@pytest.mark.parametrize("headless", [True, False])
def test_the_browser_is_opened_where_there_is_one(headless, monkeypatch: pytest.MonkeyPatch, capsys):
    given(monkeypatch, headless=headless)
    opened = threading.Event()
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.set())

    async def start() -> None:
        async with greet(None):
            assert opened.wait(0.1 if headless else 30) is not headless

    run(start)
    assert url() in capsys.readouterr().out
