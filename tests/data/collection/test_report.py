"""What is said of a folder: sizes and numbers that may mislead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casting_core.data.collection.collection import read_collection
from casting_core.data.collection.folders import Found
from casting_core.data.collection.reading import ReadImages
from casting_core.data.collection.report import FEW, NAMED, on_groups, on_numbers, on_pictures
from casting_core.data.samples import Sample
from casting_core.labels import Label
from tests.data.conftest import Layout, flange, png, said


def test_sizes_that_give_the_label_away(make: Callable[[Layout], Path]) -> None:
    found = read_collection(make({"good": [0, 1], "bad": [png(flange(seed, 90)) for seed in (2, 3)]}))
    assert said(found, "2 sizes", "72 × 72 (2), 90 × 90 (2)")
    assert said(found, "differ in size")


def test_imbalance_is_said_from_one_to_five(make: Callable[[Layout], Path]) -> None:
    assert said(read_collection(make({"good": list(range(10)), "bad": [20, 21]})), "10 ok and 2 defective", "1 to 5.0")


def test_no_word_of_imbalance_below(make: Callable[[Layout], Path]) -> None:
    assert not said(read_collection(make({"good": list(range(9)), "bad": [20, 21]})), "out of balance")


def photographs(label: Label, count: int, first: int = 0) -> list[Sample]:
    """One picture each."""
    return [Sample(path=f"{label}/{n}", split="train", label=label, source=n) for n in range(first, first + count)]


def test_a_few_unreadable_files_are_named_and_the_others_counted() -> None:
    broken = [(f"a/{n}.png", "It is empty.") for n in range(NAMED + 2)]
    notes = on_pictures(ReadImages(root=Path(), unreadable=broken), {})
    assert len(notes) == NAMED + 1
    assert notes[0] == "Left out, because it cannot be read: a/0.png. It is empty."
    assert notes[-1] == "Left out 2 more files that cannot be read."
    assert len(on_pictures(ReadImages(root=Path(), unreadable=broken[:NAMED]), {})) == NAMED


def test_the_three_commonest_of_many_sizes_are_told(tmp_path: Path) -> None:
    sizes = [(40, 40), (40, 40), (50, 40), (60, 40), (70, 40)]
    files = [Found(path=f"{name}/{n}.png", split="", name=name) for n, name in enumerate("aabab")]
    for file in files:
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        (tmp_path / file.path).write_bytes(png(flange(0)))
    gathered = ReadImages(root=tmp_path, files=files, sizes=sizes)
    (note, told) = on_pictures(gathered, {"a": Label.OK, "b": Label.DEFECTIVE})
    assert "4 sizes: 40 × 40 (2), 50 × 40 (1), 60 × 40 (1) and others" in note
    assert "differ in size" in told


def test_a_group_of_more_than_half_is_told_with_its_first_picture() -> None:
    rest = photographs(Label.OK, 4, first=10)
    many = [Sample(path=f"bad/{n}", split="train", label=Label.DEFECTIVE, source=0) for n in range(5)]
    count, suspicion = on_groups([*many, *rest], by_part=True)  # 5 of 9
    assert "9 pictures show 5 photographs" in count
    assert suspicion.startswith("5 pictures, bad/0 first")
    assert len(on_groups([*many[:4], *rest], by_part=True)) == 1  # 4 of 8 is half
    assert len(on_groups(many, by_part=False)) == 1  # all of one photograph, which is said elsewhere


@pytest.mark.parametrize(("parts", "words"), [(1, "is only 1 ok photograph:"), (2, "are only 2 ok photographs:")])
def test_what_is_said_of_few_photographs_by_hand(parts: int, words: str) -> None:
    (note,) = on_numbers([*photographs(Label.OK, parts) * FEW, *photographs(Label.DEFECTIVE, FEW, first=100)])
    assert words in note
    assert f"up to {98 if parts == 1 else 84}%" in note  # 1 - 0.025, and 1 - its root


def test_enough_of_both_is_no_word() -> None:
    assert on_numbers([*photographs(Label.OK, FEW), *photographs(Label.DEFECTIVE, FEW, first=100)]) == []
