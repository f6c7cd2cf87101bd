"""Splits of one's own folder: kept where they are there, else made, with both labels in each."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from casting_core.data.collection.collection import Collection, read_collection
from casting_core.data.samples import Sample
from casting_core.data.splits import make_split, mark_doubted, split_folds
from casting_core.data.synthetic.flange import render_flange
from casting_core.labels import Label
from tests.data.conftest import Layout, flange, png, said, sides

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE


def test_the_split_and_the_folds_hold_both_labels(read_messy: Collection) -> None:
    assert len(sides(read_messy)) == 4
    for label in Label:
        assert (read_messy.photographs(label), read_messy.photographs(label, "test")) == (10, 2)
    assert read_messy.folds == 5
    for fold in range(5):
        assert {s.label for s in read_messy.samples if s.fold == fold} == {OK, DEFECTIVE}


def test_the_split_of_the_folder_is_kept(make: Callable[[Layout], Path]) -> None:
    root = make(
        {
            "Train/ok": [0, 1, 2, 3],
            "Train/NG": [10, 11, 12],
            "valid/ok": [4],
            "valid/NG": [13],
            "TEST/ok": [5, 0],  # one is a picture of train
            "TEST/ng": [14],
        }
    )
    found = read_collection(root)
    assert found.official
    assert found.classes == {"ng": DEFECTIVE, "ok": OK}  # as first written, in the order of paths
    assert {s.path: s.split for s in found.samples} == {
        s.path: "test" if s.path.startswith("TEST") else "train" for s in found.samples
    }
    assert said(found, "split into train and test was kept")
    assert said(found, "validation were counted as train")
    assert said(found, "1 of 3 test pictures are copies")
    assert {found.class_of(s) for s in found.samples} == {"ng", "ok"}


def test_validation_serves_as_test_where_there_is_none(make: Callable[[Layout], Path]) -> None:
    found = read_collection(make({"train/ok": [0, 1], "train/bad": [10, 11], "val/ok": [2], "val/bad": [12]}))
    assert found.official
    assert {s.split for s in found.samples if s.path.startswith("val")} == {"test"}


def test_a_split_that_lacks_a_label_is_set_aside(make: Callable[[Layout], Path]) -> None:
    layout: Layout = {"train/good": [0, 1, 2, 3], "test/good": [4], "test/crack": [10, 11, 12]}
    found = read_collection(make(layout | {"ground_truth/crack": [9]}))
    assert not found.official
    assert said(found, "no defective picture in train", "another one made")
    assert len(sides(found)) == 4
    assert len(found.samples) == 8


def test_same_picture_under_both_labels(make: Callable[[Layout], Path]) -> None:
    found = read_collection(make({"good": [0, 1, 2, 3, 4, 5], "bad": [10, 11, 12, 13, 3]}))
    assert {s.path for s in found.samples if s.suspect} == {"good/003.png", "bad/004.png"}
    assert said(found, "2 pictures are filed as sound and as defective with the same bytes")
    assert len({s.source for s in found.samples if s.suspect}) == 1


def test_a_copy_under_the_other_label_is_doubted(make: Callable[[Layout], Path]) -> None:
    turns = [png(np.ascontiguousarray(np.rot90(flange(3, 128), k))) for k in range(3)]
    found = read_collection(make({"good": [*range(100, 114), *turns[:2]], "bad": [*range(130, 140), turns[2]]}))
    assert [s.path for s in found.samples if s.suspect] == ["bad/010.png"]
    assert said(found, "copies of a photograph that is filed under the other label", "bad/010.png")


def test_parts_before_and_after_their_defect_are_no_slips(make: Callable[[Layout], Path]) -> None:
    pairs = [(render_flange(seed, 128), render_flange(seed, 128, ["pinhole"])) for seed in range(5)]
    root = make({"good": [png(a.pixels) for a, _ in pairs], "bad": [png(b.pixels) for _, b in pairs]})
    found = read_collection(root)
    assert len({s.source for s in found.samples}) == 5
    assert not any(s.suspect for s in found.samples)
    assert said(found, "10 pictures show photographs that are filed under both labels")
    assert len(sides(found)) == 4
    for source in range(5):
        assert len({(s.split, s.fold) for s in found.samples if s.source == source}) == 1


def test_a_label_of_one_photograph(make: Callable[[Layout], Path]) -> None:
    turns = [png(np.ascontiguousarray(np.rot90(flange(3, 128), k))) for k in range(4)]
    found = read_collection(make({"good": list(range(100, 106)), "bad": turns}))
    assert len(sides(found)) == 4
    assert said(found, "All defective pictures are copies of one photograph", "memory")
    assert found.folds == 0
    assert {s.fold for s in found.samples} == {-1}
    assert said(found, "nothing can be said of new parts")


def filed(*photographs: tuple[int, int, int], split: str = "train") -> list[Sample]:
    """Samples of photographs, each told as its number and how many sound and how many defective pictures it has."""
    return [
        Sample(path=f"{label}/{source}_{n}", split=split, label=label, sha256=f"{source:03}{label}{n}", source=source)
        for source, sound, defective in photographs
        for label, count in ((OK, sound), (DEFECTIVE, defective))
        for n in range(count)
    ]


def doubted(samples: list[Sample]) -> set[str]:
    return {sample.path for sample in mark_doubted(samples)[0] if sample.suspect}


def test_of_a_photograph_under_both_labels_the_rarer_is_doubted_and_both_on_a_tie() -> None:
    plenty = [(source, 5, 0) for source in range(10, 20)]
    assert doubted(filed((0, 3, 1), *plenty)) == {"defective/0_0"}
    assert doubted(filed((0, 1, 3), *plenty)) == {"ok/0_0"}
    assert doubted(filed((0, 1, 1), *plenty)) == {"ok/0_0", "defective/0_0"}
    assert doubted(filed((0, 3, 0), (1, 0, 3), *plenty)) == set()


def test_more_than_a_tenth_doubted_is_how_the_set_is_made() -> None:
    at_the_bound = filed((0, 1, 1), (1, 18, 0))  # 2 of 20
    assert len(doubted(at_the_bound)) == 2
    assert doubted(at_the_bound[:-1]) == set()  # 2 of 19
    assert "too many for slips" in mark_doubted(at_the_bound[:-1])[1][0]


def test_the_same_bytes_under_both_labels_are_doubted_however_many_they_are() -> None:
    samples = [replace(sample, sha256="same") for sample in filed((0, 1, 1))]
    assert doubted(samples) == {"ok/0_0", "defective/0_0"}


def test_a_fifth_of_each_label_is_set_aside_by_the_order_of_hashes() -> None:
    samples = filed(*((n, 2, 0) for n in range(10)), *((n, 0, 1) for n in range(20, 25)))
    divided, notes = make_split(samples)
    assert {s.source for s in divided if s.split == "test"} == {0, 1, 20}
    assert len(notes) == 1
    shuffled = [samples[place] for place in np.random.default_rng(0).permutation(len(samples))]
    assert sorted(make_split(shuffled)[0], key=lambda s: s.sha256) == sorted(divided, key=lambda s: s.sha256)


def test_two_photographs_are_one_for_each_side() -> None:
    divided, _ = make_split(filed((0, 1, 0), (1, 1, 0), (2, 0, 1), (3, 0, 1)))
    assert {s.source: s.split for s in divided} == {0: "test", 1: "train", 2: "test", 3: "train"}


def test_there_are_as_many_folds_as_photographs_of_the_rarer_label_and_five_at_most() -> None:
    for rarer, folds in ((9, 5), (5, 5), (3, 3), (2, 2), (1, 0)):
        samples = filed(*((n, 1, 0) for n in range(12)), *((n, 0, 2) for n in range(20, 20 + rarer)))
        dealt, count, notes = split_folds(samples)
        assert count == folds
        assert {s.fold for s in dealt} == (set(range(folds)) if folds else {-1})
        assert len(notes) == (folds < 5)
