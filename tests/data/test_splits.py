"""Splits of one's own folder: kept where they are there, else made, with both labels in each."""

from collections.abc import Callable
from pathlib import Path

from casting_core.data.collection.collection import Collection, read_collection
from casting_core.labels import Label
from tests.data.conftest import Layout, said, sides

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
