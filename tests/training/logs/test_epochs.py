"""Rows to epochs: several rows an epoch, restarts, and other tools' units."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casting_core.training.logs.epochs import Rows, by_epoch, unit_of_steps
from casting_core.training.logs.log import EPOCH, STEP, Log

NAN = math.nan


def gathered(places: list[float], more: dict | None = None, **columns: list[float | None]) -> Log:
    """Rows of a file; None where a cell is empty."""
    return by_epoch(
        Rows(
            name="x",
            places=np.array(places, float),
            columns={n: np.array([NAN if v is None else v for v in c], float) for n, c in columns.items()},
            written={n: np.array([v is not None for v in c], bool) for n, c in columns.items()},
            **(more or {}),
        )
    )


def test_rows_of_one_epoch_become_one() -> None:
    log = gathered([1, 1, 2, 2], train_loss=[0.5, None, 0.25, None], validation_loss=[None, 0.6, None, 0.3])
    np.testing.assert_array_equal(log.epochs, [1, 2])
    np.testing.assert_array_equal(log.columns["train_loss"], [0.5, 0.25])
    np.testing.assert_array_equal(log.columns["validation_loss"], [0.6, 0.3])
    assert log.notes == ()


def test_of_batches_the_mean_counts_for_training_and_the_last_value_for_the_rest() -> None:
    log = gathered(
        [1, 1, 1, 2],
        {"batches": True},
        train_loss=[0.6, 0.4, None, 0.1],
        validation_loss=[0.9, None, 0.7, None],
        step=[50, 100, 100, 150],
    )
    np.testing.assert_allclose(log.columns["train_loss"], [0.5, 0.1])
    np.testing.assert_array_equal(log.columns["validation_loss"], [0.7, NAN])
    np.testing.assert_array_equal(log.present["validation_loss"], [True, False])
    np.testing.assert_array_equal(log.columns["step"], [100, 150])
    assert len(log.notes) == 1
    assert "of train_loss the mean counts" in log.notes[0]


def test_an_epoch_begun_anew_replaces_the_one_before() -> None:
    log = gathered([1, 2, 3, 2, 3, 4], train_loss=[5, 4, 3, 2, None, 0])
    np.testing.assert_array_equal(log.columns["train_loss"], [5, 2, 3, 0])  # what was not written anew stays
    assert log.notes == ("Epoch 2 stood there more than once; the last value counts.",)
    log = gathered([1, 1, 2, 2, 3, 3, 1, 1], {"batches": True}, train_loss=[9, 9, 4, 2, 1, 1, 7, 5])
    np.testing.assert_array_equal(log.columns["train_loss"], [6, 3, 1])
    assert log.notes[0].startswith("Epoch 1 stood there")


def test_many_repeated_epochs_are_counted_in_the_note() -> None:
    log = gathered([*range(1, 9), *range(1, 9)], train_loss=[1.0] * 16)
    assert log.notes == ("Epochs 1, 2, 3, 4, 5 and 3 more stood there more than once; the last value counts.",)


def test_nan_beside_numbers_of_the_same_epoch_means_nothing_was_taken() -> None:
    log = gathered([1, 1, 2, 2], train_loss=[0.5, NAN, NAN, NAN])
    np.testing.assert_array_equal(log.columns["train_loss"], [0.5, NAN])
    assert log.present["train_loss"].all()
    log = gathered([1, 1, 2], {"batches": True}, train_loss=[0.5, NAN, math.inf])
    np.testing.assert_array_equal(log.columns["train_loss"], [0.5, math.inf])


def test_epochs_from_0_are_counted_from_1() -> None:
    log = gathered([0, 1], train_loss=[1, 2])
    np.testing.assert_array_equal(log.epochs, [1, 2])
    assert "from 0" in log.notes[0]
    assert gathered([1, 2], train_loss=[1, 2]).notes == ()
    np.testing.assert_array_equal(gathered([0, 0.5, 1], train_loss=[1, 2, 3]).epochs, [0, 0.5, 1])
    steps = gathered([0, 100], {"unit": STEP}, train_loss=[1, 2])
    np.testing.assert_array_equal(steps.epochs, [0, 100])
    assert steps.notes == ("The file counts steps, not epochs.",)


def test_percent_become_fractions() -> None:
    log = gathered(
        [1, 2],
        train_accuracy=[47.19, 100],
        validation_accuracy=[0.5, 1],
        **{"metrics/accuracy_top5": [88, NAN], "acc_count": [400, 500], "train_loss": [40, 30]},
    )
    np.testing.assert_allclose(log.columns["train_accuracy"], [0.4719, 1])
    np.testing.assert_array_equal(log.columns["validation_accuracy"], [0.5, 1])
    np.testing.assert_array_equal(log.columns["metrics/accuracy_top5"], [0.88, NAN])
    np.testing.assert_array_equal(log.columns["acc_count"], [400, 500])
    np.testing.assert_array_equal(log.columns["train_loss"], [40, 30])
    assert log.notes == (
        "In percent in the file, as fractions here: train_accuracy, metrics/accuracy_top5.",
        "Neither a fraction nor percent, left as it is: acc_count.",
    )


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([14, 27, 41], [14, 13, 14]),
        ([128, 158, 193], [128, 30, 35]),  # a slow first epoch
        ([30, 31, 32], [30, 31, 32]),  # rises, but by too little
        ([14, 27], [14, 27]),  # too few to tell
        ([14, 27, 13], [14, 27, 13]),
        ([14, None, 41], [14, NAN, 41]),
    ],
)
def test_times_since_the_start(times: list[float | None], expected: list[float]) -> None:
    log = gathered(list(range(1, len(times) + 1)), {"running": True}, seconds=times)
    np.testing.assert_array_equal(log.columns["seconds"], expected)
    assert bool(log.notes) == (times != [None if math.isnan(v) else v for v in expected])
    untouched = gathered(list(range(1, len(times) + 1)), seconds=times)
    np.testing.assert_array_equal(untouched.columns["seconds"], [NAN if v is None else v for v in times])


def test_times_of_the_day() -> None:
    wall = np.array([1000.0, 1010.0, 1025.0, 900.0, 930.0])  # two rows of epoch 1, and a clock that was put back
    log = gathered([1, 1, 2, 3, 4], {"wall": wall}, train_loss=[1, 1, 1, 1, 1])
    np.testing.assert_array_equal(log.columns["seconds"], [NAN, 15, NAN, 30])
    np.testing.assert_array_equal(log.present["seconds"], [False, True, False, True])
    assert "seconds of each epoch" in log.notes[-1]
    own = gathered([1, 2], {"wall": wall[:2]}, seconds=[5, 6])
    np.testing.assert_array_equal(own.columns["seconds"], [5, 6])


def test_no_rows_at_all() -> None:
    log = gathered([], {"running": True, "wall": np.empty(0)}, train_loss=[], seconds=[])
    assert len(log.epochs) == 0
    assert log.columns["train_loss"].shape == (0,)
    assert log.notes == ("No epoch has been finished yet.",)


@pytest.mark.parametrize(
    ("steps", "validated", "unit"),
    [
        ([0, 1, 2], [True, True, True], EPOCH),
        ([1, 2, 3], [True, True, True], EPOCH),
        ([1, 2, 3], [True, False, True], STEP),
        ([2, 3, 4], [True, True, True], STEP),
        ([0, 50, 100], [True, True, True], STEP),
        ([1], [True], STEP),
    ],
)
def test_steps_that_are_epochs(steps: list[int], validated: list[bool], unit: str) -> None:
    columns, written = {"validation_loss": np.zeros(len(steps))}, {"validation_loss": np.array(validated)}
    assert unit_of_steps(np.array(steps, float), columns, written) == unit
    assert unit_of_steps(np.array(steps, float), {"train_loss": np.zeros(len(steps))}, {}) == STEP


@given(
    places=st.lists(st.integers(1, 6), min_size=1, max_size=20),
    values=arrays(float, 20, elements=st.floats(0, 1)),
    there=arrays(bool, 20),
    batches=st.booleans(),
)
def test_every_epoch_has_what_was_written_of_it(
    places: list[int], values: np.ndarray, there: np.ndarray, batches: bool
) -> None:
    count = len(places)
    rows = Rows(
        name="x",
        places=np.array(places, float),
        columns={"train_loss": values[:count]},
        written={"train_loss": there[:count]},
        batches=batches,
    )
    log = by_epoch(rows)
    assert log.epochs.tolist() == sorted(set(places))
    for epoch, value, written in zip(log.epochs, log.columns["train_loss"], log.present["train_loss"], strict=True):
        own = [v for p, v, w in zip(places, values, there, strict=False) if p == epoch and w]
        assert written == bool(own)
        if own:
            assert min(own) - 1e-12 <= value <= max(own) + 1e-12
            assert batches or value == own[-1]
