"""What is left out of training, by a table of marks or by a list, and what is told of the rest."""

import hashlib
from pathlib import Path

import pytest

from casting_core.data.collection.exclusion import read_exclusion
from casting_core.data.collection.marks import MARKS, Mark, Marks, set_mark, set_marks, to_csv, write_marks
from casting_core.data.samples import Sample
from casting_core.errors import DataError
from casting_core.labels import Label

NAMES = ("ok/1.png", "ok/2.png", "ok/3.png", "-ok/4.png")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Four files, whose contents are their names."""
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return [Sample(path=name, split="train", label=Label.OK, sha256=sha256(name.encode())) for name in NAMES]


def test_wrong_labels_and_unusable_pictures_are_left_out(tmp_path: Path, samples: list[Sample]) -> None:
    said = zip(NAMES, (Mark.WRONG_LABEL, Mark.UNUSABLE, Mark.FINE), strict=False)
    marks = Marks()
    for name, mark in said:
        marks = set_mark(marks, name, sha256(name.encode()), mark)
    write_marks(tmp_path / MARKS, marks)
    found = read_exclusion(tmp_path / MARKS, tmp_path, samples)
    assert found.paths == {"ok/1.png", "ok/2.png"}
    assert found.notes == (
        "To be left out of training, by marks.csv: 2 pictures (1 marked as a wrong label, 1 marked as unusable).",
    )


def test_a_picture_that_has_changed_since_is_not_left_out(tmp_path: Path, samples: list[Sample]) -> None:
    hashes = {sample.path: sample.sha256 for sample in samples}
    write_marks(tmp_path / MARKS, set_marks(Marks(), hashes, Mark.UNUSABLE))
    (tmp_path / "ok/2.png").write_bytes(b"another picture")
    (tmp_path / "ok/3.png").unlink()  # training itself tells what is missing
    found = read_exclusion(tmp_path / MARKS, tmp_path, samples)
    assert found.paths == {"ok/1.png", "ok/3.png", "-ok/4.png"}
    assert "has changed since it was marked: 1 picture (ok/2.png)" in found.notes[1]


def test_marks_on_pictures_that_are_not_there_are_told(tmp_path: Path, samples: list[Sample]) -> None:
    marks = set_marks(Marks(), {f"gone/{n}.png": "0" * 64 for n in range(7)}, Mark.UNUSABLE)
    marks = set_mark(marks, "gone/fine.png", "0" * 64, Mark.FINE)
    (tmp_path / "mine.csv").write_text(to_csv(marks))
    found = read_exclusion(tmp_path / "mine.csv", tmp_path, samples)
    assert not found.paths
    expected = "7 pictures (gone/0.png, gone/1.png, gone/2.png, gone/3.png, gone/4.png and 2 more)"
    assert f"Named in mine.csv, but not in the data set: {expected}" in found.notes[1]


def test_an_export_for_spreadsheets_is_understood(tmp_path: Path, samples: list[Sample]) -> None:
    """There a name that looks like a formula has an apostrophe before it."""
    text = to_csv(set_mark(Marks(), "-ok/4.png", samples[3].sha256, Mark.UNUSABLE))
    export = tmp_path / "export.csv"
    export.write_bytes(text.replace("-ok", "'-ok").replace("\n", "\r\n").encode("utf-8-sig"))
    found = read_exclusion(export, tmp_path, samples)
    assert found.paths == {"-ok/4.png"}
    assert len(found.notes) == 1


def test_a_plain_list(tmp_path: Path, samples: list[Sample]) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbfok/1.png\r\n\r\n  ok/3.png\r\nok\\2.png\r\nok/1.png")
    found = read_exclusion(file, tmp_path, samples)
    assert found.paths == {"ok/1.png", "ok/3.png"}
    assert found.notes[0] == "To be left out of training, by list.txt: 2 pictures."
    assert r"not in the data set: 1 picture (ok\2.png)" in found.notes[1]
    file.write_text("")
    assert read_exclusion(file, tmp_path, samples).paths == frozenset()


def test_what_cannot_be_read_is_refused(tmp_path: Path, samples: list[Sample]) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_exclusion(tmp_path / "nothing.txt", tmp_path, samples)
    (tmp_path / "latin.txt").write_bytes(b"ok/\xe4.png")
    with pytest.raises(DataError, match="cannot be read"):
        read_exclusion(tmp_path / "latin.txt", tmp_path, samples)
    for header in ("path;sha256;mark;time", "path,sha256,split,label,source,fold,suspect"):
        (tmp_path / "other.csv").write_text(f"{header}\n")
        with pytest.raises(DataError, match="not a table of marks"):
            read_exclusion(tmp_path / "other.csv", tmp_path, samples)
