"""A folder of labelled pictures as a table of samples, and the two ways to split it.

*Official* is the data set's own split into train and test. *By source* puts every source
photograph, with all its rotated and mirrored images, into one of five folds, so that no
photograph is on two sides (see `casting_core.data.provenance.grouping`).
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casting_core.data.files import read_records
from casting_core.data.images import decode
from casting_core.errors import DataError, SettingsError
from casting_core.labels import Label

FOLDS = 5
PROVENANCE = Path(__file__).parent / "provenance" / "provenance.csv"
SPLITS = ("train", "test")
FOLDERS = {Label.DEFECTIVE: "def_front", Label.OK: "ok_front"}

Progress = Callable[[int, int], None]  # (done, total)


def unreported(done: int, total: int) -> None:
    """Report progress to nobody."""


def part_of(progress: Progress, part: int, parts: int, count: int) -> Progress:
    """Return the progress of one of several equal parts of a task, counted from 0 and told in steps of `count`."""
    return lambda done, total: progress(part * count + count * done // max(total, 1), parts * count)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One picture of the data set, a row of `provenance.csv`. `source` and `fold` are -1 where they are unknown."""

    path: str  # POSIX, relative to the data root
    sha256: str = ""
    split: str  # train or test
    label: Label
    source: int = -1
    fold: int = -1
    suspect: bool = False


def default_root() -> Path:
    """Where data is looked for: `CASTING_DATA`, else `data/casting_data`."""
    return Path(os.environ.get("CASTING_DATA", "data/casting_data"))


def read_provenance(file: Path = PROVENANCE) -> list[Sample]:
    """Return the facts about the public data set that ship with the package; needs no pictures.

    Raises `DataError` where the file is missing or of another layout.
    """
    if not file.exists():
        raise DataError(f"{file} is missing; make it with: python -m casting_core data audit")
    remedy = "make it anew with: python -m casting_core data audit"
    return read_records(file, Sample, what="a provenance table", remedy=remedy)


def scan(root: Path) -> list[Sample]:
    """All pictures below `root`/{train,test}/{def_front,ok_front}, sorted by path, without provenance.

    Raises `DataError` where a folder is missing or empty.
    """
    samples = []
    for split in SPLITS:
        for label, folder in FOLDERS.items():
            names = sorted(p.name for p in _files(root / split / folder))
            samples += [Sample(path=f"{split}/{folder}/{name}", split=split, label=label) for name in names]
    return sorted(samples, key=lambda sample: sample.path)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(
            f"The folder {folder} does not exist. Get the data with `python -m casting_core data fetch`, "
            "or say where it is with --data or the variable CASTING_DATA."
        )
    files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    if not files:
        raise DataError(f"The folder {folder} holds no pictures.")
    return files


def load_pixels(root: Path, samples: Sequence[Sample], progress: Progress = unreported) -> list[np.ndarray]:
    """Decode all samples into memory, each uint8 (H, W). Raises `ImageError` on an unreadable one."""
    pixels = []
    for index, sample in enumerate(samples):
        pixels.append(decode(root / sample.path).pixels)
        progress(index + 1, len(samples))
    return pixels


def assign_folds(samples: Sequence[tuple[int, Label]], *, folds: int = FOLDS) -> dict[int, int]:
    """Fold of every source photograph: stratified by label, balanced by number of images, deterministic.

    Parameters
    ----------
    samples : (source, label) of every image. A source counts as the label of most of its images
        (*defective* on a tie).

    Photographs are dealt out from the largest to the smallest, each to the fold that holds the fewest
    images of its label so far, and among equals the fewest photographs of it.
    """
    if folds < 2:
        raise SettingsError(f"Expected at least 2 folds, got {folds}.")
    count: dict[int, int] = {}
    defective: dict[int, int] = {}
    for source, label in samples:
        count[source] = count.get(source, 0) + 1
        defective[source] = defective.get(source, 0) + label.positive
    result: dict[int, int] = {}
    for positive in (True, False):
        members = [s for s in count if (2 * defective[s] >= count[s]) == positive]
        images, photographs = [0] * folds, [0] * folds
        for source in sorted(members, key=lambda s: (-count[s], s)):
            fold = min(range(folds), key=lambda k: (images[k], photographs[k], k))
            result[source] = fold
            images[fold] += count[source]
            photographs[fold] += 1
    return result


def split_samples(
    samples: Iterable[Sample], split: str, *, fold: int | None = None
) -> tuple[list[Sample], list[Sample]]:
    """Return samples to fit on and samples held out.

    `official`: fit on train, hold out test. `by-source`: fit on the official-train images of the
    other folds, hold out all images of `fold`, train and test alike.
    """
    samples = list(samples)
    if split == "official":
        if fold is not None:
            raise SettingsError("The official split has no folds; leave out --fold.")
        return [s for s in samples if s.split == "train"], [s for s in samples if s.split == "test"]
    if split == "by-source":
        if fold is None or not 0 <= fold < FOLDS:
            raise SettingsError(f"A by-source split needs a fold from 0 to {FOLDS - 1}, got {fold}.")
        fit = [s for s in samples if s.split == "train" and s.fold != fold]
        return fit, [s for s in samples if s.fold == fold]
    raise SettingsError(f"Expected the split 'official' or 'by-source', got {split!r}.")


def by_first_appearance(groups: np.ndarray) -> np.ndarray:
    """Return groups, int (N,), numbered from 0 in the order in which they first appear: int (N,)."""
    _, first, number = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def evenly_spaced_indices(count: int, wanted: int) -> list[int]:
    """Return `wanted` of the numbers below `count`, evenly spaced from the first on; all where there are no more.

    Examples
    --------
    >>> evenly_spaced_indices(10, 4)
    [0, 2, 5, 7]
    """
    return sorted({index * count // wanted for index in range(wanted)}) if wanted < count else list(range(count))
