"""The files of an index: what is damaged, or not of one index, is none."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from casting_core.exploration import cache
from casting_core.exploration.index import build_index
from casting_core.exploration.index_file import read_index
from tests.exploration.handmade import lay_out

PARTS = ("index.json", "pictures.csv", "arrays.npz", "thumbnails.bin")
pytestmark = pytest.mark.usefixtures("quick", "own_cache")


@pytest.fixture
def folder(small: Callable[..., Path]) -> Path:
    """The folder of a whole index: two classes with two castings each, and a file that is none."""
    return cache.place(build_index(lay_out(small(), {"ok/broken.png": b"no picture"})).key)


@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_index_is_none(folder: Path, part: str) -> None:
    content = (folder / part).read_bytes()
    end = content.rindex(b",") if part == "pictures.csv" else -1  # a cell less, or a byte
    damaged = [b"", content[:10], content[: len(content) // 2], content[:end]]
    if part != "thumbnails.bin":  # what the bytes of a picture should be is not known
        damaged.append(bytes(255 - byte for byte in content))
    for each in damaged:
        (folder / part).write_bytes(each)
        assert read_index(folder) is None
    (folder / part).unlink()
    assert read_index(folder) is None
    (folder / part).mkdir()
    assert read_index(folder) is None


def test_no_index_is_none(own_cache: Path) -> None:
    assert read_index(own_cache) is None
    own_cache.mkdir()
    assert read_index(own_cache) is None


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("index.json", b'"format": 1', b'"format": 0'),
        ("index.json", b'"grouping"', b'"gruoping"'),
        ("index.json", b'"unreadable": [[', b'"unreadable": [7, ['),
        ("pictures.csv", b"path,name", b"name,path"),
        ("pictures.csv", b"\r\nbad/b.png,", b"\r\n"),
        ("pictures.csv", b",80,", b",wide,"),
        ("arrays.npz", b"features.npy", b"futures_.npy"),
    ],
    ids=["another form", "a name", "a pair", "columns", "a cell less", "a number", "an array"],
)
def test_an_index_of_another_form_is_none(folder: Path, part: str, old: bytes, new: bytes) -> None:
    content = (folder / part).read_bytes()
    assert old in content
    (folder / part).write_bytes(content.replace(old, new))
    assert read_index(folder) is None


def test_parts_of_different_indexes_are_none(folder: Path, small: Callable[..., Path], tmp_path: Path) -> None:
    larger = lay_out(small("other", 30), {"ok/c.png": (small("more", 40) / "ok/a.png").read_bytes()})
    other = cache.place(build_index(larger).key)
    for part in ("pictures.csv", "arrays.npz", "thumbnails.bin"):
        mixed = shutil.copytree(folder, tmp_path / part)
        shutil.copy(other / part, mixed / part)
        assert read_index(mixed) is None


def test_bytes_that_are_flipped_raise_nothing(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for part in PARTS[:3]:
        content = (folder / part).read_bytes()
        ends = [*range(200), *range(len(content) - 700, len(content))]  # where a file says what it is
        for place in rng.choice(ends, 80):
            changed = bytearray(content)
            changed[place % len(content)] ^= int(rng.integers(1, 256))
            (folder / part).write_bytes(changed)
            found = read_index(folder)
            assert found is None or len(found) == 4
        (folder / part).write_bytes(content)
    assert read_index(folder) is not None
