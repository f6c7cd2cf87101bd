"""Broken pictures and archives through every door: a verdict, or `unusable` with its reason, and nothing else.

2,400 broken pictures here; 50,000 in the long run (`CASTING_LONG_FAULTS=1`). `tests/data/test_images_refused.py` has
others for the decoder alone, `fuzz_decode.py` looks for more by coverage.
"""

import hashlib
import io
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core import Inspector
from casting_core.data.collection.folders import find_files
from casting_core.data.collection.reading import gather
from casting_core.data.images import decode, decode_rgb
from casting_core.data.part.finder import find_part
from casting_core.data.part.measures import measure
from casting_core.data.provenance.near_duplicates import look
from casting_core.errors import DataError, ImageError
from casting_core.exploration.reading import thumbnail as kept_thumbnail
from casting_core.inspection.results import Inspection
from casting_core.labels import Verdict
from casting_core.networks.card import shipped
from pages.shared import downloads, resources, uploads
from pages.shared.marked import as_uri
from pages.shared.uploads import Upload
from tests.factories import encoded
from tests.faults.mutants import FORMATS, archives, mutants, originals, polyglot

COUNT = 50_000 if os.environ.get("CASTING_LONG_FAULTS") else 2_400


class Given:
    """A file as the browser gives it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.size, self.file_id, self._data = name, len(data), "", data

    def getvalue(self) -> bytes:
        return self._data


def fits(found: Inspection, data: bytes) -> bool:
    """Whether a result is one of the two that are allowed."""
    assert found.sha256 == (hashlib.sha256(data).hexdigest() if data else None)
    if found.verdict is Verdict.UNUSABLE:
        assert found.reason
        assert len(found.reason) < 600
        assert found.probability is None
        return False
    assert found.probability is not None
    assert 0 <= found.probability <= 1
    assert found.width
    assert found.height
    return True


def test_every_broken_picture_gets_a_verdict_or_a_reason() -> None:
    """By the quickest model: what reads and decodes is the same for all."""
    inspector = Inspector.load("brightness", device="cpu")
    verdicts: Counter[tuple[str, bool]] = Counter()
    waiting: list[tuple[str, bytes]] = []

    def given() -> Iterator[bytes]:
        for how, data in mutants(COUNT):
            waiting.append((how, data))
            yield data

    count = 0
    for found in inspector.inspect_many(given(), batch_size=64, explain=False):
        how, data = waiting.pop(0)
        verdicts[how, fits(found, data)] += 1
        count += 1
    assert count == COUNT
    for form in FORMATS:  # both ways are walked in every format
        for usable in (True, False):
            assert sum(n for (how, was), n in verdicts.items() if how.startswith(form) and was is usable) > 5


def test_the_model_with_gates_and_a_map_takes_them_too() -> None:
    inspector = Inspector.load("castnet", device="cpu")
    every = [data for _, data in mutants(COUNT // 20, seed=1, size=160)]
    found = list(inspector.inspect_many(every, batch_size=16, explain=False))
    assert len(found) == len(every)
    assert sum(fits(each, data) for each, data in zip(found, every, strict=True)) > len(every) // 10
    one = next(data for each, data in zip(found, every, strict=True) if each.probability is not None)
    shown = inspector.inspect(one)
    assert shown.heatmap.shape == (shown.height, shown.width)


def test_the_doors_of_the_pages_take_them() -> None:
    """Uploads, thumbnails, the picture as shown, and the table to take away."""
    every = list(mutants(COUNT // 2, seed=2))
    for start in range(0, len(every), 400):
        part = every[start : start + 400]
        kept = uploads.take(Given(f"{number}.png", data) for number, (_, data) in enumerate(part))
        assert [each.data for each in kept] == [data for _, data in part]
        for each in kept:
            picture = resources.shown.__wrapped__(each)
            assert picture is None or max(picture.size) <= resources.LONG_SIDE[1]
            with suppress(ImageError):
                small = as_uri(Image.fromarray(decode(each.data).pixels), side=72)
                assert small.startswith("data:image/jpeg;base64,")
        table = downloads.to_csv([(each, None) for each in kept]).decode("utf-8-sig")
        assert len(table.splitlines()) == len(part) + 1


def test_the_doors_of_the_explorer_take_them(tmp_path: Path) -> None:
    """A folder is listed and read; what cannot be read is named with a reason, what can be is measured."""
    number = -1
    for number, (_, data) in enumerate(mutants(COUNT // 8, seed=3)):
        place = tmp_path / ("good", "bad")[number % 2] / f"{number}.png"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    tree = find_files(tmp_path)
    seen = []

    def each(picture, part) -> None:
        seen.append(measure(picture.pixels, part))
        Image.open(io.BytesIO(kept_thumbnail(picture.pixels))).load()

    gathered = gather(tree.root, tree.files, each=each)
    assert len(gathered.files) + len(gathered.unreadable) == number + 1
    assert len(seen) == len(gathered.files) > number // 4
    assert len(gathered.unreadable) > number // 4
    assert all(why for _, why in gathered.unreadable)


def test_pictures_of_extreme_shape_are_looked_at_in_bounded_time() -> None:
    """One pixel, one row, one column, the most elongated: each step of reading takes them."""
    for height, width in ((1, 1), (1, 2), (2, 1), (1, 60_000), (60_000, 1), (3, 20_000), (7, 9), (16, 16)):
        pixels = np.zeros((height, width), np.uint8)
        pixels[::2] = 200
        find_part(pixels)
        look(pixels)
        measure(pixels, None)
        kept_thumbnail(pixels)
        assert as_uri(Image.fromarray(pixels), side=72)
        assert resources.shown(Upload.of("extreme.png", encoded(pixels)))


def test_pictures_of_extreme_shape_get_a_verdict_or_a_reason() -> None:
    for model in {"brightness", "castnet"} & set(shipped()):
        inspector = Inspector.load(model, device="cpu")
        for height, width in ((1, 1), (1, 30_000), (30_000, 1), (5, 7)):
            found = inspector.inspect(np.full((height, width), 100, np.uint8), explain=height * width < 1000)
            assert found.verdict in Verdict


@pytest.mark.parametrize("name", archives())
def test_an_archive_is_refused_with_a_reason_and_nothing_is_unpacked(name: str, tmp_path: Path) -> None:
    data = archives()[name]
    file = tmp_path / "box" / name
    file.parent.mkdir()
    file.write_bytes(data)
    for source in (data, file):
        with pytest.raises(ImageError) as caught:
            decode(source)
        said = str(caught.value)
        assert "Expected a JPEG, PNG, BMP, TIFF, WebP or AVIF picture" in said or "empty" in said
        if name.endswith(".zip"):
            assert "ZIP archive" in said or name == "empty.zip"
    (kept,) = uploads.take([Given(name, data)])
    assert kept.data == data  # judged, and called unusable with that reason
    assert resources.shown(kept) is None
    assert [each.name for each in tmp_path.rglob("*")] == ["box", name]


def test_a_folder_of_archives_is_no_data_set(tmp_path: Path) -> None:
    for name, data in archives().items():
        (tmp_path / "good").mkdir(exist_ok=True)
        (tmp_path / "good" / name).write_bytes(data)
    with pytest.raises(DataError, match="at least two classes"):
        find_files(tmp_path)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(originals()["PNG"][0])
    tree = find_files(tmp_path)
    gathered = gather(tree.root, tree.files)
    assert [each.path for each in gathered.files] == ["bad/a.png"]
    assert {path for path, _ in gathered.unreadable} == {"good/nothing.png", "good/picture that is a zip.png"}
    assert any(".zip" in note for note in tree.notes)


def test_a_picture_with_an_archive_behind_it_is_that_picture() -> None:
    plain = originals()["PNG"][0]
    assert (decode(polyglot()).pixels == decode(plain).pixels).all()
    assert (decode_rgb(polyglot()) == decode_rgb(plain)).all()
