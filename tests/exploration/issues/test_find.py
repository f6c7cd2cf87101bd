"""Suspicious pictures: every rule on a case worked out by hand, silence where nothing is known, and its order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.exploration.issues.find import IssueType
from tests.exploration.issues.conftest import LIMITS, SEVERAL, issues


def test_what_the_set_says_itself() -> None:
    given = {"suspect": np.array([False, True]), "part_found": np.array([False, True])}
    assert [(each.kind, each.index, each.score) for each in issues(**given)] == [
        (IssueType.DOUBTED, 1, 1),
        (IssueType.NO_PART, 0, 1),
    ]


def test_findings_come_by_kind_and_the_worst_first() -> None:
    positive = np.zeros(4, bool)
    told = issues(
        positive=positive,
        probability=np.array([0.8, 0.9, 0.8, 0.1]),
        part_found=np.array([True, True, False, True]),
        margin=np.array([0.1, -0.1, -0.2, 0.1]),
        **LIMITS,
    )
    assert [(each.kind, each.index) for each in told] == [
        (IssueType.DISAGREEMENT, 1),
        (IssueType.DISAGREEMENT, 0),
        (IssueType.DISAGREEMENT, 2),
        (IssueType.CUT_OFF, 2),
        (IssueType.CUT_OFF, 1),
        (IssueType.NO_PART, 2),
    ]


@given(st.permutations(range(14)))
def test_the_order_of_the_pictures_does_not_matter(order: list[int]) -> None:
    rng = np.random.default_rng(0)
    given = {
        "positive": rng.random(14) < 0.5,
        "source": rng.integers(-1, 5, 14),
        "sha256": np.array(list("aabbccddeeffgg")),
        "probability": rng.random(14),
        "suspect": rng.random(14) < 0.3,
        "features": rng.normal(size=(14, 3)),
        "part_found": rng.random(14) < 0.7,
    }
    margin = rng.normal(size=14)
    place = np.argsort(order)
    edges = np.array([[0, 5], [3, 9]])

    def told(take: np.ndarray, pairs: np.ndarray) -> set[tuple[int, str, str]]:
        shuffled = {name: values[take] for name, values in given.items()}
        every = issues(**shuffled, margin=margin[take], edges=pairs, **LIMITS)
        return {(int(take[each.index]), str(each.kind), each.sentence) for each in every}

    assert told(np.array(order), place[edges]) == told(np.arange(14), edges)


def test_what_is_not_known_has_no_finding() -> None:
    assert issues() == ()
    nothing = np.full(SEVERAL, np.nan)
    names = ("brightness", "dark", "bright", "sharpness", "margin")
    assert not issues(
        positive=np.arange(SEVERAL) % 2 == 0,
        source=np.full(SEVERAL, -1),
        sha256=[""] * SEVERAL,
        probability=nothing,
        **dict.fromkeys(names, nothing),
        features=np.zeros((SEVERAL, 2)),
        edges=np.zeros((0, 2), int),
        **LIMITS,
    )


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_pictures_have_nothing_usual(count: int) -> None:
    """Even where one of them is black and blurred."""
    odd = np.arange(count) == count - 1
    measures = {"brightness": np.where(odd, 0, 200.0), "dark": odd.astype(float), "sharpness": np.where(odd, -3, 3.0)}
    told = issues(
        positive=np.zeros(count, bool),
        source=np.arange(count),
        sha256=["a"] * count,
        probability=np.full(count, 0.5),
        suspect=np.zeros(count, bool),
        part_found=np.ones(count, bool),
        features=np.eye(max(count, 1))[:count],
        **measures,
        **LIMITS,
    )
    assert told == ()


def test_pictures_that_are_all_alike_are_not_suspicious() -> None:
    same = dict.fromkeys(("brightness", "dark", "bright", "sharpness", "margin"), np.full(SEVERAL, 0.5))
    assert not issues(features=np.ones((SEVERAL, 3)), source=np.arange(SEVERAL), **same)
