"""Thresholds from costs: in the middle of what is equally cheap, and reviews where they pay."""

import numpy as np
import pytest
from scipy.special import expit, logit

from casting_core.evaluation.operating_point import GRID, Costs, choose_operating_point


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


def test_the_costs_are_those_that_the_cards_state():
    assert (Costs().missed_defect, Costs().false_alarm, Costs().review) == (50, 1, 0.1)


def test_the_middle_of_the_plateau_by_hand():
    """In a clean gap from -4 to 4 all 32 thresholds from -3.875 to 0 and all 33 from 0 to 4 are equally cheap."""
    logits = np.repeat([-4.0, 4.0], 40)
    point = choose_operating_point(expit(logits), logits > 0, np.arange(80))
    assert logit(point.threshold_pass) == pytest.approx(-2.875)  # a quarter into it from below
    assert logit(point.threshold_reject) == pytest.approx(3.0)  # a quarter from above


def test_the_margin_counts_photographs_not_their_copies():
    rng = np.random.default_rng(6)
    logits = rng.normal(0, 2.5, 120)
    positive = rng.random(120) < expit(1.5 * logits)
    costs = Costs(missed_defect=5, review_capacity=1.0)

    def chosen(times: int, source: np.ndarray) -> tuple[float, float]:
        repeated = np.repeat(logits, times)
        point = choose_operating_point(expit(repeated), np.repeat(positive, times), source, costs=costs)
        return point.threshold_pass, point.threshold_reject

    once = chosen(1, np.arange(120))
    assert chosen(30, np.repeat(np.arange(120), 30)) == pytest.approx(once)
    # taken for photographs of their own, copies would narrow the plateau and move its middle
    assert chosen(30, np.arange(3600)) != pytest.approx(once)


def test_a_pair_that_is_chosen_is_within_one_standard_error_of_the_cheapest():
    """The cheapest by trying all, its error by drawing photographs, both worked out here."""
    rng = np.random.default_rng(7)
    source = np.repeat(np.arange(60), 5)
    logits = np.repeat(rng.normal(0, 3, 60), 5) + rng.normal(0, 0.5, 300)
    positive = np.repeat(rng.random(60), 5) < expit(logits)
    point = choose_operating_point(expit(logits), positive, source, costs=Costs(review_capacity=0.2))

    def costs_of(low: float, high: float) -> np.ndarray:
        passed, rejected = expit(logits) < low, expit(logits) >= high
        return 50.0 * (passed & positive) + 1.0 * (rejected & ~positive) + 0.1 * (~passed & ~rejected)

    pairs = [
        (costs_of(low, high).mean(), low, high)
        for low in expit(GRID[GRID <= 0])
        for high in expit(GRID[GRID >= 0])
        if ((expit(logits) >= low) & (expit(logits) < high)).mean() <= 0.2
    ]
    least, low, high = min(pairs)
    each = np.bincount(source, weights=costs_of(low, high)) / 5
    error = np.std([each[rng.integers(0, 60, 60)].mean() for _ in range(4000)])
    assert least <= point.cost <= least + 1.2 * error
    assert point.cost == pytest.approx(costs_of(point.threshold_pass, point.threshold_reject).mean())
