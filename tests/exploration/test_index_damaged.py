"""Indexes that are damaged, in the way, or made twice at once; caches that cannot be written, and who is thrown out."""

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casting_core.errors import Cancelled, DataError
from casting_core.exploration import cache, index_file
from casting_core.exploration import index as module
from casting_core.exploration.index import build_index, find_key
from casting_core.exploration.index_file import read_index
from tests.exploration.handmade import find_index, lay_out, same

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

    monkeypatch.setattr(index_file, "write_atomically", full)
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
