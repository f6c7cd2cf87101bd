"""Folders as people lay them out: what is read, guessed, grouped, divided, and said."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.collection.collection import Collection, is_public, public_collection, read_collection
from casting_core.data.samples import read_provenance
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError
from casting_core.labels import Label
from tests.data.conftest import Layout, flange, lay_out, png, said, sides

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE


def test_a_messy_folder_is_read(read_messy: Collection) -> None:
    assert read_messy.classes == {"Good": OK, "crack": DEFECTIVE, "dent": DEFECTIVE}
    assert read_messy.guessed
    count = {name: sum(read_messy.class_of(s) == name for s in read_messy.samples) for name in read_messy.classes}
    assert count == {"Good": 10, "crack": 6, "dent": 4}
    paths = [s.path for s in read_messy.samples]
    assert paths == sorted(paths)
    assert "crack/deeper/000.png" in paths
    assert all(len(s.sha256) == 64 for s in read_messy.samples)
    assert read_messy.sizes == {(72, 72): 19, (110, 110): 1}
    assert read_messy.grouping == "picture"
    assert not read_messy.official


def test_all_that_was_odd_is_said(read_messy: Collection) -> None:
    assert said(read_messy, "Guessed", "crack, dent are defective", "Good is sound", "--defective")
    assert said(read_messy, "dent/broken.png", "cannot be read", "damaged")
    assert said(read_messy, "dent/nothing.jpeg", "cannot be read", "empty")
    assert said(read_messy, "no picture is in it: empty")
    assert said(read_messy, "because they are no pictures: 1 .txt")
    assert said(read_messy, "holds masks: masks")
    assert said(read_messy, "masks by their names: 1 of")
    assert said(read_messy, "2 sizes", "72 × 72 (19), 110 × 110 (1)")
    assert said(read_messy, "Colour is turned to grey (1 of 20")
    assert said(read_messy, "compared as they are", "20 pictures show 20 photographs")
    # no error on ten photographs still allows 1 - 0.025 ** (1 / 10) = 31 %
    assert said(read_messy, "only 10 ok photographs", "31%")
    assert not said(read_messy, "differ in size")
    assert not any("hidden" in note or "DS_Store" in note for note in read_messy.notes)


def test_contents_alone_decide(messy: Path, read_messy: Collection, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    again = read_collection(messy, progress=lambda *at: calls.append(at))
    assert again == read_messy
    assert calls == sorted(calls)
    assert calls[-1][0] == calls[-1][1]
    other = tmp_path / "other"
    shutil.copytree(messy, other)
    for file in (other / "Good").glob("00*.png"):  # other names, in another order
        file.rename(file.with_name(f"x{9 - int(file.stem)}.png"))
    moved = read_collection(other)
    assert {s.sha256: (s.split, s.label) for s in moved.samples} == {
        s.sha256: (s.split, s.label) for s in read_messy.samples
    }


def test_copies_stay_together(make: Callable[[Layout], Path]) -> None:
    def copies(seed: int) -> list[bytes | int]:
        return [png(np.ascontiguousarray(np.rot90(flange(seed, 128), k))) for k in range(4)]

    folders = [f"ok/{seed}" for seed in range(4)] + [f"bad/{seed}" for seed in range(10, 14)]
    found = read_collection(make({folder: copies(int(folder.split("/")[1])) for folder in folders}))
    assert found.classes == {"bad": DEFECTIVE, "ok": OK}
    by_folder: dict[str, set[tuple[int, str, int]]] = {}
    for s in found.samples:
        by_folder.setdefault(s.path.rsplit("/", 1)[0], set()).add((s.source, s.split, s.fold))
    assert all(len(seen) == 1 for seen in by_folder.values())
    assert len({s.source for s in found.samples}) == 8
    assert len(sides(found)) == 4
    assert found.folds == 3  # three photographs of each label are in train
    assert said(found, "only enough photographs for 3")


def test_castings_are_grouped_by_their_ring(tmp_path: Path) -> None:
    root = tmp_path / "set"
    castings: Layout = {
        name: [png(np.rot90(render_casting(seed=start + n, size=160).pixels, k)) for n in range(4) for k in (0, 1)]
        for name, start in (("good", 0), ("scrap", 10))
    }
    found = read_collection(lay_out(root, castings))
    assert found.grouping == "part"
    assert said(found, "ring around its opening", "16 pictures show 8 photographs")
    assert all(a.source == b.source for a, b in zip(found.samples[::2], found.samples[1::2], strict=True))


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ({"a": [0, 1], "b": [2, 3]}, "a, b.*--defective"),
        ({"good": [0, 1, 2]}, "only good holds pictures.*at least two classes"),
        ({"good": [], "bad": []}, "none that holds pictures"),
        ({"good": [0, 1], "bad": [2]}, "class bad holds 1 readable picture.*at least two"),
        ({"good": [0, 1], "bad": [b"no picture", b"", b"x"]}, "class bad holds 0 readable pictures.*could not be read"),
        ({"train": [0, 1], "test": [2, 3]}, "train, test|test, train"),
        ({"good": [0, 1], "bad": [2, png(np.zeros((40, 31), np.uint8))]}, "at least 32 pixels; 1 have.*bad/001.png"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(make: Callable[[Layout], Path], layout: Layout, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_collection(make(layout))


def test_names_given_beat_the_guess(make: Callable[[Layout], Path]) -> None:
    root = make({"a": [0, 1], "b": [2, 3]})
    found = read_collection(root, defective=["B"])
    assert (found.classes, found.guessed) == ({"a": OK, "b": DEFECTIVE}, False)
    with pytest.raises(DataError, match=r"no class named c.*a, b"):
        read_collection(root, defective=["c"])


def test_the_public_set_is_known_by_its_names(tmp_path: Path) -> None:
    names = [sample.path for sample in read_provenance()]
    for split in ("train", "test"):
        for folder in ("def_front", "ok_front"):
            (tmp_path / split / folder).mkdir(parents=True)
    assert not is_public(tmp_path)
    for name in names:
        (tmp_path / name).touch()
    assert is_public(tmp_path)
    (tmp_path / names[5]).unlink()
    assert is_public(tmp_path)  # one that is missing is an incomplete copy
    (tmp_path / "train/ok_front/mine.jpeg").touch()
    assert not is_public(tmp_path)  # one more is another set
    assert not is_public(tmp_path / "nowhere")
    known = public_collection(tmp_path)
    assert (known.folds, known.grouping, known.official, known.guessed) == (5, "table", True, False)
    assert len(known.samples) == 7348
    assert known.class_of(known.samples[0]) == "def_front"


def test_the_real_set_is_public(data_root: Path) -> None:
    assert is_public(data_root)
