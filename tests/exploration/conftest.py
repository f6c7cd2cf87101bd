"""Small folders of castings, and a way to index them in a moment, without a network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.images import Picture
from casting_core.data.part.finder import Part
from casting_core.data.part.measures import Measures, measure
from casting_core.data.synthetic.casting import render_casting
from casting_core.exploration import cache, index, reading
from tests.exploration.handmade import lay_out


class QuickReader:
    """As `reading.FeatureExtractor`, but a picture's features are its measures."""

    def __init__(self, model: str) -> None:
        self.measures: list[Measures] = []
        self.thumbnails: list[bytes] = []

    def add(self, picture: Picture, part: Part | None) -> None:
        self.measures.append(measure(picture.pixels, part))
        self.thumbnails.append(reading.thumbnail(picture.pixels))

    def described(self) -> np.ndarray:
        return np.array([[m.brightness, m.contrast, m.sharpness] for m in self.measures], np.float32)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes are made without a network: one more picture in two is called defective."""

    def judge(files: list[Path]) -> Iterator[tuple[float, str]]:
        return ((0.9, "defective") if place % 2 else (0.1, "ok") for place in range(len(files)))

    monkeypatch.setattr(reading, "FeatureExtractor", QuickReader)
    monkeypatch.setattr(index, "_judge", judge)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test alone."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of two classes with two small castings each."""

    def make(name: str = "small", first: int = 20) -> Path:
        paths = ("ok/a.png", "ok/b.png", "bad/a.png", "bad/b.png")
        pictures = (render_casting(seed=first + number, size=80).pixels for number in range(4))
        return lay_out(tmp_path / name, dict(zip(paths, pictures, strict=True)))

    return make
