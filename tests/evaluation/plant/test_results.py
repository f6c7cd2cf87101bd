"""Figures with their ranges over draws."""

import math

import numpy as np

from casting_core.evaluation.plant.results import Estimate


def test_an_estimate_passes_over_draws_without_a_value():
    assert Estimate.of(np.array([2.0, math.nan, 1.0, 3.0])) == Estimate(value=2.0, low=1.05, high=2.95)
