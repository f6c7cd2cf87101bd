"""Two models on the same pictures: members by hand, kappa against scikit-learn, the tests of the module for them."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.agreement import agreement, cohens_kappa, confusion_members
from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.statistics.paired_tests import mcnemar
from casting_core.labels import Label, Verdict
from casting_core.networks.thresholds import Thresholds
from tests.factories import prediction

LIMITS = {
    "first_thresholds": Thresholds(passing=0.3, rejecting=0.7),
    "second_thresholds": Thresholds(passing=0.2, rejecting=0.6),
}


def row(path: str, probability: float, label: Label = Label.DEFECTIVE, source: int = 0) -> Prediction:
    return prediction(path, label, probability, split="by-source-0", source=source)


def model(*probabilities: float) -> list[Prediction]:
    """a, b, c, d are defective; e, f, g, h are ok; each its own photograph."""
    labels = [Label.DEFECTIVE] * 4 + [Label.OK] * 4
    return [row(*each) for each in zip("abcdefgh", probabilities, labels, range(8), strict=True)]


FIRST = model(0.9, 0.9, 0.55, 0.1, 0.1, 0.8, 0.4, 0.1)
SECOND = model(0.1, 0.9, 0.10, 0.9, 0.9, 0.9, 0.1, 0.1)


def test_members_by_hand():
    """At 0.5 the first errs on d, f; the second on a, c, e, f. By verdict the first leaves c and g to a person."""
    found = agreement(FIRST, SECOND, **LIMITS)
    half, verdict = found.at_half, found.by_verdict
    assert (half.only_first, half.only_second, half.both_wrong) == (("a", "c", "e"), ("d",), ("f",))
    assert half.undecided == ()
    assert (verdict.only_first, verdict.only_second, verdict.both_wrong) == (("a", "e"), ("d",), ("f",))
    assert verdict.undecided == ("c", "g")
    assert found.at_half.disagreement.pictures == 8
    assert half.disagreement.p_pictures == pytest.approx(binomtest(1, 4).pvalue)
    assert half.disagreement.p_photographs == pytest.approx(binomtest(1, 4).pvalue)
    assert verdict.disagreement.p_pictures == pytest.approx(binomtest(1, 3).pvalue)
    assert (verdict.disagreement.pictures, verdict.disagreement.only_first) == (6, 2)


def test_the_other_way_round():
    there = agreement(FIRST, SECOND, **LIMITS)
    back = agreement(SECOND, FIRST[::-1], **dict(zip(LIMITS, reversed(LIMITS.values()), strict=True)))
    for one, other in ((there.at_half, back.at_half), (there.by_verdict, back.by_verdict)):
        assert (one.only_first, one.only_second) == (other.only_second, other.only_first)
        assert (one.both_wrong, one.kappa.value) == (other.both_wrong, pytest.approx(other.kappa.value))
        assert one.disagreement.difference.value == pytest.approx(-other.disagreement.difference.value)


def test_only_pictures_that_both_have_judged_count():
    found = agreement(FIRST[:6], SECOND[1:], **LIMITS)
    assert found.at_half.disagreement.pictures == 5
    assert found.at_half.only_first == ("c", "e")


def test_the_test_is_over_photographs():
    """100 copies of one photograph that only the first judges right are beyond doubt by pictures, nothing by it."""
    first = [row(f"x{n}", 0.9) for n in range(100)] + FIRST
    second = [row(f"x{n}", 0.1) for n in range(100)] + FIRST
    found = agreement(first, second, **LIMITS).at_half.disagreement
    assert found.p_pictures < 1e-9
    assert found.p_photographs == 1
    first, second = (sorted(rows, key=lambda r: r.path) for rows in (first, second))
    positive = np.array([r.label.positive for r in first])
    right, wrong = (np.array([r.probability >= 0.5 for r in rows]) == positive for rows in (first, second))
    assert found == mcnemar(right, wrong, positive, np.array([r.source for r in first]))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(pictures: list[tuple[int, int, int]]):
    first, second, source = (np.array(column) for column in zip(*pictures, strict=True))
    found = cohens_kappa(first, second, np.arange(len(first)) % 2 == 0, source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(first, second)
    if math.isnan(expected):
        assert found is None
    else:
        assert found.value == pytest.approx(expected, abs=1e-12)
        assert found.low is None or found.low <= found.value <= found.high


def test_kappa_by_hand():
    """20 both yes, 15 both no, 5 and 10 apart: agreed 0.7, by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5, kappa 0.4."""
    first, second = np.repeat([1, 1, 0, 0], [20, 5, 10, 15]), np.repeat([1, 0, 1, 0], [20, 5, 10, 15])
    found = cohens_kappa(first, second, first == 1, np.arange(50))
    assert found.value == pytest.approx(0.4)
    assert 0 < found.low < 0.4 < found.high < 0.7
    copies = cohens_kappa(*(np.repeat(a, 20) for a in (first, second, first == 1, np.arange(50))))
    assert copies.ends == pytest.approx(found.ends)  # copies are no further evidence


def test_where_they_never_part_kappa_has_no_interval():
    answers = np.arange(10) % 2
    assert cohens_kappa(answers, answers, answers == 1, np.arange(10)) == Estimate(value=1)
    assert cohens_kappa(np.ones(10, int), np.ones(10, int), answers == 1, np.arange(10)) is None


def test_every_picture_is_in_one_cell():
    cells = confusion_members(FIRST, thresholds=Thresholds(passing=0.3, rejecting=0.7))
    assert cells == {
        (Label.DEFECTIVE, Verdict.OK): ("d",),
        (Label.DEFECTIVE, Verdict.REVIEW): ("c",),
        (Label.DEFECTIVE, Verdict.DEFECTIVE): ("a", "b"),
        (Label.OK, Verdict.OK): ("e", "h"),
        (Label.OK, Verdict.REVIEW): ("g",),
        (Label.OK, Verdict.DEFECTIVE): ("f",),
    }


def test_thresholds_may_be_each_rows_own():
    low = np.where([r.path == "g" for r in FIRST], 0.5, 0.3)
    shuffled = [FIRST[place] for place in (3, 6, 0, 1, 2, 4, 5, 7)]
    order = [FIRST.index(r) for r in shuffled]
    cells = confusion_members(shuffled, thresholds=Thresholds(passing=low[order], rejecting=0.7))
    assert cells[Label.OK, Verdict.OK] == ("e", "g", "h")
    own = {"first_thresholds": Thresholds(passing=low[order], rejecting=0.7)}
    found = agreement(shuffled, SECOND, **LIMITS | own)
    assert found.by_verdict.undecided == ("c",)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ([*FIRST, FIRST[0]], SECOND, "twice"),
        (FIRST, [row("z", 0.5)], "no picture"),
        (FIRST, [row("a", 0.5, Label.OK)], "another label"),
        (FIRST, [row("a", 0.5, source=7)], "another label"),
    ],
)
def test_rows_that_cannot_be_compared(first, second, why):
    with pytest.raises(DataError, match=why):
        agreement(first, second, **LIMITS)


def test_a_picture_twice_is_in_no_cell():
    with pytest.raises(DataError, match="twice"):
        confusion_members([*FIRST, FIRST[0]], thresholds=Thresholds(passing=0.3, rejecting=0.7))
