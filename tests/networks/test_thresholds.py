"""Verdicts at thresholds, one by one and many at once; other thresholds and other probabilities are refused."""

import numpy as np
import pytest

from casting_core.errors import DataError, SettingsError
from casting_core.labels import Verdict
from casting_core.networks.thresholds import Thresholds

P = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
OK, REVIEW, DEFECTIVE = Verdict.OK, Verdict.REVIEW, Verdict.DEFECTIVE


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [(0.0, OK), (0.1999, OK), (0.2, REVIEW), (0.7999, REVIEW), (0.8, DEFECTIVE), (1.0, DEFECTIVE)],
)
def test_a_threshold_belongs_to_what_lies_above_it(probability: float, verdict: Verdict):
    assert Thresholds(passing=0.2, rejecting=0.8).verdict(probability) is verdict


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1), (1, 1), (0.4, 0.4), (0.3, 0.7)])
def test_masks_say_what_verdicts_say(low: float, high: float):
    thresholds = Thresholds(passing=low, rejecting=high)
    masks = np.array(thresholds.masks(P))
    assert [(OK, REVIEW, DEFECTIVE)[place] for place in masks.argmax(0)] == [thresholds.verdict(p) for p in P]
    assert (masks.sum(0) == 1).all()


def test_each_picture_may_have_thresholds_of_its_own():
    low = np.array([0.0, 0.3, 0.3, 0.7, 0.9, 1.0])
    own = Thresholds(passing=low, rejecting=np.maximum(low, 0.5))
    passed, _, rejected = own.masks(P)
    assert passed.tolist() == [False, True, False, True, True, False]
    assert rejected.tolist() == [False, False, False, False, False, True]
    kept = own.only(P > 0.3)
    assert (kept.passing.tolist(), kept.rejecting.tolist()) == ([0.3, 0.7, 0.9, 1.0], [0.5, 0.7, 0.9, 1.0])


@pytest.mark.parametrize(
    ("low", "high"), [(0.6, 0.4), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5), (0.5, float("nan"))]
)
def test_other_thresholds_are_refused(low: float, high: float):
    with pytest.raises(SettingsError):
        Thresholds(passing=low, rejecting=high)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_other_probabilities_are_refused(wrong: float):
    with pytest.raises(DataError, match="0 to 1"):
        Thresholds(passing=0.1, rejecting=0.9).masks(np.array([0.5, wrong]))
