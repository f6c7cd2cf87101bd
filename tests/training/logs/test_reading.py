"""The one door to logs of any tool: our own, what people bring, folders, and files that are still written."""

import json
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
from casting_core.training.logs.run import Run
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


ACCURACY, LOSS = [0.7, 0.74, 0.78], [0.9, 0.8, 0.7]
EPOCHS = list(zip(range(1, 4), LOSS, ACCURACY, strict=True))
HISTORY = [
    row
    for epoch, loss, accuracy in EPOCHS
    for row in (
        {"epoch": float(epoch), "loss": loss - 0.1, "step": 50 * epoch},
        {"epoch": float(epoch), "eval_loss": loss, "eval_accuracy": accuracy, "step": 50 * epoch},
    )
]
CASES: dict[str, tuple[str, list[str]]] = {  # what people bring: file → its text, and the runs in it
    "epoch_slash.csv": (
        "Epoch,Val Loss,Val Acc\n" + "".join(f"{e}/3,{v},{a}\n" for e, v, a in EPOCHS),
        ["epoch_slash"],
    ),
    "whitespace.txt": (
        "epoch  val_loss  val_acc\n" + "".join(f"  {e}   {v}   {a}\n" for e, v, a in EPOCHS),
        ["whitespace"],
    ),
    "keras_restart.csv": (
        "epoch,val_accuracy,val_loss\n" + "".join(f"{e - 1},{a},{v}\n" for e, v, a in 2 * EPOCHS),
        ["keras_restart, part 1", "keras_restart, part 2"],
    ),
    "phase_long.csv": (
        "epoch,phase,loss,accuracy\n" + "".join(f"{e},train,0.1,0.9\n{e},val,{v},{a}\n" for e, v, a in EPOCHS),
        ["phase_long"],
    ),
    "kfold.csv": (
        "fold,epoch,val_loss,val_acc\n" + "".join(f"{f},{e},{v},{a}\n" for f in range(3) for e, v, a in EPOCHS),
        ["kfold, fold 0", "kfold, fold 1", "kfold, fold 2"],
    ),
    "wandb_export_two_runs.csv": (
        '"epoch","fox-3 - val_loss","fox-3 - val_loss__MIN","fox-3 - val_acc","owl-4 - val_loss","owl-4 - val_acc"\n'
        + "".join(f'"{e - 1}","{v}","{v}","{a}","{v}","{a}"\n' for e, v, a in EPOCHS),
        ["wandb_export_two_runs, fox-3", "wandb_export_two_runs, owl-4"],
    ),
    "mlflow_ui_export.csv": (
        "run_id,key,value,step,timestamp\n"
        + "".join(f"abc,{k},{x},{e},0\n" for e, v, a in EPOCHS for k, x in (("val_loss", v), ("val_accuracy", a))),
        ["mlflow_ui_export"],
    ),
    "out/trainer_state.json": (json.dumps({"epoch": 3.0, "log_history": HISTORY}), ["out"]),
    "trainer_log.jsonl": ("\n".join(map(json.dumps, HISTORY)), ["trainer_log"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_people_bring(case: str) -> None:
    text, names = CASES[case]
    runs = read_any_log(text.encode(), case)
    assert [run.name for run in runs] == names
    for run in runs:
        assert (run.unit, run.epochs.tolist()) == ("epoch", [1, 2, 3])
        assert run.columns["validation_loss"].tolist() == LOSS
        assert run.columns["validation_accuracy"].tolist() == ACCURACY


def test_event_files_of_keras_are_told_as_training_or_held_out_only_by_their_folders() -> None:
    files = keras()
    (log,) = read_files(files.items()).logs
    assert log.runs[0].columns.keys() >= {"train_loss", "validation_loss"}
    without = {name: (run,) for name, content in files.items() if (run := only(content, name.rpartition("/")[2]))}
    for run in (run for (run,) in without.values()):
        assert run.columns.keys() & {"train_loss", "validation_loss", "loss"} == {"loss"}
        assert "validation" not in run.name
    alone = only(files["fit/validation/events.out.tfevents.2"], "validation/events.out.tfevents.2")
    assert set(alone.columns) == {"validation_loss", "seconds"}
    both = read_files((name.rpartition("/")[2], content) for name, content in files.items())
    assert len(both.logs) == 2  # nothing says that they belong together


def test_what_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_any_log(tmp_path / "log.csv")
    with pytest.raises(DataError, match="holds no log of a known tool"):
        read_any_log(tmp_path)
    (tmp_path / "log.csv").mkdir()  # a folder of that name is no log
    with pytest.raises(DataError, match="holds no log of a known tool"):
        read_any_log(tmp_path)
    (tmp_path / "big.csv").write_bytes(b"x" * 31)
    with pytest.raises(DataError, match="more than"):
        read_bounded(tmp_path / "big.csv", 30)
    assert len(read_bounded(tmp_path / "big.csv", 31)) == 31
    monkeypatch.setattr(archive, "MAX_BYTES", 30)
    with pytest.raises(DataError, match="0 MiB are looked at together"):
        read_any_log(b"x" * 31, "big.csv")


def test_the_first_reader_that_knows_a_file_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A further one is an entry; it gets the files of one run."""
    seen: list[dict[str, bytes]] = []
    further = door.Reader(
        knows=lambda path, content: path.endswith(".odd"),
        read=lambda files: seen.append(dict(files)) or [],
        runs=lambda paths: dict.fromkeys(paths, "one"),
    )
    monkeypatch.setattr(door, "READERS", (further, *door.READERS))
    found = read_files(
        [("a.odd", b"1"), ("b.csv", b"epoch,val_loss\n1,2\n"), ("b.odd", b"2"), ("b.csv", b"epoch,loss\n1,2\n")]
    )
    assert seen == [{"a.odd": b"1", "b.odd": b"2"}]
    assert [log.table.name for log in found.logs] == ["b", "b (2)"]


def test_logs_in_a_folder_are_found_by_their_names(tmp_path: Path) -> None:
    there = [
        "a/results.csv",
        "b/train/x.tfevents.1",
        "b/validation/x.tfevents.2",
        "mlruns/0/r/metrics/loss",
        "c/x.wandb",
    ]
    for name in (*there, "a/notes.csv", ".hidden/log.csv", "1/2/3/4/5/6/log.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "log.csv").symlink_to("/etc/hostname")
    found = list(log_files(tmp_path))
    assert [file.relative_to(tmp_path).as_posix() for file in found] == there[:3] + there[4:] + there[3:4]
    runs = [Path(run).relative_to(tmp_path).as_posix() for run in runs_of_files(found)]
    assert sorted(runs) == ["a/results.csv", "b", "c/x.wandb", "mlruns/0/r"]


def curves(run: Run) -> list[object]:
    return [run.name, run.epochs.tolist(), {name: values.tolist() for name, values in run.columns.items()}]


@settings(max_examples=3)
@given(seed=st.integers(0, 99))
def test_the_order_of_files_does_not_matter(seed: int) -> None:
    files = [*((name, text.encode()) for name, (text, _) in CASES.items()), *keras().items()]
    usual = sorted((curves(run) for log in read_files(files).logs for run in log.runs), key=str)
    random.Random(seed).shuffle(files)
    assert str(sorted((curves(run) for log in read_files(files).logs for run in log.runs), key=str)) == str(usual)
