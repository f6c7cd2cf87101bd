"""What a pair costs a plant: by hand, and for every proposal what the proposal says of itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.predictions import Prediction, Predictions, as_arrays
from casting_core.evaluation.thresholds.cost_optimal import choose_for_plant
from casting_core.evaluation.thresholds.sweep import expected_cost, outcome_at
from casting_core.labels import Label

# of four defective parts one passes and one is reviewed; of five sound ones one is rejected and two are reviewed
PICTURES = [*((p, True) for p in (0.1, 0.5, 0.9, 0.9)), *((p, False) for p in (0.1, 0.1, 0.5, 0.5, 0.9))]
FOUND = outcome_at(
    Predictions(
        probability=np.array([p for p, _ in PICTURES]),
        positive=np.array([positive for _, positive in PICTURES]),
        source=np.arange(len(PICTURES)),
    ),
    threshold_pass=0.3,
    threshold_reject=0.7,
)
COSTS = Costs(missed_defect=100.0, false_alarm=10.0, review=1.0, review_capacity=1.0)


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
def test_by_hand(rate):
    found = expected_cost(FOUND, COSTS, defect_rate=rate)
    assert found.reviews == pytest.approx(rate * 1 / 4 + (1 - rate) * 2 / 5)
    assert found.cost == pytest.approx(rate * 100 / 4 + (1 - rate) * 10 / 5 + found.reviews)


def test_what_cannot_be_weighed_is_refused():
    with pytest.raises(SettingsError, match="from 0 to 1"):
        expected_cost(FOUND, COSTS, defect_rate=1.1)
    sound = Predictions(probability=np.array([0.2]), positive=np.array([False]), source=np.array([0]))
    with pytest.raises(DataError, match="both labels"):
        expected_cost(outcome_at(sound, threshold_pass=0.3, threshold_reject=0.7), COSTS, defect_rate=0.1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=4, max_size=20), st.floats(0, 1), st.floats(0, 50), st.floats(0, 1))
def test_a_proposal_costs_what_it_says(values, rate, missed, capacity):
    rows = [
        Prediction(
            path=str(place),
            split=f"by-source-{place % 3}",
            label=Label.DEFECTIVE if place % 2 else Label.OK,
            source=place,
            logit=0.0,
            probability=p,
        )
        for place, p in enumerate(values)
    ]
    costs = Costs(missed_defect=missed, review_capacity=capacity)
    proposed = choose_for_plant(rows, costs, defect_rate=rate)
    low, high = proposed.threshold_pass, proposed.threshold_reject
    found = expected_cost(
        outcome_at(as_arrays(rows), threshold_pass=low, threshold_reject=high), costs, defect_rate=rate
    )
    assert (found.cost, found.reviews) == pytest.approx((proposed.cost, proposed.reviews), abs=1e-9)
