"""Copies of training pictures in the test: as documented for the public set, and at any threshold by hand."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.provenance.grouping import Leakage, leakage
from casting_core.data.provenance.spanning_forest import Forest
from casting_core.data.samples import read_provenance
from casting_core.exploration.leakage import leakage_at, photographs_at, samples_of, twins
from casting_core.exploration.table import Table, make_table, public_facts
from casting_core.labels import Label
from tests.exploration.handmade import index_of


@pytest.fixture(scope="module")
def facts() -> Table:
    return public_facts(None)


# the public set without its pictures


def test_the_public_test_is_not_fair(facts: Table) -> None:
    told = leakage(read_provenance())
    assert leakage_at(facts) == told
    assert (told.copied, told.tested, told.identical) == (707, 715, 64)
    assert told.share == pytest.approx(0.9888, abs=1e-4)


def test_without_pictures_a_threshold_changes_nothing(facts: Table) -> None:
    assert (photographs_at(facts, 0.99) == facts.rows["source"]).all()
    assert leakage_at(facts, 1.0) == leakage_at(facts)


def test_its_samples_are_those_of_the_table_that_ships(facts: Table) -> None:
    assert samples_of(facts) == read_provenance()


def test_its_twins_are_of_one_photograph_and_of_both_splits(facts: Table) -> None:
    source = photographs_at(facts)
    found = twins(facts, source, count=1000)
    rows = facts.rows
    photographs = [int(source[each.test]) for each in found]
    assert photographs == [int(source[each.train]) for each in found]
    assert len(set(photographs)) == len(photographs)
    assert {rows["split"][each.test] for each in found} == {"test"}
    assert {rows["split"][each.train] for each in found} == {"train"}
    # every photograph that has both is shown
    sides = {number: set(rows["split"][source == number]) for number in set(source.tolist())}
    assert set(photographs) == {number for number, both in sides.items() if both == {"train", "test"}}
    same = [rows["sha256"][each.test] == rows["sha256"][each.train] for each in found]
    assert same == sorted(same)  # those that are not identical first
    assert twins(facts, source) == found[:6]
    assert twins(facts, source, count=0) == []


# a set by hand

PATHS = [f"{split}/{name}.png" for split, name in (
    ("test", "ok/0"), ("test", "ok/1"), ("test", "ok/2"), ("test", "bad/3"),
    ("train", "bad/4"), ("train", "ok/5"), ("train", "ok/6"), ("train", "ok/7"), ("train", "ok/8"),
)]  # fmt: skip
# 0 is like 5 (0.99), 5 like 6 (0.96); 1 and 7 are the same file; 2 and 8 have no ring and are one photograph;
# 3 and 4 are alike (0.97)
SOURCE = np.array([0, 1, 2, 3, 3, 0, 0, 1, 2])


@pytest.fixture(scope="module")
def table() -> Table:
    return by_hand()


def by_hand() -> Table:
    links = np.array([[0, 5, 1, 3], [5, 6, 7, 4]], np.int32)
    likeness = np.array([0.99, 0.96, 0.9999996, 0.97], np.float32)  # files that are the same miss 1 by rounding
    sha256 = [f"{n:064x}" for n in range(9)]
    sha256[7] = sha256[1]
    index = index_of(
        PATHS,
        source=SOURCE,
        sha256=tuple(sha256),
        nearest=np.array([5, 7, -1, 4, 3, 0, 5, 1, -1]),
        likeness=np.array([0.99, 1, -1, 0.97, 0.97, 0.99, 0.96, 1, -1], np.float32),
        forest=Forest(count=9, links=links, likeness=likeness),
    )
    found = make_table(index, public=False)
    assert found.rows["split"].tolist() == ["test"] * 4 + ["train"] * 5
    return found


def groups(source: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(source == number).tolist()) for number in set(source.tolist())}


def parts(*together: tuple[int, ...]) -> set[frozenset[int]]:
    alone = set(range(9)) - {each for group in together for each in group}
    return {*map(frozenset, together), *(frozenset([each]) for each in alone)}


@pytest.mark.parametrize(
    ("threshold", "together", "copied"),
    [
        (None, [(0, 5, 6), (1, 7), (2, 8), (3, 4)], 4),
        (0.95, [(0, 5, 6), (1, 7), (2, 8), (3, 4)], 4),
        (0.96, [(0, 5, 6), (1, 7), (2, 8), (3, 4)], 4),
        (0.965, [(0, 5), (1, 7), (2, 8), (3, 4)], 4),
        (0.98, [(0, 5), (1, 7), (2, 8)], 3),
        (0.995, [(1, 7), (2, 8)], 2),  # what has no ring stays as it was found
        (1.0, [(1, 7), (2, 8)], 2),  # the same file is a copy at any threshold
    ],
)
def test_photographs_fall_apart_as_the_threshold_rises(
    table: Table, threshold: float | None, together: list[tuple[int, ...]], copied: int
) -> None:
    source = photographs_at(table, threshold)
    assert groups(source) == parts(*together)
    assert leakage_at(table, threshold) == Leakage(tested=4, copied=copied, identical=1, identical_ok=1)


def test_below_the_lowest_threshold_photographs_are_those_of_the_audit(table: Table) -> None:
    assert (photographs_at(table, 0.5) == SOURCE).all()


@settings(max_examples=30)
@given(st.floats(0.9, 1.0), st.floats(0.9, 1.0))
def test_a_higher_threshold_never_joins(low: float, high: float) -> None:
    low, high = sorted((low, high))
    built = by_hand()
    one, other = photographs_at(built, low), photographs_at(built, high)
    assert all(any(mine <= theirs for theirs in groups(one)) for mine in groups(other))
    assert leakage_at(built, high).copied <= leakage_at(built, low).copied


def test_a_set_without_rings_is_as_filed_at_any_threshold() -> None:
    index = index_of(PATHS, source=SOURCE, grouping="picture")
    bare = make_table(index, public=False)
    for threshold in (None, 0.95, 0.99, 1.0):
        assert (photographs_at(bare, threshold) == SOURCE).all()


def test_twins_show_the_most_alike_training_picture(table: Table) -> None:
    found = {each.test: each.train for each in twins(table, photographs_at(table))}
    assert found == {0: 5, 2: 8, 3: 4, 1: 7}
    assert list(found)[-1] == 1  # identical files last
    strict = {each.test: each.train for each in twins(table, photographs_at(table, 0.98))}
    assert strict == {0: 5, 2: 8, 1: 7}


def test_of_a_photograph_a_pair_that_is_not_identical_is_shown_if_there_is_one() -> None:
    sha256 = ["a", "b", "c", "a"]
    paths = ["test/ok/0.png", "test/ok/1.png", "train/bad/2.png", "train/ok/3.png"]
    for nearest, expected in (([3, 3, 3, 0], (1, 3)), ([3, 0, 3, 0], (1, 2)), ([2, 2, 3, 0], (0, 2))):
        index = index_of(paths, sha256=tuple(sha256), source=np.zeros(4, int), nearest=np.array(nearest))
        table = make_table(index, public=False)
        split = [path.split("/")[0] for path in paths]  # all of one photograph: another one is made for training
        (found,) = twins(replace(table, rows=table.rows.assign(split=split)), index.source)
        # the nearest one counts if it is of the training split, else the first of its photograph
        assert (found.test, found.train) == expected


def test_labels_that_are_not_known_count_as_sound() -> None:
    index = index_of(["left/0.png", "left/1.png", "right/0.png", "right/1.png"])
    unknown = make_table(index, public=False)
    assert unknown.question
    assert Counter(sample.label for sample in samples_of(unknown)) == {Label.OK: 4}
    assert leakage_at(unknown) == Leakage(tested=0, copied=0, identical=0, identical_ok=0)
    assert twins(unknown, photographs_at(unknown)) == []
