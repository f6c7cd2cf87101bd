"""Thresholds from costs: in the middle of what is equally cheap, and reviews where they pay."""

import numpy as np
import pytest
from scipy.special import expit

from casting_core.evaluation.operating_point import Costs, choose_operating_point


def test_a_clean_gap_is_left_to_a_person():
    logits = np.concatenate([np.full(40, -4.0), np.full(40, 4.0)])
    point = choose_operating_point(expit(logits), logits > 0, np.arange(80))
    assert expit(-4) < point.threshold_pass < 0.5 < point.threshold_reject < expit(4)
    assert point.cost == pytest.approx(0, abs=1e-12)


def test_the_thresholds_follow_the_costs():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 4000)
    positive = rng.random(4000) < expit(logits)
    costs = Costs(review_capacity=1.0)
    reverse = Costs(missed_defect=1, false_alarm=50, review_capacity=1.0)
    careful = choose_operating_point(expit(logits), positive, np.arange(4000), costs=costs)
    careless = choose_operating_point(expit(logits), positive, np.arange(4000), costs=reverse)
    assert careful.threshold_pass < careless.threshold_pass
    assert careful.threshold_reject < careless.threshold_reject


def test_the_cost_is_that_of_counting():
    rng = np.random.default_rng(1)
    p = rng.random(300)
    positive = rng.random(300) < p
    point = choose_operating_point(p, positive, np.arange(300))
    passed, rejected = p < point.threshold_pass, p >= point.threshold_reject
    counted = 50 * (passed & positive).sum() + (rejected & ~positive).sum() + 0.1 * (~passed & ~rejected).sum()
    assert point.cost == pytest.approx(counted / 300)
    assert point.threshold_pass <= point.threshold_reject


def test_no_more_parts_are_reviewed_than_there_is_capacity_for():
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 2, 4000)
    positive = rng.random(4000) < expit(logits)
    for capacity in (0.0, 0.05, 0.2):
        point = choose_operating_point(expit(logits), positive, np.arange(4000), costs=Costs(review_capacity=capacity))
        assert point.threshold_pass <= 0.5 <= point.threshold_reject
        reviewed = (expit(logits) >= point.threshold_pass) & (expit(logits) < point.threshold_reject)
        assert reviewed.mean() <= capacity
