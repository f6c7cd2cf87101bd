"""Draws of photographs: both labels stay, all copies go together, and the interval is that of resampled figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.metrics.reliability import expected_calibration_error
from casting_core.evaluation.metrics.weighted import weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights, percentile_interval


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=30))
def test_as_many_photographs_of_each_label_are_drawn_as_there_are(pictures: list[tuple[bool, int]]):
    positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    sources = np.unique(source)
    weights = cluster_weights(positive, source, rounds=50)
    assert weights.shape == (50, len(sources))
    defective = np.array([positive[source == each].mean() >= 0.5 for each in sources])
    assert (weights[:, defective].sum(1) == defective.sum()).all()
    assert (weights[:, ~defective].sum(1) == (~defective).sum()).all()


def test_each_photograph_is_drawn_once_on_average():
    positive = np.array([1] * 5 + [0] * 15, bool)
    weights = cluster_weights(positive, np.arange(20), rounds=20_000)
    assert weights.mean(0) == pytest.approx(np.ones(20), abs=0.04)
    assert weights[:, 0].var() == pytest.approx(5 * 0.2 * 0.8, rel=0.05)  # a binomial count of five draws
    assert (
        cluster_weights(positive, np.arange(20), rounds=5) == cluster_weights(positive, np.arange(20), rounds=5)
    ).all()


def test_draws_without_the_figure_are_passed_over():
    assert percentile_interval(np.array([np.nan, 0.5, 0.5]), 0.5) == {"low": 0.5, "high": 0.5}
    assert percentile_interval(np.array([np.nan]), 0.5) is None
    assert percentile_interval(np.zeros(0), 0.5) is None


def test_an_interval_holds_its_figure():
    assert percentile_interval(np.full(9, 0.5), 0.4) == {"low": 0.4, "high": 0.5}
    assert percentile_interval(np.full(9, 0.5), 0.6) == {"low": 0.5, "high": 0.6}


@pytest.fixture(scope="module")
def pictures() -> Predictions:
    """90 pictures of 15 photographs, one of them with both labels, with ties."""
    rng = np.random.default_rng(3)
    source = np.sort(rng.integers(0, 15, 90))
    positive = source % 2 == 0
    positive[source == 3] = rng.random((source == 3).sum()) < 0.4
    p = np.clip(rng.normal(0.35 + 0.3 * positive, 0.25), 0, 1).round(2)
    return Predictions(probability=p, positive=positive, source=source)


def test_weighted_figures_are_those_of_pictures_that_are_repeated_so_often(pictures: Predictions):
    """The same draw once by weights, once by laying the pictures side by side and asking scikit-learn."""
    p, positive, source = pictures.probability, pictures.positive, pictures.source
    passed, rejected = p < 0.2, p >= 0.8
    weights = cluster_weights(positive, source, rounds=30)
    found = weighted_figures(p, positive, source, weights, passed=passed, rejected=rejected, costs=Costs())
    place = np.searchsorted(np.unique(source), source)
    for number, row in enumerate(weights):
        again = np.repeat(np.arange(len(p)), row[place].astype(int))
        y, q = positive[again], p[again]
        cost = 50 * (passed & positive) + (rejected & ~positive) + 0.1 * (~passed & ~rejected)
        expected = {
            "roc_auc": roc_auc_score(y, q),
            "pr_auc": average_precision_score(y, q),
            "f1": f1_score(y, q >= 0.5),
            "balanced_accuracy": ((q >= 0.5)[y].mean() + (q < 0.5)[~y].mean()) / 2,
            "brier_score": brier_score_loss(y, q),
            "expected_calibration_error": expected_calibration_error(q, y),
            "mean_cost": cost[again].mean(),
        }
        assert {name: values[number] for name, values in found.items()} == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=2, max_size=20))
def test_a_photograph_that_is_not_drawn_leaves_no_trace(pictures: list[tuple[float, bool, bool]]):
    """Whatever it is ranked: the figures are those of the others alone."""
    p, positive, drawn = (np.array(column) for column in zip(*pictures, strict=True))

    def figures(of: np.ndarray, weights: np.ndarray) -> dict[str, float]:
        passed, rejected = p[of] < 0.2, p[of] >= 0.8
        source = np.arange(of.sum())
        found = weighted_figures(
            p[of], positive[of], source, weights[None, :], passed=passed, rejected=rejected, costs=Costs()
        )
        return {name: float(values[0]) for name, values in found.items()}

    if drawn.any():
        alone = figures(drawn, np.ones(drawn.sum()))
        assert figures(np.ones(len(p), bool), drawn.astype(float)) == pytest.approx(alone, nan_ok=True)


def test_the_interval_is_that_of_the_draws(pictures: Predictions):
    p, positive, source = pictures.probability, pictures.positive, pictures.source
    figures = summarise(pictures, threshold_pass=0.2, threshold_reject=0.8)
    weight = cluster_weights(positive, source)[:, np.searchsorted(np.unique(source), source)]  # of each picture
    good, bad = p[positive][:, None], p[~positive][None, :]
    ahead = (good > bad) + 0.5 * (good == bad)  # who comes first in each pair of a defective and a sound picture
    areas = ((weight[:, positive] @ ahead) * weight[:, ~positive]).sum(1)
    areas = areas / (weight[:, positive].sum(1) * weight[:, ~positive].sum(1))
    low, high = np.quantile(areas, [0.025, 0.975])
    assert figures["intervals"]["roc_auc"] == pytest.approx({"low": low, "high": high}, abs=1e-9)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Ten copies a photograph, of a known mean squared error of 1/3, drawn anew 200 times; copies taken for photographs
    would promise far too much."""
    rng = np.random.default_rng(0)
    positive = np.repeat(np.arange(40) % 2 == 0, 10)

    def covers(squared: np.ndarray, source: np.ndarray) -> bool:
        drawn = cluster_weights(positive, source, rounds=200) @ np.bincount(source, weights=squared) / len(squared)
        ends = percentile_interval(drawn, float(squared.mean()))
        return ends["low"] <= 1 / 3 <= ends["high"]

    rounds = [np.repeat(rng.uniform(0, 1, 40), 10) ** 2 for _ in range(200)]
    assert 0.88 <= np.mean([covers(squared, np.repeat(np.arange(40), 10)) for squared in rounds]) <= 0.99
    assert np.mean([covers(squared, np.arange(400)) for squared in rounds[:50]]) < 0.6
