"""The command `ship`: which runs it takes, where it writes, and what it says where it cannot."""

import json
import os
import shutil
from pathlib import Path

import pytest

from casting_core.data.synthetic.dataset import render_set
from casting_core.data.synthetic.flange_dataset import flange
from casting_core.errors import CastingError, DataError, SettingsError
from casting_core.networks.card import read_card
from casting_core.networks.checkpoint import load_model
from tests.commands.conftest import invoke, refused, wrong


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of the floor on flanges: two official ones, three folds of which the last is not finished."""
    folder = tmp_path_factory.mktemp("made")
    data = render_set(folder / "flanges", 24, flange, size=64)
    official = [["--split", "official", "--seed", seed] for seed in "01"]
    folds = [["--split", "by-source", "--fold", fold] for fold in "012"]
    for each in (*official, *folds):
        invoke("train", "brightness", "--data", str(data), "--epochs", "1", "--runs", str(folder / "runs"), *each)
    (folder / "runs" / "flanges-by-source-2-seed0" / "result.json").unlink()
    return folder / "runs"


def test_finished_runs_become_a_model(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    monkeypatch.setattr(load_model, "__defaults__", (tmp_path,))
    folds = ["--calibrate-on", "1", "--calibrate-on", "0", "--calibrate-on", "1"]
    lines = invoke("ship", "flanges", "--runs", str(runs), *folds).stdout.splitlines()
    card = read_card(tmp_path / "flanges")
    assert (card.architecture, card.training["settings"]["seed"], card.calibrated_on) == ("brightness", 0, (0, 1))
    assert list(card.metrics.to_json()["seeds"]) == ["0", "1"]
    assert {run.name for run in (tmp_path / "flanges" / "runs").iterdir()} == {
        *("flanges-official-seed1", "flanges-by-source-0-seed0", "flanges-by-source-1-seed0")
    }
    assert lines[0].startswith("official_test, as filed: ")
    assert lines[-1] == f"Written: {tmp_path / 'flanges'}"


def test_a_run_whose_facts_are_damaged_is_named(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path / "models")
    copy = shutil.copytree(runs, tmp_path / "runs")
    facts = copy / "flanges-official-seed0" / "data.json"
    facts.write_text(json.dumps({"root": "x"})[:-3])
    error = refused("ship", "flanges", "--runs", str(copy))
    assert isinstance(error, DataError)
    assert str(facts) in str(error)
    assert not (tmp_path / "models").exists()


def test_without_runs_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path / "models")
    error = refused("ship", "nothing", "--runs", str(tmp_path / "runs"))
    assert isinstance(error, CastingError)
    assert "nothing-official-seed0" in str(error)
    assert not (tmp_path / "models").exists()


def test_one_fold_is_too_few_to_calibrate_on(tmp_path: Path) -> None:
    folds = ["--calibrate-on", "3", "--calibrate-on", "3"]
    assert "at least two folds" in wrong("ship", "castnet", "--runs", str(tmp_path), *folds)


def test_where_models_cannot_be_written_it_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    error = refused("ship", "castnet", "--runs", str(tmp_path))
    assert isinstance(error, SettingsError)
    assert "CASTING_MODELS" in str(error)


def test_folders_that_are_still_to_be_made_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path / "made" / "later")
    assert isinstance(refused("ship", "castnet", "--runs", str(tmp_path)), DataError), "the runs are what is missing"
