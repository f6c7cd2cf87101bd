"""McNemar's test against the binomial, the test over photographs against trying all signs, and what it is for."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from casting_core.estimate import Estimate
from casting_core.evaluation.statistics.paired_tests import Disagreement, mcnemar, sign_flip_p

LABELS = np.arange(40) % 2 == 0


@given(st.lists(st.integers(-9, 9), max_size=9))
def test_signs_against_trying_all_of_them(differences: list[int]):
    found = abs(sum(differences))
    ways = np.array(list(product((1, -1), repeat=len(differences))), int)  # (2^S, S)
    expected = np.mean(np.abs(ways @ np.array(differences, int)) >= found)
    assert sign_flip_p(np.array(differences, int)) == pytest.approx(expected, abs=1e-12)


def test_signs_against_scipy():
    differences = np.array([5, -2, 7, 1, 0, 3, -1, 4, 6, 2])
    expected = permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert sign_flip_p(differences) == pytest.approx(expected.pvalue, abs=1e-12)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_one_picture_a_photograph_is_mcnemars_exact_test(pairs: list[tuple[bool, bool]]):
    first, second = (np.array(column, bool) for column in zip(*pairs, strict=True))
    found = mcnemar(first, second, np.arange(len(first)) % 2 == 0, np.arange(len(first)))
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    assert (found.only_first, found.only_second) == (only_first, only_second)
    total = only_first + only_second
    expected = binomtest(min(only_first, only_second), total).pvalue if total else 1.0
    assert found.p_pictures == pytest.approx(expected, abs=1e-12)
    assert found.p_photographs == pytest.approx(expected, abs=1e-9)
    assert found.difference.value == pytest.approx(first.mean() - second.mean(), abs=1e-12)


def test_by_hand():
    """1 against 6 of independent pictures: 2 * (1 + 7) / 2^7."""
    first = np.array([True] + [False] * 6 + [True] * 33)
    found = mcnemar(first, np.array([False] + [True] * 6 + [True] * 33), LABELS, np.arange(40))
    assert found.p_pictures == pytest.approx(0.125)
    assert (found.difference.value, found.photographs) == (pytest.approx(-5 / 40), 40)
    assert found.difference.low < -5 / 40 < found.difference.high


def test_copies_of_one_photograph_are_one_chance():
    """20 copies that only the first judges right: beyond doubt by pictures, nothing by photographs."""
    source = np.where(np.arange(40) < 20, 0, np.arange(40))
    found = mcnemar(np.ones(40, bool), np.arange(40) >= 20, LABELS, source)
    assert found.p_pictures < 1e-5
    assert found.p_photographs == 1


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 8)), min_size=1, max_size=40))
def test_models_that_change_names(pictures: list[tuple[bool, bool, int]]):
    first, second, source = (np.array(column) for column in zip(*pictures, strict=True))
    labels = LABELS[: len(first)]
    one, other = mcnemar(first, second, labels, source), mcnemar(second, first, labels, source)
    assert (one.only_first, one.p_pictures) == (other.only_second, other.p_pictures)
    assert one.p_photographs == pytest.approx(other.p_photographs)
    assert one.difference.value == -other.difference.value
    if one.difference.ends:
        assert one.difference.ends == pytest.approx((-other.difference.high, -other.difference.low))


def test_false_alarms_are_as_rare_as_they_should_be():
    """Two equally good models whose copies fall together: 5 % by photographs, far more by pictures."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(40), 10)
    hits, naive, rounds = 0, 0, 150
    for _ in range(rounds):
        right = rng.random((2, 40)) < 0.7
        first, second = (each[source] ^ (rng.random(400) < 0.05) for each in right)
        found = mcnemar(first, second, source % 2 == 0, source)
        hits += found.p_photographs < 0.05
        naive += found.p_pictures < 0.05
    assert hits / rounds < 0.09
    assert naive / rounds > 0.4


def test_no_pictures_and_no_disagreement():
    nothing = np.zeros(0, bool)
    assert mcnemar(nothing, nothing, nothing, np.zeros(0, int)) == Disagreement(
        pictures=0, photographs=0, only_first=0, only_second=0, p_pictures=1.0, p_photographs=1.0, difference=None
    )
    same = mcnemar(LABELS, LABELS, LABELS, np.arange(40))
    assert (same.p_pictures, same.p_photographs) == (1, 1)
    assert same.difference == Estimate(value=0, low=0, high=0)
    alone = mcnemar(LABELS, ~LABELS, LABELS, np.zeros(40, int))
    assert (alone.difference, alone.p_photographs) == (Estimate(value=0), 1)
