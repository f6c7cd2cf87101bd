"""Counts at other thresholds: by hand, and against the figures of a card."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.thresholds.sweep import outcome_at
from casting_core.networks.thresholds import Thresholds
from tests.factories import predictions

# few different values, so that ties with thresholds come up often
PICTURES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]) | st.floats(0, 1), st.booleans(), st.integers(0, 5)),
    min_size=1,
    max_size=40,
)


def test_by_hand():
    """Four defective pictures of two photographs, one below 0.3; three sound ones of two, one at 0.7; two between."""
    p, positive = [0.1, 0.4, 0.9, 0.8, 0.2, 0.3, 0.7], [True] * 4 + [False] * 3
    found = outcome_at(predictions(p, positive, [0, 0, 1, 1, 2, 2, 3]), threshold_pass=0.3, threshold_reject=0.7)
    assert (found.missed_defects.count, found.missed_defects.of) == (1, 4)
    assert (found.false_alarms.count, found.false_alarms.of) == (1, 3)
    assert (found.reviews.count, found.reviews.of) == (2, 7)
    assert (found.reviews_of_defective, found.reviews_of_ok) == (1, 1)
    # two photographs with shares 1/2 and 0: drawn with replacement, both ends come up in a quarter of the draws
    assert (found.missed_defects.low, found.missed_defects.high) == (0.0, 0.5)


@settings(max_examples=40)
@given(PICTURES, st.floats(0, 1), st.floats(0, 1))
def test_counts_and_intervals_are_those_of_a_card(pictures: list[tuple[float, bool, int]], a: float, b: float):
    given_ = predictions(*zip(*pictures, (0.5, False, 6), (0.5, True, 7), strict=True))
    low, high = min(a, b), max(a, b)
    found = outcome_at(given_, threshold_pass=low, threshold_reject=high)
    figures = summarise(given_, Thresholds(passing=low, rejecting=high))
    for name in ("missed_defects", "false_alarms", "reviews"):
        assert getattr(found, name) == getattr(figures, name)
    assert found.reviews_of_defective == figures.verdicts["defective"]["review"]
    assert found.reviews_of_ok == figures.verdicts["ok"]["review"]


@pytest.mark.parametrize("positive", [False, True])
def test_pictures_of_one_label_are_refused(positive: bool):
    with pytest.raises(DataError, match="both labels"):
        outcome_at(predictions([0.2], [positive]), threshold_pass=0.5, threshold_reject=0.5)


def test_thresholds_the_wrong_way_round():
    with pytest.raises(SettingsError, match="pass <= reject"):
        outcome_at(predictions([0.2, 0.9], [False, True]), threshold_pass=0.6, threshold_reject=0.5)
