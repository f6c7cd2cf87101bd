"""Rows to epochs: what counts them, where the count begins anew, several rows an epoch, other tools' units."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs.epochs import by_epoch, count_rows, parts
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Figures, from_cells

NAN = math.nan


def gathered(cells: dict, **names: str) -> Run:
    """Rows to epochs; the columns keep their names but for `names`."""
    table = from_cells("x", cells)
    count = count_rows(table, {})
    figures = {names.get(name, name): each for name, each in table.take(count.used).figures.items()}
    figures.pop(count.column, None)
    return by_epoch(count, figures, name="x")


def test_rows_of_one_epoch_become_one() -> None:
    log = gathered(
        {"epoch": [1, 1, 2, 2], "train_loss": [0.5, None, 0.25, NAN], "validation_loss": [None, 0.6, 1, 0.3]}
    )
    np.testing.assert_array_equal(log.epochs, [1, 2])
    np.testing.assert_array_equal(log.columns["train_loss"], [0.5, 0.25])  # nan beside a number was not taken
    np.testing.assert_array_equal(log.columns["validation_loss"], [0.6, 0.3])
    assert log.notes == ("Epoch 2 stood there more than once; the last value counts.",)


def test_of_batches_the_mean_counts_for_training_and_the_last_value_for_the_rest() -> None:
    cells = {
        "epoch": [1, 1, 1, 2, 2],
        "train_loss": [0.6, 0.4, None, 0.1, 0.3],
        "validation_loss": [0.9, 0.8, 0.7, 1, 2],
    }
    log = gathered(cells)
    np.testing.assert_allclose(log.columns["train_loss"], [0.5, 0.2])
    np.testing.assert_array_equal(log.columns["validation_loss"], [0.7, 2])
    assert "of train_loss the mean counts" in log.notes[0]


@pytest.mark.parametrize(
    ("cell", "epoch"), [("1/5", 1), ("Epoch 3/10", 3), ("[2/9]", 2), ("epoch 7:", 7), ("4 of 9", 4), ("0.5", 0.5)]
)
def test_epochs_as_they_are_written(cell: str, epoch: float) -> None:
    assert count_rows(from_cells("x", {"Epoch": [cell, "30/30"]}), {}).places.tolist() == [epoch, 30]


def test_what_counts_the_rows() -> None:
    assert count_rows(from_cells("x", {"step": [10, 20], "epoch": [1, 2]}), {}).unit == "epoch"
    assert count_rows(from_cells("x", {"iteration": [10, 20]}), {}).unit == "step"
    assert count_rows(from_cells("x", {"(no name)": [0, 1], "loss": [1, 2]}), {}).unit == "epoch"
    given_column = count_rows(from_cells("x", {"step": [10, 20], "round": [3, 4]}), {"epoch": "round"})
    assert given_column.places.tolist() == [3, 4]
    rows = count_rows(from_cells("x", {"loss": [3, 2], "f1": [None, 1]}), {})
    assert (rows.unit, rows.places.tolist()) == ("epoch", [1, 2])
    assert rows.guesses == ("Nothing counts the rows of x; each is taken for an epoch, in their order.",)
    for cells in ({"f1": [1]}, {"(no name)": [3, 7]}, {"loss": [1, 2], "phase": ["a", "b"]}, {"loss": [1, None]}):
        with pytest.raises(DataError, match="none is called `epoch` or `step`"):
            count_rows(from_cells("x", cells), {})
    odd = count_rows(from_cells("x", {"epoch": [1, "all", None, 3, math.inf, None]}), {})
    assert odd.places.tolist() == [1, 3, 3, 3]  # a row without an epoch belongs to the next, else the last
    assert odd.notes == ("2 rows are left out, because epoch is no number there.",)


def test_a_count_that_falls_back_begins_a_part_if_something_is_logged_anew() -> None:
    def told(places: list[float], *columns: list[bool]) -> list[int]:
        written = [np.array(each, bool) for each in columns or [[True] * len(places)]]
        return parts(np.array(places, float), [Figures(values=np.zeros(len(w)), written=w) for w in written]).tolist()

    assert told([0, 1, 2, 0, 1]) == [0, 0, 0, 1, 1]
    assert told([1, 2, 3, 2, 3, 4]) == [0, 0, 0, 1, 1, 1]
    assert told([1, 1, 2, 1, 1, 1]) == [0, 0, 0, 1, 1, 1]
    assert told([3, 1, 2]) == [0, 0, 0]  # in no order, but each once
    assert told([1, 2, 1, 2], [True, True, False, False], [False, False, True, True]) == [0, 0, 0, 0]
    assert told([1, 2, 1, 2, 1]) == [0, 0, 1, 1, 2]
    assert told([]) == []


@given(places=st.lists(st.integers(0, 9), unique=True, min_size=1), data=st.data())
def test_rows_in_any_order_are_one_part(places: list[int], data: st.DataObject) -> None:
    shuffled = np.array(data.draw(st.permutations(places)), float)
    written = np.ones(len(places), bool)
    assert not parts(shuffled, [Figures(values=shuffled, written=written)]).any()


def test_units() -> None:
    log = gathered({"epoch": [0, 1], "validation_accuracy": [47, 100], "loss": [40, 30]})
    np.testing.assert_array_equal(log.epochs, [1, 2])
    np.testing.assert_array_equal(log.columns["validation_accuracy"], [0.47, 1])
    np.testing.assert_array_equal(log.columns["loss"], [40, 30])
    assert (log.guesses, log.notes) == (
        ("Taken for percent, as it exceeds 1: validation_accuracy.",),
        ("Epochs counted from 0 in the file; they count from 1 here.",),
    )
    assert gathered({"epoch": [0, 0.5, 1], "loss": [1, 2, 3]}).epochs.tolist() == [0, 0.5, 1]
    counted = gathered({"epoch": [1, 2], "acc": [400, 500]}, acc="accuracy")
    assert counted.columns["accuracy"].tolist() == [400, 500]


def test_steps_are_epochs_only_where_each_was_validated() -> None:
    log = gathered({"step": [0, 1, 2], "validation_loss": [1, 2, 3]})
    assert (log.unit, log.epochs.tolist()) == ("epoch", [1, 2, 3])
    assert log.guesses == ("step is taken for the epoch, because it rises by one and each was validated.",)
    for cells in ({"validation_loss": [1, None, 3]}, {"train_loss": [1, 2, 3]}):
        assert gathered({"step": [0, 1, 2], **cells}).unit == "step"
    assert gathered({"step": [0, 50, 100], "validation_loss": [1, 2, 3]}).notes == (
        "The file counts steps, not epochs.",
    )


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ([14, 27, 41], [14, 13, 14]),
        ([128, 158, 193], [128, 30, 35]),  # a slow first epoch
        ([30, 31, 32], [30, 31, 32]),  # rises, but by too little
        ([14, 27], [14, 27]),  # too few to tell
        ([14, None, 41], [14, NAN, 41]),
    ],
)
def test_times_since_the_start(times: list[float | None], seconds: list[float]) -> None:
    log = gathered({"epoch": list(range(1, len(times) + 1)), "time": times}, time="seconds")
    np.testing.assert_array_equal(log.columns["seconds"], seconds)


def test_times_of_the_day() -> None:
    cells = {"epoch": [1, 1, 2, 3, 4], "timestamp": [1000, 1010, 1025, 900, 930], "loss": [1.0] * 5}
    log = gathered(cells)
    np.testing.assert_array_equal(log.columns["seconds"], [NAN, 15, NAN, 30])
    milliseconds = [1.7e12, 1.7e12 + 60_000]
    assert gathered({"epoch": [1, 2], "timestamp": milliseconds}).columns["seconds"].tolist()[1:] == [60]


@given(
    rows=st.lists(st.tuples(st.integers(1, 6), st.floats(0, 1)), min_size=1, max_size=20).map(sorted),
)
def test_every_epoch_has_what_was_written_of_it(rows: list[tuple[int, float]]) -> None:
    log = gathered({"epoch": [epoch for epoch, _ in rows], "train_loss": [value for _, value in rows]})
    assert log.epochs.tolist() == sorted({epoch for epoch, _ in rows})
    for epoch, value in zip(log.epochs, log.columns["train_loss"], strict=True):
        own = [v for e, v in rows if e == epoch]
        assert min(own) - 1e-12 <= value <= max(own) + 1e-12
