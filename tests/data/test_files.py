"""Atomic writing: either the old file or the new one, and nothing else left behind."""

import os
import stat
from pathlib import Path

import pytest

from casting_core.data.files import write_atomically


def test_writes_into_new_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file.bin"
    write_atomically(file, b"one")
    write_atomically(file, b"two\n")
    assert file.read_bytes() == b"two\n"
    assert [p.name for p in file.parent.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("fails", ["fsync", "chmod", "replace"])
def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    file = tmp_path / "file.txt"
    write_atomically(file, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file.txt"
    write_atomically(file, b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file.txt", b"old")]


def test_the_mode_is_that_of_an_ordinary_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "file", b"")
    finally:
        assert os.umask(before) == 0o027  # the writer has put it back
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
