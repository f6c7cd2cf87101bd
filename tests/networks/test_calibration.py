"""From a logit to a probability."""

import numpy as np
import pytest

from casting_core.networks.calibration import Calibration


def test_probability_rises_with_the_logit_and_keeps_the_order():
    probability = Calibration(temperature=3.0, shift=-1.0).probability(np.linspace(-50, 50, 101))
    assert (np.diff(probability) > 0).all()
    assert probability[51] == pytest.approx(0.5)


def test_by_hand():
    """Of logit 1 with shift 1 and temperature 2: sigmoid(1), which is 1 / (1 + 1 / e)."""
    found = Calibration(temperature=2.0, shift=1.0).probability(np.array([[1.0, -1.0, -3.0]], np.float32))
    assert found == pytest.approx(np.array([[1 / (1 + np.exp(-1)), 0.5, 1 / (1 + np.exp(1))]]))
    assert (found.shape, found.dtype) == ((1, 3), np.float64)


def test_logits_without_end_are_certain():
    found = Calibration(temperature=0.5, shift=0.0).probability(np.array([-np.inf, -1e30, 1e30, np.inf]))
    assert found.tolist() == [0, 0, 1, 1]
