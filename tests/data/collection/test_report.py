"""What is said of a folder: sizes and numbers that may mislead."""

from collections.abc import Callable
from pathlib import Path

from casting_core.data.collection.collection import read_collection
from tests.data.conftest import Layout, flange, png, said


def test_sizes_that_give_the_label_away(make: Callable[[Layout], Path]) -> None:
    found = read_collection(make({"good": [0, 1], "bad": [png(flange(seed, 90)) for seed in (2, 3)]}))
    assert said(found, "2 sizes", "72 × 72 (2), 90 × 90 (2)")
    assert said(found, "differ in size")


def test_imbalance_is_said_from_one_to_five(make: Callable[[Layout], Path]) -> None:
    assert said(read_collection(make({"good": list(range(10)), "bad": [20, 21]})), "10 ok and 2 defective", "1 to 5.0")


def test_no_word_of_imbalance_below(make: Callable[[Layout], Path]) -> None:
    assert not said(read_collection(make({"good": list(range(9)), "bad": [20, 21]})), "out of balance")
