"""Neighbours: the most alike of each group, one a photograph, and none of the picture's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.exploration.neighbours import Neighbour, neighbours

ANGLES = np.radians([0, 5, 10, 20, 30, 40, 180])
FEATURES = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)
GROUP = np.array(["ok", "ok", "defective", "ok", "defective", "ok", "ok"])


def places(found: dict[str, tuple[Neighbour, ...]]) -> dict[str, list[int]]:
    return {name: [each.index for each in mine] for name, mine in found.items()}


def test_the_nearest_of_each_group_come_first() -> None:
    found = neighbours(FEATURES, np.arange(7), GROUP, 0)
    assert list(found) == ["defective", "ok"]
    assert places(found) == {"defective": [2, 4], "ok": [1, 3, 5, 6]}
    assert found["defective"][0].similarity == pytest.approx(np.cos(np.radians(10)), abs=1e-6)
    assert found["ok"][-1].similarity == pytest.approx(-1)


def test_only_as_many_as_are_asked_for() -> None:
    assert places(neighbours(FEATURES, np.arange(7), GROUP, 0, count=1)) == {"defective": [2], "ok": [1]}


def test_pictures_of_its_own_photograph_are_left_out_whatever_their_group() -> None:
    source = np.array([0, 0, 0, 1, 2, 3, 4])
    assert places(neighbours(FEATURES, source, GROUP, 0)) == {"defective": [4], "ok": [3, 5, 6]}


def test_a_photograph_is_shown_once_even_where_it_is_filed_under_both_labels() -> None:
    source = np.array([0, 1, 1, 2, 2, 3, 4])
    assert places(neighbours(FEATURES, source, GROUP, 0)) == {"defective": [], "ok": [1, 3, 5, 6]}


def test_alone_it_has_no_neighbours() -> None:
    assert places(neighbours(FEATURES[:2], np.zeros(2, int), GROUP[:2], 1)) == {"ok": []}


def test_among_equally_alike_ones_the_first_comes_first() -> None:
    features = np.zeros((5, 2), np.float32)  # such as those of sets that are too small for a map
    found = neighbours(features, np.arange(5), np.full(5, "ok"), 2)
    assert places(found) == {"ok": [0, 1, 3, 4]}
    assert {each.similarity for each in found["ok"]} == {0.0}


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_as_sorting_by_hand_gives_it(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(20, 3))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    source, group = rng.integers(0, 8, 20), rng.choice(["a", "b", "c"], 20)
    found = neighbours(features, source, group, 3, count=count)
    shown = [each for mine in found.values() for each in mine]
    sources = [source[each.index] for each in shown]
    assert len(set(sources)) == len(sources)
    assert source[3] not in sources
    for name, mine in found.items():
        assert len(mine) <= count
        values = [each.similarity for each in mine]
        assert values == sorted(values, reverse=True)
        assert all(group[each.index] == name for each in mine)
        assert values == pytest.approx([float(features[each.index] @ features[3]) for each in mine])
        # whoever is more alike than the last one shown was of a photograph that is shown already, or its own
        if len(mine) == count:
            better = np.flatnonzero((group == name) & (features @ features[3] > values[-1] + 1e-12))
            assert all(source[i] in {*sources, source[3]} for i in better)
        else:
            assert all(source[i] in {*sources, source[3]} for i in np.flatnonzero(group == name))
