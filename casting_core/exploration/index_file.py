"""An index of a data set as it is kept: one folder with a table, arrays, thumbnails and facts.

pictures.csv     one row a picture
arrays.npz       features, maps, links between copies
thumbnails.bin   JPEG files, one after another
index.json       all else; written last
"""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Literal

import numpy as np

from casting_core.data.files import write_atomically
from casting_core.data.part.measures import NAMES
from casting_core.data.provenance.spanning_forest import Forest
from casting_core.exploration import cache

FORMAT = 1
Grouping = Literal["table", "part", "picture"]
TEXTS = {"path": "paths", "name": "names", "split": "splits", "sha256": "sha256", "verdict": "verdicts"}
WHOLE = ("width", "height", "size", "source", "nearest")
COLUMNS = ("path", "name", "split", "sha256", *WHOLE, "likeness", "probability", "verdict", *NAMES)
_DAMAGED = (OSError, ValueError, LookupError, TypeError, EOFError, RuntimeError, csv.Error, zipfile.BadZipFile)


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """What is known of N pictures, in the order of their paths.

    Attributes
    ----------
    key : name of its folder in the cache.
    root : the folder that paths are relative to.
    classes : names of the folders that hold pictures, sorted.
    paths, names, splits, sha256 : N texts each; the class's name, and train, val, test or empty, as filed.
    width, height, size, source : int (N,), pixels, pixels, bytes and photograph.
    measures : float32 (N,) by the names of `data.part.measures`.
    nearest, likeness : int (N,) and float32 (N,), the most alike other picture by its ring; -1 where rings were not
        compared.
    histogram : int (40,), pairs by likeness from 0.8 to 1.
    forest : the links within photographs.
    grouping : how photographs were told apart, by the shipped `table`, the `part`'s ring or the whole `picture`.
    features : float32 (N, D) of length 1.
    pca, tsne : float32 (N, 2).
    explained : shares of the variance that the two components carry.
    model : whose features they are.
    probability, verdicts : float32 (N,) of *defective* and N texts, by that model; NaN and empty where none judged.
    unreadable : path and reason.
    notes : sentences.
    thumbnails, ends : bytes of JPEG files, one after another, that end at int (N,).
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
        """Return a picture as a small JPEG file."""
        start = int(self.ends[index - 1]) if index else 0
        return bytes(self.thumbnails[start : int(self.ends[index])])


def write_index(index: Index, folder: Path) -> None:
    """Write an index into a folder. Raises `OSError` where that cannot be written."""
    cells: dict[str, Any] = {name: getattr(index, attribute) for name, attribute in TEXTS.items()}
    cells |= {name: getattr(index, name) for name in WHOLE}
    for name, values in {"likeness": index.likeness, "probability": index.probability, **index.measures}.items():
        cells[name] = ["" if np.isnan(value) else f"{value:.6g}" for value in values]
    stream = io.StringIO()
    writer = csv.writer(stream)  # ends lines with both signs, and so quotes either of them in a name
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(cells[name] for name in COLUMNS), strict=True))
    packed = io.BytesIO()
    np.savez(
        packed,
        allow_pickle=False,
        histogram=index.histogram,
        links=index.forest.links,
        link_likeness=index.forest.likeness,
        features=index.features.astype(np.float16),
        pca=index.pca,
        tsne=index.tsne,
        ends=index.ends,
    )
    facts = {"format": FORMAT, "root": str(index.root)}
    facts |= {name: getattr(index, name) for name in ("key", "classes", "grouping", "explained", "model")}
    facts |= {"unreadable": index.unreadable, "notes": index.notes}
    write_atomically(folder / "pictures.csv", stream.getvalue().encode("utf-8", "surrogatepass"))
    write_atomically(folder / "arrays.npz", packed.getvalue())
    write_atomically(folder / "thumbnails.bin", index.thumbnails)
    write_atomically(folder / "index.json", json.dumps(facts).encode())


def read_index(folder: Path, root: Path | None = None) -> Index | None:
    """Read a kept index; None where there is none, or it is damaged, and one has to be made.

    `root`: where the pictures lie, which may have been moved or copied since; where they lay then when None.
    """
    try:
        facts = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        with (folder / "pictures.csv").open(newline="", encoding="utf-8", errors="surrogatepass") as stream:
            header, *rows = csv.reader(stream)
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            packed = dict(arrays)
        with (folder / "thumbnails.bin").open("rb") as thumbnails:
            small = memoryview(mmap(thumbnails.fileno(), 0, access=ACCESS_READ))
        if facts["format"] != FORMAT or tuple(header) != COLUMNS:
            raise ValueError("an index of another form")
        columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
        found = _index(facts, root, columns, packed, small)
        cache.used(folder)
        return found
    except _DAMAGED:
        return None


def _index(
    facts: dict[str, Any],
    root: Path | None,
    columns: dict[str, tuple[str, ...]],
    packed: dict[str, np.ndarray],
    small: memoryview,
) -> Index:
    count = len(columns["path"])
    arrays: dict[str, Any] = {name: packed[name] for name in ("histogram", "pca", "tsne", "ends")}
    arrays["features"] = packed["features"].astype(np.float32)
    sizes = {len(arrays[name]) for name in ("features", "pca", "tsne", "ends")}
    if sizes != {count} or int(arrays["ends"][-1]) != len(small):
        raise ValueError("parts of different indexes")

    def real(name: str) -> np.ndarray:
        return np.array([value or "nan" for value in columns[name]], np.float32)

    values: dict[str, Any] = {name: facts[name] for name in ("key", "grouping", "model")}
    values |= {name: tuple(facts[name]) for name in ("classes", "explained", "notes")}
    values |= {attribute: columns[name] for name, attribute in TEXTS.items()}
    values |= {name: np.array(columns[name], np.int64) for name in WHOLE}
    return Index(
        root=root or Path(facts["root"]),
        unreadable=tuple((path, why) for path, why in facts["unreadable"]),
        measures={name: real(name) for name in NAMES},
        likeness=real("likeness"),
        probability=real("probability"),
        forest=Forest(count=count, links=packed["links"], likeness=packed["link_likeness"]),
        thumbnails=small,
        **values,
        **arrays,
    )
