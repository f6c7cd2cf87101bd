"""What a curve says: each rule on a curve by hand, under noise, and in any unit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casting_core.training.logs.curve_summary import CurveKind, best_epoch, describe, elapsed
from casting_core.training.logs.log import STEP, Log

NAN, INF = math.nan, math.inf


def log(validation: object = None, train: object = None, **more: object) -> Log:
    columns = {"validation_loss": validation, "train_loss": train}
    given_columns = {name: np.array(values, float) for name, values in columns.items() if values is not None}
    length = max((len(values) for values in given_columns.values()), default=0)
    return Log(**{"name": "x", "epochs": np.arange(1, length + 1), "columns": given_columns, **more})


FALLING = np.geomspace(1, 0.1, 12)
CURVES = {
    "falling": (FALLING, FALLING, CurveKind.FALLING, 9),
    "falling in a straight line": (np.linspace(1, 0.1, 10), None, CurveKind.FALLING, 7),
    "falling, train alone": (None, FALLING, CurveKind.FALLING, 9),
    "flat": (np.full(8, 0.5), None, CurveKind.FLAT, 1),
    "zero": (np.zeros(8), None, CurveKind.FLAT, 1),
    "overfitting": (
        [1, 0.8, 0.6, 0.5, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9],
        np.geomspace(1, 0.1, 10),
        CurveKind.OVERFITTING,
        5,
    ),
    "overfitting from the start": (np.geomspace(0.5, 1, 8), np.geomspace(0.5, 0.1, 8), CurveKind.OVERFITTING, 1),
    "rising, as train does": (np.geomspace(0.5, 5, 8), np.geomspace(0.5, 5, 8), CurveKind.RISING, 1),
    "rising, train alone": (None, [1, 0.5, 0.3, 0.2, 0.4, 0.8, 1.6, 3.2], CurveKind.RISING, 4),
    "erratic": ([0.5, 1.1, 0.4, 1.0, 0.45, 1.2, 0.5, 1.0, 0.4, 0.9], None, CurveKind.ERRATIC, None),
    "a bump at the end": ([1, 0.5, 0.3, 0.2, 0.19, 0.18, 0.18, 0.4], None, CurveKind.UNSETTLED, None),
}


@pytest.mark.parametrize("name", CURVES)
def test_rules_by_hand(name: str) -> None:
    validation, train, kind, epoch = CURVES[name]
    curve = describe(log(validation, train))
    assert (curve.kind, curve.epoch) == (kind, epoch)
    assert curve.sentence.endswith(".")


def test_sentences() -> None:
    assert describe(log(*CURVES["overfitting"][:2])).sentence == (
        "Overfitting since epoch 5: the loss on held-out pictures rose from 0.5 to 0.8, while that on training "
        "pictures kept falling."
    )
    assert describe(log(*CURVES["rising, as train does"][:2])).sentence == (
        "Rising since epoch 1: the loss on held-out pictures went from 0.597 to 3.6, and so did that on training "
        "pictures; a lower learning rate may help."
    )
    assert describe(log(train=np.full(6, 0.25))).sentence == (
        "Flat since epoch 1: from there on the loss on training pictures stayed between 0.25 and 0.25."
    )
    assert describe(log(FALLING)).sentence == (  # 0.1 ** (8 / 11)
        "Still falling at the end: since epoch 9 the loss on held-out pictures went from 0.187 to 0.1; more epochs may "
        "help."
    )
    assert describe(log([0.5, 1.0] * 5)).sentence == (
        "Erratic: from one epoch to the next the loss on held-out pictures typically jumps by about 93%; a lower "
        "learning rate or larger batches may help."
    )  # but for the floor: 100 %


def test_flat_since_the_fall_ended() -> None:
    curve = describe(log([1, 0.5, 0.3, 0.2, 0.15, 0.14, 0.14, 0.14, 0.141, 0.14, 0.14, 0.14, 0.14]))
    assert (curve.kind, curve.epoch) == (CurveKind.FLAT, 6)
    assert curve.sentence.endswith("stayed between 0.14 and 0.141.")


@pytest.mark.parametrize("noise", [0.01, 0.05])
@pytest.mark.parametrize("seed", range(5))
def test_noise_does_not_change_what_is_said(noise: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = np.arange(40)

    def noisy(values: np.ndarray) -> np.ndarray:
        return values * np.exp(noise * rng.normal(size=len(values)))

    falling, rising = np.exp(-3 * at / 40), np.where(at < 20, np.exp(-at / 10), np.exp(-2 + (at - 20) / 20))
    assert describe(log(noisy(falling), noisy(falling))).kind == CurveKind.FALLING
    assert describe(log(noisy(np.full(40, 0.3)))).kind in (CurveKind.FLAT, CurveKind.FALLING, CurveKind.RISING)
    overfitting = describe(log(noisy(rising), noisy(falling)))
    assert overfitting.kind == CurveKind.OVERFITTING
    assert 18 <= overfitting.epoch <= 24


def test_chance_alone_is_seldom_taken_for_a_trend() -> None:
    rng = np.random.default_rng(1)
    said = [describe(log(0.3 * np.exp(0.05 * rng.normal(size=30)))).kind for _ in range(100)]
    assert said.count(CurveKind.FLAT) >= 90


def test_many_epochs() -> None:
    at = np.arange(10_000)
    rising = np.where(at < 4000, np.exp(-at / 2000), np.exp(-2 + (at - 4000) / 4000))
    rising = rising * np.exp(0.3 * np.random.default_rng(0).normal(size=10_000))
    curve = describe(log(rising, np.exp(-at / 3000)))
    assert curve.kind == CurveKind.OVERFITTING
    assert 3500 <= curve.epoch <= 4700


@given(
    values=arrays(float, st.integers(4, 20), elements=st.floats(0.001, 10)),
    factor=st.sampled_from([0.25, 2.0, 1024.0]),  # without rounding
)
def test_the_unit_of_the_loss_does_not_matter(values: np.ndarray, factor: float) -> None:
    one, other = describe(log(values, values[::-1])), describe(log(factor * values, factor * values[::-1]))
    assert (one.kind, one.epoch) == (other.kind, other.epoch)


def test_no_curve() -> None:
    assert describe(log()).sentence == "There is no epoch yet, so there is no curve."
    accuracy = Log(name="x", epochs=np.array([1, 2]), columns={"train_accuracy": np.array([0.5, 0.6])})
    assert describe(accuracy).kind == CurveKind.NOTHING
    assert "holds no loss" in describe(accuracy).sentence


def test_short_curves() -> None:
    one = describe(log([0.5]))
    assert (one.kind, one.epoch) == (CurveKind.ONE_EPOCH, 1)
    assert one.sentence == "Only one epoch so far: the loss on held-out pictures is 0.5, a curve needs more."
    for values in ([0.5, 0.25], [0.5, 0.4, 0.25]):
        short = describe(log(values))
        assert short.kind == CurveKind.SHORT
        assert short.sentence.endswith("the loss on held-out pictures went from 0.5 to 0.25.")
    assert describe(log([0.5], unit=STEP)).sentence.startswith("Only one step")


@pytest.mark.parametrize(
    ("validation", "train", "epoch"),
    [
        ([0.5, 0.4, NAN, NAN], [0.5, 0.4, 0.3, 0.2], 3),
        ([0.5, 0.4, 0.3, 0.2], [0.5, NAN, NAN, NAN], 2),
        (None, [NAN], 1),
        (None, [0.5, INF], 2),
        (None, [0.5, 1e200], 2),
        ([NAN, NAN], [NAN, NAN], 1),
    ],
)
def test_diverged(validation: list[float] | None, train: list[float], epoch: int) -> None:
    curve = describe(log(validation, train))
    assert (curve.kind, curve.epoch) == (CurveKind.DIVERGED, epoch)


def test_what_was_not_taken_has_not_diverged() -> None:
    nothing_held_out = describe(log(np.full(12, NAN), FALLING))
    assert nothing_held_out.kind == CurveKind.FALLING
    assert "training pictures" in nothing_held_out.sentence
    every_other = np.where(np.arange(12) % 2, NAN, FALLING)
    assert describe(log(every_other, FALLING)).kind == CurveKind.FALLING
    not_written = log(np.append(FALLING, NAN), np.append(FALLING, 0.1), present={"validation_loss": np.arange(13) < 12})
    assert describe(not_written).kind == CurveKind.FALLING
    a_spike = [1, INF, 0.5, 0.3, 0.2, 0.1]
    assert describe(log(a_spike)).kind == CurveKind.FALLING


def test_training_loss_between_validations_counts() -> None:
    steps = np.arange(1, 101)
    train = np.exp(-steps / 30) * np.where(steps % 2, 1.5, 0.5)  # single batches
    validation = np.full(100, NAN)
    validation[9::10] = [1, 0.8, 0.6, 0.5, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9]
    curve = describe(log(validation, train, unit=STEP, present={"validation_loss": np.isfinite(validation)}))
    assert (curve.kind, curve.epoch) == (CurveKind.OVERFITTING, 50)
    assert "since step 50" in curve.sentence


@given(values=arrays(float, st.integers(0, 15)), train=st.none() | arrays(float, 15))
def test_any_values_are_described(values: np.ndarray, train: np.ndarray | None) -> None:
    with np.errstate(over="ignore"):
        curve = describe(log(values, None if train is None else train[: len(values)]))
    assert curve.sentence
    assert curve.epoch is None or 1 <= curve.epoch <= 15


def test_best_epoch() -> None:
    both = log([0.5, 0.2, 0.2, NAN], [4, 3, INF, -INF])
    assert best_epoch(both) == 2
    assert best_epoch(both, "train_loss") == 2
    assert isinstance(best_epoch(both), int)
    accuracy = Log(name="x", epochs=np.array([0.5, 1.5]), columns={"validation_accuracy": np.array([0.9, 0.8])})
    assert best_epoch(accuracy, "validation_accuracy") == 0.5
    assert best_epoch(accuracy) is None
    assert best_epoch(log([NAN, NAN])) is None


def test_elapsed() -> None:
    np.testing.assert_array_equal(elapsed(np.array([10.0, 20.0, 30.0])), [10, 30, 60])
    np.testing.assert_array_equal(elapsed(np.array([10.0, NAN, -5.0, 20.0, INF, 30.0])), [10, 30, 50, 70, 90, 120])
    assert np.isnan(elapsed(np.array([NAN, NAN]))).all()
    assert elapsed(np.empty(0)).shape == (0,)
