"""The classes and pictures of a data folder that somebody else laid out.

Two layouts are read: `<root>/<class>/…`, and `<root>/<split>/<class>/…` with splits named train,
val or test in one of their spellings. Below a class, folders may be nested. Hidden files are passed
over; masks are recognised by the name of their folder, or of their file beside the picture's.
A folder that holds nothing but one other folder, as an unpacked archive often does, is stepped into.
A link is followed within the data folder only: an archive of strangers could have one to any picture of this computer.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casting_core.errors import DataError

SPLIT_NAMES = {"train": "train", "training": "train", "test": "test", "testing": "test"}
SPLIT_NAMES |= dict.fromkeys(("val", "valid", "validation"), "val")
MASK_FOLDERS = frozenset(("mask", "masks", "ground_truth", "groundtruth", "ground-truth", "annotations"))
SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".avif", "")
)
DEEPEST = 4  # folders with nothing but one folder in them that are stepped into

_MASK_NAME = re.compile(r"^(.+)[_-](mask|masks|label|gt|groundtruth)$", re.IGNORECASE)
LAYOUT = (
    "Expected one sub-folder for each class, such as good/ and defective/, or train/ and test/ with the classes in them"
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One file that may be a picture: `path` POSIX, relative to the root; `split` train, val, test or empty."""

    path: str
    split: str
    name: str  # of its class


@dataclass(frozen=True, kw_only=True)
class Tree:
    """What lies in a data folder.

    `root`: the folder that paths are relative to, which lies deeper than the one given where that holds nothing
    but one other. `classes`: names, sorted, each as it is first written. `notes`: sentences about what was passed over.
    """

    root: Path
    classes: tuple[str, ...]
    files: tuple[Found, ...]
    notes: tuple[str, ...]


def find_files(folder: Path) -> Tree:
    """List the classes and files below a folder, sorted by path.

    Raises `DataError` where there is no such folder, no class in it, or fewer than two classes hold pictures.
    """
    try:
        return _find(folder, _SymlinkGuard(folder))
    except (OSError, ValueError) as error:  # such as a name that is too long, or a folder that may be listed only
        raise DataError(f"The folder {folder} cannot be read ({error}). Check its name and permissions.") from error


class _SymlinkGuard:
    """Keeps links from leading out of a folder. `escaped`: those that would have."""

    def __init__(self, folder: Path) -> None:
        self.home = os.path.realpath(folder)
        self.escaped: set[str] = set()

    def allows(self, path: str | Path) -> bool:
        """Whether a thing lies in the folder, where it is a link as well as where it is none."""
        if not os.path.islink(path) or Path(os.path.realpath(path)).is_relative_to(self.home):
            return True
        self.escaped.add(str(path))
        return False


def _find(folder: Path, guard: _SymlinkGuard) -> Tree:
    notes: list[str] = []
    root = _entrance(folder, guard)
    if root != folder:
        notes.append(f"{folder} holds nothing but the folder {root.relative_to(folder).as_posix()}; it was read.")
    files: list[Found] = []
    spelled: dict[str, str] = {}  # names of classes, letters' case aside
    strangers: Counter[str] = Counter()
    empty, masks = [], 0
    for split, path in list(_class_folders(root, notes, guard)):
        found, others, left_out = _pictures(root, path, guard)
        strangers += others
        masks += left_out
        if found:
            name = spelled.setdefault(path.name.casefold(), path.name)
            files += [Found(path=each, split=split, name=name) for each in found]
        else:
            empty.append(path.relative_to(root).as_posix())
    if empty:
        notes.append(f"Left out, because no picture is in it: {', '.join(sorted(empty))}.")
    if strangers:
        kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(strangers.items()))
        notes.append(f"Left out, because they are no pictures: {kinds}.")
    if masks:
        notes.append(f"Left out, because they are masks by their names: {masks} of the pictures.")
    if guard.escaped:
        first = Path(min(guard.escaped)).relative_to(folder).as_posix()
        notes.append(
            f"Left out, because they are links that lead out of the folder: {len(guard.escaped)}, {first} first. "
            "Put the pictures themselves in their place."
        )
    if len(spelled) < 2:
        only = "".join(spelled.values())
        there = f"only {only} holds pictures" if only else "there is none that holds pictures"
        if guard.escaped:
            there += f", and {len(guard.escaped)} links that lead out of the folder, {first} first, are not followed"
        raise DataError(f"{LAYOUT} in {root}; {there}. A network learns from at least two classes.")
    return Tree(
        root=root,
        classes=tuple(sorted(spelled.values())),
        files=tuple(sorted(files, key=lambda file: file.path)),
        notes=tuple(notes),
    )


def _entrance(folder: Path, guard: _SymlinkGuard) -> Path:
    """Return the folder itself, or the first below it with more than one thing in it."""
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}. Name the one that holds the pictures.")
    root = folder
    for _ in range(DEEPEST):
        inside = _visible(root, guard)
        if len(inside) != 1 or not inside[0].is_dir():
            return root
        if not any(each.is_dir() for each in _visible(inside[0], guard)):
            return root  # a single class
        root = inside[0]
    return root


def _class_folders(root: Path, notes: list[str], guard: _SymlinkGuard) -> Iterator[tuple[str, Path]]:
    """Split and folder of every class, in order."""
    inside = _visible(root, guard)
    folders = [path for path in inside if path.is_dir() and path.name.casefold() not in MASK_FOLDERS]
    masks = [path.name for path in inside if path.is_dir() and path.name.casefold() in MASK_FOLDERS]
    if masks:
        notes.append(f"Left out, because a folder of this name holds masks: {', '.join(masks)}.")
    loose = [path for path in inside if path.is_file() and path.suffix.lower() in SUFFIXES - {""}]
    if loose:
        notes.append(f"Left out, because they lie in no class: {len(loose)} of the pictures, {loose[0].name} first.")
    splits = [path for path in folders if path.name.casefold() in SPLIT_NAMES]
    splits = [path for path in splits if any(each.is_dir() for each in _visible(path, guard))]
    if not splits:
        yield from (("", path) for path in folders)
        return
    others = sorted(path.name for path in set(folders) - set(splits))
    if others:
        notes.append(f"Left out, because {splits[0].name} and its like hold the classes: {', '.join(others)}.")
    for split in splits:
        for path in _visible(split, guard):
            if path.is_dir() and path.name.casefold() not in MASK_FOLDERS:
                yield SPLIT_NAMES[split.name.casefold()], path


def _pictures(root: Path, folder: Path, guard: _SymlinkGuard) -> tuple[list[str], Counter[str], int]:
    """Paths of what may be pictures, how many files of each other suffix there are, and how many masks."""
    found: list[Path] = []
    others: Counter[str] = Counter()
    visited: set[str] = set()
    for where, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(where)) in visited:  # a link that leads back up
            folders.clear()
            continue
        visited.add(real)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name.casefold() not in MASK_FOLDERS
            and guard.allows(os.path.join(where, name))
        )
        for name in sorted(names):
            if name.startswith(".") or not guard.allows(os.path.join(where, name)):
                continue
            if (suffix := Path(name).suffix.lower()) in SUFFIXES:
                found.append(Path(where, name))
            else:
                others[suffix] += 1
    stems = {path.with_suffix("") for path in found}
    kept = [path for path in found if not _is_mask(path, stems)]
    return [path.relative_to(root).as_posix() for path in kept], others, len(found) - len(kept)


def _is_mask(path: Path, stems: set[Path]) -> bool:
    match = _MASK_NAME.match(path.stem)
    return match is not None and path.with_name(match[1]) in stems


def _visible(folder: Path, guard: _SymlinkGuard) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if not p.name.startswith(".") and guard.allows(p))
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be read ({error}). Check its permissions.") from error
