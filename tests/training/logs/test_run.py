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
    with pytest.raises(DataError, match=r"shape \(1,\)"):
        Run(name="x", epochs=np.array([1, 2]), columns={"loss": np.zeros(1)})
    for epochs in ([2, 1], [1, 1], [1, math.nan]):
        with pytest.raises(DataError, match="rise"):
            Run(name="x", epochs=np.array(epochs), columns={})


def test_a_series_is_what_was_written() -> None:
    run = Run(
        name="x",
        epochs=np.arange(1, 4),
        columns={"loss": np.array([0.5, math.nan, math.nan])},
        present={"loss": np.array([True, False, True])},
    )
    np.testing.assert_array_equal(run.series("loss"), [[1, 3], [0.5, math.nan]])
    assert [len(each) for each in run.series("accuracy")] == [0, 0]
