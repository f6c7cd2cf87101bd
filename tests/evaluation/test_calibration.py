"""Calibration recovers what made the data, and never says certain."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.calibration import calibration_curve

from casting_core.errors import SettingsError
from casting_core.evaluation.calibration import Calibration, expected_calibration_error, fit_calibration


def test_temperature_and_shift_are_recovered():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, 5000)
    positive = rng.random(5000) < expit((logits + 1.0) / 2.5)
    weight = positive.mean()
    found = fit_calibration(logits, positive, np.arange(5000))
    assert found.temperature == pytest.approx(2.5, rel=0.06)
    # both classes weigh the same, so the shift answers for equal classes
    prior = 2.5 * np.log((1 - weight) / weight)
    assert found.shift == pytest.approx(1.0 + prior, abs=0.2)


def test_perfectly_separated_photographs_do_not_give_certainty():
    logits = np.array([-5.0] * 10 + [5.0] * 10)
    found = fit_calibration(logits, logits > 0, np.arange(20))
    low, high = found.probability(np.array([-5.0, 5.0]))
    assert low == pytest.approx(1 / 12, abs=1e-3)  # Platt's target for ten sound photographs
    assert high == pytest.approx(11 / 12, abs=1e-3)


def test_a_timid_fit_counts_photographs():
    logits = np.array([-5.0] * 50 + [5.0] * 50)
    found = fit_calibration(logits, logits > 0, np.arange(100) // 10, timid=True)
    low, high = found.probability(np.array([-5.0, 5.0]))
    assert low == pytest.approx(1 / 7, abs=1e-3)  # five sound photographs
    assert high == pytest.approx(6 / 7, abs=1e-3)


def test_copies_of_a_photograph_weigh_no_more_than_it():
    """They change the smoothing of the targets, which goes by pictures, and nothing else."""
    rng = np.random.default_rng(1)
    logits, source = rng.normal(0, 2, 60), np.arange(60)
    positive = logits + rng.normal(0, 1, 60) > 0
    once = fit_calibration(logits, positive, source)
    repeated = np.concatenate([np.arange(60), np.full(500, 7)])
    copied = fit_calibration(logits[repeated], positive[repeated], source[repeated])
    assert copied.temperature == pytest.approx(once.temperature, rel=0.15)
    assert copied.shift == pytest.approx(once.shift, abs=1e-3)


def test_one_class_alone_is_refused():
    with pytest.raises(SettingsError, match="both classes"):
        fit_calibration(np.zeros(4), np.ones(4, bool), np.arange(4))


def test_probability_rises_with_the_logit_and_keeps_the_order():
    probability = Calibration(temperature=3.0, shift=-1.0).probability(np.linspace(-50, 50, 101))
    assert (np.diff(probability) > 0).all()
    assert probability[51] == pytest.approx(0.5)


def test_calibration_error_by_hand_and_against_scikit_learn():
    probability = np.array([0.1, 0.1, 0.9, 0.9])
    assert expected_calibration_error(probability, np.array([0, 0, 1, 1], bool)) == pytest.approx(0.1)
    assert expected_calibration_error(probability, np.array([0, 1, 1, 1], bool)) == pytest.approx(0.25)
    rng = np.random.default_rng(2)
    p = rng.random(5000)
    positive = rng.random(5000) < p**2
    frequency, confidence = calibration_curve(positive, p, n_bins=15)
    count = np.histogram(p, bins=15, range=(0, 1))[0]
    expected = (np.abs(frequency - confidence) * count).sum() / 5000
    assert expected_calibration_error(p, positive) == pytest.approx(expected, abs=1e-9)
