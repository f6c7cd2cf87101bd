"""What a curve says: three rules on curves by hand, under noise, and in any unit; nothing where nothing is clear."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import theilslopes

from casting_core.training.logs.columns import STEP
from casting_core.training.logs.curve_summary import best_epoch, describe, slope
from casting_core.training.logs.run import Run

NAN, INF = math.nan, math.inf
DIVERGED, OVERFITTING, FALLING, NOTHING = "Diverged in", "Overfitting since", "Still falling at the end: since", ("", 0)


def run(validation: object = None, train: object = None, loss: object = None, **more: object) -> Run:
    columns = {"validation_loss": validation, "train_loss": train, "loss": loss}
    given_columns = {name: np.array(values, float) for name, values in columns.items() if values is not None}
    length = max((len(values) for values in given_columns.values()), default=0)
    return Run(**{"name": "x", "epochs": np.arange(1, length + 1), "columns": given_columns, **more})


def said(*columns: object, **more: object) -> tuple[str, int]:
    """What is said, up to the epoch, and the epoch."""
    what, _, rest = describe(run(*columns, **more)).partition(f" {more.get('unit', 'epoch')} ")
    return what, int(re.match(r"\d*", rest)[0] or 0)


DOWN, LESS = np.geomspace(1, 0.1, 12), [np.geomspace(1, 0.1, n) for n in range(12)]
UP, ERRATIC = np.geomspace(0.5, 1, 8), [0.5, 1.1, 0.4, 1, 0.45]
TURNS = [1, 0.8, 0.6, 0.5, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9]
CURVES = {
    "falling": (DOWN, DOWN, (FALLING, 9)),
    "falling in a straight line": (np.linspace(1, 0.1, 10), None, (FALLING, 7)),
    "falling, train alone": (None, DOWN, (FALLING, 9)),
    "flat": (np.full(8, 0.5), None, NOTHING),
    "zero": (np.zeros(8), None, NOTHING),
    "overfitting as soon as two epochs rise": ([0.9, 0.8, 0.7, 0.6, 0.61, 0.62], LESS[6], (OVERFITTING, 4)),
    "one epoch higher": ([0.9, 0.8, 0.7, 0.6, 0.61], LESS[5], NOTHING),
    "overfitting": (TURNS, LESS[10], (OVERFITTING, 5)),
    "overfitting from the start": (UP, 0.5 * LESS[8], (OVERFITTING, 1)),
    "rising, as train does": (np.geomspace(0.5, 5, 8), np.geomspace(0.5, 5, 8), NOTHING),
    "rising, train alone": (None, [1, 0.5, 0.3, 0.2, 0.4, 0.8, 1.6, 3.2], NOTHING),
    "erratic": (2 * ERRATIC, LESS[10], NOTHING),
    "a bump at the end": ([1, 0.5, 0.3, 0.2, 0.19, 0.18, 0.18, 0.4], None, NOTHING),
    "fell, then rose a little": ([1, 0.8, 0.7, 0.71], [1, 0.8, 0.7, 0.6], NOTHING),
    "too short": ([1, 0.5, 0.2], [1, 0.5, 0.2], NOTHING),
    "empty": (None, None, NOTHING),
    "diverged": ([0.5, 0.4, NAN, NAN], [0.5, 0.4, 0.3, 0.2], (DIVERGED, 3)),
    "diverged in training": ([0.5, 0.4, 0.3, 0.2], [0.5, NAN, NAN, NAN], (DIVERGED, 2)),
    "never a number": (None, [NAN], (DIVERGED, 1)),
    "neither": ([NAN, NAN], [NAN, NAN], (DIVERGED, 1)),
    "infinite": (None, [0.5, INF], (DIVERGED, 2)),
    "beyond all measure": (None, [0.5, 1e200], (DIVERGED, 2)),
    "never validated": (np.full(12, NAN), DOWN, (FALLING, 9)),
    "validated every other epoch": (np.where(np.arange(12) % 2, NAN, DOWN), DOWN, (FALLING, 5)),
    "a spike": ([1, INF, 0.5, 0.3, 0.2, 0.1], None, (FALLING, 3)),
}


@pytest.mark.parametrize("name", CURVES)
def test_rules_by_hand(name: str) -> None:
    validation, train, expected = CURVES[name]
    assert said(validation, train) == expected


def test_sentences() -> None:
    for given_run, sentence in {
        run(
            *CURVES["overfitting"][:2]
        ): "Overfitting since epoch 5: the loss on held-out images rose from 0.45 to 0.9, "
        "while that on training images fell.",
        run(DOWN): "Still falling at the end: since epoch 9 the loss on held-out images went from 0.187 to 0.1; more "
        "epochs may help.",  # 0.1 ** (8 / 11)
        run([1, NAN], unit=STEP): "Diverged in step 2: from there on the loss is no number.",
    }.items():
        assert describe(given_run) == sentence
    assert "the loss went from" in describe(run(loss=DOWN))  # on which images, the log does not say


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_noise_seldom_changes_what_is_said(noise: float) -> None:
    rng, at = np.random.default_rng(0), np.arange(30)

    def counted(values: np.ndarray) -> Counter:
        noisy = [values * np.exp(noise * rng.normal(size=(30))) for _ in range(100)]
        return Counter(kind[0] for kind in (said(each, np.exp(-at / 10)) for each in noisy))

    assert counted(np.exp(-at / 10))[FALLING] >= 95
    assert counted(np.where(at < 15, np.exp(-at / 8), np.exp(-2 + (at - 15) / 8)))[OVERFITTING] >= 95
    assert counted(np.full(30, 0.3))[""] >= 95


def test_many_epochs() -> None:
    at = np.arange(10_000)
    rising = np.where(at < 4000, np.exp(-at / 2000), np.exp(-2 + (at - 4000) / 4000))
    rising = rising * np.exp(0.3 * np.random.default_rng(0).normal(size=10_000))
    kind, epoch = said(rising, np.exp(-at / 3000))
    assert kind == OVERFITTING
    assert 3500 <= epoch <= 4700


@given(
    values=arrays(float, st.integers(4, 20), elements=st.floats(0.001, 10)),
    factor=st.sampled_from([0.25, 2.0, 1024.0]),  # without rounding
)
def test_the_unit_of_the_loss_does_not_matter(values: np.ndarray, factor: float) -> None:
    assert said(values, values[::-1]) == said(factor * values, factor * values[::-1])


def test_what_was_not_taken_has_not_diverged() -> None:
    there = {"validation_loss": np.arange(13) < 12}
    assert said(np.append(DOWN, NAN), np.append(DOWN, 0.05), present=there)[0] == FALLING


def test_training_loss_between_validations_counts() -> None:
    steps = np.arange(1, 101)
    train = np.exp(-steps / 30) * np.where(steps % 2, 1.5, 0.5)  # single batches
    validation = np.full(100, NAN)
    validation[9::10] = [1, 0.8, 0.6, 0.5, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert said(validation, train, unit=STEP, present={"validation_loss": np.isfinite(validation)}) == (OVERFITTING, 50)


@given(values=arrays(float, st.integers(0, 15)), train=st.none() | arrays(float, 15))
def test_any_values_are_described(values: np.ndarray, train: np.ndarray | None) -> None:
    with np.errstate(over="ignore"):
        found = said(values, None if train is None else train[: len(values)])
    assert found == NOTHING or 1 <= found[1] <= 15


@given(values=arrays(float, st.integers(2, 30), elements=st.floats(-1e3, 1e3)))
def test_slope_beside_scipy(values: np.ndarray) -> None:
    assert slope(values) == pytest.approx(theilslopes(values).slope, abs=1e-9)


def test_best_epoch() -> None:
    both = run([0.5, 0.2, 0.2, NAN], [4, 3, INF, -INF])
    assert best_epoch(both) == best_epoch(both, "train_loss") == 2
    accuracy = Run(name="x", epochs=np.array([0.5, 1.5]), columns={"validation_accuracy": np.array([0.9, 0.8])})
    assert best_epoch(accuracy, "validation_accuracy") == 0.5
    assert best_epoch(accuracy) is best_epoch(run([NAN, NAN])) is None
