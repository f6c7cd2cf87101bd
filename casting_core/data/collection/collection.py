"""Any folder with one sub-folder a class as a data set: labels, photographs, split and folds, and what was found.

1. Classes and files are listed (`folders`), and classes told apart as sound or defective (`class_names`).
2. Every picture is decoded once; what cannot be read is left out and named (`reading`).
3. Pictures made from one photograph are grouped, so that no photograph is learned from and tested on
   (`reading`); those whose label is then in doubt are marked.
4. The folder's own split is kept; where there is none, one is made, and folds are dealt out (`data.splits`).

Everything that was guessed, found odd or left out is said in a sentence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from casting_core.data.collection.class_names import assign_labels
from casting_core.data.collection.folders import Tree, find_files
from casting_core.data.collection.reading import ReadImages, common_sizes, gather, photographs
from casting_core.data.collection.report import on_groups, on_numbers, on_pictures
from casting_core.data.samples import FOLDERS, FOLDS, SPLITS, Progress, Sample, part_of, read_provenance, unreported
from casting_core.data.splits import make_split, mark_doubted, split_folds
from casting_core.errors import DataError
from casting_core.labels import Label

SMALLEST_SIDE = 32


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A data set that was found in a folder.

    `root`: the folder that the samples' paths are relative to, which may lie below the one that was
    given. `samples`: sorted by path, with hash, photograph, split and fold. `classes`: label by name of
    folder. `guessed`: whether the labels were. `grouping`: how photographs were told apart: by the
    `part`'s ring, by the whole `picture`, or from the shipped `table`. `official`: whether the split is the
    folder's own. `folds`: how many there are, 0 where there are none. `sizes`: pictures by (width, height), the most
    common first. `notes`: sentences.
    """

    root: Path
    samples: tuple[Sample, ...]
    classes: Mapping[str, Label]
    guessed: bool
    grouping: Literal["part", "picture", "table"]
    official: bool
    folds: int
    sizes: Mapping[tuple[int, int], int]
    notes: tuple[str, ...]

    def class_of(self, sample: Sample) -> str:
        """Name of the folder that gives a sample its label."""
        known = {name.casefold(): name for name in self.classes}
        return next(known[part.casefold()] for part in sample.path.split("/")[:-1] if part.casefold() in known)

    def photographs(self, label: Label, split: str | None = None) -> int:
        """How many photographs there are of a label, in all or in one split."""
        return len({s.source for s in self.samples if s.label is label and split in (None, s.split)})


def is_public(root: Path) -> bool:
    """Whether a folder is the public set, whole or nearly: its layout, and no picture but those of the shipped table.

    Only names are compared (`data check` compares contents). Where a tenth of the table or more is
    missing, it is another set.
    """
    if not all((root / split / folder).is_dir() for split in SPLITS for folder in FOLDERS.values()):
        return False
    known = {sample.path for sample in read_provenance()}
    there = {
        f"{split}/{folder}/{file.name}"
        for split in SPLITS
        for folder in FOLDERS.values()
        for file in (root / split / folder).iterdir()
        if not file.name.startswith(".")
    }
    return there <= known and len(there) > 0.9 * len(known)


def public_collection(root: Path) -> Collection:
    """Return the public set by its shipped table, without reading a picture."""
    samples = tuple(read_provenance())
    return Collection(
        root=root,
        samples=samples,
        classes={folder: label for label, folder in FOLDERS.items()},
        guessed=False,
        grouping="table",
        official=True,
        folds=FOLDS,
        sizes={(300, 300): len(samples)},
        notes=(
            "This is the public set of castings; hashes, photographs, folds and doubted labels come from the table "
            "that ships with the package.",
        ),
    )


def read_collection(
    root: Path, *, defective: Sequence[str] | None = None, progress: Progress = unreported
) -> Collection:
    """Read a folder with one sub-folder a class, or with train and test folders that hold them.

    Parameters
    ----------
    defective : names of the defective classes, whatever the case of their letters; guessed when None.
    progress : called with (done, total) while pictures are read and grouped.

    The same pictures give the same photographs, split and folds. Raises `DataError`, with what to do,
    where there is no folder, fewer than two classes, no telling which is defective, a class with
    fewer than two readable pictures, or a picture with a side under 32 pixels.
    """
    tree = find_files(root)
    classes, why = assign_labels(tree.classes, defective)
    notes = [*tree.notes, why]
    gathered = gather(tree.root, tree.files, part_of(progress, 0, 2, len(tree.files)))
    _check(gathered, tree)
    notes += on_pictures(gathered, classes)
    source = photographs(gathered, part_of(progress, 1, 2, len(tree.files)))
    samples = [
        Sample(path=file.path, split=file.split, label=classes[file.name], sha256=sha, source=int(number))
        for file, sha, number in zip(gathered.files, gathered.hashes, source, strict=True)
    ]
    samples, doubts = mark_doubted(samples)
    notes += on_groups(samples, by_part=gathered.by_part) + doubts
    samples, official, said = divide(samples)
    samples, folds, few = split_folds(samples)
    return Collection(
        root=tree.root,
        samples=tuple(samples),
        classes=classes,
        guessed=not defective,
        grouping="part" if gathered.by_part else "picture",
        official=official,
        folds=folds,
        sizes=dict(common_sizes(gathered.sizes)),
        notes=tuple(notes + said + few + on_numbers(samples)),
    )


def _check(gathered: ReadImages, tree: Tree) -> None:
    small = [f.path for f, size in zip(gathered.files, gathered.sizes, strict=True) if min(size) < SMALLEST_SIDE]
    if small:
        raise DataError(
            f"Expected pictures with sides of at least {SMALLEST_SIDE} pixels; {len(small)} have a smaller one, "
            f"{small[0]} first. No defect can be seen on them: take them out, or put full-size pictures in their place."
        )
    readable = Counter(file.name for file in gathered.files)
    for name in tree.classes:
        if readable[name] < 2:
            broken = [why for path, why in gathered.unreadable if name.casefold() in path.casefold().split("/")]
            raise DataError(
                f"The class {name} holds {readable[name]} readable picture{'' if readable[name] == 1 else 's'}; at "
                f"least two are needed, to learn from and to test with. Add some, or take the folder {name} away."
                + (f" One could not be read: {broken[0]}" if broken else "")
            )


def divide(samples: Sequence[Sample]) -> tuple[list[Sample], bool, list[str]]:
    """Return the folder's own split where it serves, else a new one; whether it is the folder's; and notes."""
    # without test pictures, those for validation are held out
    names = {"train": "train", "test": "test", "val": "train" if any(s.split == "test" for s in samples) else "test"}
    divided = [replace(s, split=names.get(s.split, "")) for s in samples]
    sides = {(s.split, s.label) for s in divided}
    if any(not s.split for s in divided) or len({split for split, _ in sides}) < 2:
        made, notes = make_split(divided)
        return made, False, notes
    if len(sides) < 4:
        split, label = next((split, label) for split in SPLITS for label in Label if (split, label) not in sides)
        made, notes = make_split(divided)
        aside = f"The folder's own split has no {label} picture in {split}; it was set aside and another one made."
        return made, False, [aside, *notes[1:]]
    known = {s.source for s in divided if s.split == "train"}
    copied = [s for s in divided if s.split == "test" and s.source in known]
    notes = ["The folder's own split into train and test was kept."]
    if any(s.split == "val" for s in samples):
        notes.append(f"Pictures for validation were counted as {names['val']}.")
    if copied:
        tested = sum(s.split == "test" for s in divided)
        notes.append(
            f"{len(copied)} of {tested} test pictures are copies of a photograph in train, so figures on the test "
            "split partly measure memory; those by source do not."
        )
    return divided, True, notes
