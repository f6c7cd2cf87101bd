"""Logs that are written while they are read, and clocks that jump."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, set_mark, write_marks
from casting_core.exploration import cache
from casting_core.exploration.index import build_index
from casting_core.training.logs.log import EpochRecord, append_epoch, read_log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.runs import RunCatalogue, RunState
from tests.exploration.handmade import find_index
from tests.faults.breaking import refusals

YEARS = 10 * 365 * 86400.0


def record(epoch: int) -> EpochRecord:
    figures = {"train_loss": 1 / epoch, "train_accuracy": 1 - 1 / epoch, "validation_loss": 1.5 / epoch}
    figures |= {"validation_accuracy": 0.5, "learning_rate": 1e-4, "seconds": 123.456789, "images_per_second": 200.0}
    return EpochRecord(epoch=epoch, **figures)


def test_a_log_is_read_while_another_thread_writes_it_letter_by_letter(tmp_path: Path) -> None:
    run = tmp_path / "small-official-seed0"
    run.mkdir()
    file, done = run / "log.csv", threading.Event()
    whole = tmp_path / "whole.csv"
    for epoch in range(1, 61):
        append_epoch(whole, record(epoch))
    content = whole.read_bytes()

    def write() -> None:
        with file.open("ab", buffering=0) as stream:
            for start in range(0, len(content), 7):
                stream.write(content[start : start + 7])
                time.sleep(0.003)
        done.set()

    expected, seen = read_log(whole), 0
    writer = threading.Thread(target=write)
    writer.start()
    looks, catalogue = 0, RunCatalogue(tmp_path, tmp_path / "no models")
    while True:
        last = done.is_set()
        found = read_log(file)
        assert found == expected[: len(found)]
        assert len(found) >= seen
        seen, looks = len(found), looks + 1
        (entry,) = catalogue.refresh() or [None]
        if entry is not None and entry.run is not None and seen:
            (log,) = read_any_log(file)
            assert (log.epochs == range(1, len(log.epochs) + 1)).all()
            # a last line that is not whole is left out, or has what was written of it so far
            assert len(log.epochs) >= seen
        if last:
            break
    writer.join()
    assert seen == 60
    assert looks > 5


def test_a_row_that_was_cut_by_a_full_disk_is_not_an_epoch(tmp_path: Path) -> None:
    """Every length to which the last row may have been cut."""
    file = tmp_path / "log.csv"
    for epoch in range(1, 4):
        append_epoch(file, record(epoch))
    content = file.read_bytes()
    for length in range(content.rstrip(b"\n").rfind(b"\n") + 1, len(content)):
        file.write_bytes(content[:length])
        assert [each.epoch for each in read_log(file)] == [1, 2]


@pytest.mark.parametrize("jump", [-YEARS, -3600.0, 3600.0, YEARS])
def test_a_time_of_day_that_jumps_stops_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    """The machine's clock is set while a run goes on: it was seen to grow, so it runs."""
    (tmp_path / "a").mkdir()
    append_epoch(tmp_path / "a" / "log.csv", record(1))
    catalogue = RunCatalogue(tmp_path, tmp_path / "no models")
    assert catalogue.refresh()[0].state is RunState.RUNNING
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    catalogue.now = time.time
    assert catalogue.refresh()[0].state is RunState.RUNNING
    append_epoch(tmp_path / "a" / "log.csv", record(2))
    (entry,) = catalogue.refresh()
    assert (entry.state, entry.epochs_done) == (RunState.RUNNING, 2)


@pytest.mark.parametrize("moment", [0.0, 1.0, 3e9, 2**33])
def test_an_index_of_files_from_another_time_is_found_again(
    quick: None, own_cache: Path, small: Callable[..., Path], moment: float
) -> None:
    root = small()
    for file in root.rglob("*.png"):
        os.utime(file, (moment, moment))
    made = build_index(root)
    found, valid = find_index(root)
    assert valid
    assert found.key == made.key
    (root / "ok" / "a.png").touch()  # back in the present
    found, valid = find_index(root)
    assert not valid
    assert build_index(root).key == made.key  # the contents are the same


@pytest.mark.parametrize("jump", [-YEARS, YEARS])
def test_a_clock_that_jumps_while_an_index_is_made_costs_no_index(
    quick: None, own_cache: Path, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    root, real = small(), time.time

    def step(what: str, done: int, total: int) -> None:
        if what == "Drawing the map":
            monkeypatch.setattr(time, "time", lambda: real() + jump)

    assert len(build_index(root, step)) == 4
    assert find_index(root)[1]
    monkeypatch.setattr(time, "time", real)
    assert find_index(root)[1]
    assert len(list((cache.cache_folder() / "indexes").iterdir())) == 1


def test_marks_from_the_future_and_the_past_are_kept(tmp_path: Path) -> None:
    marks = Marks()
    for name, year in (("a.png", 1970), ("b.png", 2026), ("c.png", 9998)):
        marks = set_mark(marks, name, "ab" * 32, Mark.FINE, time=datetime(year, 1, 1, tzinfo=UTC))
    write_marks(tmp_path / MARKS, marks)
    assert read_marks(tmp_path / MARKS) == marks
    written = write_marks(tmp_path / MARKS, set_mark(read_marks(tmp_path / MARKS), "c.png", "ab" * 32, Mark.UNUSABLE))
    assert written["c.png"].mark is Mark.UNUSABLE  # what is said later counts, not what the clock says


def test_an_index_being_made_elsewhere_survives_a_full_disk_here(
    quick: None, own_cache: Path, small: Callable[..., Path]
) -> None:
    """What another process is making is left alone when this one fails."""
    root = small()
    other = own_cache / "indexes" / ".making-other"
    other.mkdir(parents=True)
    (other / "pictures.csv").write_text("half")
    for _ in zip(refusals(lambda: build_index(root)), range(4), strict=False):
        assert (other / "pictures.csv").read_text() == "half"
