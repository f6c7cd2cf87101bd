"""Rates of verdicts and their draws: against other intervals, where nothing was seen, and copies of a photograph."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.evaluation.plant.results import estimate
from casting_core.evaluation.plant.verdict_rates import measure_rates
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.intervals import clopper_pearson, share_interval
from casting_core.networks.thresholds import Thresholds
from tests.factories import predictions

OK, REVIEW, DEFECTIVE = 0.1, 0.5, 0.9  # a probability for each verdict
LIMITS = Thresholds(passing=0.3, rejecting=0.7)


def random_predictions(seed: int, photographs: int = 60, copies: int = 4) -> Predictions:
    rng = np.random.default_rng(seed)
    source = np.repeat(np.arange(photographs), copies)
    positive = source % 3 > 0
    p = rng.choice([OK, REVIEW, DEFECTIVE], len(source), p=[0.2, 0.2, 0.6])
    return predictions(np.where(positive, p, 1 - p), positive, source)


def test_counts_by_hand():
    p = [OK, REVIEW, REVIEW, DEFECTIVE, DEFECTIVE, OK, OK, REVIEW, DEFECTIVE]
    rates = measure_rates(predictions(p, [True] * 5 + [False] * 4), LIMITS)
    assert (list(rates.defective.counts), list(rates.sound.counts)) == ([1, 2, 2], [2, 1, 1])
    assert rates.defective.shares[0] == pytest.approx([0.2, 0.4, 0.4])
    assert rates.sound.shares[0] == pytest.approx([0.5, 0.25, 0.25])
    assert (rates.defective.photographs, rates.sound.photographs) == (5, 4)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from([OK, REVIEW, DEFECTIVE]), st.integers(0, 4)), min_size=1, max_size=30),
    st.lists(st.tuples(st.sampled_from([OK, REVIEW, DEFECTIVE]), st.integers(5, 8)), min_size=1, max_size=30),
)
def test_every_draw_is_a_whole(defective: list[tuple[float, int]], sound: list[tuple[float, int]]):
    p, source = zip(*defective, *sound, (OK, 9), (OK, 10), (OK, 11), (OK, 12), strict=True)
    positive = [True] * len(defective) + [False] * len(sound) + [True, True, False, False]
    rates = measure_rates(predictions(p, positive, source), LIMITS, rounds=100)
    for drawn in (rates.defective.shares, rates.sound.shares):
        assert (drawn.shape, drawn.sum(1)) == ((101, 3), pytest.approx(np.ones(101)))
        assert ((drawn >= 0) & (drawn <= 1)).all()


def test_intervals_are_those_of_a_bootstrap_of_each_label():
    given_ = random_predictions(1, photographs=90)
    rates = measure_rates(given_, LIMITS, rounds=4000)
    p, positive = given_.probability, given_.positive
    for rate, event, among in (
        (estimate(rates.defective.shares[:, 0]), p < 0.3, positive),
        (estimate(rates.sound.shares[:, 2]), p >= 0.7, ~positive),
        (estimate(rates.sound.shares[:, 1]), (p >= 0.3) & (p < 0.7), ~positive),
    ):
        expected = share_interval(event[among], given_.source[among])
        assert rate.value == pytest.approx(expected.value)
        assert (rate.low, rate.high) == pytest.approx((expected.low, expected.high), abs=0.015)


@pytest.mark.parametrize("photographs", [2, 17, 114])
def test_what_was_never_seen_is_allowed_for_as_clopper_and_pearson_do(photographs: int):
    p = np.r_[np.full(photographs, DEFECTIVE), np.full(20, OK), REVIEW]
    rates = measure_rates(predictions(p, np.arange(len(p)) < photographs), LIMITS)
    missed, reviewed, _ = (estimate(shares) for shares in rates.defective.shares.T)
    rejected = estimate(rates.sound.shares[:, 2])
    assert (missed.value, missed.low) == (0, 0)
    high = clopper_pearson(0, photographs)[1]
    if photographs > 2:
        assert missed.high == pytest.approx(high, rel=1e-4)
        assert reviewed.high == pytest.approx(high, rel=1e-4)
    assert rejected.high == pytest.approx(clopper_pearson(0, 21)[1], rel=1e-4)
    assert (rates.sound.shares[1:, 2] > rejected.high).mean() == pytest.approx(0.025, abs=0.001)
    # the two doubts of a label are not the same draws
    assert abs(np.corrcoef(rates.defective.shares[1:, 0], rates.defective.shares[1:, 1])[0, 1]) < 0.6


def test_copies_of_a_photograph_are_no_further_evidence():
    once = random_predictions(2, photographs=40, copies=1)
    again = Predictions(**{name: np.repeat(getattr(once, name), 30) for name in ("probability", "positive", "source")})
    first, second = measure_rates(once, LIMITS), measure_rates(again, LIMITS)
    assert second.defective.shares == pytest.approx(first.defective.shares)


def test_the_order_of_pictures_does_not_count():
    given_ = random_predictions(3)
    order = np.random.default_rng(0).permutation(len(given_.probability))
    first, second = measure_rates(given_, LIMITS), measure_rates(given_.only(order), LIMITS)
    assert second.sound.shares == pytest.approx(first.sound.shares)


def test_thresholds_may_be_each_pictures_own():
    given_ = random_predictions(4)
    everyone = np.full(len(given_.probability), 0.3), np.full(len(given_.probability), 0.7)
    own = measure_rates(given_, Thresholds(passing=everyone[0], rejecting=everyone[1]))
    assert np.array_equal(own.defective.shares, measure_rates(given_, LIMITS).defective.shares)


@pytest.mark.parametrize(("positive", "name"), [([True, True, False, False], "sound"), ([False] * 4, "defective")])
def test_one_photograph_of_a_label_is_too_few(positive: list[bool], name: str):
    with pytest.raises(DataError, match=name):
        measure_rates(predictions([OK] * 4, positive, [0, 1, 2, 2]), LIMITS)
