"""Which pictures a file asks to leave out of training: a table of marks, or a plain list of paths.

Nothing in such a file is passed over in silence: what it names that is not in the data set, and marks on a picture
that has changed since, are told in notes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casting_core.data.collection.marks import EXCLUDED, Mark, read_marks, resolve_marks
from casting_core.data.samples import Sample
from casting_core.errors import DataError

NAMED = 5  # paths that a note names
SAID = {Mark.WRONG_LABEL: "a wrong label", Mark.UNUSABLE: "unusable"}


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """`paths` of the data set's pictures that are to be left out, and `notes`, sentences."""

    paths: frozenset[str]
    notes: tuple[str, ...]


def read_exclusion(file: Path, root: Path, samples: Sequence[Sample]) -> Exclusion:
    """Read what to leave out of the pictures `samples` in `root`.

    A table of marks (`data.collection.marks`) excludes what is marked as wrongly labelled or unusable, as long as the
    picture is still the one that was marked. Any other text is a list of paths, one a line, relative to `root`. Raises
    `DataError` where the file is missing or cannot be read, or is a table of marks of another form.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The list of pictures to leave out, {file}, cannot be read ({error}).") from error
    first = text.partition("\n")[0].strip()
    if {"path", "sha256", "mark"} & set(re.split(r"[,;\t]", first)):
        return _marked(file, root, {sample.path: sample for sample in samples})
    listed = {line.strip() for line in text.splitlines()} - {""}
    known = {sample.path for sample in samples}
    notes = (f"To be left out of training, by {file.name}: {_pictures(len(listed & known))}.",)
    return Exclusion(paths=frozenset(listed & known), notes=notes + _strangers(file, sorted(listed - known)))


def _marked(file: Path, root: Path, known: dict[str, Sample]) -> Exclusion:
    marks = read_marks(file)
    # an export for spreadsheets has an apostrophe before a name that looks like a formula
    meant = {path: path if path in known else path.removeprefix("'") for path in marks}
    hashes = {path: _sha256(root, known[name]) for path, name in meant.items() if name in known}
    found = resolve_marks(marks, hashes)
    out = {meant[path]: mark for path, mark in found.hold.items() if mark in EXCLUDED}
    counts = Counter(out.values())
    parts = [f"{counts[mark]} marked as {words}" for mark, words in SAID.items()]
    notes = [f"To be left out of training, by {file.name}: {_pictures(len(out))} ({', '.join(parts)})."]
    stale, unknown = ([p for p in paths if marks[p].mark in EXCLUDED] for paths in (found.stale, found.unknown))
    if stale:
        notes.append(
            "Marks that are not applied, because the picture has changed since it was marked: "
            f"{_pictures(len(stale))} ({_names(stale)}). Look at them again."
        )
    return Exclusion(paths=frozenset(out), notes=tuple(notes) + _strangers(file, unknown))


def _strangers(file: Path, paths: Sequence[str]) -> tuple[str, ...]:
    if not paths:
        return ()
    return (
        f"Named in {file.name}, but not in the data set: {_pictures(len(paths))} ({_names(paths)}). They change "
        "nothing; paths are those below the data folder, with /.",
    )


def _sha256(root: Path, sample: Sample) -> str:
    """Of the file as it is now; of the known picture where there is no such file, which training itself will tell."""
    try:
        with open(root / sample.path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return sample.sha256


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _names(paths: Sequence[str]) -> str:
    return ", ".join(paths[:NAMED]) + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
