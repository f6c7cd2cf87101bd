"""From finished runs to a model folder."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.samples import Sample, read_provenance
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError
from casting_core.evaluation.predictions import read_predictions
from casting_core.inspection.inspector import Inspector
from casting_core.labels import Verdict
from casting_core.networks.checkpoint import load_model
from casting_core.networks.device import choose_device
from casting_core.training.logs.log import read_log
from casting_core.training.run import train
from casting_core.training.settings import settings_for
from casting_core.training.ship import ship
from tests.training.conftest import SETTINGS, collection


def test_from_runs_to_a_model_that_judges(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    rows = [replace(rows[0], suspect=True), *rows[1:]]
    runs, seen = tmp_path / "runs", []
    data = collection(folder, rows)
    official = train(SETTINGS, data, runs=runs, callback=seen.append)
    folds = [train(replace(SETTINGS, split="by-source", fold=fold), data, runs=runs) for fold in range(2)]
    assert [path.name for path in (official, *folds)] == [
        "castnet-official-seed0",
        "castnet-by-source-0-seed0",
        "castnet-by-source-1-seed0",
    ]
    assert [progress.record.epoch for progress in seen if progress.record] == [1]
    assert len(read_log(official / "log.csv")) == 1
    assert {row.path for row in read_predictions(official / "predictions.csv")} == {
        row.path for row in rows if row.split == "test"
    }
    envelope = {"brightness": (1.0, 255.0)}
    other = train(replace(SETTINGS, seed=1), data, runs=runs)
    target = tmp_path / "models" / "castnet"
    card = ship(official, folds, target, seeds=[other], gates=("part",), envelope=envelope)
    assert (card.gates, card.envelope) == (("part",), envelope)
    for fold, run in enumerate(folds):
        kept = (tmp_path / "models" / "castnet" / "folds" / f"{fold}.safetensors").read_bytes()
        assert kept == (run / "weights.safetensors").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == card.training["folds"][f"folds/{fold}.safetensors"]
    assert card.metrics.to_json()["by_source"]["as_filed"]["pictures"] == 16
    assert card.metrics.to_json()["by_source"]["without_suspects"]["pictures"] == 15
    assert (tmp_path / "models" / "castnet" / "runs" / folds[0].name / "log.csv").is_file()
    assert card.metrics.to_json()["seeds"]["1"]["pictures"] == 3
    assert len(read_predictions(target / "runs" / other.name / "predictions.csv")) == 4
    assert not card.on_public_set
    assert card.data["classes"] == {"def_front": "defective", "ok_front": "ok"}
    assert "root" not in card.data
    assert [s.path for s in read_provenance(target / "samples.csv")] == [s.path for s in rows]
    network, loaded = load_model("castnet", tmp_path / "models")
    assert loaded == card
    inspection = Inspector(network, loaded, device=choose_device("cpu")).inspect(render_casting(seed=3).pixels)
    assert inspection.verdict is not Verdict.UNUSABLE
    assert np.isfinite(inspection.probability)


def test_a_network_without_a_map_ships_without_folds(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    data = collection(folder, rows)
    settings = replace(settings_for("brightness"), epochs=1)
    official = train(settings, data, runs=tmp_path)
    folds = [train(replace(settings, split="by-source", fold=fold), data, runs=tmp_path) for fold in range(2)]
    card = ship(official, folds, tmp_path / "models" / "brightness")
    assert (card.map_temperature, card.map_shift, card.training["folds"]) == (1.0, 0.0, {})
    assert sorted(p.name for p in (tmp_path / "models" / "brightness").iterdir()) == [
        "card.json",
        "log.csv",
        "predictions.csv",
        "runs",
        "samples.csv",
        "weights.safetensors",
    ]


def test_a_card_says_how_many_pictures_were_left_out(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    data = collection(folder, rows)
    settings = replace(settings_for("brightness"), epochs=1)
    left_out = frozenset(row.path for row in (rows[0], *rows[4:7])) | {"none/such.png"}
    official = train(settings, data, runs=tmp_path, exclude=left_out)
    folds = [train(replace(settings, split="by-source", fold=k), data, runs=tmp_path, exclude=left_out) for k in (0, 1)]
    lists = [(run / "excluded.txt").read_text() for run in (official, *folds)]
    assert lists == ["".join(f"{path}\n" for path in sorted(left_out - {"none/such.png"}))] * 3
    card = ship(official, folds, tmp_path / "models" / "brightness")
    assert card.data["excluded"] == 3  # one of the four is a test picture
    assert any("3 of the pictures to fit on were left out by hand" in limit for limit in card.limits)
    assert card.training["fitted_on"] == 12 - 3
    assert card.metrics.to_json()["by_source"]["as_filed"]["pictures"] == 16


def test_unfinished_and_different_runs_are_not_shipped(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    official = train(SETTINGS, collection(folder, rows), runs=tmp_path)
    slower = replace(SETTINGS, split="by-source", fold=0, learning_rate=0.01)
    other = train(slower, collection(folder, rows), runs=tmp_path)
    with pytest.raises(DataError, match="learning_rate"):
        ship(official, [other], tmp_path / "model")
    (official / "weights.safetensors").unlink()
    with pytest.raises(DataError, match="not a finished run"):
        ship(official, [other], tmp_path / "model")
    assert not (tmp_path / "model").exists()
