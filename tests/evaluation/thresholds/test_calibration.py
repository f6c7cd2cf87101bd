"""Calibration recovers what made the data, and never says certain."""

import numpy as np
import pytest
from scipy.special import expit

from casting_core.errors import SettingsError
from casting_core.evaluation.thresholds.calibration import WIDEST, fit_calibration
from casting_core.networks.calibration import Calibration


def test_temperature_and_shift_are_recovered():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, 5000)
    positive = rng.random(5000) < expit((logits + 1.0) / 2.5)
    weight = positive.mean()
    found = fit_calibration(logits, positive, np.arange(5000))
    assert found.temperature == pytest.approx(2.5, rel=0.06)
    # both classes weigh the same, so the shift answers for equal classes; of the boundaries that cannot be told from
    # the best one it takes the lowest: nothing lower is as good, and the best one is not far
    best = 1.0 + 2.5 * np.log((1 - weight) / weight)
    assert best <= found.shift <= best + 0.8

    def error(boundary: float) -> float:
        flagged = logits >= boundary
        return ((~flagged[positive]).mean() + flagged[~positive].mean()) / 2

    assert error(-found.shift) <= min(error(z) for z in np.linspace(-3, 3, 601)) + 0.01
    assert all(error(-found.shift - away) > error(-found.shift) for away in (0.5, 1.0, 2.0))


def test_perfectly_separated_photographs_do_not_give_certainty():
    logits = np.array([-5.0] * 10 + [5.0] * 10)
    low, high = fit_calibration(logits, logits > 0, np.arange(20)).probability(np.array([-5.0, 5.0]))
    assert low == pytest.approx(1 / 12, abs=1e-3)  # Platt's target for ten sound photographs
    assert high == pytest.approx(11 / 12, abs=1e-3)


def test_targets_smoothed_by_photographs_count_them():
    logits = np.array([-5.0] * 50 + [5.0] * 50)
    found = fit_calibration(logits, logits > 0, np.arange(100) // 10, smooth_by="photographs")
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


def test_the_temperature_is_the_best_there_is():
    """No temperature near it has a lower loss, worked out anew from the docstring, to many digits."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 3, 200)
    positive = logits + rng.normal(0, 2, 200) > 0
    found = fit_calibration(logits, positive, np.arange(200))
    good, bad = positive.sum(), (~positive).sum()
    target = np.where(positive, (good + 1) / (good + 2), 1 / (bad + 2))
    weight = np.where(positive, 1 / good, 1 / bad)

    def loss(temperature: float) -> float:
        p = Calibration(temperature=temperature, shift=found.shift).probability(logits)
        return float(-(weight * (target * np.log(p) + (1 - target) * np.log1p(-p))).sum())

    for step in (1e-4, 1e-2, 0.5):
        assert loss(found.temperature) < min(loss(found.temperature * (1 + step)), loss(found.temperature / (1 + step)))
    h = 1e-4 * found.temperature
    slope = (loss(found.temperature + h) - loss(found.temperature - h)) / (2 * h)
    assert slope == pytest.approx(0, abs=1e-7)


def test_logits_that_say_nothing_or_the_contrary_give_the_flattest_curve():
    positive = np.arange(40) % 2 == 0
    contrary = fit_calibration(np.where(positive, -3.0, 3.0), positive, np.arange(40))
    assert contrary.temperature == pytest.approx(np.exp(WIDEST))
    assert contrary.probability(np.array([-3.0, 3.0])) == pytest.approx([0.5, 0.5], abs=0.01)
    constant = fit_calibration(np.full(40, 1.25), positive, np.arange(40))
    assert np.isfinite(constant.probability(np.array([1.25]))).all()
    nothing = fit_calibration(np.zeros(40), positive, np.arange(40), fit_shift=False)
    assert nothing.temperature == pytest.approx(np.exp(WIDEST))


def test_logits_that_tell_apart_by_next_to_nothing_give_the_steepest_curve():
    positive = np.arange(40) % 2 == 0
    found = fit_calibration(np.where(positive, 1e-5, -1e-5), positive, np.arange(40))
    assert found.temperature == pytest.approx(np.exp(-WIDEST))
    assert found.probability(np.array([1e-5])) > 0.5


def test_logits_in_another_unit_give_the_same_probabilities():
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 2, 300)
    positive = logits + rng.normal(0, 1, 300) > 0
    once, scaled = (fit_calibration(k * logits, positive, np.arange(300)) for k in (1.0, 8.0))
    assert scaled.probability(8 * logits) == pytest.approx(once.probability(logits), abs=1e-9)


def test_without_recentring_the_boundary_stays_where_the_network_put_it() -> None:
    logits = np.linspace(-4.0, 6.0, 200)
    positive = logits > 2
    moved = fit_calibration(logits, positive, np.arange(200))
    kept = fit_calibration(logits, positive, np.arange(200), fit_shift=False)
    assert (kept.shift, kept.probability(np.array(0.0))) == (0, 0.5)
    assert moved.shift == pytest.approx(-2, abs=0.3)


SOUND, DEFECTIVE = False, True


@pytest.mark.parametrize(
    ("photographs", "boundary"),
    [
        # 40 sound, 10 defective, one of these missed: the lowest error is 1/20, at 2. It is a mean over 50 photographs
        # of which one weighs 1/20: its standard error is 1/20 (0.0495). Three false alarms more are 3/80 and within
        # it, six are 6/80 and are not.
        ([(-6.0, SOUND, 34), (-3.0, SOUND, 3), (-1.0, SOUND, 3), (5.0, DEFECTIVE, 9), (-9.0, DEFECTIVE, 1)], -2.0),
        # 10 sound, two of them called defective, and 40 defective: the lowest error is 1/10, at 2, its standard error
        # 0.069. One false alarm more is 1/20 and within it, two are 1/10 and are not.
        ([(-6.0, SOUND, 6), (-3.0, SOUND, 1), (-1.0, SOUND, 1), (9.0, SOUND, 2), (5.0, DEFECTIVE, 40)], -2.0),
        # no error at all leaves no doubt: the middle of the gap
        ([(-6.0, SOUND, 30), (5.0, DEFECTIVE, 10)], -0.5),
    ],
)
@pytest.mark.parametrize("copies", [1, 7])
def test_the_boundary_by_hand(photographs: list[tuple[float, bool, int]], boundary: float, copies: int):
    """The lowest that is within one standard error of the best; copies of a photograph make no surer."""
    logits, positive = (
        np.concatenate([np.full(often, each[place]) for *each, often in photographs]) for place in (0, 1)
    )
    source = np.repeat(np.arange(len(logits)), copies)
    found = fit_calibration(np.repeat(logits, copies), np.repeat(positive, copies), source)
    assert found.shift == pytest.approx(-boundary)
