"""Our training log: what is written is read, also while it is being written."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs.log import COLUMNS, EpochRecord, append_epoch, read_log, write_log

HEADER = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,seconds,images_per_second"


def record(epoch: int, **values: float) -> EpochRecord:
    rest = dict.fromkeys(COLUMNS[1:], 0.5)
    return EpochRecord(epoch=epoch, **{**rest, **values})


def test_the_file_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    append_epoch(file, record(1, train_loss=0.25, learning_rate=1e-5, images_per_second=1234567.0))
    append_epoch(file, record(2, train_loss=1 / 3, validation_loss=math.nan))
    assert file.read_bytes().decode() == (
        f"{HEADER}\n1,0.25,0.5,0.5,0.5,1e-05,0.5,1234567\n2,0.333333333,0.5,nan,0.5,0.5,0.5,0.5\n"
    )
    first, second = read_log(file)
    assert first == record(1, train_loss=0.25, learning_rate=1e-5, images_per_second=1234567.0)
    assert second.epoch == 2
    assert math.isnan(second.validation_loss)


def test_no_file_and_an_empty_one_are_empty_logs(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    assert read_log(file) == []
    file.touch()
    assert read_log(file) == []
    append_epoch(file, record(1))
    assert read_log(file) == [record(1)]


def test_a_half_written_line_is_left_out_wherever_it_breaks(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    write_log(file, [record(1), record(2)])
    text = file.read_text()
    assert text.startswith(HEADER + "\n")
    ends = [n + 1 for n, character in enumerate(text) if character == "\n"]  # of header, row 1, row 2
    for length in range(len(text) + 1):
        file.write_text(text[:length])
        complete = sum(end <= length for end in ends)
        assert read_log(file) == [record(1), record(2)][: max(0, complete - 1)]


@pytest.mark.parametrize("line", ["1,0.5", "1,a,0.5,0.5,0.5,0.5,0.5,0.5", "", "1.5" + ",0.5" * 7, "1" + ",0.5" * 8])
def test_a_broken_line_in_the_middle_is_an_error(tmp_path: Path, line: str) -> None:
    file = tmp_path / "log.csv"
    row = "2" + ",0.5" * 7
    file.write_text(f"{HEADER}\n{line}\n{row}\n")
    with pytest.raises(DataError, match=r"log\.csv cannot be read as a log \(line 2: "):
        read_log(file)


def test_another_header_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("step,loss\n1,0.5\n")
    with pytest.raises(DataError, match="step,loss"):
        read_log(file)


numbers = st.floats(allow_nan=False, width=32)
records = st.builds(EpochRecord, epoch=st.integers(1, 10**6), **dict.fromkeys(COLUMNS[1:], numbers))


@settings(max_examples=50)
@given(log=st.lists(records, max_size=5))
def test_a_log_survives_the_file(tmp_path_factory: pytest.TempPathFactory, log: list[EpochRecord]) -> None:
    folder = tmp_path_factory.mktemp("log")
    write_log(folder / "whole.csv", log)
    for each in log:
        append_epoch(folder / "grown.csv", each)
    found = read_log(folder / "whole.csv")
    assert read_log(folder / "grown.csv") == found
    assert [r.epoch for r in found] == [r.epoch for r in log]
    for one, other in zip(found, log, strict=True):
        for name in COLUMNS[1:]:
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-8)
