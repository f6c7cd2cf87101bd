"""The download, its layouts and its check, with a stand-in for Kaggle."""

import errno
import hashlib
import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data import download
from casting_core.data.download import HANDLE, check, fetch, find_root
from casting_core.data.samples import FOLDERS, Sample
from casting_core.errors import DataError
from casting_core.labels import Label

SIZES = {
    ("train", Label.DEFECTIVE): 3,
    ("train", Label.OK): 2,
    ("test", Label.DEFECTIVE): 2,
    ("test", Label.OK): 1,
}


def noise(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 24), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG")
    return stream.getvalue()


def make_set(root: Path) -> list[Sample]:
    """A small data set of noise in the layout of the public one, and its table."""
    table = []
    for (split, label), count in SIZES.items():
        folder = root / split / FOLDERS[label]
        folder.mkdir(parents=True)
        for number in range(count):
            data = noise(len(table))
            (folder / f"cast_{number}.jpeg").write_bytes(data)
            path = f"{split}/{FOLDERS[label]}/cast_{number}.jpeg"
            digest = hashlib.sha256(data).hexdigest()
            table.append(Sample(path=path, sha256=digest, split=split, label=label))
    return table


class Kaggle:
    """Stands in for `kagglehub.dataset_download`: counts its calls, gives a folder."""

    def __init__(self, folder: Path, *parts: str) -> None:
        self.folder = folder
        self.table = make_set(folder.joinpath(*parts))
        self.asked: list[str] = []

    def __call__(self, handle: str) -> str:
        self.asked.append(handle)
        return str(self.folder)


@pytest.fixture
def kaggle(tmp_path):
    return Kaggle(tmp_path / "cache", "casting_data", "casting_data")


@pytest.mark.parametrize("parts", [(), ("casting_data",), ("casting_data", "casting_data")])
def test_find_root_knows_both_layouts_and_their_parents(tmp_path, parts):
    make_set(tmp_path.joinpath(*parts))
    assert find_root(tmp_path) == tmp_path.joinpath(*parts)


def test_find_root_says_what_to_do(tmp_path):
    make_set(tmp_path)
    shutil.rmtree(tmp_path / "test" / "ok_front")
    with pytest.raises(DataError, match=r"casting_core data fetch.*CASTING_DATA"):
        find_root(tmp_path)
    with pytest.raises(DataError, match="not there"):
        find_root(tmp_path / "nowhere")


def test_check_of_a_whole_set(tmp_path):
    table = make_set(tmp_path)
    (tmp_path / "train" / "ok_front" / ".DS_Store").write_bytes(b"x")
    report = check(tmp_path, expected=table)
    assert report.ok
    assert report.counts == SIZES == report.expected
    assert report.lines()[0] == "train, defective: 3 pictures (3 expected)"
    assert report.lines()[-1] == "The data set is whole."


def test_without_a_table_the_shipped_one_is_held(tmp_path):
    make_set(tmp_path)
    report = check(tmp_path)
    assert not report.ok
    assert len(report.missing) == sum(report.expected.values()) == 7348
    assert len(report.unknown) == 8


def test_check_names_every_difference(tmp_path):
    table = make_set(tmp_path)
    (tmp_path / "train/def_front/cast_0.jpeg").unlink()
    (tmp_path / "train/def_front/cast_1.jpeg").write_bytes(noise(99))
    (tmp_path / "train/ok_front/cast_0.jpeg").write_bytes(b"no picture")
    (tmp_path / "test/ok_front/new.jpeg").write_bytes(noise(98))
    said: list[str] = []
    report = check(tmp_path, expected=table, progress=said.append)
    assert not report.ok
    assert report.missing == ["train/def_front/cast_0.jpeg"]
    assert report.altered == ["train/def_front/cast_1.jpeg"]
    assert report.unreadable == ["train/ok_front/cast_0.jpeg"]
    assert report.unknown == ["test/ok_front/new.jpeg"]
    assert report.counts["train", Label.DEFECTIVE] == 2
    assert report.counts["test", Label.OK] == 2
    assert "missing: 1 (train/def_front/cast_0.jpeg)" in report.lines()
    assert report.lines()[-1] == "The data set is not as it was published."
    assert said == ["Checked 8 of 8 pictures."]


def test_lines_name_a_few_and_count_the_rest(tmp_path):
    table = make_set(tmp_path)
    for sample in table[:3]:
        (tmp_path / sample.path).unlink()
    lines = check(tmp_path, expected=table).lines(names=2)
    assert "missing: 3 (train/def_front/cast_0.jpeg, train/def_front/cast_1.jpeg and 1 more)" in lines


def test_fetch_puts_the_checked_set_into_place(tmp_path, kaggle):
    (kaggle.folder / "casting_512x512").mkdir()
    destination = tmp_path / "new" / "data"
    said: list[str] = []
    assert fetch(destination, download=kaggle, expected=kaggle.table, progress=said.append) == destination
    assert kaggle.asked == [HANDLE]
    assert sorted(p.name for p in destination.iterdir()) == ["test", "train"]
    assert check(destination, expected=kaggle.table).ok
    assert [p.name for p in destination.parent.iterdir()] == ["data"]  # no staging folder stays
    assert find_root(kaggle.folder)  # kagglehub's own copy is left alone
    assert any("Downloading" in line for line in said)


def test_fetch_accepts_an_empty_destination(tmp_path, kaggle):
    destination = tmp_path / "data"
    destination.mkdir()
    assert fetch(destination, download=kaggle, expected=kaggle.table) == destination
    assert check(destination, expected=kaggle.table).ok


def test_fetch_again_downloads_nothing(tmp_path, kaggle):
    destination = tmp_path / "data"
    fetch(destination, download=kaggle, expected=kaggle.table)
    assert fetch(destination, download=kaggle, expected=kaggle.table) == destination
    assert len(kaggle.asked) == 1


def test_fetch_finds_the_set_below_an_existing_destination(tmp_path, kaggle):
    table = make_set(tmp_path / "data" / "casting_data")
    assert fetch(tmp_path / "data", download=kaggle, expected=table) == tmp_path / "data" / "casting_data"
    assert kaggle.asked == []


@pytest.mark.parametrize("kind", ["file", "other", "altered"])
def test_fetch_leaves_an_occupied_destination_alone(tmp_path, kaggle, kind):
    destination = tmp_path / "data"
    if kind == "file":
        destination.write_bytes(b"mine")
    elif kind == "other":
        destination.mkdir()
        (destination / "notes.txt").write_bytes(b"mine")
    else:
        make_set(destination)
        (destination / "train/def_front/cast_0.jpeg").write_bytes(noise(99))
    before = {p: p.read_bytes() for p in [destination, *destination.rglob("*")] if p.is_file()}
    with pytest.raises(DataError, match=r"[Mm]ove it away"):
        fetch(destination, download=kaggle, expected=kaggle.table)
    assert {p: p.read_bytes() for p in [destination, *destination.rglob("*")] if p.is_file()} == before
    assert kaggle.asked == []


def test_fetch_refuses_a_download_that_differs(tmp_path, kaggle):
    destination = tmp_path / "data"
    (kaggle.folder / "casting_data/casting_data/train/def_front/cast_0.jpeg").write_bytes(noise(99))
    with pytest.raises(DataError, match=r"altered: 1 \(train/def_front/cast_0.jpeg\)"):
        fetch(destination, download=kaggle, expected=kaggle.table)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache"]


@pytest.mark.parametrize("error", [ConnectionError("no route to host"), RuntimeError("HTTP 403")])
def test_no_internet_is_explained(tmp_path, error):
    def offline(handle: str) -> str:
        raise error

    with pytest.raises(DataError, match=r"kaggle\.com/datasets") as caught:
        fetch(tmp_path / "data", download=offline)
    assert str(error) in str(caught.value)
    assert caught.value.__cause__ is error
    assert list(tmp_path.iterdir()) == []


def test_missing_package_is_explained(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kagglehub", None)  # makes the import fail
    with pytest.raises(DataError, match="pip install kagglehub"):
        fetch(tmp_path / "data")


def test_a_download_of_another_layout_is_refused(tmp_path):
    with pytest.raises(DataError, match="Expected the folders train and test"):
        fetch(tmp_path / "data", download=lambda handle: str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_disk_filling_up_leaves_nothing_half_written(tmp_path, kaggle, monkeypatch):
    copy, copied = shutil.copyfile, []

    def copyfile(source, target):
        if len(copied) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        copied.append(copy(source, target))

    monkeypatch.setattr(download.shutil, "copyfile", copyfile)
    with pytest.raises(DataError, match="No space left"):
        fetch(tmp_path / "data", download=kaggle, expected=kaggle.table)
    assert len(copied) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache"]


def test_too_little_space_is_seen_before_copying(tmp_path, kaggle, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match="are free"):
        fetch(tmp_path / "data", download=kaggle, expected=kaggle.table)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache"]
