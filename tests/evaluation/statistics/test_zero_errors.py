"""Errors that did not happen: how many are still possible, and what that does to each interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.weighted import weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.zero_errors import allowed_errors, widen_for_zero_errors
from casting_core.networks.thresholds import Thresholds

POSITIVE = np.array([True] * 6 + [False] * 4)
SOURCE = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])  # three defective photographs, two sound ones
COSTS = Costs(missed_defect=50.0, false_alarm=1.0, review=0.1)
LIMITS = Thresholds(passing=0.5, rejecting=0.5)
ALL = ("f1", "balanced_accuracy", "mean_cost", "roc_auc", "pr_auc", "brier_score", "expected_calibration_error")


def said(probability: np.ndarray) -> Predictions:
    return Predictions(probability=probability, positive=POSITIVE, source=SOURCE)


def widened(probability: np.ndarray, values: dict[str, float | None]) -> dict[str, Estimate | None]:
    """Of figures whose intervals have no width."""
    return widen_for_zero_errors(
        {
            name: None if value is None else Estimate(value=value, low=value, high=value)
            for name, value in values.items()
        },
        said(probability),
        LIMITS,
        COSTS,
    )


def test_no_error_on_more_photographs_allows_fewer() -> None:
    # Clopper and Pearson's upper end for none of n, with half of the doubt: 1 - (0.025 / 2)^(1 / n)
    assert allowed_errors(3) == pytest.approx(1 - 0.0125 ** (1 / 3))
    assert allowed_errors(100) < allowed_errors(10) < allowed_errors(1) < 1


def test_a_flawless_model_by_hand() -> None:
    perfect = dict.fromkeys(ALL, 1.0) | dict.fromkeys(("mean_cost", "brier_score", "expected_calibration_error"), 0.0)
    wide = widened(POSITIVE.astype(float), perfect)
    miss, alarm = allowed_errors(3), allowed_errors(2)
    assert wide["balanced_accuracy"].ends == pytest.approx((1 - (miss + alarm) / 2, 1.0))
    assert wide["mean_cost"].ends == pytest.approx((0.0, 50 * 0.6 * miss + 0.4 * alarm))
    assert wide["roc_auc"].low == pytest.approx((1 - miss) * (1 - alarm))
    found = 0.6 * (1 - miss)
    assert wide["f1"].low == pytest.approx(2 * found / (2 * found + 0.6 * miss + 0.4 * alarm))
    assert wide["brier_score"].high == pytest.approx(0.6 * miss + 0.4 * alarm)
    assert 0 < wide["pr_auc"].low < 1
    assert not math.isnan(wide["pr_auc"].low)


def test_where_errors_happened_the_interval_is_left_alone() -> None:
    probability = np.where(POSITIVE, 0.9, 0.1)
    probability[[0, 9]] = 0.4, 0.6  # one missed, one alarm
    values = {"f1": 0.8, "balanced_accuracy": 0.8, "mean_cost": 5.1, "roc_auc": 0.9, "pr_auc": 0.9, "brier_score": 0.1}
    wide = widened(probability, values)
    for name, value in values.items():
        assert wide[name].ends == pytest.approx((value, value))


@given(some.lists(some.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), min_size=10, max_size=10))
def test_an_interval_only_grows_and_stays_in_range(probabilities: list[float]) -> None:
    """From the figures that the pictures really have, each as an interval of no width."""
    probability = np.array(probabilities)
    weights = np.ones((1, len(np.unique(SOURCE))))
    figures = weighted_figures(said(probability), LIMITS, COSTS, weights)
    values = {name: float(of[0]) for name, of in figures.items()}
    for name, found in widened(probability, values).items():
        assert 0 <= found.low <= values[name] + 1e-12, name
        assert values[name] - 1e-12 <= found.high <= (COSTS.missed_defect if name == "mean_cost" else 1), name


def test_what_has_no_interval_keeps_none() -> None:
    none = dict.fromkeys(ALL)
    assert widened(POSITIVE.astype(float), none) == none
    bare = {name: Estimate(value=1.0) for name in ALL}
    assert widen_for_zero_errors(bare, said(POSITIVE.astype(float)), LIMITS, COSTS) == bare
