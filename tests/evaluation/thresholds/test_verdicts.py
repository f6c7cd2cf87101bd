"""Verdicts at thresholds, and which rows may be looked at for what."""

import numpy as np
import pytest

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.thresholds.verdicts import for_choosing, never_seen, verdict_masks
from casting_core.labels import Label

P = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_a_threshold_belongs_to_what_lies_above_it():
    passed, reviewed, rejected = verdict_masks(P, threshold_pass=0.2, threshold_reject=0.8)
    assert passed.tolist() == [True, False, False, False, False, False]
    assert reviewed.tolist() == [False, True, True, True, False, False]
    assert rejected.tolist() == [False, False, False, False, True, True]


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1), (1, 1), (0.4, 0.4), (0.3, 0.7)])
def test_every_picture_has_one_verdict_and_a_low_one_passes_first(low: float, high: float):
    passed, reviewed, rejected = verdict_masks(P, threshold_pass=low, threshold_reject=high)
    assert passed.tolist() == [p < low for p in P]
    assert rejected.tolist() == [p >= high for p in P]
    assert (passed.astype(int) + reviewed + rejected == 1).all()


def test_each_picture_may_have_thresholds_of_its_own():
    low = np.array([0.0, 0.3, 0.3, 0.7, 0.9, 1.0])
    passed, _, rejected = verdict_masks(P, threshold_pass=low, threshold_reject=np.maximum(low, 0.5))
    assert passed.tolist() == [False, True, False, True, True, False]
    assert rejected.tolist() == [False, False, False, False, False, True]


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.6, 0.4), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5), (0.5, float("nan")), ("a", 0.5), (np.zeros(2), 0.5)],
)
def test_other_thresholds_are_refused(low: float, high: float):
    with pytest.raises(SettingsError):
        verdict_masks(P, threshold_pass=low, threshold_reject=high)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_other_probabilities_are_refused(wrong: float):
    with pytest.raises(DataError, match="0 to 1"):
        verdict_masks(np.array([0.5, wrong]), threshold_pass=0.1, threshold_reject=0.9)


def test_rows_to_show_and_rows_to_choose_on():
    def row(path: str, split: str) -> Prediction:
        return Prediction(path=path, split=split, label=Label.OK, source=0, logit=0.0, probability=0.5)

    rows = [row("test/a", "official-test"), row("test/a", "by-source-0"), row("train/b", "by-source-3")]
    rows.append(row("train/doubted", "by-source-1"))
    assert never_seen(rows) == rows[1:]
    assert never_seen(rows, left_out=frozenset({"train/doubted"})) == rows[1:3]
    assert for_choosing(rows, left_out=frozenset({"train/doubted"})) == [rows[2]]
    assert for_choosing(rows) == rows[2:]
