"""What several tests here share."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.collection.collection import Collection, read_collection
from casting_core.data.synthetic.flange import render_flange
from casting_core.labels import Label
from tests.data.pictures import png16
from tests.factories import encoded as png

Layout = dict[str, list[bytes | int]]


@cache
def flange(seed: int, size: int = 72) -> np.ndarray:
    return render_flange(seed, size).pixels


def lay_out(root: Path, folders: Layout) -> Path:
    """Write folders of pictures: bytes as they are, numbers as flanges of that seed."""
    for folder, contents in folders.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            data = png(flange(content)) if isinstance(content, int) else content
            (root / folder / f"{number:03}.png").write_bytes(data)
    return root


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Layout], Path]:
    return lambda folders: lay_out(tmp_path / "set", folders)


def said(collection: Collection, *words: str) -> bool:
    """Whether one note holds all of these words."""
    return any(all(word in note for word in words) for note in collection.notes)


def sides(collection: Collection) -> set[tuple[str, Label]]:
    return {(s.split, s.label) for s in collection.samples}


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes, two sizes, colour, 16 bits, a broken and an empty file, text, hidden files, masks, no pictures."""
    root = tmp_path_factory.mktemp("messy")
    lay_out(root, {"Good": list(range(8)), "crack": list(range(20, 25)), "crack/deeper": [30], "dent": [40, 41, 42]})
    (root / "empty").mkdir()
    lay_out(root, {"masks/crack": [50]})
    (root / "Good" / "large.jpg").write_bytes(png(flange(9, 110)))  # a PNG in spite of its name
    colour = np.repeat(flange(10)[..., None], 3, axis=2)
    colour[..., 2] //= 2
    (root / "Good" / "colour.bmp").write_bytes(png(colour))
    (root / "dent" / "deep.png").write_bytes(png16(flange(43).astype(np.uint16) * 257))
    (root / "dent" / "000_mask.png").write_bytes(png(flange(51)))
    (root / "dent" / "broken.png").write_bytes(png(flange(44))[:900])
    (root / "dent" / "nothing.jpeg").write_bytes(b"")
    (root / "dent" / "readme.txt").write_text("no picture")
    (root / "Good" / ".DS_Store").write_bytes(b"\0")
    (root / ".hidden").mkdir()
    (root / ".hidden" / "0.png").write_bytes(png(flange(60)))
    return root


@pytest.fixture(scope="module")
def read_messy(messy: Path) -> Collection:
    return read_collection(messy)
