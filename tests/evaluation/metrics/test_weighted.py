"""Figures of weighted images are those of repeated ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.reliability import expected_calibration_error
from casting_core.evaluation.metrics.weighted import weighted_figures
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights


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
