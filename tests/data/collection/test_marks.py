"""Marks: what is kept of a person's word on a picture, for whom it holds, and that nobody's is lost."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.collection import marks as module
from casting_core.data.collection.collection import is_public, read_collection
from casting_core.data.collection.folders import find_files
from casting_core.data.collection.marks import (
    MARKS,
    Entry,
    Mark,
    Marks,
    read_marks,
    resolve_marks,
    set_mark,
    set_marks,
    to_csv,
    write_marks,
)
from casting_core.data.download import check
from casting_core.data.samples import FOLDERS, SPLITS, read_provenance
from casting_core.data.synthetic.dataset import render_set
from casting_core.data.synthetic.flange_dataset import flange
from casting_core.errors import DataError

A, B = "a" * 64, "b" * 64
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones())
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
TABLE = f"""path,sha256,mark,time
ok/1.png,{A},fine,2026-01-31T12:00:00Z
"ok/one, two.png",{B},wrong_label,2026-01-31T12:00:00Z
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / MARKS


def marked(*pictures: str, mark: Mark = Mark.UNUSABLE) -> Marks:
    return set_marks(Marks(), dict.fromkeys(pictures, A), mark, time=NOON)


def test_a_table_is_as_it_was_written(file: Path) -> None:
    marks = set_mark(Marks(), "ok/one, two.png", B, Mark.WRONG_LABEL, time=NOON)
    marks = set_mark(marks, "ok/1.png", A, Mark.FINE, time=NOON)
    assert write_marks(file, marks) == marks
    assert file.read_text() == TABLE == to_csv(marks)
    read = read_marks(file)
    assert read == marks
    assert read["ok/1.png"] == Entry(path="ok/1.png", sha256=A, mark=Mark.FINE, time=NOON)
    assert not read.changed


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda name: name.splitlines() == [name]).map(lambda name: f"ok/{name}.png"),
        st.tuples(st.sampled_from(Mark), TIMES),
        max_size=5,
    )
)
def test_any_names_and_times_come_back(tmp_path_factory: pytest.TempPathFactory, said: dict) -> None:
    file = tmp_path_factory.mktemp("data") / MARKS
    marks = Marks()
    for path, (mark, time) in said.items():
        if ".." not in path.split("/"):
            marks = set_mark(marks, path, A, mark, time=time)
    write_marks(file, marks)
    assert read_marks(file) == marks


def test_there_may_be_no_table(file: Path) -> None:
    assert read_marks(file) == Marks()
    assert write_marks(file, Marks()) == Marks()
    assert not list(file.parent.iterdir())


def test_setting_a_mark_changes_nothing_that_was_there() -> None:
    before = marked("ok/1.png")
    after = set_mark(before, "ok/1.png", B, Mark.FINE, time=NOON)
    assert before["ok/1.png"].mark is Mark.UNUSABLE
    assert (after["ok/1.png"].mark, after["ok/1.png"].sha256) == (Mark.FINE, B)
    taken = set_mark(after, "ok/1.png", B, None)
    assert (len(taken), len(after)) == (0, 1)
    assert taken.changed == {"ok/1.png"}
    assert list(marked("b", "a", "c")) == ["a", "b", "c"]
    assert pickle.loads(pickle.dumps(after)) == after


def test_a_time_is_kept_in_utc_to_the_second() -> None:
    berlin = datetime(2026, 1, 31, 13, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert set_mark(Marks(), "a", A, Mark.FINE, time=berlin)["a"].time == NOON
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= set_mark(Marks(), "a", A, Mark.FINE)["a"].time <= datetime.now(UTC)


@pytest.mark.parametrize("path", ["", ".", "/etc/a.png", "../a.png", "ok/../../a.png"])
def test_paths_lie_below_the_data_folder(path: str) -> None:
    with pytest.raises(DataError, match="below the data folder"):
        set_mark(Marks(), path, A, Mark.FINE)


@pytest.mark.parametrize("path", ["ok/a\n.png", "ok/a\r.png", "a\u2028b.png", "ok/a.png\n"])
def test_names_with_line_breaks_are_refused(path: str) -> None:
    with pytest.raises(DataError, match="Rename the picture"):
        set_mark(Marks(), path, A, Mark.FINE)


def test_hash_and_time_are_checked() -> None:
    with pytest.raises(DataError, match="SHA-256 of a"):
        set_mark(Marks(), "a", "A" * 64, Mark.FINE)
    with pytest.raises(DataError, match="with its zone"):
        set_mark(Marks(), "a", A, Mark.FINE, time=datetime(2026, 1, 31))


def test_a_mark_holds_for_the_content_that_was_looked_at() -> None:
    found = resolve_marks(marked("changed", "gone", "same"), {"same": A, "changed": B, "new": A})
    assert dict(found.hold) == {"same": Mark.UNUSABLE}
    assert (found.stale, found.unknown) == (("changed",), ("gone",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1: expected the columns .* got ''"),
        ("path;sha256;mark;time\n", "got 'path;sha256"),
        ("path,sha256,mark,time,comment\n", "comment"),
        (TABLE.replace("fine", "great"), "line 2: 'great' is not a valid Mark"),
        (TABLE.replace(A, "0"), "line 2: Expected the SHA-256"),
        (TABLE.replace("ok/1.png", "/ok/1.png"), "line 2: Expected a picture's path"),
        (TABLE.replace("2026-01-31T12:00:00Z", "31.01.2026", 1), "line 2: Invalid isoformat"),
        (TABLE.replace("12:00:00Z", "12:00:00", 1), "line 2: Expected a time with its zone"),
        (TABLE + f"ok/2.png,{A},fine\n", "line 4: expected 4 cells, got 3"),
        (TABLE[:-20], "unexpected end|line 3"),
        ('path,sha256,mark,time\n"ok/1.png', "unexpected end"),
    ],
)
def test_another_form_is_refused_and_not_written_over(file: Path, text: str, why: str) -> None:
    file.write_text(text)
    with pytest.raises(DataError, match=why) as refused:
        read_marks(file)
    for said in (str(file), "path,sha256,mark,time", "wrong_label, unusable, fine", "move it away"):
        assert said in str(refused.value)
    with pytest.raises(DataError, match=why):
        write_marks(file, marked("ok/2.png"))
    assert file.read_text() == text


def test_what_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"path,sha256,mark,time\n\xff")
    with pytest.raises(DataError, match="not a table of marks"):
        read_marks(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        read_marks(file)


def test_a_spreadsheet_may_have_saved_it(file: Path) -> None:
    """With the mark of Unicode before it, and lines that end as on Windows."""
    file.write_bytes(b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode())
    assert to_csv(read_marks(file)) == TABLE


def test_of_two_lines_on_one_picture_the_later_one_counts(file: Path) -> None:
    later = f"ok/1.png,{A},unusable,2026-01-31T12:00:01Z\n"
    earlier = f"ok/1.png,{A},wrong_label,2026-01-31T11:00:00Z\n"
    file.write_text(TABLE + later + earlier)
    assert read_marks(file)["ok/1.png"].mark is Mark.UNUSABLE


def test_two_people_mark_and_nothing_is_lost(file: Path) -> None:
    write_marks(file, marked("old", "shared"))
    one, other = read_marks(file), read_marks(file)
    one = set_mark(set_mark(one, "one", A, Mark.FINE, time=NOON), "shared", A, Mark.FINE, time=NOON)
    one = set_mark(one, "old", A, None)
    other = set_mark(other, "other", A, Mark.FINE, time=NOON)
    other = set_mark(other, "shared", A, Mark.WRONG_LABEL, time=NOON - timedelta(hours=1))
    write_marks(file, one)
    after = write_marks(file, other)  # it never saw "one", nor that "old" was taken away
    assert {path: entry.mark for path, entry in after.items()} == {
        "one": Mark.FINE,
        "other": Mark.FINE,
        "shared": Mark.WRONG_LABEL,  # written later, whatever the clocks say
    }
    assert read_marks(file) == after
    assert write_marks(file, after) == after  # nothing more to write


def test_many_writers_at_once(file: Path) -> None:
    def session(number: int) -> None:
        marks = read_marks(file)
        for picture in range(5):
            marks = write_marks(file, set_mark(marks, f"{number}/{picture}.png", A, Mark.FINE))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(session, range(8)))
    assert len(read_marks(file)) == 40
    assert sorted(p.name for p in file.parent.iterdir()) == [f".{MARKS}.lock", MARKS]


DIE = """
import sys, time
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_writer_that_died_locks_nobody_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = file.with_name(f".{MARKS}.lock")
    holder = subprocess.Popen([sys.executable, "-c", DIE, str(lock)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        monkeypatch.setattr(module, "PATIENCE", 0.2)
        with pytest.raises(DataError, match="Somebody else has been writing"):
            write_marks(file, marked("a"))
        assert not file.exists()
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
        if holder.stdout is not None:
            holder.stdout.close()
    assert lock.exists()
    assert len(write_marks(file, marked("a"))) == 1


def test_a_folder_that_cannot_be_written_to(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_marks(file, marked("a"))
    text = file.read_bytes()

    def refused(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomically", refused)
        with pytest.raises(DataError, match=r"cannot be kept in .*Read-only file system.*Export them.*--exclude"):
            write_marks(file, marked("b"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        with pytest.raises(DataError, match=r"write-protected.*Export"):
            write_marks(file, marked("b"))
    assert file.read_bytes() == text
    with pytest.raises(DataError, match="There is no folder"):
        write_marks(file.parent / "nowhere" / MARKS, marked("a"))
    assert not (file.parent / "nowhere").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(file: Path) -> None:
    file.parent.chmod(0o555)
    try:
        with pytest.raises(DataError, match="Export them"):
            write_marks(file, marked("a"))
    finally:
        file.parent.chmod(0o755)


def test_a_name_that_is_no_text(file: Path) -> None:
    with pytest.raises(DataError, match="Rename it"):
        write_marks(file, marked("ok/\udcff.png"))
    assert not file.exists()


@pytest.mark.parametrize("there", [True, False], ids=["live", "dangling"])
def test_no_mark_is_written_through_a_link(file: Path, there: bool) -> None:
    """Else the names of a stranger's classes could be written anywhere, as code that Python runs at its start."""
    target = file.parent / "code.pth"
    if there:
        target.write_text(TABLE)
    file.symlink_to(target)
    with pytest.raises(DataError, match=r"is a link.* Put the table itself in its place.* export"):
        write_marks(file, marked("import os;os.system('…')#/1.png"))
    assert target.exists() == there
    assert not there or target.read_text() == TABLE
    assert len(read_marks(file)) == 2 * there


def test_no_lock_is_made_through_a_link(file: Path) -> None:
    file.with_name(f".{MARKS}.lock").symlink_to(file.parent / "code.pth")
    with pytest.raises(DataError, match="cannot be kept"):
        write_marks(file, marked("a"))
    assert not file.exists()
    assert not (file.parent / "code.pth").exists()


def test_a_data_folder_may_be_a_link(file: Path) -> None:
    linked = file.parent / "linked"
    linked.symlink_to(file.parent, target_is_directory=True)
    write_marks(linked / MARKS, marked("a"))
    assert len(read_marks(file)) == 1


@pytest.fixture(scope="module")
def flanges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render_set(tmp_path_factory.mktemp("data") / "wrapped" / "flanges", 24, flange, size=64)


def test_marks_beside_the_data_disturb_no_reading(flanges: Path, tmp_path: Path) -> None:
    """Neither where the folder is named itself, nor where it is found in one that holds nothing else."""
    root = shutil.copytree(flanges.parent, tmp_path / "set")
    before = find_files(root), find_files(root / "flanges")
    collections = read_collection(root), read_collection(root / "flanges")
    marks = {s.path: s.sha256 for s in collections[0].samples}
    assert collections[0].root == root / "flanges"
    write_marks(collections[0].root / MARKS, set_marks(Marks(), marks, Mark.UNUSABLE))
    assert (find_files(root), find_files(root / "flanges")) == before
    assert (read_collection(root), read_collection(root / "flanges")) == collections


def test_the_public_set_with_marks_is_still_the_public_set(tmp_path: Path) -> None:
    """Empty files in the places of its pictures: only names are looked at, and what is found is told beside them."""
    for split in SPLITS:
        for folder in FOLDERS.values():
            (tmp_path / split / folder).mkdir(parents=True)
    for sample in read_provenance():
        (tmp_path / sample.path).touch()
    before = check(tmp_path)
    write_marks(tmp_path / MARKS, marked(read_provenance()[0].path))
    assert is_public(tmp_path)
    assert check(tmp_path) == before
    assert not before.unknown
