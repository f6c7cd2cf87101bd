"""Rows to epochs: what counts them, where the count begins anew, several rows an epoch, other tools' units."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.run import Run
from casting_core.training.logs.splitting import Log
from casting_core.training.logs.table import from_cells

NAN = math.nan


def runs(cells: dict) -> list[Run]:
    return list(Log(table=from_cells({name: list(column) for name, column in cells.items()})).runs)


def only(cells: dict) -> Run:
    (run,) = runs(cells)
    return run


SAID = {  # what is said → lines, epochs, and curves
    "Epoch 2 stood there more than once; the last value counts.": (
        "epoch,train_loss,val_loss 1,0.5,- 1,-,0.6 2,0.25,1 2,nan,0.3",  # nan beside a number was not taken
        {1: (0.5, 0.6), 2: (0.25, 0.3)},
    ),
    "Epoch 1, 2 stood there more than once; of train_loss the mean, else the last value counts.": (
        "epoch,train_loss,val_loss 1,0.6,0.9 1,0.4,0.8 1,-,0.7 2,0.1,1 2,0.3,2",
        {1: (0.5, 0.7), 2: (0.2, 2)},
    ),
    "2 rows are left out, because epoch is no number there.": (
        "epoch,train_loss,val_loss 1,7,1 all,7,2 -,7,- 3,7,4 inf,7,5 -,-,6",  # else that of the next or the last
        {1: (7, 1), 3: (7, 6)},
    ),
    "Epochs counted from 0 in the file; they count from 1 here.": (
        "epoch,loss,val_loss 0,40,1 1,30,2",
        {1: (40, 1), 2: (30, 2)},
    ),
    "step is taken for the epoch, because it rises by one and each was validated.": (
        "step,train_loss,val_loss 0,1,1 1,-,2 2,3,3",
        {1: (1, 1), 2: (NAN, 2), 3: (3, 3)},
    ),
    "Nothing counts the rows; each is taken for an epoch, in their order.": (
        "loss,val_loss 3,1 2,-",
        {1: (3, 1), 2: (2, NAN)},
    ),
    "Further figures, not drawn: f1.": (",loss,val_loss,f1 0,1,2,1 1,3,4,1", {1: (1, 2), 2: (3, 4)}),  # row numbers
    "Further figures, not drawn: f2.": (  # the count falls back, but nothing is logged anew
        "epoch,train_loss,val_loss,f2 1,1,-,1 2,2,-,- 1,-,3,- 2,-,4,-",
        {1: (1, 3), 2: (2, 4)},
    ),
    "Taken for percent, as it exceeds 1: validation_accuracy.": (
        "epoch,loss,val_loss,val_acc 0.5,1,2,47 1,3,4,100",
        {0.5: (1, 2), 1: (3, 4)},
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_rows_become_epochs_and_what_is_changed_is_said(said: str) -> None:
    text, losses = SAID[said]
    (run,) = read_any_log(f"{text}\n".replace(" ", "\n").encode(), "x.csv")
    assert said in (*run.notes, *run.guesses)
    assert (run.unit, run.epochs.tolist()) == ("epoch", list(losses))
    np.testing.assert_allclose(run.columns["train_loss"], [train for train, _ in losses.values()])
    np.testing.assert_allclose(run.columns["validation_loss"], [held_out for _, held_out in losses.values()])
    assert run.columns.get("validation_accuracy", np.ones(1)).max() == 1


def test_steps_stay_steps_unless_each_was_validated() -> None:
    for cells in (
        {"step": [0, 1, 2], "val_loss": [1, None, 3]},
        {"step": [0, 1, 2], "train_loss": [1, 2, 3]},
        {"iteration": [0, 50, 100], "val_loss": [1, 2, 3]},
    ):
        run = only(cells)
        assert run.unit == "step"
        assert "The file counts steps, not epochs." in run.notes


def test_what_nothing_counts_is_refused() -> None:
    for cells in ({"f1": [1]}, {"(no name)": [3, 7], "f1": [1, 2]}, {"loss": [1, 2], "phase": ["a", "b"]}):
        with pytest.raises(DataError, match=r"has the columns .*; none is called `epoch` or `step`"):
            runs(cells)


@pytest.mark.parametrize(
    ("places", "parts"),
    [
        ([0, 1, 2, 0, 1], [[1, 2, 3], [1, 2]]),
        ([1, 2, 3, 2, 3, 4], [[1, 2, 3], [2, 3, 4]]),
        ([1, 1, 2, 1, 1, 1], [[1, 2], [1]]),
        ([3, 1, 2], [[1, 2, 3]]),  # in no order, but each once
        ([1, 2, 1, 2, 1], [[1, 2], [1, 2], [1]]),
        ([], [[]]),
    ],
)
def test_a_count_that_falls_back_begins_a_part_if_something_is_logged_anew(places: list, parts: list) -> None:
    assert [run.epochs.tolist() for run in runs({"epoch": places, "loss": [1.0] * len(places)})] == parts


@given(rows=st.lists(st.tuples(st.integers(1, 6), st.floats(0, 1)), min_size=1, max_size=20).map(sorted))
def test_every_epoch_has_what_was_written_of_it(rows: list[tuple[int, float]]) -> None:
    run = only({"epoch": [epoch for epoch, _ in rows], "train_loss": [value for _, value in rows]})
    assert run.epochs.tolist() == sorted({epoch for epoch, _ in rows})
    for epoch, value in zip(run.epochs, run.columns["train_loss"], strict=True):
        own = [v for e, v in rows if e == epoch]
        assert min(own) - 1e-12 <= value <= max(own) + 1e-12


@pytest.mark.parametrize(
    ("name", "times", "seconds"),
    [
        ("time", [14, 27, 41], [14, 13, 14]),
        ("time", [128, 158, 193], [128, 30, 35]),  # a slow first epoch
        ("time", [30, 31, 32], [30, 31, 32]),  # rises, but by too little
        ("time", [14, 27], [14, 27]),  # too few to tell
        ("time", [14, None, 41], [14, NAN, 41]),
        ("epoch_time", [14, 27, 41], [14, 27, 41]),
        ("timestamp", [1010, 1025, 900, 930], [NAN, 15, NAN, 30]),  # a clock that was put back
        ("Wall time", [1.7e12, 1.7e12 + 60_000], [NAN, 60]),  # in ms
    ],
)
def test_times(name: str, times: list[float | None], seconds: list[float]) -> None:
    run = only({"epoch": range(1, len(times) + 1), name: times, "val_loss": [1.0] * len(times)})
    np.testing.assert_array_equal(run.columns["seconds"], seconds)
