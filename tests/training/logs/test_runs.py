"""Which trainings there are: shipped, further and local ones, and whether one still goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casting_core.networks.card import MODELS, shipped
from casting_core.training.logs import runs
from casting_core.training.logs.log import COLUMNS, EpochRecord, read_log, write_log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.runs import LOG, RESULT, SETTINGS, RunCatalogue, RunEntry, RunKind, RunState
from casting_core.training.settings import settings_for
from tests import ROOT

NOW = 1_000_000.0
FINISHED, RUNNING, STOPPED, QUIET = RunState


class Clocks:
    """A clock that never jumps and the time of day, set by hand, of a catalogue of local runs."""

    def __init__(self, runs: Path) -> None:
        self.steady, self.day = 50.0, NOW
        self.catalogue = RunCatalogue(runs, runs / "no models", steady=lambda: self.steady, now=lambda: self.day)

    def after(self, seconds: float) -> RunEntry:
        """The only run, after some time has passed."""
        self.steady, self.day = self.steady + seconds, self.day + seconds
        (entry,) = self.catalogue.refresh()
        return entry

    def touch(self, folder: Path) -> None:
        for file in folder.iterdir():
            os.utime(file, (self.day, self.day))


def make(folder: Path, epochs: int | None = 2, *, seconds: float = 10.0, result: bool = False, **settings: Any) -> Path:
    """A run folder as `casting_core.training.run` leaves it, last written to at `NOW`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS).write_text(json.dumps(settings_for("cnn", epochs=5, **settings).to_json()))
    if epochs is not None:
        values = {**dict.fromkeys(COLUMNS[1:], 0.5), "seconds": seconds}
        write_log(folder / LOG, [EpochRecord(epoch=n + 1, **values) for n in range(epochs)])
    if result:
        (folder / RESULT).write_text("{}")
    for file in folder.iterdir():
        os.utime(file, (NOW, NOW))
    return folder


def write(folder: Path, files: dict[str, bytes | str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(folder / name, (NOW, NOW))


def local_runs(runs: Path) -> list[RunEntry]:
    """The runs of this machine alone, at first sight."""
    return RunCatalogue(runs, runs / "no models").refresh()


def test_a_finished_run(tmp_path: Path) -> None:
    told = {"split": "by-source", "fold": 3, "seed": 2}
    folder = make(tmp_path / "cnn-by-source-3-seed2", 5, result=True, **told)
    (entry,) = local_runs(tmp_path)
    settings = settings_for("cnn", epochs=5, **told).to_json()
    counts = {"epochs_planned": 5, "epochs_done": 5, "state": FINISHED}
    about = {"name": folder.name, "folder": folder, "kind": RunKind.LOCAL, "model": "cnn", "settings": settings}
    assert entry == RunEntry(**about, **told, **counts, run=entry.run)
    assert entry.run.epochs.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("epochs", "seconds", "patience"),
    [
        (2, 10, 60),  # a minute at least
        (2, 100, 300),  # three epochs
        (2, float("nan"), 900),  # no epoch's time is known
        (0, 10, 900),
        (None, 10, 900),
        (5, 10, 60),  # all epochs without a result are not finished
    ],
)
def test_patience_goes_by_the_runs_own_epochs(tmp_path: Path, epochs: int, seconds: float, patience: float) -> None:
    make(tmp_path / "run", epochs, seconds=seconds)
    clocks = Clocks(tmp_path)
    entry = clocks.after(0)
    assert (entry.state, entry.epochs_done, entry.epochs_planned) == (RUNNING, epochs or 0, 5)
    assert (entry.run is None) == bool(entry.notes) == (epochs is None)
    assert [clocks.after(patience - 1).state, clocks.after(2).state] == [RUNNING, STOPPED]
    assert [Clocks(tmp_path).after(patience + late).state for late in (-1, 1)] == [RUNNING, STOPPED]  # a first look


def test_a_run_that_grows_again_is_running_again_unless_it_grew_long_ago(tmp_path: Path) -> None:
    folder = make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    assert clocks.after(500).state == STOPPED
    make(folder, 3)
    clocks.touch(folder)
    entry = clocks.after(30)
    assert (entry.state, entry.epochs_done) == (RUNNING, 3)
    assert clocks.after(61).state == STOPPED
    make(folder, 4)
    clocks.touch(folder)
    assert clocks.after(3600).state == STOPPED  # nobody had looked


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_jump_of_the_clock_changes_nothing(tmp_path: Path, jump: float) -> None:
    folder = make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    assert clocks.after(0).state == RUNNING
    clocks.day += jump
    assert clocks.after(30).state == RUNNING
    make(folder, 3)  # written by the clock before it jumped
    assert clocks.after(0).state == RUNNING
    assert clocks.after(61).state == STOPPED  # also while its files are from the future
    first = Clocks(tmp_path)
    first.day += jump
    assert first.after(0).state == local_runs(tmp_path)[0].state == STOPPED


def test_the_result_of_an_earlier_training_does_not_count(tmp_path: Path) -> None:
    make(tmp_path / "run", 2, result=True)
    clocks = Clocks(tmp_path)
    assert [clocks.after(0).state, clocks.after(3600).state] == [RUNNING, STOPPED]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"', "[" * 100_000, "\xff"])
def test_settings_that_cannot_be_read_are_a_note(tmp_path: Path, text: str) -> None:
    folder = make(tmp_path / "cnn-by-source-2-seed1", 2, result=True)
    (folder / SETTINGS).write_bytes(text.encode("latin-1"))
    (entry,) = local_runs(tmp_path)
    assert (entry.model, entry.epochs_done, entry.epochs_planned, entry.state) == ("cnn", 2, None, FINISHED)
    assert (entry.split, entry.fold, entry.seed, entry.settings) == ("by-source", 2, 1, {})
    lack = "holds no settings that can be read, so nothing is known about this run but its log and its name."
    assert entry.notes == (f"settings.json {lack}",)


def test_what_is_missing_or_odd_is_a_note(tmp_path: Path) -> None:
    (make(tmp_path / "a", 2) / SETTINGS).unlink()
    make(tmp_path / "b", None, result=True)
    (make(tmp_path / "c", 2) / LOG).write_bytes(b"\x89PNG\0")
    (make(tmp_path / "d", 2) / SETTINGS).write_text('{"model": 3, "epochs": "many"}')
    a, b, c, d = local_runs(tmp_path)
    assert a.notes[0].startswith("settings.json is missing")
    assert (b.notes, b.state) == (("log.csv is missing, so there is no curve.",), FINISHED)
    assert (c.run, c.notes) == (None, ("c/log.csv is an image. See the list of formats.",))
    assert (d.model, d.epochs_planned, d.epochs_done) == ("d", None, 2)


def test_where_runs_are_looked_for(tmp_path: Path) -> None:
    for name in ("run 10", "run 2", "night/shift/one", "night/shift/a/b/c/too deep", ".hidden/run", "run 2/inside"):
        make(tmp_path / name)
    write(tmp_path, {"empty/file.txt": ""})
    found = [entry.folder.relative_to(tmp_path).as_posix() for entry in local_runs(tmp_path)]
    assert found == ["night/shift/one", "run 2", "run 10"]
    assert local_runs(tmp_path / "nowhere") == []
    assert [entry.name for entry in local_runs(tmp_path / "run 2")] == ["run 2"]


def test_of_many_runs_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MAX_RUNS", 2)
    for number, age in ((1, 0), (2, 100), (3, 0)):
        for file in make(tmp_path / f"run {number}").iterdir():
            os.utime(file, (NOW, NOW - age))
    assert [entry.name for entry in local_runs(tmp_path)] == ["run 1", "run 3"]


def test_the_shipped_models_and_local_runs(tmp_path: Path) -> None:
    entries = runs.shipped_runs()
    own = [entry for entry in entries if entry.kind == RunKind.SHIPPED]
    assert [entry.name for entry in own] == shipped()
    for entry in own:
        assert entry.shipped_epoch == entry.epochs_done == entry.epochs_planned == entry.settings["epochs"]
        assert (entry.split, entry.fold, entry.seed, entry.notes) == ("official", None, 0, ())
    assert all(entry.run is not None and entry.state == FINISHED for entry in entries)
    further = [entry for entry in entries if entry.model == "castnet" and entry.kind == RunKind.FURTHER]
    folds = [("by-source", fold, 0) for fold in range(5)]
    assert [(e.split, e.fold, e.seed) for e in further] == [*folds, ("official", None, 1), ("official", None, 2)]
    assert all(e.shipped_epoch is None and e.settings["fold"] == e.fold for e in further)
    make(tmp_path / "mine", 5, result=True)
    both = RunCatalogue(tmp_path).refresh()
    assert ([e.name for e in both[:-1]], both[-1].kind) == ([e.name for e in entries], RunKind.LOCAL)


def test_models_without_a_card_or_a_log(tmp_path: Path) -> None:
    card, log = ((MODELS / "cnn" / name).read_bytes() for name in ("card.json", LOG))
    files = {"castnet/log.csv": log, "no-log/card.json": card, "bad-card/card.json": b"{", "bad-card/log.csv": log}
    files |= {"bad-log/card.json": card, "bad-log/log.csv": b"name,age\n", "nothing/readme.txt": b""}
    write(tmp_path, files | {"only-runs/runs/odd name/log.csv": log, "only-runs/runs/empty/notes.txt": b""})
    entries = {entry.name: entry for entry in runs.shipped_runs(tmp_path)}
    assert list(entries) == ["castnet", "bad-card", "bad-log", "no-log", "only-runs", "empty", "odd name"]
    assert entries["castnet"].notes == ("card.json is missing, so nothing is known about this model but its log.",)
    assert (entries["castnet"].epochs_done, entries["castnet"].epochs_planned) == (10, None)
    assert entries["no-log"].notes == ("log.csv is missing, so there is no curve.",)
    assert (entries["no-log"].epochs_planned, entries["no-log"].shipped_epoch) == (10, None)
    assert "cannot be read as a model card" in entries["bad-card"].notes[0]
    assert "name, age" in entries["bad-log"].notes[0]
    assert len(entries["only-runs"].notes) == 2
    assert (entries["odd name"].seed, entries["odd name"].epochs_done) == (None, 10)
    assert entries["empty"].run is None
    assert runs.shipped_runs(tmp_path / "nowhere") == []


def test_our_own_logs_are_read_as_logs_of_others_would_be(tmp_path: Path) -> None:
    """The shipped ones; a loss that became NaN, and a half-written last line; and one whose epochs begin anew."""
    header, *rows = (MODELS / "castnet" / LOG).read_text(encoding="utf-8").splitlines(keepends=True)
    nan = rows[1].replace(rows[1].split(",")[1], "nan", 1)
    for name, lines in {"plain": rows, "nan": [rows[0], nan, "3,0.5"], "anew": [*rows[:3], *rows[:2]]}.items():
        file = tmp_path / name / LOG
        file.parent.mkdir()
        file.write_text("".join([header, *lines]), encoding="utf-8")
        found = [entry.run for entry in RunCatalogue(tmp_path / name, tmp_path / "none").refresh()]
        expected = read_any_log(file)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert (one.name, one.source, one.unit, one.read_as) == (
                other.name,
                other.source,
                other.unit,
                other.read_as,
            )
            np.testing.assert_array_equal(one.epochs, other.epochs)
            assert one.columns.keys() == other.columns.keys()
            for column in one.columns:
                np.testing.assert_array_equal(one.series(column), other.series(column))


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = (MODELS / "cnn" / LOG).read_bytes()
    write(tmp_path / "models", {"cnn/log.csv": log, "cnn/runs/cnn-official-seed1/notes.txt": ""})
    make(tmp_path / "runs" / "a", 2)
    changing = make(tmp_path / "runs" / "b", 2)
    read: list[str] = []
    monkeypatch.setattr(runs, "read_log", lambda file: read.append(file.parent.name) or read_log(file))
    catalogue = RunCatalogue(tmp_path / "runs", tmp_path / "models")

    def done() -> list[int]:
        return [entry.epochs_done for entry in catalogue.refresh()]

    assert (done(), done()) == ([10, 0, 2, 2],) * 2
    make(changing, 3)
    assert (done(), read) == ([10, 0, 2, 3], ["cnn", "a", "b", "b"])
    write(tmp_path / "models", {"cnn/runs/cnn-official-seed1/log.csv": log})
    for file in changing.iterdir():
        file.unlink()
    assert (done(), read[4:]) == ([10, 10, 2], ["cnn", "cnn-official-seed1"])


def test_logs_of_other_tools_are_found_beside_our_runs_and_followed(tmp_path: Path) -> None:
    make(tmp_path / "ours")
    files = {
        "yolo/train/results.csv": "epoch,val/loss\n1,0.5\n",
        "folds/history.csv": "fold,epoch,val_loss\n0,1,0.5\n1,1,0.4\n",
        "mlruns/0/r/metrics/val_loss": "1716900000000 0.5 1\n",
        "hf/trainer_state.json": "{",
        "ours/metrics.csv": "epoch,val_loss\n1,0.5\n",  # of a run of ours
    }
    write(tmp_path, files)
    clocks = Clocks(tmp_path)

    def found() -> dict[str, RunEntry]:
        return {entry.name: entry for entry in clocks.catalogue.refresh()}

    others = ["folds/history.csv, 0", "folds/history.csv, 1", "hf/trainer_state.json", "mlruns/0/r"]
    assert list(found()) == [*others, "ours", "yolo/train/results.csv"]
    assert found()["folds/history.csv, 1"].run.origin == {"fold": "1"}
    assert "damaged" in found()["hf/trainer_state.json"].notes[0]
    with (tmp_path / "yolo/train/results.csv").open("a") as stream:
        stream.write("2,0.4\n3,0.")  # still being written
    clocks.steady, clocks.day = clocks.steady + 30, clocks.day + 30
    grown = found()["yolo/train/results.csv"]
    assert (grown.state, grown.epochs_done) == (RUNNING, 2)
    clocks.steady += 1000
    states = {name: entry.state for name, entry in found().items()}
    assert (states.pop("ours"), set(states.values())) == (STOPPED, {QUIET})  # whether they have finished, nobody knows


def test_looking_at_runs_is_light() -> None:
    heavy = "{'torch', 'scipy', 'sklearn', 'tensorboard', 'plotly'}"
    command = (
        "import sys; from casting_core.training.logs import curve_summary, runs; "
        "[curve_summary.describe(e.run) for e in runs.RunCatalogue().refresh()]; "
        f"print(*sorted({heavy} & set(sys.modules)))"
    )
    told = {"capture_output": True, "text": True, "check": True, "cwd": ROOT, "timeout": 60}
    assert subprocess.run([sys.executable, "-c", command], **told).stdout.split() == []
