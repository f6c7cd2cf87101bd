"""Indexes that are damaged, in the way, or made twice at once; caches that cannot be written, and who is thrown out."""

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from casting_core.errors import Cancelled, DataError
from casting_core.exploration import cache
from casting_core.exploration import index as module
from casting_core.exploration.index import build_index, find_index, find_key, read_index
from tests.exploration.handmade import lay_out, same

PARTS = ("index.json", "pictures.csv", "arrays.npz", "thumbnails.bin")
pytestmark = pytest.mark.usefixtures("quick", "own_cache")


@pytest.fixture
def root(small: Callable[..., Path]) -> Path:
    """Two classes with two castings each, and a file that is none."""
    return lay_out(small(), {"ok/broken.png": b"no picture"})


@pytest.fixture
def folder(root: Path) -> Path:
    """The folder of a whole index."""
    return cache.place(build_index(root).key)


def kept(own_cache: Path) -> set[str]:
    return {each.name for each in (own_cache / "indexes").iterdir()}


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


@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_index_is_made_anew(root: Path, own_cache: Path, part: str) -> None:
    first = build_index(root)
    file = cache.place(first.key) / part
    content = file.read_bytes()
    file.unlink()  # the bytes that the first one still looks at
    file.write_bytes(content[: len(content) // 2])
    assert find_index(root) == (None, False)
    again = build_index(root)
    assert again.key == first.key
    assert same(again, first)
    assert find_index(root)[1]
    assert kept(own_cache) == {first.key}


def test_a_cache_that_cannot_be_written_says_what_to_do(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    said: list[tuple[str, int, int]] = []
    with pytest.raises(DataError, match=r"cannot be written to .*file/cache.*set CASTING_CACHE to a folder"):
        build_index(root, lambda *at: said.append(at))
    assert [what for what, *_ in said] == ["Looking for an index of these pictures"] * 2  # before pictures are read
    assert find_index(root) == (None, False)


def test_a_full_disk_leaves_nothing_behind(root: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def full(file: Path, content: bytes) -> None:
        if file.name == "thumbnails.bin":
            raise OSError(28, "No space left on device")
        file.write_bytes(content)

    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(DataError, match=r"No space left.*Free some space"):
        build_index(root)
    assert kept(own_cache) == set()


def test_who_stops_it_leaves_nothing_behind(root: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def stop(what: str, done: int, total: int) -> None:
        if what == "Drawing the map":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        build_index(root, stop)
    assert kept(own_cache) == set()
    assert find_index(root) == (None, False)


def test_two_at_once_both_succeed(root: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)
    make = module._make

    def together(*arguments) -> None:
        make(*arguments)
        both.wait()  # both have made one before either puts it in its place

    monkeypatch.setattr(module, "_make", together)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(build_index, [root, root])
    assert one.key == other.key
    assert same(one, other)
    assert kept(own_cache) == {one.key}
    assert find_key(root) == (one.key, True)


def test_only_the_last_used_indexes_stay(
    folder: Path, small: Callable[..., Path], own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    shutil.copytree(folder, cache.place("other"))
    for number, name in enumerate((folder.name, "other")):
        os.utime(cache.place(name), (number, number))
    assert read_index(folder) is not None  # which is using it
    made = build_index(small("new", 30))
    assert kept(own_cache) == {folder.name, made.key}
    assert read_index(folder) is not None
