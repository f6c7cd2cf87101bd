"""Draws of photographs: both labels stay, all copies go together, and the interval is that of resampled figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.networks.thresholds import Thresholds


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=30))
def test_as_many_photographs_of_each_label_are_drawn_as_there_are(pictures: list[tuple[bool, int]]):
    positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    sources = np.unique(source)
    weights = cluster_weights(source, positive, rounds=50)
    assert weights.shape == (50, len(sources))
    defective = np.array([positive[source == each].mean() >= 0.5 for each in sources])
    assert (weights[:, defective].sum(1) == defective.sum()).all()
    assert (weights[:, ~defective].sum(1) == (~defective).sum()).all()


def test_each_photograph_is_drawn_once_on_average():
    positive = np.array([1] * 5 + [0] * 15, bool)
    weights = cluster_weights(np.arange(20), positive, rounds=20_000)
    assert weights.mean(0) == pytest.approx(np.ones(20), abs=0.04)
    assert weights[:, 0].var() == pytest.approx(5 * 0.2 * 0.8, rel=0.05)  # a binomial count of five draws
    assert (
        cluster_weights(np.arange(20), positive, rounds=5) == cluster_weights(np.arange(20), positive, rounds=5)
    ).all()


def test_draws_without_the_figure_are_passed_over():
    assert from_draws(0.5, np.array([np.nan, 0.5, 0.5])).ends == (0.5, 0.5)
    assert from_draws(0.5, np.array([np.nan])).ends is None
    assert from_draws(0.5, np.zeros(0)).ends is None


def test_an_interval_holds_its_figure():
    assert from_draws(0.4, np.full(9, 0.5)).ends == (0.4, 0.5)
    assert from_draws(0.6, np.full(9, 0.5)).ends == (0.5, 0.6)


def test_the_interval_is_that_of_the_draws(pictures: Predictions):
    p, positive, source = pictures.probability, pictures.positive, pictures.source
    figures = summarise(pictures, Thresholds(passing=0.2, rejecting=0.8))
    weight = cluster_weights(source, positive)[:, np.searchsorted(np.unique(source), source)]  # of each picture
    good, bad = p[positive][:, None], p[~positive][None, :]
    ahead = (good > bad) + 0.5 * (good == bad)  # who comes first in each pair of a defective and a sound picture
    areas = ((weight[:, positive] @ ahead) * weight[:, ~positive]).sum(1)
    areas = areas / (weight[:, positive].sum(1) * weight[:, ~positive].sum(1))
    low, high = np.quantile(areas, [0.025, 0.975])
    assert figures.roc_auc.ends == pytest.approx((low, high), abs=1e-9)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Ten copies a photograph, of a known mean squared error of 1/3, drawn anew 200 times; copies taken for photographs
    would promise far too much."""
    rng = np.random.default_rng(0)
    positive = np.repeat(np.arange(40) % 2 == 0, 10)

    def covers(squared: np.ndarray, source: np.ndarray) -> bool:
        drawn = cluster_weights(source, positive, rounds=200) @ np.bincount(source, weights=squared) / len(squared)
        low, high = from_draws(float(squared.mean()), drawn).ends
        return low <= 1 / 3 <= high

    rounds = [np.repeat(rng.uniform(0, 1, 40), 10) ** 2 for _ in range(200)]
    assert 0.88 <= np.mean([covers(squared, np.repeat(np.arange(40), 10)) for squared in rounds]) <= 0.99
    assert np.mean([covers(squared, np.arange(400)) for squared in rounds[:50]]) < 0.6
