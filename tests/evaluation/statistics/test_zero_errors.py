"""Errors that did not happen: how many are still possible, and what that does to each interval."""

import math

import numpy as np
import pytest

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.statistics.zero_errors import allowed_errors, widen_for_zero_errors

POSITIVE = np.array([True] * 6 + [False] * 4)
SOURCE = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])  # three defective photographs, two sound ones
COSTS = Costs(missed_defect=50.0, false_alarm=1.0, review=0.1)
ALL = ("f1", "balanced_accuracy", "mean_cost", "roc_auc", "pr_auc", "brier_score", "expected_calibration_error")


def widened(probability: np.ndarray, values: dict[str, float]) -> dict[str, dict[str, float] | None]:
    return widen_for_zero_errors(
        values,
        {name: {"low": value, "high": value} for name, value in values.items()},
        probability,
        POSITIVE,
        SOURCE,
        passed=probability < 0.5,
        rejected=probability >= 0.5,
        costs=COSTS,
    )


def test_no_error_on_more_photographs_allows_fewer() -> None:
    # Clopper and Pearson's upper end for none of n, with half of the doubt: 1 - (0.025 / 2)^(1 / n)
    assert allowed_errors(3) == pytest.approx(1 - 0.0125 ** (1 / 3))
    assert allowed_errors(100) < allowed_errors(10) < allowed_errors(1) < 1


def test_a_flawless_model_by_hand() -> None:
    perfect = dict.fromkeys(ALL, 1.0) | dict.fromkeys(("mean_cost", "brier_score", "expected_calibration_error"), 0.0)
    wide = widened(POSITIVE.astype(float), perfect)
    miss, alarm = allowed_errors(3), allowed_errors(2)
    assert wide["balanced_accuracy"] == {"low": pytest.approx(1 - (miss + alarm) / 2), "high": 1.0}
    assert wide["mean_cost"] == {"low": 0.0, "high": pytest.approx(50 * 0.6 * miss + 0.4 * alarm)}
    assert wide["roc_auc"]["low"] == pytest.approx((1 - miss) * (1 - alarm))
    found = 0.6 * (1 - miss)
    assert wide["f1"]["low"] == pytest.approx(2 * found / (2 * found + 0.6 * miss + 0.4 * alarm))
    assert wide["brier_score"]["high"] == pytest.approx(0.6 * miss + 0.4 * alarm)
    assert 0 < wide["pr_auc"]["low"] < 1
    assert not math.isnan(wide["pr_auc"]["low"])


def test_where_errors_happened_the_interval_is_left_alone() -> None:
    probability = np.where(POSITIVE, 0.9, 0.1)
    probability[[0, 9]] = 0.4, 0.6  # one missed, one alarm
    values = {"f1": 0.8, "balanced_accuracy": 0.8, "mean_cost": 5.1, "roc_auc": 0.9, "pr_auc": 0.9, "brier_score": 0.1}
    wide = widened(probability, values)
    for name, value in values.items():
        assert wide[name] == {"low": pytest.approx(value), "high": pytest.approx(value)}


def test_what_has_no_interval_keeps_none() -> None:
    none = dict.fromkeys(ALL)
    given = widen_for_zero_errors(
        none, none, POSITIVE.astype(float), POSITIVE, SOURCE, passed=~POSITIVE, rejected=POSITIVE, costs=COSTS
    )
    assert given == none
