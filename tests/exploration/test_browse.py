"""Filters and orders of a small table by hand, and points in outlines."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import SettingsError
from casting_core.exploration.browse import CHOICES, ORDERS, RANGES, Query, inside, select
from casting_core.exploration.table import Outcome, public_facts

NAN = float("nan")
ROWS = pd.DataFrame(
    {
        "path": ["a/1.png", "a/2.png", "b/3(1).png", "b/4.PNG", "b/5.png"],
        "split": ["train", "test", "train", "train", "test"],
        "name": ["a", "a", "b", "b", "b"],
        "label": ["ok", "ok", "defective", "defective", ""],
        "outcome": ["correct", "false alarm", "missed defect", "correct", "not judged"],
        "kinds": ["", "", "pinhole, scratch", "burr", "scratch"],
        "source": [2, 0, 1, 0, 2],
        "probability": [0.1, 0.9, 0.2, 0.8, NAN],
        "hardness": [0.1, 0.9, 0.8, 0.2, NAN],
        "brightness": [120.0, 90.0, 120.0, 200.0, 60.0],
        "size": [10, 30, 30, 20, 40],
    }
)


def places(**query) -> list[int]:
    return select(ROWS, Query(**query)).tolist()


def test_all_are_shown_as_they_lie_when_nothing_is_asked() -> None:
    assert places() == [0, 1, 2, 3, 4]
    assert places(choices={"split": (), "label": ()}, text="  ") == [0, 1, 2, 3, 4]


def test_one_of_several_values_is_enough_and_every_filter_counts() -> None:
    assert places(choices={"split": ("train",)}) == [0, 2, 3]
    assert places(choices={"outcome": ("missed defect", "false alarm")}) == [1, 2]
    assert places(choices={"split": ("train",), "name": ("b",)}) == [2, 3]
    assert places(choices={"label": ("",)}) == [4]
    assert places(choices={"label": ("odd",)}) == []


def test_a_picture_with_several_kinds_is_found_by_each() -> None:
    assert places(choices={"kinds": ("scratch",)}) == [2, 4]
    assert places(choices={"kinds": ("pinhole", "burr")}) == [2, 3]
    assert places(choices={"kinds": ("",)}) == [0, 1]
    assert places(choices={"kinds": ("hole",)}) == []  # part of a word is another kind


def test_both_ends_of_a_range_are_shown_and_what_has_no_value_is_not() -> None:
    assert places(ranges={"probability": (0.1, 0.8)}) == [0, 2, 3]
    assert places(ranges={"probability": (0.0, 1.0)}) == [0, 1, 2, 3]
    assert places(ranges={"probability": (0.0, 1.0), "brightness": (100, 150)}) == [0, 2]
    assert places(ranges={"probability": (0.9, 0.1)}) == []


def test_a_photograph_a_text_and_a_mask() -> None:
    assert places(source=0) == [1, 3]
    assert places(source=9) == []
    assert places(text="PNG") == [0, 1, 2, 3, 4]  # whatever the case
    assert places(text=" B/ ") == [2, 3, 4]
    assert places(text="3(1)") == [2]  # signs mean themselves
    assert places(text="a/.") == []
    among = np.array([False, True, True, False, True])
    assert places(among=among, choices={"name": ("b",)}) == [2, 4]
    assert among.tolist() == [False, True, True, False, True]  # not changed


def test_orders_by_hand() -> None:
    assert places(order="Hardest first") == [1, 2, 3, 0, 4]  # what was not judged comes last
    assert places(order="Probability, lowest first") == [0, 2, 3, 1, 4]
    assert places(order="Probability, highest first") == [1, 3, 2, 0, 4]
    assert places(order="By source photograph") == [1, 3, 2, 0, 4]
    assert places(order="Darkest first") == [4, 1, 0, 2, 3]  # equals as they lie
    assert places(order="Brightest first") == [3, 0, 2, 1, 4]
    assert places(order="Largest file first") == [4, 1, 2, 3, 0]
    assert places(order="By split") == [1, 4, 0, 2, 3]
    assert places(order="Brightest first", choices={"name": ("b",)}) == [3, 2, 4]


def test_columns_that_are_not_there_neither_filter_nor_order() -> None:
    assert places(choices={"mark": ("fine",)}, ranges={"sharpness": (0, 1)}) == [0, 1, 2, 3, 4]
    assert places(order="Most typical first") == [0, 1, 2, 3, 4]


def test_an_empty_table_has_no_places() -> None:
    rows = ROWS.iloc[:0]
    everything = dict.fromkeys(CHOICES, ("x",))
    for order in ORDERS:
        query = Query(choices=everything, ranges={"probability": (0, 1)}, source=1, text="a", order=order)
        assert select(rows, query).tolist() == []


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'By size'.*By path"):
        places(order="By size")


@given(st.sampled_from(sorted(ORDERS)), st.lists(st.booleans(), min_size=5, max_size=5))
def test_an_order_loses_and_invents_nothing(order: str, among: list[bool]) -> None:
    found = places(order=order, among=np.array(among))
    assert sorted(found) == np.flatnonzero(among).tolist()
    column, ascending = ORDERS[order]
    if column in ROWS and order != "By path":
        values = ROWS[column].iloc[found].dropna().tolist()
        assert values == sorted(values, reverse=not ascending)


def test_the_columns_that_are_offered_exist_in_the_facts_that_ship() -> None:
    rows = public_facts().rows
    there = {column for column, _ in ORDERS.values()} | {*CHOICES, *RANGES}
    # these need the pictures, or a person
    assert there - set(rows.columns) == {"typical", "brightness", "sharpness", "kinds", "size", "mark"}
    paths = rows["path"].tolist()
    assert paths == sorted(paths)  # as it lies is by path
    missed = select(rows, Query(choices={"outcome": (Outcome.MISSED,)}, order="Hardest first"))
    assert (rows["label"].iloc[missed] == "defective").all()
    assert (np.diff(rows["hardness"].iloc[missed]) <= 0).all()


SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], float)


def test_points_in_a_square_by_hand() -> None:
    points = np.array([[2, 2], [0.1, 3.9], [5, 2], [-1, 2], [2, 5], [2, -1], [4.1, 4.1]], float)
    for outline in (SQUARE, SQUARE[::-1], np.roll(SQUARE, 1, axis=0)):
        assert inside(points, outline).tolist() == [True, True, False, False, False, False, False]


def test_a_bay_lies_outside_and_a_corner_at_the_height_of_a_point_counts_once() -> None:
    # a U: two legs, and a bay between them that is open at the top
    u = np.array([[0, 0], [6, 0], [6, 6], [4, 6], [4, 2], [2, 2], [2, 6], [0, 6]], float)
    points = np.array([[1, 5], [5, 5], [3, 5], [3, 1], [1, 2], [3, 1.999], [-1, 2], [7, 2], [7, 6]], float)
    assert inside(points, u).tolist() == [True, True, False, True, True, True, False, False, False]
    diamond = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]], float)
    assert inside(np.array([[0, 0], [-0.5, 0], [0.5, 0], [-2, 0], [2, 0]]), diamond).tolist() == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_what_a_line_goes_round_twice_is_outside_again() -> None:
    star = np.array([[np.cos(a), np.sin(a)] for a in np.arange(5) * 4 * np.pi / 5])  # five points, its heart twice
    assert inside(np.array([[0.0, 0.0], [0.6, 0.0]]), star).tolist() == [False, True]


def test_fewer_than_three_corners_hold_nothing() -> None:
    for corners in range(3):
        assert not inside(SQUARE, SQUARE[:corners]).any()
    assert inside(np.zeros((0, 2)), SQUARE).shape == (0,)


@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
def test_as_the_turns_around_the_point_say(seed: int, corners: int) -> None:
    """The other way to tell: how often the outline goes around the point, by the sum of the angles."""
    rng = np.random.default_rng(seed)
    outline, points = rng.uniform(0, 1, (corners, 2)), rng.uniform(-0.2, 1.2, (60, 2))
    arms = outline - points[:, None]  # (N, V, 2)
    angles = np.arctan2(arms[..., 1], arms[..., 0])
    steps = np.roll(angles, -1, axis=1) - angles
    rounds = np.rint(((steps + np.pi) % (2 * np.pi) - np.pi).sum(1) / (2 * np.pi)).astype(int)
    assert (inside(points, outline) == (rounds % 2 == 1)).all()
