"""From a logit to a probability."""

import numpy as np
import pytest

from casting_core.networks.calibration import Calibration


def test_probability_rises_with_the_logit_and_keeps_the_order():
    probability = Calibration(temperature=3.0, shift=-1.0).probability(np.linspace(-50, 50, 101))
    assert (np.diff(probability) > 0).all()
    assert probability[51] == pytest.approx(0.5)
