"""The index of a data set: everything that is slow to find out about its pictures, found out once and kept.

1. All files are listed (`data.collection.folders`), and every picture is read once: hash, size, measures, thumbnail,
   ring and features (`exploration.reading`).
2. All pairs are compared, and pictures grouped by source photograph (`data.provenance`,
   `data.provenance.near_duplicates`). For the public set the shipped table names the photographs, and the comparison is
   kept to show them.
3. Where the part is one that the shipped model knows, and the model has not been trained on the set, it judges them.
4. The features are laid on a plane (`exploration.projection`).

Nothing in it depends on which classes are defective, so that can be said, and changed, afterwards.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from casting_core.data.collection.collection import is_public
from casting_core.data.collection.folders import Tree, find_files
from casting_core.data.collection.reading import gather, photographs
from casting_core.data.files import make_folder
from casting_core.data.part.measures import NAMES
from casting_core.data.provenance.grouping import compare
from casting_core.data.provenance.spanning_forest import spanning_forest
from casting_core.data.samples import read_provenance, unreported
from casting_core.errors import DataError
from casting_core.exploration import cache
from casting_core.exploration.index_file import FORMAT, Index, read_index, write_index
from casting_core.exploration.projection import project
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card

Step = Callable[[str, int, int], None]  # (what is done, how many are, of how many)


def version() -> str:
    """Tell what an index is made with: another one is made where this differs."""
    return f"{FORMAT}:{DEFAULT}:{read_card(folder_of(DEFAULT, MODELS)).weights_sha256}"


def find_key(folder: Path) -> tuple[str | None, bool]:
    """Return the key of the index that is kept for a folder, None if there is none, and whether no file changed since.

    Raises `DataError` where the folder is none that could be indexed.
    """
    tree = find_files(folder)
    noted = cache.remembered(tree.root)
    key = noted.get("key", "")
    if noted.get("version") != version() or not key.isalnum() or not cache.place(key).is_dir():
        return None, False
    return key, noted.get("stamp") == cache.stamp(tree.root, tree.files)


def build_index(folder: Path, step: Step | None = None) -> Index:
    """Index a folder with one sub-folder a class, and keep the index; one of the same contents is found again.

    Raises `DataError` where there is no folder, fewer than two classes hold pictures, none can be read, or the index
    cannot be written.
    """
    say = step or (lambda what, done, total: None)
    tree = find_files(folder)
    say("Looking for an index of these pictures", 0, 1)
    made_with, stamped = version(), cache.stamp(tree.root, tree.files)
    key = cache.content_key(tree.root, tree.files, made_with)
    say("Looking for an index of these pictures", 1, 1)
    found = read_index(cache.place(key), tree.root)
    try:
        if found is None:
            home = cache.cache_folder() / "indexes"
            make_folder(home, within=cache.cache_folder())
            making = Path(tempfile.mkdtemp(prefix=".making-", dir=home))
            try:
                _make(tree, key, making, say)
                cache.put(making, key, lambda there: read_index(there) is not None)
            finally:
                shutil.rmtree(making, ignore_errors=True)
            found = read_index(cache.place(key), tree.root)
        cache.remember(tree.root, stamp=stamped, version=made_with, key=key)
    except OSError as error:
        raise DataError(
            f"The index cannot be written to {cache.cache_folder()} ({error}). Free some space, or set "
            f"{cache.VARIABLE} to a folder that can be written."
        ) from error
    if found is None:
        raise DataError(f"The index in {cache.place(key)} cannot be read back; delete that folder and try again.")
    return found


def _make(tree: Tree, key: str, folder: Path, say: Step) -> None:
    from casting_core.exploration.reading import FeatureExtractor

    extractor = FeatureExtractor(DEFAULT)
    table = {sample.path: sample for sample in read_provenance()}
    public = is_public(tree.root) and all(found.path in table for found in tree.files)
    reading = partial(say, "Reading the pictures")
    reading(0, len(tree.files))
    # the photographs of the public set are known
    gathered = gather(tree.root, tree.files, reading, extractor.add, detailed=not public)
    files, notes = gathered.files, list(tree.notes)
    if not files:
        raise DataError(f"None of the {len(tree.files)} files in {tree.root} is a picture that can be read.")
    rings = list(gathered.strips)
    likeness = compare(gathered.coarse(), partial(say, "Comparing all pairs") if rings else unreported)
    nearest, alike = np.full(len(files), -1), np.full(len(files), -1.0, np.float32)
    nearest[rings], alike[rings] = np.array([*rings, -1])[likeness.nearest], likeness.similarity
    if public:
        source = np.array([table[found.path].source for found in files])
        if changed := sum(table[f.path].sha256 != sha for f, sha in zip(files, gathered.hashes, strict=True)):
            notes.append(f"{changed} pictures are not those of the shipped table, though they have their names.")
    else:
        source = photographs(gathered, partial(say, "Finding photographs"), likeness)
    gathered.looks.clear()
    gathered.strips.clear()
    forest = spanning_forest(np.array(rings, np.int64)[likeness.pairs], likeness.alike, source)
    probability, verdicts = np.full(len(files), np.nan, np.float32), [""] * len(files)
    if gathered.by_part and not public:
        say("Judging the pictures", 0, len(files))
        for place, (p, verdict) in enumerate(_judge([tree.root / found.path for found in files])):
            probability[place], verdicts[place] = np.nan if p is None else p, verdict
            say("Judging the pictures", place + 1, len(files))
    say("Drawing the map", 0, 1)
    projection = project(extractor.described())
    index = Index(
        key=key,
        root=tree.root,
        classes=tree.classes,
        paths=tuple(found.path for found in files),
        names=tuple(found.name for found in files),
        splits=tuple(found.split for found in files),
        sha256=tuple(gathered.hashes),
        width=np.array([width for width, _ in gathered.sizes]),
        height=np.array([height for _, height in gathered.sizes]),
        size=np.array([_size(tree.root / found.path) for found in files]),
        source=source,
        measures={name: np.array([getattr(each, name) for each in extractor.measures]) for name in NAMES},
        nearest=nearest,
        likeness=alike,
        histogram=likeness.histogram,
        forest=forest,
        grouping="table" if public else "part" if gathered.by_part else "picture",
        features=projection.features,
        pca=projection.pca,
        tsne=projection.tsne,
        explained=projection.explained,
        model=DEFAULT,
        probability=probability,
        verdicts=tuple(verdicts),
        unreadable=tuple(gathered.unreadable),
        notes=tuple(notes),
        thumbnails=memoryview(b"".join(extractor.thumbnails)),
        ends=np.cumsum([len(each) for each in extractor.thumbnails]),
    )
    write_index(index, folder)
    say("Drawing the map", 1, 1)


def _judge(files: list[Path]) -> Iterator[tuple[float | None, str]]:
    """Probability (None where it gives none) and verdict of the shipped model, picture by picture."""
    from casting_core.inspection.inspector import Inspector

    for inspection in Inspector.load(DEFAULT).inspect_many(files, explain=False):
        yield inspection.probability, str(inspection.verdict)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
