"""Indexes and folders made for tests: no network looks at a picture."""

from dataclasses import fields
from pathlib import Path

import numpy as np
from PIL import Image

from casting_core.data.collection.folders import Found, find_files
from casting_core.data.part.measures import NAMES
from casting_core.data.provenance.spanning_forest import Forest
from casting_core.exploration import cache
from casting_core.exploration.index import find_key
from casting_core.exploration.index_file import Index, read_index

NO_LINKS = Forest(count=0, links=np.zeros((2, 0), np.int32), likeness=np.zeros(0, np.float32))


def lay_out(root: Path, files: dict[str, np.ndarray | bytes]) -> Path:
    """Write pictures, and bytes as they are, below a folder."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            (root / name).write_bytes(content)
        else:
            Image.fromarray(content).save(root / name)
    return root


def found(*paths: str) -> tuple[Found, ...]:
    """Files of classes by their folders."""
    return tuple(Found(path=path, split="", name=path.split("/")[0]) for path in paths)


def index_of(paths: list[str], **others) -> Index:
    """An index of pictures `class/file` or `split/class/file`, one photograph each, that nobody judged."""
    count = len(paths)
    parts = [path.split("/") for path in paths]
    names = tuple(each[-2] for each in parts)
    angles = np.linspace(0, 1, count)
    values = {
        "key": "k",
        "root": Path("nowhere"),
        "classes": tuple(sorted(set(names))),
        "paths": tuple(paths),
        "names": names,
        "splits": tuple(each[0] if len(each) == 3 else "" for each in parts),
        "sha256": tuple(f"{n:064x}" for n in range(count)),
        "width": np.full(count, 300),
        "height": np.full(count, 200),
        "size": np.arange(count),
        "source": np.arange(count),
        "measures": {name: np.arange(count, dtype=np.float32) for name in NAMES},
        "nearest": np.full(count, -1),
        "likeness": np.full(count, -1, np.float32),
        "histogram": np.zeros(40, np.int64),
        "forest": NO_LINKS,
        "grouping": "part",
        "features": np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        "pca": np.zeros((count, 2), np.float32),
        "tsne": np.zeros((count, 2), np.float32),
        "explained": (0.5, 0.2),
        "model": "castnet",
        "probability": np.full(count, np.nan, np.float32),
        "verdicts": ("",) * count,
        "unreadable": (),
        "notes": ("A note of the index.",),
        "thumbnails": memoryview(b""),
        "ends": np.zeros(count, np.int64),
    }
    return Index(**{**values, **others})


def same(one: Index, other: Index) -> bool:
    """Whether two indexes say the same, wherever they lie."""
    for field in fields(Index):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if field.name == "forest":
            left, right = (left.links, left.likeness), (right.links, right.likeness)
        if field.name == "thumbnails":
            left, right = bytes(left), bytes(right)
        if field.name == "measures":
            left, right = list(left.values()), list(right.values())
        if field.name not in ("root", "key"):
            np.testing.assert_equal(left, right, err_msg=field.name)
    return True


def find_index(folder: Path) -> tuple[Index | None, bool]:
    """The index that is kept for a folder, as the page reads it, and whether no file has changed since."""
    key, valid = find_key(folder)
    kept = None if key is None else read_index(cache.place(key), find_files(folder).root)
    return kept, valid and kept is not None
