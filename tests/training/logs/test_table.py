"""Cells become numbers, in any notation, and nothing is evaluated."""

import math

import numpy as np
import pytest

from casting_core.errors import DataError
from casting_core.training.logs import table
from casting_core.training.logs.table import check_size, from_cells, from_records, log_name, short_path

NAN = math.nan


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.5", 0.5),
        (" 1e-05 ", 1e-5),
        ("-inf", -math.inf),
        ("97.5%", 0.975),
        ("97,5 %", 0.975),
        ("1,234", 1234),
        ("0,125", 0.125),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        (True, None),
        ("1_000", None),
        ("0x10", None),
        ("tensor(0.5)", None),
        ("__import__('os').abort()", None),
        ("00:12", None),  # not a column of times
    ],
)
def test_cells(cell: object, value: float | None) -> None:
    found = from_cells("x.csv", {"x": [cell, 1.0, 2.0]})
    assert found.figures["x"].values[0] == pytest.approx(NAN if value is None else value, nan_ok=True)
    assert found.figures["x"].written[0] == (value is not None)
    assert found.notes == (() if value is not None else ("1 cell is left out of x, being no number.",))


@pytest.mark.parametrize("cell", ["", None, "None", "N/A", "-", "null"])
def test_nothing_is_not_nan(cell: str | None) -> None:
    found = from_cells("x.csv", {"x": [cell, "nan", NAN, "NaN"]}).figures["x"]
    assert np.isnan(found.values).all()
    assert found.written.tolist() == [False, True, True, True]


def test_a_comma_is_decimal_by_what_stands_in_the_table_else_by_its_dialect() -> None:
    assert from_cells("x", {"a": ["1,234"]}).figures["a"].values[0] == 1234
    assert from_cells("x", {"a": ["1,234"]}, comma=True).figures["a"].values[0] == 1.234
    assert from_cells("x", {"a": ["1,234"], "b": ["0,5"]}).figures["a"].values[0] == 1.234
    assert from_cells("x", {"a": ["1,234"], "b": ["1,000.5"]}, comma=True).figures["a"].values[0] == 1234


def test_times_of_a_clock() -> None:
    found = from_cells("x.csv", {"time": ["23:00", "1:02:44.5", "90:00", "12"]})
    assert found.figures["time"].values.tolist() == [1380, 3764.5, 5400, 12]


def test_records_need_not_hold_the_same_and_text_stays_text() -> None:
    found = from_records("runs/x.jsonl", [{"loss": 1.0}, {"phase": "val", "loss": 2.0}, {"phase": "train"}])
    assert found.texts["phase"].tolist() == ["", "val", "train"]
    assert found.figures["loss"].written.tolist() == [True, True, False]
    part = found.take(np.array([False, False, True]))
    assert (part.rows, list(part.figures), part.texts["phase"].tolist()) == (1, [], ["train"])


def test_limits_come_before_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_CELLS", 10)
    check_size("x.csv", 5, 2)
    with pytest.raises(DataError, match=r"x\.csv has 4 rows and 3 columns"):
        check_size("x.csv", 4, 3)
    with pytest.raises(DataError, match="6 columns"):
        from_records("x", [{f"{n}{k}": 1 for k in range(3)} for n in range(2)])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runs/exp3/results.csv", "exp3"),
        ("Training_Log.csv", "Training_Log"),
        ("C:\\logs\\night shift\\metrics.csv", "night shift"),
        ("resnet 50.csv", "resnet 50"),
        ("a/events.out.tfevents.1.host.2", "a"),
        ("events.out.tfevents.1.host.2", "events.out.tfevents.1.host.2"),
        ("", "log"),
    ],
)
def test_a_log_is_called_by_what_tells_it_apart(path: str, name: str) -> None:
    assert log_name(path) == name
    assert short_path("/home/somebody/runs/one/log.csv") == "one/log.csv"
