"""Figures of weighted images: by hand, as those of repeated ones, and where a weighting has none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.reliability import expected_calibration_error
from casting_core.evaluation.metrics.weighted import AT_ONCE, weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights
from casting_core.networks.thresholds import Thresholds

LIMITS = Thresholds(passing=0.2, rejecting=0.8)


def test_two_photographs_by_hand():
    """A defective one found and missed, a sound one cleared; then the first counts three times."""
    found = weighted_figures(
        Predictions(
            probability=np.array([0.9, 0.3, 0.4]), positive=np.array([True, True, False]), source=np.array([5, 5, 8])
        ),
        Thresholds(passing=0.35, rejecting=0.5),
        Costs(missed_defect=50, false_alarm=1, review=0.1),
        np.array([[1.0, 1.0], [3.0, 1.0]]),
    )
    expected = {
        "f1": [2 / 3, 2 / 3],  # 2 of 2 + 1; 6 of 6 + 3
        "balanced_accuracy": [0.75, 0.75],
        "roc_auc": [0.5, 0.5],
        "pr_auc": [(1 + 2 / 3) / 2, (1 + 6 / 7) / 2],
        "brier_score": [(0.01 + 0.49 + 0.16) / 3, (3 * (0.01 + 0.49) + 0.16) / 7],
        "mean_cost": [50.1 / 3, 150.1 / 7],
    }
    for name, values in expected.items():
        assert found[name] == pytest.approx(values), name


@pytest.mark.parametrize("label", [True, False])
def test_of_one_label_only_there_are_means_but_no_areas(label: bool):
    """Drawn alone, though the other label is in the set."""
    positive = np.array([label, not label])
    weights = np.array([[1.0, 0.0]])
    pair = Predictions(probability=np.array([0.2, 0.9]), positive=positive, source=np.arange(2))
    limits, costs = Thresholds(passing=0.5, rejecting=0.5), Costs(missed_defect=50, false_alarm=1, review=0.1)
    found = {name: values[0] for name, values in weighted_figures(pair, limits, costs, weights).items()}
    assert all(math.isnan(found[name]) for name in ("balanced_accuracy", "roc_auc", "pr_auc"))
    assert found["brier_score"] == pytest.approx(0.64 if label else 0.04)
    assert found["mean_cost"] == (50 if label else 0)
    assert found["f1"] == 0 if label else math.isnan(found["f1"])  # nothing is defective or called so


def test_a_weighting_has_the_same_figures_alone_and_among_many(pictures: Predictions):
    weights = cluster_weights(pictures.source, pictures.positive, rounds=2 * AT_ONCE + 1)
    many = weighted_figures(pictures, LIMITS, Costs(), weights)
    for row in (0, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE):
        alone = weighted_figures(pictures, LIMITS, Costs(), weights[row : row + 1])
        assert {name: values[row] for name, values in many.items()} == pytest.approx(
            {name: values[0] for name, values in alone.items()}
        )


def test_weighted_figures_are_those_of_pictures_that_are_repeated_so_often(pictures: Predictions):
    """The same draw once by weights, once by laying the pictures side by side and asking scikit-learn."""
    p, positive, source = pictures.probability, pictures.positive, pictures.source
    passed, rejected = p < 0.2, p >= 0.8
    weights = cluster_weights(source, positive, rounds=30)
    found = weighted_figures(pictures, LIMITS, Costs(), weights)
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
        mine = Predictions(probability=p[of], positive=positive[of], source=np.arange(of.sum()))
        found = weighted_figures(mine, LIMITS, Costs(), weights[None, :])
        return {name: float(values[0]) for name, values in found.items()}

    if drawn.any():
        alone = figures(drawn, np.ones(drawn.sum()))
        assert figures(np.ones(len(p), bool), drawn.astype(float)) == pytest.approx(alone, nan_ok=True)
