"""`ship` where nothing can be written; what it writes is tested with `training.ship`."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casting_core.__main__ import app
from casting_core.errors import DataError, SettingsError
from casting_core.networks import card


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed copy, whose models belong to the system: said before any of the long work."""
    monkeypatch.setattr(card, "MODELS", tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    found = CliRunner().invoke(app, ["ship", "--runs", str(tmp_path)])
    assert isinstance(found.exception, SettingsError)
    assert str(tmp_path) in str(found.exception)
    assert "CASTING_MODELS" in str(found.exception)


def test_folders_that_are_still_to_be_made_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "MODELS", tmp_path / "made" / "later")
    found = CliRunner().invoke(app, ["ship", "--runs", str(tmp_path)])
    assert isinstance(found.exception, DataError), "the runs are what is missing"
