"""The one door to logs of any tool."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs import reading as door
from casting_core.training.logs.log import (
    COLUMNS,
    EPOCH,
    EpochRecord,
    Log,
    read_bounded,
    read_log,
    write_log,
)
from casting_core.training.logs.reading import read_any_log
from tests.training.logs.test_log import record, records


def test_our_log_through_the_common_door(tmp_path: Path) -> None:
    file = tmp_path / "castnet-official-seed0" / "log.csv"
    write_log(file, [record(1, train_loss=0.25, validation_loss=math.nan), record(2, seconds=12.5)])
    log = read_any_log(file)
    assert (log.name, log.unit, log.notes) == ("castnet-official-seed0", EPOCH, ())
    assert list(log.columns) == list(COLUMNS[1:])
    np.testing.assert_array_equal(log.epochs, [1, 2])
    np.testing.assert_array_equal(log.columns["train_loss"], [0.25, 0.5])
    np.testing.assert_array_equal(log.columns["seconds"], [0.5, 12.5])
    np.testing.assert_array_equal(log.columns["validation_loss"], [math.nan, 0.5])
    assert log.present["validation_loss"].all()  # a loss that is NaN was written, too
    of_folder = read_any_log(file.parent, "mine")
    assert of_folder.name == "mine"
    np.testing.assert_array_equal(of_folder.columns["train_loss"], log.columns["train_loss"])


def test_through_the_common_door_our_log_may_break_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    write_log(file, [record(1), record(2)])
    content = file.read_bytes()
    ends = [n + 1 for n, byte in enumerate(content) if byte == ord("\n")]
    for length in range(len(content) + 1):
        log = read_any_log(content[:length], "log.csv")
        assert len(log.epochs) == max(0, sum(end <= length for end in ends) - 1)
        assert any("half written" in note for note in log.notes) == (length > ends[0] and length not in ends)


@settings(max_examples=50)
@given(log=st.lists(records, max_size=5, unique_by=lambda r: r.epoch))
def test_both_doors_read_the_same(tmp_path_factory: pytest.TempPathFactory, log: list[EpochRecord]) -> None:
    file = tmp_path_factory.mktemp("log") / "log.csv"
    write_log(file, [EpochRecord(**{**vars(r), "train_accuracy": 0.5, "validation_accuracy": 1.0}) for r in log])
    strict, common = sorted(read_log(file), key=lambda r: r.epoch), read_any_log(file)
    assert [r.epoch for r in strict] == common.epochs.tolist()
    for name in COLUMNS[1:] if strict else ():
        assert [getattr(r, name) for r in strict] == common.columns[name].tolist()


def test_what_is_no_log_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_any_log(tmp_path / "log.csv")
    with pytest.raises(DataError, match="neither"):
        read_any_log(tmp_path)
    (tmp_path / "log.csv").mkdir()  # a folder of that name is no log
    with pytest.raises(DataError, match="neither"):
        read_any_log(tmp_path)
    monkeypatch.setattr(door, "MAX_BYTES", 30)
    with pytest.raises(DataError, match=r"mine/big\.csv has more than"):
        read_any_log(b"epoch,loss\n" + b"1,0.5\n" * 10, "mine/big.csv")
    (tmp_path / "big.csv").write_bytes(b"x" * 31)
    with pytest.raises(DataError, match="more than"):
        read_bounded(tmp_path / "big.csv", 30)
    assert len(read_bounded(tmp_path / "big.csv", 31)) == 31


def test_in_a_folder_our_log_comes_before_event_files(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(b"no event file at all")
    with pytest.raises(DataError):
        read_any_log(tmp_path)
    write_log(tmp_path / "log.csv", [record(1)])
    assert read_any_log(tmp_path).epochs.tolist() == [1]


def test_the_first_format_that_knows_a_file_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further one is an entry; it gets the bytes, where they are from, and the name that was asked for."""
    seen: list[tuple[bytes, str, str]] = []
    usual = read_any_log(b"epoch,loss\n1,0.5\n")

    def read(content: bytes, path: str, name: str) -> Log:
        seen.append((content, path, name))
        return usual

    further = door.Format(knows=lambda path, content: path.endswith(".odd"), read=read)
    monkeypatch.setattr(door, "FORMATS", (further, *door.FORMATS))
    (tmp_path / "a.odd").write_bytes(b"?")
    assert read_any_log(tmp_path / "a.odd", "mine") is usual
    assert read_any_log(b"!", "run/b.odd") is usual
    assert seen == [(b"?", (tmp_path / "a.odd").absolute().as_posix(), "mine"), (b"!", "run/b.odd", "")]
    assert read_any_log(b"epoch,loss\n1,0.25\n", "b.csv").columns["train_loss"].tolist() == [0.25]
