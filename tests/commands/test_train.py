"""`train` as it is run: killed and resumed, in two processes, on a folder of one's own."""

import json
import math
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casting_core.__main__ import app
from casting_core.commands.train import model_name
from casting_core.data.collection.collection import read_collection
from casting_core.data.collection.marks import MARKS, Mark, Marks, set_marks, write_marks
from casting_core.data.synthetic.dataset import render_set
from casting_core.data.synthetic.flange_dataset import flange
from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.predictions import read_predictions
from casting_core.training.logs.log import EpochRecord, read_log
from tests.commands.conftest import invoke, refused

TIMES = {"seconds", "images_per_second"}


@pytest.fixture(scope="module")
def flanges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty rendered flanges, one folder a class."""
    return render_set(tmp_path_factory.mktemp("data") / "My flanges", 40, flange, size=96)


def arguments(flanges: Path, runs: Path, *more: str, model: str = "feedforward", epochs: int = 3) -> list[str]:
    return ["train", model, "--data", str(flanges), "--runs", str(runs), "--epochs", str(epochs), *more]


def untimed(log: list[EpochRecord]) -> list[dict[str, float]]:
    return [{f.name: getattr(r, f.name) for f in fields(r) if f.name not in TIMES} for r in log]


@pytest.mark.slow
def test_a_killed_run_is_resumed_to_the_same_log(flanges: Path, tmp_path: Path) -> None:
    """Killed outright in the middle of its epochs, and started again with --resume."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    given = arguments(flanges, whole, model="cnn", epochs=8)
    invoke(*given)
    given[given.index(str(whole))] = str(killed)
    command = [sys.executable, "-m", "casting_core", *given]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder = killed / "my-flanges-official-seed0"
    try:
        for _ in range(6000):
            if read_log(folder / "log.csv") or process.poll() is not None:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    finally:
        process.wait(60)
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"
    assert 1 <= len(read_log(folder / "log.csv")) < 8
    assert not (folder / "result.json").exists()
    invoke(*given, "--resume")
    expected = whole / "my-flanges-official-seed0"
    assert untimed(read_log(folder / "log.csv")) == untimed(read_log(expected / "log.csv"))
    assert (folder / "predictions.csv").read_bytes() == (expected / "predictions.csv").read_bytes()


@pytest.mark.slow
def test_two_processes_learn_what_one_does(flanges: Path, tmp_path: Path) -> None:
    invoke(*arguments(flanges, tmp_path / "one"))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [*torchrun, "-m", "casting_core", *arguments(flanges, tmp_path / "two", "--device", "cpu")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    one, two = (tmp_path / name / "my-flanges-official-seed0" for name in ("one", "two"))
    logs = [untimed(read_log(folder / "log.csv")) for folder in (one, two)]
    assert len(logs[1]) == 3
    for alone, together in zip(*logs, strict=True):
        assert together == pytest.approx(alone, rel=1e-3)
    logits = [[row.logit for row in read_predictions(folder / "predictions.csv")] for folder in (one, two)]
    assert logits[1] == pytest.approx(logits[0], abs=1e-3)


def test_a_folder_of_ones_own(flanges: Path, tmp_path: Path) -> None:
    result = invoke(*arguments(flanges, tmp_path, model="logistic_regression", epochs=1))
    assert "Guessed from the names" in result.output
    folder = tmp_path / "my-flanges-official-seed0"
    assert all(math.isfinite(row.logit) for row in read_predictions(folder / "predictions.csv"))
    invoke(*arguments(flanges, tmp_path, "--split", "by-source", "--fold", "0", "--name", "ours", model="brightness"))
    assert (tmp_path / "ours-by-source-0-seed0" / "samples.csv").is_file()


def test_marked_pictures_are_left_out_and_that_is_recorded(flanges: Path, tmp_path: Path) -> None:
    samples = read_collection(flanges).samples
    fitted = [s for s in samples if s.split == "train" and not s.suspect]
    tested = next(s for s in samples if s.split == "test")
    wrong, fine = {s.path: s.sha256 for s in (*fitted[:3], tested)}, {fitted[3].path: fitted[3].sha256}
    marks = set_marks(set_marks(Marks(), wrong, Mark.WRONG_LABEL), fine, Mark.FINE)
    marks = set_marks(marks, {fitted[4].path: "0" * 64, "none/such.png": "0" * 64}, Mark.UNUSABLE)
    file = tmp_path / MARKS
    write_marks(file, marks)
    given = arguments(flanges, tmp_path, "--exclude", str(file), model="logistic_regression", epochs=1)
    result = invoke(*given)
    assert "4 pictures (4 marked as a wrong label, 0 marked as unusable)" in result.stderr
    assert f"has changed since it was marked: 1 picture ({fitted[4].path})" in result.stderr
    assert "not in the data set: 1 picture (none/such.png)" in result.stderr
    made = tmp_path / "my-flanges-official-seed0"
    assert (made / "excluded.txt").read_text().splitlines() == sorted(wrong)
    about = json.loads((made / "data.json").read_text())
    assert about["excluded"] == 3  # the tested one is not fitted on anyway
    assert "3 of the pictures to fit on were left out by hand" in about["notes"][-1]
    assert json.loads((made / "result.json").read_text())["fitted_on"] == len(fitted) - 3
    assert tested.path in {row.path for row in read_predictions(made / "predictions.csv")}

    again = refused(*given[:-2], "--resume")
    assert isinstance(again, SettingsError)
    assert "4 pictures left out by --exclude" in str(again)
    invoke(*given[:-1], str(made / "excluded.txt"), "--resume")  # the run's own list does as well
    invoke(*given[:-2])
    assert not (made / "excluded.txt").exists()
    about = json.loads((made / "data.json").read_text())
    assert about["excluded"] == 0
    assert not any("by hand" in note for note in about["notes"])


def test_a_listed_picture_that_is_not_there_is_told(flanges: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("good/mistyped.png\n")
    given = arguments(flanges, tmp_path, "--exclude", str(file), model="brightness", epochs=1)
    result = invoke(*given)
    assert "Named in list.txt, but not in the data set: 1 picture (good/mistyped.png)" in result.stderr
    assert isinstance(refused(*given[:-1], str(tmp_path / "none.txt")), DataError)


def test_what_cannot_be_told_apart_is_asked_for(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    result = CliRunner().invoke(app, arguments(tmp_path, tmp_path / "runs"))
    assert isinstance(result.exception, DataError)
    assert not (tmp_path / "runs").exists()


def test_names_of_models() -> None:
    assert model_name(Path("/data/My flanges (2)")) == "my-flanges-2"
    assert model_name(Path("/data/???")) == "model"
