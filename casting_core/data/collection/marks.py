"""What a person said of pictures: that a label is wrong, that a picture is unusable, or that it is fine after all.

Marks are kept beside the data, in `marks.csv` in the data root, one line a picture: `path`, `sha256`, `mark`, `time`
(UTC). Pictures and folders are never changed.

1. A mark holds for a content. Where the file of that name has another SHA-256 by now, the mark is *stale*: it is kept,
   but not applied (`resolve_marks`).
2. `Marks` is immutable. It remembers which pictures were marked since it was read, and only those are written.
3. Several people may write. Each reads the table again before writing, under a lock that the system takes back from a
   program that died; of two marks on one picture the one that is written later counts, and no other is lost.
4. A table of another form is refused, in reading and before writing, so it is never written over.

The lock is a hidden empty file beside the table, which stays there.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from casting_core.data.files import format_records, parse_records, write_atomically
from casting_core.errors import DataError

MARKS = "marks.csv"
PATIENCE = 10.0  # seconds that a writer waits for the others

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Mark(StrEnum):
    """What a person says of a picture."""

    WRONG_LABEL = "wrong_label"
    UNUSABLE = "unusable"
    FINE = "fine"  # looked at, and nothing is wrong with it


EXCLUDED = frozenset({Mark.WRONG_LABEL, Mark.UNUSABLE})  # marks of pictures that are not to be learned from


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One picture's mark. Raises `DataError` where a value is of another form."""

    path: str  # POSIX, relative to the data root
    sha256: str  # of the file that was looked at, 64 small hexadecimal digits
    mark: Mark
    time: datetime  # with a time zone, kept in UTC to the second

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.path)
        if not parts.parts or parts.is_absolute() or ".." in parts.parts:
            raise DataError(f"Expected a picture's path below the data folder, with /, got {self.path!r}.")
        if self.path.splitlines() != [self.path]:
            raise DataError(f"A name with a line break cannot be kept in a table: {self.path!r}. Rename the picture.")
        if not _SHA256.fullmatch(self.sha256):
            raise DataError(f"Expected the SHA-256 of {self.path} in 64 small hexadecimal digits, got {self.sha256!r}.")
        if self.time.tzinfo is None:
            raise DataError(f"Expected a time with its zone, such as 2026-01-31T12:00:00Z, got {self.time}.")
        object.__setattr__(self, "time", self.time.astimezone(UTC).replace(microsecond=0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Marks(Mapping[str, Entry]):
    """All marks of a data set, an immutable mapping from a picture's path to its `Entry`, in the order of paths.

    `changed`: paths that were marked, or whose mark was taken away, since the table was read; these `write_marks`
    writes. Marks are equal where their entries are.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", dict(sorted(self.entries.items())))

    def __getitem__(self, path: str) -> Entry:
        return self.entries[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def set_marks(marks: Marks, pictures: Mapping[str, str], mark: Mark | None, *, time: datetime | None = None) -> Marks:
    """Return the marks with `mark` on some pictures, or without one on them where it is None.

    Parameters
    ----------
    pictures : SHA-256 by path.
    time : when it was said; now if left out.
    """
    entries = {path: entry for path, entry in marks.items() if path not in pictures}
    if mark is not None:
        said = time or datetime.now(UTC)
        entries |= {path: Entry(path=path, sha256=sha, mark=mark, time=said) for path, sha in pictures.items()}
    return Marks(entries=entries, changed=marks.changed | pictures.keys())


def set_mark(marks: Marks, path: str, sha256: str, mark: Mark | None, *, time: datetime | None = None) -> Marks:
    """Return the marks with `mark` on one picture, or without one on it where it is None."""
    return set_marks(marks, {path: sha256}, mark, time=time)


@dataclass(frozen=True, kw_only=True)
class MarkStatus:
    """Marks beside the pictures that are there now."""

    hold: Mapping[str, Mark]  # by path
    stale: tuple[str, ...]  # paths in order, of pictures that have another content by now
    unknown: tuple[str, ...]  # paths in order, of pictures that are not there


def resolve_marks(marks: Marks, hashes: Mapping[str, str]) -> MarkStatus:
    """Tell marks that hold from those that do not. `hashes`: SHA-256 by path, of the pictures that are there now."""
    return MarkStatus(
        hold={path: entry.mark for path, entry in marks.items() if hashes.get(path) == entry.sha256},
        stale=tuple(path for path, entry in marks.items() if path in hashes and hashes[path] != entry.sha256),
        unknown=tuple(path for path in marks if path not in hashes),
    )


def read_marks(file: Path) -> Marks:
    """Read a table of marks; no marks where there is no such file.

    Of two lines on one picture, which only another program can have written, the later time counts.
    Raises `DataError` where the file cannot be read or is of another form.
    """
    try:
        lines = file.read_bytes().decode("utf-8-sig").rstrip("\r\n") + "\n"  # the last one may have no end
        entries = parse_records(lines, Entry)
    except FileNotFoundError:
        return Marks()
    except OSError as error:
        raise DataError(f"The marks in {file} cannot be read ({error}). Check its permissions.") from error
    except ValueError as error:
        raise DataError(
            f"{file} is not a table of marks: {error}. Expected the columns path,sha256,mark,time, comma-separated in "
            f"UTF-8, with marks {', '.join(Mark)}. Correct it, or move it away; it is not written over."
        ) from error
    return Marks(entries={entry.path: entry for entry in sorted(entries, key=lambda entry: entry.time)})


def write_marks(file: Path, marks: Marks) -> Marks:
    """Write what was changed in `marks` into the table, and give what the table holds then, the marks of others too.

    The table is read again under a lock, so nothing that somebody else wrote meanwhile is lost. Nothing is written
    where nothing was changed. Raises `DataError` where the folder cannot be written to, where somebody else keeps
    the table locked, or where the file is of another form, which then stays as it is.
    """
    if not marks.changed:
        return read_marks(file)
    if file.is_symlink():
        raise DataError(
            f"{file} is a link, which may lead anywhere, so no marks are written through it. Put the table itself in "
            "its place; to share one, link its folder. Until then, export your marks."
        )
    if not file.parent.is_dir():
        raise DataError(f"There is no folder {file.parent} to keep marks in. Check where the data is, or export them.")
    try:
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=PATIENCE):
            before = read_marks(file)
            kept = {path: entry for path, entry in before.items() if path not in marks.changed}
            after = Marks(entries=kept | {path: marks[path] for path in marks.changed if path in marks})
            if file.exists() and not os.access(file, os.W_OK):
                raise PermissionError(f"{file.name} is write-protected")
            write_atomically(file, to_csv(after).encode("utf-8"))
    except Timeout as error:
        raise DataError(
            f"Somebody else has been writing to {file} for more than {PATIENCE:.0f} seconds. Your marks are not in it "
            "yet: try again in a moment."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise DataError(
            f"The marks cannot be kept in {file.parent} ({error}). Export them and keep the file elsewhere; training "
            "takes it from anywhere, with --exclude. Or make the folder writable."
        ) from error
    except UnicodeEncodeError as error:
        raise DataError(f"The name of a marked picture is no text ({error}). Rename it, and mark it again.") from error
    return after


def to_csv(marks: Marks) -> str:
    """Return the table as text, in the order of paths, as it is kept."""
    return format_records(Entry, marks.values())
