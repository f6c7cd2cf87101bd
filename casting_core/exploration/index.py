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

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Literal

import numpy as np

from casting_core.data.collection.collection import is_public
from casting_core.data.collection.folders import Tree, find_files
from casting_core.data.collection.reading import gather, photographs
from casting_core.data.files import write_atomically
from casting_core.data.part.measures import NAMES
from casting_core.data.provenance.grouping import HISTOGRAM_FROM, compare
from casting_core.data.provenance.spanning_forest import Forest, spanning_forest
from casting_core.data.samples import read_provenance
from casting_core.errors import DataError
from casting_core.exploration import cache
from casting_core.exploration.projection import project
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card

FORMAT = 1
Grouping = Literal["table", "part", "picture"]
Step = Callable[[str, int, int], None]  # (what is done, how many are, of how many)
BIN = (1 - HISTOGRAM_FROM) / 40
_DAMAGED = (OSError, ValueError, LookupError, TypeError, EOFError, RuntimeError)  # what a kept file may raise


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """What is known of N pictures, in the order of their paths.

    `root`: the folder that paths are relative to. `classes`: names of the folders that hold them, sorted.
    `paths`, `names` (of the class), `splits` (`train`, `val`, `test` or empty, as filed) and `sha256`: N texts each.
    `width`, `height` in pixels, `size` in bytes, `source` (photograph): int (N,). `measures`: float32 (N,) by the
    names of `data.part.measures`. `nearest` int (N,) and `likeness` float32 (N,): the most alike other picture by its
    ring, -1 where rings were not compared; `histogram` int (40,): pairs by likeness from 0.8 to 1; `spanning_forest`:
    the links within photographs. `grouping`: how photographs were told apart, by the shipped `table`, the `part`'s ring
    or the whole `picture`. `features` float32 (N, D) of length 1; `pca`, `tsne` float32 (N, 2); `explained`: shares of
    the variance. `model`: whose features they are. `probability` float32 (N,) of *defective* and `verdicts` N texts: by
    that model, NaN and empty where it did not judge. `unreadable`: path and reason. `notes`: sentences. `thumbnails`:
    bytes of JPEG files, one after another, that end at `ends` int (N,).
    """

    key: str
    root: Path
    classes: tuple[str, ...]
    paths: tuple[str, ...]
    names: tuple[str, ...]
    splits: tuple[str, ...]
    sha256: tuple[str, ...]
    width: np.ndarray
    height: np.ndarray
    size: np.ndarray
    source: np.ndarray
    measures: dict[str, np.ndarray]
    nearest: np.ndarray
    likeness: np.ndarray
    histogram: np.ndarray
    forest: Forest
    grouping: Grouping
    features: np.ndarray
    pca: np.ndarray
    tsne: np.ndarray
    explained: tuple[float, float]
    model: str
    probability: np.ndarray
    verdicts: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    thumbnails: memoryview
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.paths)

    def thumbnail(self, index: int) -> bytes:
        """A picture as a small JPEG file."""
        start = int(self.ends[index - 1]) if index else 0
        return bytes(self.thumbnails[start : int(self.ends[index])])


COLUMNS: tuple[str, ...] = ("path", "name", "split", "sha256", "width", "height", "size", "source")
COLUMNS += ("nearest", "likeness", "probability", "verdict", *NAMES)


def version() -> str:
    """What an index is made with: another one is made where this differs."""
    return f"{FORMAT}:{DEFAULT}:{read_card(folder_of(DEFAULT, MODELS)).weights_sha256}"


def find_key(folder: Path) -> tuple[str | None, bool]:
    """The key of the index that is kept for a folder, None where there is none, and whether no file has changed since.

    Raises `DataError` where the folder is none that could be indexed.
    """
    return _find(find_files(folder))


def _find(tree: Tree) -> tuple[str | None, bool]:
    noted = cache.remembered(tree.root)
    key = noted.get("key", "")
    if noted.get("version") != version() or not key.isalnum() or not cache.place(key).is_dir():
        return None, False
    return key, noted.get("stamp") == cache.stamp(tree.root, tree.files)


def find_index(folder: Path) -> tuple[Index | None, bool]:
    """The index that is kept for a folder, None where there is none, and whether no file has changed since.

    Raises `DataError` where the folder is none that could be indexed.
    """
    tree = find_files(folder)
    key, valid = _find(tree)
    found = None if key is None else read_index(cache.place(key), tree.root)
    return found, valid and found is not None


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
            home.mkdir(parents=True, exist_ok=True)
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
    say("Reading the pictures", 0, len(tree.files))
    gathered = gather(
        tree.root,
        tree.files,
        lambda done, total: say("Reading the pictures", done, total),
        extractor.add,
        detailed=not public,  # its photographs are known
    )
    if not gathered.files:
        raise DataError(f"None of the {len(tree.files)} files in {tree.root} is a picture that can be read.")
    count = len(gathered.files)
    notes = list(tree.notes)
    likeness = None
    nearest, alike, histogram = np.full(count, -1), np.full(count, -1.0, np.float32), np.zeros(40, np.int64)
    rings = list(gathered.strips)
    if rings:
        likeness = compare(gathered.coarse(), lambda done, total: say("Comparing all pairs", done, total))
        place = np.array([*rings, -1])
        nearest[rings], alike[rings], histogram = place[likeness.nearest], likeness.similarity, likeness.histogram
    if public:
        source = np.array([table[found.path].source for found in gathered.files])
        changed = sum(
            table[found.path].sha256 != sha for found, sha in zip(gathered.files, gathered.hashes, strict=True)
        )
        if changed:
            notes.append(f"{changed} pictures are not those of the shipped table, though they have their names.")
    else:
        source = photographs(gathered, lambda done, total: say("Finding photographs", done, total), likeness)
    gathered.looks.clear()
    gathered.strips.clear()
    if likeness is None:
        forest = Forest(count=count, links=np.zeros((2, 0), np.int32), likeness=np.zeros(0, np.float32))
    else:
        forest = spanning_forest(np.array(rings)[likeness.pairs], likeness.alike, source)
        del likeness
    probability, verdicts = np.full(count, np.nan, np.float32), [""] * count
    if gathered.by_part and not public:
        say("Judging the pictures", 0, count)
        for index, (p, verdict) in enumerate(_judge([tree.root / found.path for found in gathered.files])):
            probability[index], verdicts[index] = np.nan if p is None else p, verdict
            say("Judging the pictures", index + 1, count)
    say("Drawing the map", 0, 1)
    projection = project(extractor.described())
    sizes = [_size(tree.root / found.path) for found in gathered.files]
    stream = io.StringIO()
    writer = csv.writer(stream)  # ends lines with both signs, and so quotes either of them in a name
    writer.writerow(COLUMNS)
    for index, found in enumerate(gathered.files):
        width, height = gathered.sizes[index]
        writer.writerow(
            [found.path, found.name, found.split, gathered.hashes[index], width, height, sizes[index]]
            + [source[index], nearest[index], f"{alike[index]:.6g}", _number(probability[index]), verdicts[index]]
            + [_number(getattr(extractor.measures[index], name)) for name in NAMES]
        )
    facts = {
        "format": FORMAT,
        "key": key,
        "root": str(tree.root),
        "classes": tree.classes,
        "grouping": "table" if public else "part" if gathered.by_part else "picture",
        "explained": projection.explained,
        "model": DEFAULT,
        "unreadable": gathered.unreadable,
        "notes": notes,
    }
    arrays = {
        "histogram": histogram,
        "links": forest.links,
        "link_likeness": forest.likeness,
        "features": projection.features.astype(np.float16),
        "pca": projection.pca,
        "tsne": projection.tsne,
        "ends": np.cumsum([len(each) for each in extractor.thumbnails]),
    }
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    write_atomically(folder / "pictures.csv", stream.getvalue().encode("utf-8", "surrogatepass"))
    write_atomically(folder / "arrays.npz", packed.getvalue())
    write_atomically(folder / "thumbnails.bin", b"".join(extractor.thumbnails))
    write_atomically(folder / "index.json", json.dumps(facts).encode())
    say("Drawing the map", 1, 1)


def _judge(files: list[Path]) -> Any:
    """Probability (None where it gives none) and verdict of the shipped model, picture by picture."""
    from casting_core.inspection.inspector import Inspector

    for inspection in Inspector.load(DEFAULT).inspect_many(files, explain=False):
        yield inspection.probability, str(inspection.verdict)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"


def read_index(folder: Path, root: Path | None = None) -> Index | None:
    """Read a kept index; None where there is none, or it is damaged, and one has to be made.

    `root`: where the pictures lie, which may have been moved or copied since; where they lay then when None.
    """
    try:
        facts = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        with (folder / "pictures.csv").open(newline="", encoding="utf-8", errors="surrogatepass") as stream:
            header, *rows = csv.reader(stream)
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            packed = {name: arrays[name] for name in arrays.files}
        with (folder / "thumbnails.bin").open("rb") as thumbnails:
            small = memoryview(mmap(thumbnails.fileno(), 0, access=ACCESS_READ))
        found = _index(facts, root, header, rows, packed, small)
        cache.used(folder)
        return found
    except (*_DAMAGED, csv.Error, zipfile.BadZipFile):
        return None


def _index(
    facts: dict[str, Any],
    root: Path | None,
    header: list[str],
    rows: list[list[str]],
    packed: dict[str, np.ndarray],
    small: memoryview,
) -> Index:
    if facts["format"] != FORMAT or tuple(header) != COLUMNS:
        raise ValueError("an index of another form")
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))

    def whole(name: str) -> np.ndarray:
        return np.array(columns[name], np.int64)

    def real(name: str) -> np.ndarray:
        return np.array([value or "nan" for value in columns[name]], np.float32)

    count = len(rows)
    arrays = {name: packed[name] for name in ("histogram", "pca", "tsne", "ends")}
    features = packed["features"].astype(np.float32)
    if not len(features) == len(arrays["pca"]) == len(arrays["tsne"]) == len(arrays["ends"]) == count:
        raise ValueError("parts of different indexes")
    if int(arrays["ends"][-1]) != len(small):
        raise ValueError("thumbnails of another index")
    return Index(
        key=facts["key"],
        root=root or Path(facts["root"]),
        classes=tuple(facts["classes"]),
        paths=columns["path"],
        names=columns["name"],
        splits=columns["split"],
        sha256=columns["sha256"],
        **{name: whole(name) for name in ("width", "height", "size", "source", "nearest")},
        measures={name: real(name) for name in NAMES},
        likeness=real("likeness"),
        forest=Forest(count=count, links=packed["links"], likeness=packed["link_likeness"]),
        grouping=facts["grouping"],
        features=features,
        explained=tuple(facts["explained"]),
        model=facts["model"],
        probability=real("probability"),
        verdicts=columns["verdict"],
        unreadable=tuple((path, why) for path, why in facts["unreadable"]),
        notes=tuple(facts["notes"]),
        thumbnails=small,
        **arrays,
    )
