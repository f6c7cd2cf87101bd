"""Thresholds from costs: in the middle of what is equally cheap, and reviews where they pay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.thresholds.operating_point import (
    GRID,
    choose_operating_point,
    counts_below,
    pair_costs,
    picture_costs,
)


def test_a_clean_gap_is_left_to_a_person():
    logits = np.concatenate([np.full(40, -4.0), np.full(40, 4.0)])
    point = choose_operating_point(expit(logits), logits > 0, np.arange(80))
    assert expit(-4) < point.threshold_pass < 0.5 < point.threshold_reject < expit(4)
    assert point.cost == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("parts", range(2, 12))
def test_no_rounding_makes_a_cost_less_than_nothing(parts: int):
    logits = np.repeat([-4.0, 4.0], parts)
    assert choose_operating_point(expit(logits), logits > 0, np.arange(2 * parts)).cost >= 0


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
    assert Costs().review_capacity == 0.02  # one part in fifty


@pytest.mark.parametrize("review", [0.1, 0.0])
def test_the_middle_of_the_plateau_by_hand(review: float):
    """In a clean gap from -4 to 4 all 32 thresholds from -3.875 to 0 and all 33 from 0 to 4 are equally cheap.

    Where a review costs nothing, and nothing goes wrong, there is no margin, and they still are.
    """
    logits = np.repeat([-4.0, 4.0], 40)
    point = choose_operating_point(expit(logits), logits > 0, np.arange(80), costs=Costs(review=review))
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


@pytest.mark.parametrize("place", [0, 40, 79])
def test_one_photograph_that_goes_wrong_widens_the_plateau_wherever_it_stands(place: int):
    """A sound part at 8 is a false alarm at any threshold: 1 / 80, and so is its standard error.

    Six defective parts at 2 may then be reviewed as well (0.6 / 80), the 34 at 4 or the 39 sound ones at -4 may not:
    33 thresholds from 0 to 4 to reject at, 32 from -3.875 to 0 to pass at.
    """
    logits = np.array([-4.0] * 39 + [2.0] * 6 + [4.0] * 34)
    positive = np.insert(logits > 0, place, False)
    costs = Costs(review_capacity=1.0)
    point = choose_operating_point(expit(np.insert(logits, place, 8.0)), positive, np.arange(80), costs=costs)
    assert logit(point.threshold_pass) == pytest.approx(-2.875)
    assert logit(point.threshold_reject) == pytest.approx(3.0)


def test_the_middle_of_an_uneven_plateau_is_left_for_what_capacity_allows():
    """127 clear parts of each label, a sound one at -1 and a defective one at 1, of which only one can be reviewed.

    Without an error any review is free within the margin, so every pair that capacity allows is as good: with `pass`
    up to -1, 49 steps of 1/8 from -7, `reject` may only go from 0 to 1 (9 steps); with `pass` above -1, 8 steps,
    anywhere (57). Of these 49 * 9 + 8 * 57 = 897 pairs a quarter lie below pass -4, a quarter above reject 3.5, and
    that pair would send both parts to a person. From there both thresholds go step by step towards the cheapest pair
    (-0.875 and 0): after 20 steps reject is at 1, and nothing but the sound part is reviewed.
    """
    logits = np.array([-8.0] * 127 + [-1.0, 1.0] + [8.0] * 127)
    point = choose_operating_point(expit(logits), logits > 0, np.arange(256), costs=Costs(review_capacity=1 / 256))
    assert logit(point.threshold_pass) == pytest.approx(-4 + 20 / 8)
    assert logit(point.threshold_reject) == pytest.approx(3.5 - 20 / 8)
    assert point.cost == pytest.approx(0.1 / 256)


@pytest.mark.parametrize("seed", [1, 8, 13, 27, 34, 907, 1173])
def test_the_middle_of_an_uneven_plateau_is_left_for_what_is_as_cheap(seed: int):
    """Noisy logits, reviewers enough, one picture a photograph: the standard error is that of a mean, the cheapest pair
    that of trying all. 200 draws give the error to about a tenth."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, 120)
    p, positive = expit(logits), rng.random(120) < expit(logits)
    point = choose_operating_point(p, positive, np.arange(120), costs=Costs(review_capacity=1.0))
    low, high = expit(GRID[GRID <= 0])[:, None, None], expit(GRID[GRID >= 0])[None, :, None]
    passed, rejected = p < low, p >= high
    each = 50 * (passed & positive) + (rejected & ~positive) + 0.1 * (~passed & ~rejected)  # (pass, reject, picture)
    mean = each.mean(2)
    error = max(each[np.unravel_index(mean.argmin(), mean.shape)].std() / np.sqrt(120), 0.01 * 0.1)
    assert mean.min() - 1e-9 <= point.cost <= mean.min() + 1.2 * error


SHARE = st.floats(0, 1)
PROBABILITY = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]) | st.floats(0, 1)  # so that ties with thresholds come up often


@settings(max_examples=40)
@given(
    st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=40), st.lists(PROBABILITY, min_size=1), SHARE
)
def test_counts_and_costs_of_all_pairs_are_those_of_counting_one_by_one(
    pictures: list[tuple[float, bool]], given_: list[float], rate: float
):
    p, positive = (np.array(each) for each in zip(*pictures, strict=True))
    thresholds, costs = np.unique(given_), np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])
    below, of = counts_below(p, positive, thresholds)
    cost, reviews = pair_costs(p, positive, thresholds, costs, defect_rate=rate)
    assert of.tolist() == [[(~positive).sum()], [positive.sum()]]
    for row, low in enumerate(thresholds):
        assert below[:, row].tolist() == [(p[~positive] < low).sum(), (p[positive] < low).sum()]
        for column, high in enumerate(thresholds):
            if low > high:
                assert cost[row, column] == np.inf
            elif of.all():
                each, between = picture_costs(p, positive, low, high, costs), (low <= p) & (p < high)
                for found, of_each in ((cost, each), (reviews, between)):
                    expected = (1 - rate) * of_each[~positive].mean() + rate * of_each[positive].mean()
                    assert found[row, column] == pytest.approx(expected)
