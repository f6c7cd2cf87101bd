"""The command `ship`: where it writes, and what it says where it cannot; `tests/training/test_ship.py` ships."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casting_core.__main__ import app
from casting_core.errors import CastingError, DataError, SettingsError


def ship(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(app, ["ship", *arguments]).exception


def test_without_runs_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path / "models")
    error = ship("nothing", "--runs", str(tmp_path / "runs"))
    assert isinstance(error, CastingError)
    assert "nothing-official-seed0" in str(error)
    assert not (tmp_path / "models").exists()


def test_where_models_cannot_be_written_it_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    error = ship("castnet", "--runs", str(tmp_path))
    assert isinstance(error, SettingsError)
    assert "CASTING_MODELS" in str(error)


def test_folders_that_are_still_to_be_made_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path / "made" / "later")
    assert isinstance(ship("castnet", "--runs", str(tmp_path)), DataError), "the runs are what is missing"
