"""Atomic writing: the old file or the new one, and nothing else left behind; tables of records there and back."""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from casting_core.data import files
from casting_core.data.files import neutral, read_records, write_atomically, write_records
from casting_core.errors import DataError
from casting_core.labels import Label


def test_writes_into_new_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file.bin"
    write_atomically(file, b"one")
    write_atomically(file, b"two\n")
    assert file.read_bytes() == b"two\n"
    assert [p.name for p in file.parent.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch, fails: str, error: BaseException) -> None:
    write_atomically(tmp_path / "file.txt", b"old")
    monkeypatch.setattr(os, fails, Mock(side_effect=error))
    with pytest.raises(type(error)) as raised:
        write_atomically(tmp_path / "file.txt", b"new")
    assert str(raised.value) == str(error)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file.txt", b"old")]


def test_the_mode_is_that_of_an_ordinary_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "file", b"")
    finally:
        assert os.umask(before) == 0o027  # the writer has put it back
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.fixture(params=[True, False], ids=["by descriptor", "by name"])
def outside(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that nothing may be written to, on systems that open folders and on those that do not."""
    monkeypatch.setattr(files, "FOLDERS_OPEN", request.param)
    (tmp_path / "home").mkdir()
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside"


@pytest.mark.parametrize("there", [True, False], ids=["live", "dangling"])
def test_a_link_in_the_place_of_a_file_is_replaced(outside: Path, there: bool) -> None:
    target, file = outside / "code.pth", outside.parent / "home" / "marks.csv"
    if there:
        target.write_text("old")
    file.symlink_to(target)
    write_atomically(file, b"new")
    assert (file.is_symlink(), file.read_bytes()) == (False, b"new")
    assert [each.read_text() for each in outside.iterdir()] == ["old"] * there


@pytest.mark.parametrize("path", ["link/file", "link/sub/file", "sub/link/file", "gone/file", "../outside/file"])
def test_nothing_is_written_out_of_the_folder_that_it_belongs_to(outside: Path, path: str) -> None:
    home = outside.parent / "home"
    (home / "sub").mkdir()
    for link, target in (("link", outside), ("sub/link", outside), ("gone", outside / "gone")):
        (home / link).symlink_to(target)
    with pytest.raises(DataError, match=r"leads out of .* Put a folder in its place"):
        write_atomically(home / path, b"", within=home)
    assert not list(outside.iterdir())


def test_a_folder_may_be_a_link_itself(outside: Path) -> None:
    home = outside.parent / "home"
    linked = outside.parent / "linked"
    linked.symlink_to(home)
    write_atomically(linked / "a" / "file", b"1", within=linked)
    write_atomically(linked / "file", b"2")
    assert (home / "a" / "file").read_bytes() + (home / "file").read_bytes() == b"12"


def test_a_link_that_is_put_in_the_way_at_the_last_moment_is_not_followed(tmp_path: Path, monkeypatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    def swapped(folder: Path, *, within: Path) -> None:
        within.mkdir()
        folder.symlink_to(outside)

    monkeypatch.setattr(files, "make_folder", swapped)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        write_atomically(tmp_path / "home" / "a" / "file", b"", within=tmp_path / "home")
    assert not list(outside.iterdir())


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    count: int = 0
    share: float | None = None
    found: bool = False
    label: Label = Label.OK
    time: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise DataError(f"A count is 0 or more, got {self.count}.")

    @property
    def twice(self) -> int:
        return 2 * self.count


COLUMNS = ("name", "twice", "count", "share", "found", "label", "time")
HEADER = ",".join(COLUMNS) + "\n"
REST = ",0,0.5,1,ok,2026-01-31T12:00:00Z\n"


def read(file: Path) -> list[Row]:
    return read_records(file, Row, what="rows", remedy="write them anew", columns=COLUMNS)


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [Row(name='a, "b"\r\nc', count=3, share=0.123457, found=True), Row(name="×", label=Label.DEFECTIVE)]
    write_records(tmp_path / "rows.csv", Row, rows, columns=COLUMNS, digits=6)
    assert (tmp_path / "rows.csv").read_bytes().decode() == (
        HEADER + '"a, ""b""\r\nc",6,3,0.123457,1,ok,2026-01-31T12:00:00Z\n×,0,0,,0,defective,2026-01-31T12:00:00Z\n'
    )
    assert read(tmp_path / "rows.csv") == rows
    write_records(tmp_path / "none.csv", Row, [])
    assert (tmp_path / "none.csv").read_text() == "name,count,share,found,label,time\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 0: expected the columns name,twice,"),
        ("name;twice\n", "line 1: expected the columns name,twice,.* got 'name;twice'"),
        (HEADER + "a,0" + REST + "\n", "line 3: expected 7 cells, got 0"),
        (HEADER + "a,0,0" + REST, "line 2: expected 7 cells, got 8"),
        (HEADER + "a,1" + REST, "line 2: twice is '1', which contradicts"),
        (HEADER + "a,0" + REST.replace("0.5", "half"), "line 2: could not convert .* 'half'"),
        (HEADER + "a,0" + REST.replace("1,ok", "yes,ok"), "line 2: expected 0 or 1, got 'yes'"),
        (HEADER + "a,0" + REST.replace("ok", "fine"), "line 2: 'fine' is not a valid Label"),
        (HEADER + "a,-2" + REST.replace("0", "-1", 1), "line 2: A count is 0 or more, got -1"),
        (HEADER + "a,0" + REST.removesuffix("\n"), "line 2: the file ends within this line"),
        (HEADER + '"a,0' + REST, "line 2: unexpected end of data"),
    ],
)
def test_a_table_of_another_form_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "rows.csv"
    with pytest.raises(DataError, match="No such file"):
        read(file)
    file.write_text(text)
    with pytest.raises(DataError, match=rf"rows\.csv cannot be read as rows \({why}.*; write them anew"):
        read(file)


def test_cells_that_look_like_formulas_are_neutralised():
    assert neutral("=1+1") == "'=1+1"
    assert neutral("part.png") == "part.png"
    assert neutral(-0.5) == -0.5
