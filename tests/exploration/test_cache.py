"""What an index is found by: the stamp of a folder, the key of its contents, and the few that are kept."""

import os
import shutil
import time
from pathlib import Path

import pytest

from casting_core.exploration import cache
from tests.exploration.handmade import found, lay_out

FILES = {"a/1.png": b"one", "a/2.png": b"two", "b/1.png": b"three"}
LISTED = found(*FILES)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "set", FILES)


def test_where_things_are_kept(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.cache_folder() == own_cache
    assert cache.place("abc") == own_cache / "indexes" / "abc"
    for value in ("", None):
        if value is None:
            monkeypatch.delenv(cache.VARIABLE)
        else:
            monkeypatch.setenv(cache.VARIABLE, value)
        assert cache.cache_folder().is_absolute()
        assert cache.cache_folder().name == "casting-inspector"


def test_a_stamp_lasts_until_a_file_is_touched_written_renamed_or_gone(root: Path) -> None:
    stamp = cache.stamp(root, LISTED)
    assert len(stamp) == 64
    assert cache.stamp(root, LISTED) == stamp
    seen = {stamp}
    status = (root / "a/1.png").stat()
    os.utime(root / "a/1.png", ns=(status.st_atime_ns, status.st_mtime_ns + 1))  # a nanosecond is enough
    seen.add(cache.stamp(root, LISTED))
    os.utime(root / "a/1.png", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert cache.stamp(root, LISTED) == stamp
    (root / "a/1.png").write_bytes(b"more")
    os.utime(root / "a/1.png", ns=(status.st_atime_ns, status.st_mtime_ns))  # as if nothing had been
    seen.add(cache.stamp(root, LISTED))
    seen.add(cache.stamp(root, LISTED[:2]))
    (root / "a/1.png").unlink()
    seen.add(cache.stamp(root, LISTED))
    assert len(seen) == 5


def test_a_key_is_of_paths_contents_and_version_alone(root: Path, tmp_path: Path) -> None:
    key = cache.content_key(root, LISTED, "1")
    assert len(key) == 32
    assert key.isalnum()
    os.utime(root / "a/1.png", (0, 0))
    assert cache.content_key(root, LISTED, "1") == key
    copied = shutil.copytree(root, tmp_path / "elsewhere")
    assert cache.content_key(copied, LISTED, "1") == key
    seen = {key, cache.content_key(root, LISTED, "2"), cache.content_key(root, LISTED[:2], "1")}
    (copied / "a/1.png").write_bytes(b"eno")
    seen.add(cache.content_key(copied, LISTED, "1"))
    (root / "a/1.png").rename(root / "a/0.png")
    seen.add(cache.content_key(root, found("a/0.png", *list(FILES)[1:]), "1"))
    assert len(seen) == 5


def test_a_boundary_between_a_name_and_a_content_counts(tmp_path: Path) -> None:
    lay_out(tmp_path / "x", {"a/1": b"\0" * 32})
    lay_out(tmp_path / "y", {"a/1": b"", "a/2": b""})
    assert cache.content_key(tmp_path / "x", found("a/1"), "1") != cache.content_key(tmp_path / "y", found("a/1"), "1")


def test_what_cannot_be_read_or_is_no_file_is_passed_over(root: Path) -> None:
    (root / "a/2.png").unlink()
    gone = cache.content_key(root, LISTED, "1")
    os.mkfifo(root / "a/2.png")  # reading it would wait without end
    assert cache.content_key(root, LISTED, "1") == gone
    assert cache.stamp(root, LISTED)
    (root / "a/2.png").unlink()
    (root / "a/2.png").mkdir()
    assert cache.content_key(root, LISTED, "1") == gone


def test_names_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a/\udc80.png": b"1"})
    files = found("a/\udc80.png")
    assert len(cache.stamp(tmp_path, files)) == 64
    assert len(cache.content_key(tmp_path, files, "1")) == 32
    cache.remember(tmp_path / "\udc81", stamp="s", version="v", key="k")
    assert cache.remembered(tmp_path / "\udc81")["key"] == "k"


def test_what_is_noted_of_a_folder_is_remembered(root: Path, tmp_path: Path) -> None:
    assert cache.remembered(root) == {}
    cache.remember(root, stamp="s", version="v", key="k")
    assert cache.remembered(root) == {"stamp": "s", "version": "v", "key": "k"}
    assert cache.remembered(root / "a") == {}
    (tmp_path / "link").symlink_to(root)
    assert cache.remembered(tmp_path / "link")["key"] == "k"  # the same folder by another name
    cache.remember(root, stamp="t", version="v", key="k")
    assert cache.remembered(root)["stamp"] == "t"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b'{"key": 3}', b'{"key": null}', b"\xff\xfe"])
def test_a_damaged_note_counts_as_none(root: Path, own_cache: Path, content: bytes) -> None:
    cache.remember(root, stamp="s", version="v", key="k")
    (note,) = (own_cache / "folders").iterdir()
    note.write_bytes(content)
    assert cache.remembered(root) == {}


def made(own_cache: Path, text: str) -> Path:
    folder = own_cache / "indexes" / f".making-{text}"
    folder.mkdir(parents=True)
    (folder / "text").write_text(text)
    return folder


def whole(folder: Path) -> bool:
    return (folder / "text").is_file()


def kept(own_cache: Path) -> dict[str, str]:
    return {each.name: (each / "text").read_text() for each in (own_cache / "indexes").iterdir()}


def test_an_index_is_moved_into_its_place(own_cache: Path) -> None:
    cache.put(made(own_cache, "mine"), "k", whole)
    assert kept(own_cache) == {"k": "mine"}


def test_one_that_is_there_stays_and_a_damaged_one_does_not(own_cache: Path) -> None:
    cache.put(made(own_cache, "theirs"), "k", whole)
    later = made(own_cache, "mine")
    cache.put(later, "k", whole)
    assert cache.place("k").joinpath("text").read_text() == "theirs"
    shutil.rmtree(later)  # as whoever made it does
    (cache.place("k") / "text").rename(cache.place("k") / "other")
    cache.put(made(own_cache, "again"), "k", whole)
    assert kept(own_cache) == {"k": "again"}
    shutil.rmtree(cache.place("k"))
    cache.place("k").mkdir()  # an empty folder is in nobody's way
    cache.put(made(own_cache, "once more"), "k", whole)
    assert kept(own_cache) == {"k": "once more"}


def test_a_file_in_its_place_is_an_error(own_cache: Path) -> None:
    mine = made(own_cache, "mine")
    cache.place("k").write_text("no folder")
    with pytest.raises(OSError, match="k"):
        cache.put(mine, "k", whole)


def test_only_the_last_used_ones_are_kept(own_cache: Path) -> None:
    now = time.time()
    for number in range(cache.KEPT + 3):
        cache.put(made(own_cache, str(number)), str(number), whole)
        ages = {str(each): now - 1000 + each for each in range(number + 1)}
        for name, used in ages.items():
            if cache.place(name).is_dir():
                os.utime(cache.place(name), (used, used))
    assert sorted(map(int, kept(own_cache))) == list(range(3, cache.KEPT + 3))
    cache.used(cache.place("3"))  # the oldest is looked at
    cache.put(made(own_cache, "new"), "new", whole)
    assert set(kept(own_cache)) == {"3", "new", *map(str, range(5, cache.KEPT + 3))}


def test_one_that_is_being_made_is_left_alone_until_it_must_have_died(own_cache: Path) -> None:
    making, left = made(own_cache, "making"), made(own_cache, "left")
    old = time.time() - 2 * cache.LEFT
    os.utime(left, (old, old))
    for number in range(cache.KEPT):
        cache.put(made(own_cache, str(number)), str(number), whole)
    assert set(kept(own_cache)) == {making.name, *map(str, range(cache.KEPT))}


def test_using_what_is_not_there_does_no_harm(own_cache: Path) -> None:
    cache.used(cache.place("none"))
    assert not own_cache.exists()
