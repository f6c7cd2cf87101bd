"""One training: its arrays are whole, and cannot be written to."""

import math

import numpy as np
import pytest

from casting_core.errors import DataError
from casting_core.training.logs.run import Run


def test_a_run_is_whole_and_cannot_be_written_to() -> None:
    values = np.array([0.5, 0.25])
    run = Run(name="x", epochs=np.array([1, 2]), columns={"loss": values})
    values[0] = 9.0
    assert run.columns["loss"][0] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        run.columns["loss"][0] = 1.0
    for epochs, loss in (([1, 2], [0.0]), ([2, 1], [0, 0]), ([1, 1], [0, 0]), ([1, math.nan], [0, 0])):
        with pytest.raises(DataError, match="finite and rise, and each column have a value for each"):
            Run(name="x", epochs=np.array(epochs), columns={"loss": np.array(loss)})


def test_a_series_is_what_was_written() -> None:
    loss, there = np.array([0.5, math.nan, math.nan]), np.array([True, False, True])
    run = Run(name="x", epochs=np.arange(1, 4), columns={"loss": loss}, present={"loss": there})
    np.testing.assert_array_equal(run.series("loss"), [[1, 3], [0.5, math.nan]])
    assert [len(each) for each in run.series("accuracy")] == [0, 0]
