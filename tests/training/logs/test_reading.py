"""The one door to logs of any tool: our own, what people bring, folders, and files that are still written."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.networks.card import MODELS
from casting_core.training.logs import archive
from casting_core.training.logs import reading as door
from casting_core.training.logs.log import COLUMNS, EpochRecord, read_log, write_log
from casting_core.training.logs.reading import log_files, read_any_log, read_bounded, read_files, runs_of_files
from casting_core.training.logs.table import from_cells
from tests.training.logs.test_csv_log import only
from tests.training.logs.test_log import record, records
from tests.training.logs.test_tensorboard import keras

OURS = COLUMNS[1:-1]  # images per second make no curve


def test_our_log_through_the_common_door_also_in_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "castnet-official-seed0" / "log.csv"
    write_log(file, [record(1, train_loss=0.25, validation_loss=math.nan), record(2, seconds=12.5)])
    for source in (file, file.parent):
        (run,) = read_any_log(source)
        assert (run.name, run.unit, run.notes, run.guesses) == ("castnet-official-seed0", "epoch", (), ())
        assert set(run.columns) == set(OURS)
        np.testing.assert_array_equal(run.epochs, [1, 2])
        np.testing.assert_array_equal(run.columns["seconds"], [0.5, 12.5])
        np.testing.assert_array_equal(run.columns["validation_loss"], [math.nan, 0.5])
        assert run.present["validation_loss"].all()  # a loss that is NaN was written, too


def test_the_shipped_logs_are_read_as_they_were_written() -> None:
    for file in MODELS.rglob("log.csv"):
        (run,) = read_any_log(file)
        for name in OURS:
            assert [getattr(row, name) for row in read_log(file)] == run.columns[name].tolist()


@settings(max_examples=30)
@given(log=st.lists(records, max_size=5, unique_by=lambda r: r.epoch))
def test_both_doors_read_the_same(tmp_path_factory: pytest.TempPathFactory, log: list[EpochRecord]) -> None:
    file = tmp_path_factory.mktemp("log") / "log.csv"
    write_log(file, [EpochRecord(**{**vars(r), "train_accuracy": 0.5, "validation_accuracy": 1.0}) for r in log])
    strict, (run,) = sorted(read_log(file), key=lambda r: r.epoch), read_any_log(file)
    assert [r.epoch for r in strict] == run.epochs.tolist()
    for name in OURS if strict else ():
        assert [getattr(r, name) for r in strict] == run.columns[name].tolist()


def test_our_log_may_break_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    write_log(file, [record(1), record(2)])
    content = file.read_bytes()
    ends = [n + 1 for n, byte in enumerate(content) if byte == ord("\n")]
    for length in range(len(content) + 1):
        run = only(content[:length])
        assert len(run.epochs) == max(0, sum(end <= length for end in ends) - 1)
        assert any("half written" in note for note in run.notes) == (length > ends[0] and length not in ends)


def test_names_come_from_files_and_folders() -> None:
    files = {"night.csv": "night", "out/history.csv": "out", "a/b.log": "b", "history.csv": "history"}
    found = read_files((path, b"epoch,val_loss\n1,0.5\n") for path in files)
    assert [(log.table.source, log.runs[0].name) for log in found.logs] == list(files.items())


def test_event_files_of_keras_are_told_as_training_or_held_out_only_by_their_folders() -> None:
    files = keras()
    held_out = only(files["fit/validation/events.out.tfevents.2"], "validation/x.tfevents")
    assert held_out.columns.keys() == {"validation_loss", "seconds"}
    apart = read_files((name.rpartition("/")[2], content) for name, content in files.items()).logs
    assert [run.columns.keys() for log in apart for run in log.runs] == [{"loss", "seconds"}] * 2


def test_what_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_any_log(tmp_path / "log.csv")
    for made in (tmp_path, tmp_path / "log.csv"):  # a folder of that name is no log
        made.mkdir(exist_ok=True)
        with pytest.raises(DataError, match="holds no log of a known tool"):
            read_any_log(tmp_path)
    (tmp_path / "big.csv").write_bytes(b"x" * 31)
    with pytest.raises(DataError, match="more than"):
        read_bounded(tmp_path / "big.csv", 30)
    assert len(read_bounded(tmp_path / "big.csv", 31)) == 31
    monkeypatch.setattr(archive, "MAX_BYTES", 30)
    with pytest.raises(DataError, match="is beyond the 2,000 files and 0 MiB that are looked at together"):
        read_any_log(b"x" * 31, "big.csv")


def test_the_first_reader_that_knows_a_file_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A further one is an entry; it gets the files of one run."""
    seen: list[dict[str, bytes]] = []
    further = door.Reader(
        knows=lambda path, content: path.endswith(".odd"),
        read=lambda files: seen.append(dict(files)) or from_cells({"epoch": [1], "loss": [0.5]}),
        runs=lambda paths: dict.fromkeys(paths, "one"),
    )
    monkeypatch.setattr(door, "READERS", (further, *door.READERS))
    found = read_files(
        [("a.odd", b"1"), ("b.csv", b"epoch,val_loss\n1,2\n"), ("b.odd", b"2"), ("b.csv", b"epoch,loss\n1,2\n")]
    )
    assert seen == [{"a.odd": b"1", "b.odd": b"2"}]
    assert [log.table.name for log in found.logs] == ["one", "b", "b (2)"]


def test_logs_in_a_folder_are_found_by_their_names(tmp_path: Path) -> None:
    there = ["a/results.csv", "b/train/x.tfevents.1", "b/val/x.tfevents.2", "c/x.wandb", "mlruns/0/r/metrics/loss"]
    for name in (*there, "a/notes.csv", ".hidden/log.csv", "1/2/3/4/5/6/log.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "log.csv").symlink_to("/etc/hostname")
    found = list(log_files(tmp_path))
    assert [file.relative_to(tmp_path).as_posix() for file in found] == there
    runs = {Path(run).relative_to(tmp_path).as_posix(): len(files) for run, files in runs_of_files(found).items()}
    assert runs == {"a/results.csv": 1, "b": 2, "c/x.wandb": 1, "mlruns/0/r": 1}


@settings(max_examples=3)
@given(seed=st.integers(0, 99))
def test_the_order_of_files_does_not_matter(seed: int) -> None:
    texts = {"a/results.csv": "epoch,val_loss\n1,2\n", "b.csv": "fold,epoch,loss\n0,1,2\n1,1,3\n", "c.json": "[1]"}
    files = [*((name, text.encode()) for name, text in texts.items()), *keras().items()]

    def told() -> list[str]:
        return sorted(f"{run.name} {run.epochs} {run.columns}" for log in read_files(files).logs for run in log.runs)

    usual = told()
    random.Random(seed).shuffle(files)
    assert told() == usual
    assert len(usual) == 4
