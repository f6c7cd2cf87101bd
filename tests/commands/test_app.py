"""The command `app`: Streamlit gets the app and what was asked for, from any folder."""

import runpy
import sys
from pathlib import Path

import pytest

from casting_core.errors import SettingsError
from casting_core.system.places import APP
from tests.commands.conftest import invoke, refused, wrong


def started(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[str]:
    """What Streamlit is started with."""
    seen: list[str] = []
    monkeypatch.setattr(sys, "argv", ["casting-inspector"])
    monkeypatch.setattr(runpy, "run_module", lambda name, **how: seen.extend([name, *sys.argv[1:]]))
    invoke("app", *arguments)
    return seen


def test_the_app_is_found_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert started(monkeypatch) == ["streamlit", "run", str(APP)]
    assert APP.is_file()


def test_what_is_asked_for_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given = started(monkeypatch, "--port", "8600", "--address", "127.0.0.1", "--no-browser", "--", "--theme.base=dark")
    expected = "--server.port=8600 --server.address=127.0.0.1 --server.headless=true --theme.base=dark"
    assert given[3:] == expected.split()


def test_listening_on_the_network_is_for_strangers_or_for_names_that_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASTING_HOSTED", "")
    assert started(monkeypatch, "--address", "0.0.0.0")[3:] == ["--server.address=0.0.0.0", "--server.allowedHosts=*"]
    named = started(monkeypatch, "--address", "0.0.0.0", "--name", "a.example")[4:]
    assert named == [f"--server.allowedHosts={name}" for name in ("a.example", "localhost", "127.0.0.1", "::1")]
    monkeypatch.setenv("CASTING_HOSTED", "0")
    assert "--name" in str(refused("app", "--address", "0.0.0.0"))
    assert started(monkeypatch, "--address", "0.0.0.0", "--name", "a.example")[4:] == named


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    assert "--port" in wrong("app", "--port", port)


def test_without_streamlit_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    error = refused("app")
    assert isinstance(error, SettingsError)
    assert "pip install" in str(error)
