"""Where indexes and rendered sets are kept between runs, and how a folder is told to be the one that was indexed.

A folder is known by the names, sizes and times of its files, which is quick to ask, and an index by the contents of
the pictures, which is what counts: a folder that was moved, copied or touched finds its index again.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from casting_core.data.collection.folders import Found
from casting_core.data.files import write_atomically

VARIABLE = "CASTING_CACHE"
KEPT = 12  # indexes; the ones not used for longest go
LEFT = 86400  # s, after which a hidden folder is no index that is being made, but one left by a program that died


def cache_folder() -> Path:
    """`CASTING_CACHE`, else the place that the system gives programs for what can be made again."""
    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_path("casting-inspector"))


def stamp(root: Path, files: Sequence[Found]) -> str:
    """SHA-256 over path, size and time of every file: another one as soon as any of them changes.

    A file that has gone counts as one of size 0.
    """
    digest = hashlib.sha256()
    for found in files:
        try:
            status = os.stat(root / found.path)
            told = f"{found.path}\0{status.st_size}\0{status.st_mtime_ns}\n"
        except OSError:
            told = f"{found.path}\0-\n"
        digest.update(told.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def content_key(root: Path, files: Sequence[Found], version: str) -> str:
    """SHA-256 over path and content of every file, and `version`: of what an index is made with."""
    digest = hashlib.sha256(version.encode())
    for found in files:
        digest.update(found.path.encode("utf-8", "surrogatepass") + b"\0")
        try:
            if not (root / found.path).is_file():  # what is no file might be waited for without end
                raise FileNotFoundError
            with open(root / found.path, "rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            digest.update(type(error).__name__.encode())
    return digest.hexdigest()[:32]


def _note(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return cache_folder() / "folders" / f"{name}.json"


def remembered(root: Path) -> dict[str, str]:
    """Tell what was noted of a folder: `stamp`, `version` and `key`; empty where nothing was."""
    try:
        noted = json.loads(_note(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    right = isinstance(noted, dict) and all(isinstance(value, str) for value in noted.values())
    return noted if right else {}


def remember(root: Path, *, stamp: str, version: str, key: str) -> None:
    """Note that a folder with this stamp has the index `key`."""
    noted = json.dumps({"stamp": stamp, "version": version, "key": key})
    write_atomically(_note(root), noted.encode(), within=cache_folder())


def place(key: str) -> Path:
    """Return the folder of an index."""
    return cache_folder() / "indexes" / key


def put(made: Path, key: str, whole: Callable[[Path], bool]) -> None:
    """Move a finished index into its place; where somebody else was quicker, theirs stays if it is `whole`."""
    target = place(key)
    try:
        os.replace(made, target)
    except OSError:
        if not target.is_dir():
            raise
        if not whole(target):
            shutil.rmtree(target)
            os.replace(made, target)
    used(target)
    indexes = sorted((each for each in target.parent.glob("[!.]*") if each.is_dir()), key=_used, reverse=True)
    left = [each for each in target.parent.glob(".*") if time.time() - _used(each) > LEFT]
    for old in indexes[KEPT:] + left:
        shutil.rmtree(old, ignore_errors=True)


def used(folder: Path) -> None:
    """Note that an index is used; where that cannot be written, it is not noted."""
    with suppress(OSError):
        os.utime(folder)


def _used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
