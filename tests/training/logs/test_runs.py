"""Which trainings there are: shipped, further and local ones, and whether one still goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casting_core.networks.card import MODELS, shipped
from casting_core.training.logs import reading, runs
from casting_core.training.logs.log import COLUMNS, EpochRecord, write_log
from casting_core.training.logs.runs import (
    LOG,
    RESULT,
    SETTINGS,
    RunCatalogue,
    RunEntry,
    RunKind,
    RunState,
    shipped_runs,
)
from casting_core.training.settings import settings_for
from tests import ROOT

NOW = 1_000_000.0


class Clocks:
    """A clock that never jumps and the time of day, set by hand, of a catalogue of local runs."""

    def __init__(self, runs: Path) -> None:
        self.steady, self.day = 50.0, NOW
        self.catalogue = RunCatalogue(runs, runs / "no models", steady=lambda: self.steady, now=lambda: self.day)

    def only(self) -> RunEntry:
        (entry,) = self.catalogue.refresh()
        return entry

    def wait(self, seconds: float) -> None:
        self.steady += seconds
        self.day += seconds

    def touch(self, folder: Path) -> None:
        for file in folder.iterdir():
            os.utime(file, (self.day, self.day))


def make(folder: Path, epochs: int | None = 2, *, seconds: float = 10.0, result: bool = False, **settings: Any) -> Path:
    """A run folder as `casting_core.training.run` leaves it, last written to at `NOW`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS).write_text(json.dumps(settings_for("cnn", epochs=5, **settings).to_json()))
    if epochs is not None:
        values = dict.fromkeys(COLUMNS[1:], 0.5)
        write_log(folder / LOG, [EpochRecord(epoch=n + 1, **{**values, "seconds": seconds}) for n in range(epochs)])
    if result:
        (folder / RESULT).write_text("{}")
    for file in folder.iterdir():
        os.utime(file, (NOW, NOW))
    return folder


def local_runs(runs: Path) -> list[RunEntry]:
    """The runs of this machine alone, at first sight."""
    return RunCatalogue(runs, runs / "no models").refresh()


def test_a_finished_run(tmp_path: Path) -> None:
    folder = make(tmp_path / "cnn-by-source-3-seed2", 5, result=True, split="by-source", fold=3, seed=2)
    (entry,) = local_runs(tmp_path)
    assert entry == RunEntry(
        name="cnn-by-source-3-seed2",
        folder=folder,
        kind=RunKind.LOCAL,
        model="cnn",
        split="by-source",
        fold=3,
        seed=2,
        settings=settings_for("cnn", epochs=5, split="by-source", fold=3, seed=2).to_json(),
        epochs_planned=5,
        epochs_done=5,
        state=RunState.FINISHED,
        run=entry.run,
    )
    assert entry.run.epochs.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("seconds", "quiet", "state"),
    [
        (10, 59, RunState.RUNNING),  # a minute at least
        (10, 61, RunState.STOPPED),
        (100, 299, RunState.RUNNING),  # three epochs
        (100, 301, RunState.STOPPED),
        (float("nan"), 899, RunState.RUNNING),  # no epoch's time is known
        (float("nan"), 901, RunState.STOPPED),
    ],
)
def test_patience_goes_by_the_runs_own_epochs(tmp_path: Path, seconds: float, quiet: float, state: RunState) -> None:
    make(tmp_path / "run", 2, seconds=seconds)
    clocks = Clocks(tmp_path)
    assert clocks.only().state == RunState.RUNNING
    clocks.wait(quiet)
    assert clocks.only().state == state
    first_look = Clocks(tmp_path)
    first_look.wait(quiet)
    assert first_look.only().state == state


@pytest.mark.parametrize("epochs", [None, 0])
def test_before_the_first_epoch(tmp_path: Path, epochs: int | None) -> None:
    make(tmp_path / "run", epochs)
    clocks = Clocks(tmp_path)
    entry = clocks.only()
    assert (entry.state, entry.epochs_done, entry.epochs_planned) == (RunState.RUNNING, 0, 5)
    assert (entry.run is None) == bool(entry.notes) == (epochs is None)
    clocks.wait(1000)
    assert clocks.only().state == RunState.STOPPED


def test_a_run_that_grows_again_is_running_again(tmp_path: Path) -> None:
    folder = make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    clocks.wait(500)
    assert clocks.only().state == RunState.STOPPED
    make(folder, 3)
    clocks.touch(folder)
    clocks.wait(30)
    entry = clocks.only()
    assert (entry.state, entry.epochs_done) == (RunState.RUNNING, 3)
    clocks.wait(61)
    assert clocks.only().state == RunState.STOPPED


def test_growth_long_ago_that_nobody_looked_at_is_not_running(tmp_path: Path) -> None:
    folder = make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    clocks.only()
    clocks.wait(100)
    make(folder, 3)
    clocks.touch(folder)
    clocks.wait(3600)
    assert clocks.only().state == RunState.STOPPED


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_jump_of_the_clock_changes_nothing(tmp_path: Path, jump: float) -> None:
    folder = make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    assert clocks.only().state == RunState.RUNNING
    clocks.day += jump
    clocks.wait(30)
    assert clocks.only().state == RunState.RUNNING
    make(folder, 3)  # written by the clock before it jumped
    assert clocks.only().state == RunState.RUNNING
    clocks.wait(61)
    assert clocks.only().state == RunState.STOPPED  # also while its files are from the future


def test_a_file_from_the_future_does_not_run_forever(tmp_path: Path) -> None:
    make(tmp_path / "run", 2)
    clocks = Clocks(tmp_path)
    clocks.day -= 7200
    assert clocks.only().state == RunState.STOPPED
    assert local_runs(tmp_path)[0].state == RunState.STOPPED  # by the real clock, long ago


def test_the_result_of_an_earlier_training_does_not_count(tmp_path: Path) -> None:
    make(tmp_path / "run", 2, result=True)
    clocks = Clocks(tmp_path)
    assert clocks.only().state == RunState.RUNNING
    clocks.wait(3600)
    assert clocks.only().state == RunState.STOPPED


def test_all_epochs_without_a_result_are_not_finished(tmp_path: Path) -> None:
    make(tmp_path / "run", 5)
    clocks = Clocks(tmp_path)
    clocks.wait(3600)
    assert clocks.only().state == RunState.STOPPED


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "null", '"x"', "[" * 100_000, "\xff", '{"model": 3, "epochs": "many"}']
)
def test_settings_that_cannot_be_read_are_a_note(tmp_path: Path, text: str) -> None:
    folder = make(tmp_path / "cnn-by-source-2-seed1", 2, result=True)
    (folder / SETTINGS).write_bytes(text.encode("latin-1"))
    (entry,) = local_runs(tmp_path)
    assert (entry.model, entry.epochs_done, entry.epochs_planned) in (
        ("cnn", 2, None),
        ("cnn-by-source-2-seed1", 2, None),
    )
    assert entry.state == RunState.FINISHED
    if not text.startswith('{"'):
        assert (entry.split, entry.fold, entry.seed, entry.settings) == ("by-source", 2, 1, {})
        assert entry.notes == (
            "settings.json holds no settings that can be read, so nothing is known about this run but its log and its "
            "name.",
        )


def test_what_is_missing_is_a_note(tmp_path: Path) -> None:
    (make(tmp_path / "a", 2) / SETTINGS).unlink()
    make(tmp_path / "b", None, result=True)
    (make(tmp_path / "c", 2) / LOG).write_bytes(b"\x89PNG\0")
    a, b, c = local_runs(tmp_path)
    assert a.notes[0].startswith("settings.json is missing")
    assert b.notes == ("log.csv is missing, so there is no curve.",)
    assert b.state == RunState.FINISHED
    assert c.run is None
    assert "c/log.csv is an image" in c.notes[0]


def test_where_runs_are_looked_for(tmp_path: Path) -> None:
    for name in ("run 10", "run 2", "night/shift/one", "night/shift/a/b/c/too deep", ".hidden/run", "run 2/inside"):
        make(tmp_path / name)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").touch()
    assert [e.folder.relative_to(tmp_path).as_posix() for e in local_runs(tmp_path)] == [
        "night/shift/one",
        "run 2",
        "run 10",
    ]
    assert local_runs(tmp_path / "nowhere") == []
    (itself,) = local_runs(tmp_path / "run 2")
    assert itself.name == "run 2"


def test_of_many_runs_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casting_core.training.logs.runs.MAX_RUNS", 2)
    for number in (1, 2, 3):
        folder = make(tmp_path / f"run {number}")
        for file in folder.iterdir():
            os.utime(file, (NOW - 100 * (number == 2), NOW))
            os.utime(file, (NOW, NOW - 100 * (number == 2)))
    assert [entry.name for entry in local_runs(tmp_path)] == ["run 1", "run 3"]


def test_the_shipped_models() -> None:
    entries = shipped_runs()
    own = [entry for entry in entries if entry.kind == RunKind.SHIPPED]
    assert [entry.name for entry in own] == shipped()
    for entry in own:
        assert entry.shipped_epoch == entry.epochs_done == entry.epochs_planned == entry.settings["epochs"]
        assert (entry.split, entry.fold, entry.seed, entry.notes) == ("official", None, 0, ())
    assert all(entry.run is not None and entry.state == RunState.FINISHED for entry in entries)
    further = [e for e in entries if e.model == "castnet" and e.kind == RunKind.FURTHER]
    assert [(e.split, e.fold, e.seed) for e in further] == [
        *(("by-source", fold, 0) for fold in range(5)),
        ("official", None, 1),
        ("official", None, 2),
    ]
    assert all(e.shipped_epoch is None and e.settings["fold"] == e.fold for e in further)


def test_models_without_a_card_or_a_log(tmp_path: Path) -> None:
    card = (MODELS / "cnn" / "card.json").read_bytes()
    log = (MODELS / "cnn" / LOG).read_bytes()
    for name, files in {
        "castnet": {LOG: log},
        "no-log": {"card.json": card},
        "bad-card": {"card.json": b"{", LOG: log},
        "bad-log": {"card.json": card, LOG: b"name,age\n"},
        "only-runs": {"runs/odd name/log.csv": log, "runs/empty/notes.txt": b""},
        "nothing": {"readme.txt": b""},
    }.items():
        for path, content in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(content)
    entries = {entry.name: entry for entry in shipped_runs(tmp_path)}
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
    assert shipped_runs(tmp_path / "nowhere") == []


def test_both_lists_together(tmp_path: Path) -> None:
    make(tmp_path / "mine", 5, result=True)
    entries = RunCatalogue(tmp_path).refresh()
    assert [entry.kind for entry in entries if entry.kind != RunKind.FURTHER] == [
        *[RunKind.SHIPPED] * len(shipped()),
        RunKind.LOCAL,
    ]


def test_a_run_is_read_anew_only_when_its_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a", 2)
    changing = make(tmp_path / "b", 2)
    read: list[Path] = []
    monkeypatch.setattr(runs, "read_any_log", lambda files: read.extend(files) or reading.read_any_log(files))
    catalogue = RunCatalogue(tmp_path, tmp_path / "no models")
    assert [entry.epochs_done for entry in catalogue.refresh()] == [2, 2]
    catalogue.refresh()
    make(changing, 3)
    assert [entry.epochs_done for entry in catalogue.refresh()] == [2, 3]
    assert read == [tmp_path / "a" / LOG, tmp_path / "b" / LOG, tmp_path / "b" / LOG]
    for file in changing.iterdir():
        file.unlink()
    assert [entry.name for entry in catalogue.refresh()] == ["a"]


def test_the_shipped_models_are_read_anew_when_a_file_of_theirs_changes(tmp_path: Path) -> None:
    (tmp_path / "cnn" / "runs" / "cnn-official-seed1").mkdir(parents=True)
    (tmp_path / "cnn" / LOG).write_bytes((MODELS / "cnn" / LOG).read_bytes())
    catalogue = RunCatalogue(tmp_path / "no runs", tmp_path)
    (own, further), again = catalogue.refresh(), catalogue.refresh()
    assert again[0] is own
    assert (own.epochs_done, further.run, further.seed) == (10, None, 1)
    (further.folder / LOG).write_bytes((MODELS / "cnn" / LOG).read_bytes())
    assert [entry.epochs_done for entry in catalogue.refresh()] == [10, 10]


def test_logs_of_other_tools_are_found_beside_our_runs_and_followed(tmp_path: Path) -> None:
    make(tmp_path / "ours")
    files = {
        "yolo/train/results.csv": "epoch,val/loss\n1,0.5\n",
        "folds/history.csv": "fold,epoch,val_loss\n0,1,0.5\n1,1,0.4\n",
        "mlruns/0/r/metrics/val_loss": "1716900000000 0.5 1\n",
        "hf/trainer_state.json": "{",
        "ours/metrics.csv": "epoch,val_loss\n1,0.5\n",  # of a run of ours
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (NOW, NOW))
    clocks = Clocks(tmp_path)
    found = {entry.name: entry for entry in clocks.catalogue.refresh()}
    assert list(found) == [
        *("folds/history.csv, 0", "folds/history.csv, 1", "hf/trainer_state.json"),
        *("mlruns/0/r", "ours", "yolo/train/results.csv"),
    ]
    assert found["folds/history.csv, 1"].run.origin == {"fold": "1"}
    assert "is JSON" in found["hf/trainer_state.json"].notes[0] or "damaged" in found["hf/trainer_state.json"].notes[0]
    with (tmp_path / "yolo/train/results.csv").open("a") as stream:
        stream.write("2,0.4\n3,0.")  # still being written
    clocks.wait(30)
    grown = next(entry for entry in clocks.catalogue.refresh() if entry.name == "yolo/train/results.csv")
    assert (grown.state, grown.epochs_done) == (RunState.RUNNING, 2)
    clocks.wait(1000)
    states = {entry.name: entry.state for entry in clocks.catalogue.refresh()}
    assert states.pop("ours") is RunState.STOPPED
    assert set(states.values()) == {RunState.QUIET}  # whether they have finished, nobody knows


def test_looking_at_runs_is_light() -> None:
    heavy = "{'torch', 'scipy', 'sklearn', 'tensorboard', 'plotly'}"
    command = (
        "import sys; from casting_core.training.logs import curve_summary, runs; "
        "[curve_summary.describe(e.run) for e in runs.RunCatalogue().refresh()]; "
        f"print(*sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.split() == []
