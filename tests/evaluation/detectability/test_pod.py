"""Detection over size: against scikit-learn, against cases worked out by hand, and in repeated studies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from casting_core.errors import SettingsError
from casting_core.evaluation.detectability.pod import Curve, Trials, fit_curve, upper_bound
from casting_core.networks.limit_figures import CensoredSize

TRUE = Curve(intercept=-3 * np.log(2.5), slope=3.0, penalised=False)  # a50 of 2.5


def study(seed: int, count: int = 120, curve: Curve = TRUE) -> Trials:
    """Trials of sizes from 0.7 to 15, spread over the logarithm."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.uniform(np.log(0.7), np.log(15), count))
    return Trials.of(size, rng.random(count) < curve.pod(size))


@given(st.integers(0, 10_000), st.integers(30, 150), st.booleans())
def test_the_fit_is_that_of_scikit_learn(seed: int, count: int, weighted: bool):
    plain = study(seed, count)
    weight = np.random.default_rng(seed).integers(0, 4, count) if weighted else np.ones(count)
    trials = Trials.of(plain.size, plain.hit, weight)
    if trials.separated:
        return
    fitted = fit_curve(trials)
    reference = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    reference.fit(np.log(trials.size)[:, None], trials.hit, trials.weight)
    assert not fitted.penalised
    assert (fitted.intercept, fitted.slope) == pytest.approx((reference.intercept_[0], reference.coef_[0, 0]), rel=1e-4)


def test_a_weight_is_a_repetition():
    once, counts = study(1, 200), np.arange(200) % 3
    repeated = Trials.of(np.repeat(once.size, counts), np.repeat(once.hit, counts))
    weighted = Trials.of(once.size, once.hit, counts)
    first, second = fit_curve(repeated), fit_curve(weighted)
    assert (first.intercept, first.slope) == pytest.approx((second.intercept, second.slope), rel=1e-6)
    assert upper_bound(repeated, first, 0.9).value == pytest.approx(upper_bound(weighted, second, 0.9).value, rel=1e-5)


def test_the_size_at_a_probability_has_that_probability():
    for pod in (0.1, 0.5, 0.9):
        assert TRUE.pod(np.array([TRUE.size_at(pod)])) == pytest.approx([pod])
    assert TRUE.size_at(0.5) == pytest.approx(2.5)
    assert TRUE.size_at(0.9) == pytest.approx(2.5 * 9 ** (1 / 3))  # the logit of 0.9 is ln 9
    assert Curve(intercept=1.0, slope=-0.1, penalised=False).size_at(0.5) == np.inf
    assert np.isfinite(Curve(intercept=-1.0, slope=1e-9, penalised=False).size_at(0.5))  # far away, but no overflow


@given(st.integers(0, 500))
def test_the_bound_is_where_the_likelihood_ratio_is_spent(seed: int):
    """All curves that reach 0.9 at the bound, by another way: a free fit of the slope on scipy's own terms."""
    trials = study(seed, 100)
    fitted = fit_curve(trials)
    bound = upper_bound(trials, fitted, 0.9)
    if bound.value is None:
        return
    x = np.log(trials.size)

    def deviance(intercept: float, slope: float) -> float:
        eta = intercept + slope * x
        return 2 * float((np.logaddexp(0, eta) - trials.hit * eta).sum())

    through = minimize(lambda b: deviance(np.log(9) - b[0] * np.log(bound.value), b[0]), [1.0], method="Nelder-Mead")
    ratio = through.fun - deviance(fitted.intercept, fitted.slope)
    assert ratio == pytest.approx(2.7055, abs=2e-3)  # chi square, one degree of freedom, 90 % two-sided
    assert bound.value > fitted.size_at(0.9)


def test_the_bound_covers_the_truth_as_often_as_it_says():
    """300 studies of 120 trials: the bound lies above the true a90 in about 95 of 100."""
    true, above = TRUE.size_at(0.9), 0
    for seed in range(300):
        trials = study(seed)
        bound = upper_bound(trials, fit_curve(trials), 0.9)
        above += bound.beyond == "above" or (bound.value is not None and bound.value >= true)
    assert 0.91 <= above / 300 <= 0.98


@given(st.integers(0, 500), st.floats(0.01, 100))
def test_the_unit_of_the_sizes_does_not_matter(seed: int, unit: float):
    trials = study(seed, 80)
    other = Trials.of(trials.size[::-1] * unit, trials.hit[::-1])
    first, second = fit_curve(trials), fit_curve(other)
    assert second.size_at(0.5) / unit == pytest.approx(first.size_at(0.5), rel=1e-4)
    bounds = upper_bound(trials, first, 0.9), upper_bound(other, second, 0.9)
    assert bounds[0].beyond == bounds[1].beyond
    if bounds[0].value is not None:
        assert bounds[1].value / unit == pytest.approx(bounds[0].value, rel=1e-4)


def test_separated_trials_are_fitted_with_firths_penalty():
    """Two sizes, 10 misses and 10 hits: the penalty adds half a trial to each of the four counts."""
    trials = Trials.of(np.repeat([1.0, np.e], 10), np.repeat([False, True], 10))
    fitted = fit_curve(trials)
    assert trials.separated
    assert fitted.penalised
    low = np.log(0.5 / 10.5)
    assert (fitted.intercept, fitted.slope) == pytest.approx((low, -2 * low), rel=1e-4)
    assert 1.0 < fitted.size_at(0.5) < np.e


def test_a_bound_of_separated_trials_lies_above_the_gap():
    size = np.exp(np.linspace(0, 3, 61))
    trials = Trials.of(size, size > 5)
    fitted = fit_curve(trials)
    bound = upper_bound(trials, fitted, 0.9)
    assert size[size <= 5].max() < fitted.size_at(0.5) < size[size > 5].min()
    assert fitted.size_at(0.9) < bound.value < 8


def test_trials_that_meet_in_one_size_count_as_separated():
    assert Trials.of(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True])).separated
    assert Trials.of(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, False])).separated  # falling
    assert not Trials.of(np.array([1.0, 2.0, 3.0]), np.array([False, True, False])).separated
    assert not Trials.of(np.array([1.0, 2.0]), np.array([True, True])).separated


def test_where_all_is_hit_or_nothing_there_is_no_curve():
    size = np.exp(np.linspace(-1, 3, 100))
    everything, nothing = Trials.of(size, size > 0), Trials.of(size, size < 0)
    assert fit_curve(everything) is None
    assert fit_curve(nothing) is None
    assert fit_curve(Trials.of(np.ones(4), np.array([True, False, True, False]))) is None  # one size
    assert upper_bound(nothing, None, 0.9) == CensoredSize(value=None, beyond="above")
    bound = upper_bound(everything, None, 0.9).value
    assert size.min() < bound < np.median(size)  # hits among larger sizes say little of the smallest


def test_29_hits_of_29_at_one_size_are_what_it_takes():
    """0.9 ** 29 is the first power below 5 %."""
    for count, beyond in ((28, "above"), (29, "below")):
        trials = Trials.of(np.full(count, 2.0), np.ones(count, bool))
        assert upper_bound(trials, None, 0.9) == CensoredSize(value=None, beyond=beyond)


def test_nothing_is_said_of_sizes_that_were_not_tried():
    """The same curve, tried on small sizes only: a90 lies beyond them."""
    trials = study(3, 400)
    small = Trials.of(trials.size[trials.size < 3], trials.hit[trials.size < 3])
    fitted = fit_curve(small)
    assert fitted.size_at(0.9) > 3
    assert upper_bound(small, fitted, 0.9) == CensoredSize(value=None, beyond="above")
    assert CensoredSize.within(fitted.size_at(0.9), 0.7, 3.0) == CensoredSize(value=None, beyond="above")


def test_a_curve_that_does_not_rise_reaches_nothing():
    size = np.exp(np.linspace(0, 3, 90))
    falling = Trials.of(size, (np.arange(90) % 3 == 0) & (size < 10))
    fitted = fit_curve(falling)
    assert fitted.slope < 0
    assert upper_bound(falling, fitted, 0.9) == CensoredSize(value=None, beyond="above")


@pytest.mark.parametrize(
    ("size", "hit", "weight"),
    [
        *(([1.0, 2.0], [True], None), ([0.0, 2.0], [True, False], None), ([-1.0, 2.0], [True, False], None)),
        *(([np.nan, 2.0], [True, False], None), ([1.0, 2.0], [True, False], [1.0])),
        ([1.0, 2.0], [True, False], [1.0, -1.0]),
    ],
)
def test_trials_of_another_form_are_refused(size: list, hit: list, weight: list | None):
    with pytest.raises(SettingsError):
        Trials.of(np.array(size), np.array(hit), None if weight is None else np.array(weight))
