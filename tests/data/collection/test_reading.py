"""Reading a folder once: what is kept of each picture, what is told on the way, and which photographs there are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.collection import reading
from casting_core.data.collection.folders import Found, find_files
from casting_core.data.collection.reading import common_sizes, gather, photographs
from casting_core.data.images import Picture
from casting_core.data.part.finder import Part
from casting_core.data.provenance.grouping import compare
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.flange import render_flange

BROKEN = b"no picture"
Said = list[tuple[int, int]]


def lay_out(root: Path, files: dict[str, np.ndarray | bytes]) -> tuple[Found, ...]:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            (root / name).write_bytes(content)
        else:
            Image.fromarray(content).save(root / name)
    return find_files(root).files


def casting(seed: int) -> np.ndarray:
    return render_casting(seed=seed, size=120).pixels


def flange(seed: int) -> np.ndarray:
    return render_flange(seed, 80).pixels


@pytest.fixture(scope="module")
def castings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Found, ...]]:
    """Eleven castings, the last of which is the first turned, one picture without a part, and a broken file."""
    root = tmp_path_factory.mktemp("castings")
    files: dict[str, np.ndarray | bytes] = {f"a/{seed:02}.png": casting(seed) for seed in range(10)}
    files["b/0.png"] = np.ascontiguousarray(np.rot90(casting(0)))
    files["b/1.png"] = np.full((64, 80), 120, np.uint8)
    files["b/2.png"] = BROKEN
    return root, lay_out(root, files)


def test_every_picture_is_told_of_once_and_in_order(castings: tuple[Path, tuple[Found, ...]]) -> None:
    root, files = castings
    told: list[tuple[Picture, Part | None]] = []
    said: Said = []
    found = gather(root, files, lambda *at: said.append(at), lambda picture, part: told.append((picture, part)))
    assert [f.path for f in found.files] == [f.path for f in files if f.path != "b/2.png"]
    assert [picture.sha256 for picture, _ in told] == found.hashes
    assert [(picture.width, picture.height) for picture, _ in told] == found.sizes == [(120, 120)] * 11 + [(80, 64)]
    assert [part is not None for _, part in told] == [True] * 11 + [False]
    assert said == [(done, 13) for done in range(1, 14)]
    assert [path for path, _ in found.unreadable] == ["b/2.png"]
    assert "JPEG, PNG" in found.unreadable[0][1]
    assert found.by_part
    assert (sorted(found.strips), sorted(found.looks)) == (list(range(11)), [11])


def test_the_coarse_rings_are_in_the_order_of_the_pictures(castings: tuple[Path, tuple[Found, ...]]) -> None:
    root, files = castings
    found = gather(root, files)
    coarse = found.coarse()
    assert coarse.shape == (11, 24, 256)
    assert all((coarse[place] == found.strips[index][0]).all() for place, index in enumerate(found.strips))
    assert compare(coarse).nearest[[0, 10]].tolist() == [10, 0]


def test_without_detail_the_fine_rings_are_left_out(castings: tuple[Path, tuple[Found, ...]]) -> None:
    root, files = castings
    full, short = gather(root, files), gather(root, files, detailed=False)
    assert {detail.shape for _, detail in full.strips.values()} == {(64, 512)}
    assert {detail.size for _, detail in short.strips.values()} == {0}
    assert (short.coarse() == full.coarse()).all()
    assert (short.files, short.hashes, short.sizes) == (full.files, full.hashes, full.sizes)


def test_photographs_are_the_same_with_a_likeness_that_is_known(castings: tuple[Path, tuple[Found, ...]]) -> None:
    root, files = castings
    found = gather(root, files)
    alone: Said = []
    known: Said = []
    first = photographs(found, lambda *at: alone.append(at))
    second = photographs(found, lambda *at: known.append(at), compare(found.coarse()))
    assert first.tolist() == second.tolist() == [*range(10), 0, 10]
    for said in (alone, known):  # from nothing to all, and never back
        shares = [done / total for done, total in said]
        assert shares == sorted(shares)
        assert shares[-1] == 1
    assert any(share == 0.5 for share in [done / total for done, total in alone])  # compared, and now grouped


def test_another_product_is_looked_at_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    find_part = reading.find_part
    monkeypatch.setattr(reading, "find_part", lambda pixels: looked.append(1) or find_part(pixels))
    pictures: dict[str, np.ndarray | bytes] = {f"a/{seed:02}.png": flange(seed) for seed in range(11)}
    pictures["a/00.png"] = casting(0)  # a part is found on it, before it is known that they are others
    pictures["b/0.png"] = np.ascontiguousarray(np.rot90(flange(4)))
    files = lay_out(tmp_path, pictures)
    told: list[Part | None] = []
    found = gather(tmp_path, files, each=lambda picture, part: told.append(part))
    assert not found.by_part
    assert not found.strips
    assert sorted(found.looks) == list(range(12))
    assert len(told) == 12
    assert told[0] is not None
    assert told[1:] == [None] * 11
    assert len(looked) == 3  # the second of twelve without a part is one in ten and more
    said: Said = []
    assert photographs(found, lambda *at: said.append(at)).tolist() == [*range(11), 4]
    shares = [done / total for done, total in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_nothing_to_read_gives_nothing(tmp_path: Path) -> None:
    files = lay_out(tmp_path, {"a/0.png": BROKEN, "b/0.png": b""})
    told: list[object] = []
    found = gather(tmp_path, files, each=lambda picture, part: told.append(picture))
    assert (found.files, told, len(found.unreadable)) == ([], [], 2)
    assert photographs(found).tolist() == []


def test_sizes_by_how_common_they_are() -> None:
    assert common_sizes([(3, 4), (1, 2), (3, 4), (0, 9), (1, 2)]) == [((1, 2), 2), ((3, 4), 2), ((0, 9), 1)]
