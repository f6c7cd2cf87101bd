"""Both curves by hand, and their areas against summing them up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.metrics.curves import precision_recall, roc
from casting_core.networks.thresholds import Thresholds
from tests.factories import predictions

PICTURES = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 1.0]) | st.floats(0, 1), st.booleans()), min_size=2)


def arrays(pictures: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    p, positive = zip(*pictures, strict=True)
    return np.array(p), np.array(positive)


def test_by_hand():
    """Ranked 0.9 defective, 0.7 sound, 0.4 defective, 0.1 sound."""
    p, positive = arrays([(0.9, True), (0.7, False), (0.4, True), (0.1, False)])
    curve = roc(p, positive)
    assert list(zip(curve.x, curve.y, strict=True)) == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    assert curve.area == pytest.approx(3 / 4)  # of the four pairs, all but 0.4 and 0.7 are in the right order
    curve = precision_recall(p, positive)
    assert curve.area == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert (curve.x[0], curve.y[0]) == (0, 1)
    assert np.all(np.diff(curve.x) >= 0)


@pytest.mark.parametrize("positive", [[True, True], [False, False]])
def test_one_label_alone_has_no_curves(positive):
    p = np.array([0.2, 0.8])
    assert roc(p, np.array(positive)) is None
    assert precision_recall(p, np.array(positive)) is None


@settings(deadline=None)  # scikit-learn is imported in the first
@given(PICTURES)
def test_areas_are_those_of_a_card_and_of_the_curves_as_they_are_drawn(pictures: list[tuple[float, bool]]):
    p, positive = arrays(pictures)
    first, second = roc(p, positive), precision_recall(p, positive)
    if first is None or second is None:
        return
    assert np.trapezoid(first.y, first.x) == pytest.approx(first.area, abs=1e-9)
    # a step goes up or down first, then across: the height of each stretch is that of its right end
    assert np.sum(np.diff(second.x) * second.y[1:]) == pytest.approx(second.area, abs=1e-9)
    card = summarise(predictions(p, positive, np.zeros(len(p))), Thresholds(passing=0.5, rejecting=0.5))
    assert (card.roc_auc.value, card.pr_auc.value) == pytest.approx((first.area, second.area), abs=1e-9)
