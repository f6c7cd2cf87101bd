"""What a pair costs a plant: by hand, and for every proposal what the proposal says of itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.evaluation.plant.economics import compare_inspection_methods
from casting_core.evaluation.plant.verdict_rates import measure_rates
from casting_core.evaluation.predictions import as_arrays
from casting_core.evaluation.thresholds.cost_optimal import choose_for_plant
from casting_core.evaluation.thresholds.sweep import expected_cost, outcome_at
from casting_core.networks.thresholds import Thresholds
from tests.evaluation.thresholds.test_cost_optimal import mixed, plant, rows_of
from tests.factories import predictions

# of four defective parts one passes and one is reviewed; of five sound ones one is rejected and two are reviewed
FOUR_AND_FIVE = predictions([0.1, 0.5, 0.9, 0.9, 0.1, 0.1, 0.5, 0.5, 0.9], [True] * 4 + [False] * 5)
FOUND = outcome_at(FOUR_AND_FIVE, threshold_pass=0.3, threshold_reject=0.7)


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
def test_by_hand(rate):
    cost, reviews = expected_cost(FOUND, plant(rate, missed=100, alarm=10, review=1))
    assert reviews == pytest.approx(rate * 1 / 4 + (1 - rate) * 2 / 5)
    assert cost == pytest.approx(rate * 100 / 4 + (1 - rate) * 10 / 5 + reviews)


SHARE = st.floats(0, 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(SHARE, min_size=4, max_size=20), SHARE, st.floats(0, 50), SHARE, SHARE)
def test_a_proposal_costs_what_it_says(values, rate, missed, capacity, finds):
    rows = rows_of(values, np.arange(len(values)) % 2, range(len(values)), folds=3)
    given_ = plant(rate, missed=missed, capacity=capacity, person_finds=finds)
    proposed = choose_for_plant(rows, given_)
    low, high = proposed.threshold_pass, proposed.threshold_reject
    found = expected_cost(outcome_at(as_arrays(rows), threshold_pass=low, threshold_reject=high), given_)
    assert found == pytest.approx((proposed.cost, proposed.reviews), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(SHARE, SHARE, st.floats(0, 1000), st.floats(0, 100), st.floats(0, 10), st.lists(SHARE, min_size=3, max_size=3))
def test_a_pair_costs_the_same_whether_it_is_chosen_or_its_worth_is_told(low, high, missed, alarm, review, shares):
    """The account of thresholds and that of savings, at the same thresholds in the same plant."""
    rate, finds, passes = shares
    given_ = plant(rate, missed=missed, alarm=alarm, review=review, person_finds=finds, person_passes=passes)
    pictures, pair = as_arrays(mixed(2)), {"threshold_pass": min(low, high), "threshold_reject": max(low, high)}
    cost, reviews = expected_cost(outcome_at(pictures, **pair), given_)
    rates = measure_rates(pictures, Thresholds(passing=min(low, high), rejecting=max(low, high)), rounds=1)
    worth = compare_inspection_methods(rates, given_).model.per_10_000
    assert (10_000 * cost, 10_000 * reviews) == pytest.approx((worth.cost.value, worth.reviews.value), abs=1e-6)
