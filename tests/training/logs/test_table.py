"""Cells become numbers, in any notation, and nothing is evaluated."""

import math

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import table
from casting_core.training.logs.table import check_size, from_cells, from_records, log_name, short_path, some

NAN = math.nan


def values(cells: dict[str, list], name: str = "x", **dialect: bool) -> list[float]:
    points = from_cells(cells, **dialect).points
    return points[points["name"] == name]["value"].tolist()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *{"0.5": 0.5, " 1e-05 ": 1e-5, "-inf": -math.inf, "97.5%": 0.975, "97,5 %": 0.975, "1,234": 1234}.items(),
        *{"0,125": 0.125, "1.234,5": 1234.5, "1,234.5": 1234.5}.items(),
        *dict.fromkeys([True, "1_000", "0x10", "tensor(0.5)", "__import__('os').abort()", "00:12", "1/3"]).items(),
    ],
)
def test_cells(cell: object, value: float | None) -> None:
    found = from_cells({"x": [cell, 1.0, 2.0]})
    assert found.points["value"].tolist() == pytest.approx([1, 2] if value is None else [value, 1, 2])
    assert found.notes == (() if value is not None else ("1 cell is left out of x, being no number.",))


def test_nothing_is_not_nan() -> None:
    nothing = ["", None, "None", "N/A", "-", "null"]
    assert from_cells({"x": [*nothing, "nan", NAN, "NaN"]}).points["row"].tolist() == [6, 7, 8]


def test_a_comma_is_decimal_by_what_stands_in_the_table_else_by_its_dialect() -> None:
    assert values({"x": ["1,234"]}) == [1234]
    assert values({"x": ["1,234"]}, comma=True) == values({"x": ["1,234"], "b": ["0,5"]}) == [1.234]
    assert values({"x": ["1,234"], "b": ["1,000.5"]}, comma=True) == [1234]


def test_times_of_a_clock_and_counts_of_epochs() -> None:
    assert values({"time": ["23:00", "1:02:44.5", "90:00", "12"]}, "time") == [1380, 3764.5, 5400, 12]
    counts = ["1/5", "Epoch 3/10", "[2/9]", "epoch 7:", "4 of 9", "0.5", "30"]
    assert values({"Epoch": counts}, "Epoch") == [1, 3, 2, 7, 4, 0.5, 30]


def test_records_need_not_hold_the_same_and_text_stays_text() -> None:
    found = from_records([{"loss": 1.0}, {"phase": "val", "loss": 2.0}, {"phase": "train", "seed": 20261130.0}])
    assert found.texts.to_dict("list") == {"phase": ["", "val", "train"], "seed": ["", "", "20261130"]}
    assert found.points.to_numpy().tolist() == [[0, "loss", 1], [1, "loss", 2]]
    assert found.columns == ("loss", "phase", "seed")


def test_limits_come_before_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_CELLS", 10)
    check_size(5, 2)
    with pytest.raises(DataError, match="has 4 rows and 3 columns"):
        check_size(4, 3)
    with pytest.raises(DataError, match="6 columns"):
        from_records([{f"{n}{k}": 1 for k in range(3)} for n in range(2)])


def test_names_for_messages() -> None:
    for path, name in {
        "runs/exp3/results.csv": "exp3",
        "C:\\logs\\night shift\\metrics.csv": "night shift",
        "a/events.out.tfevents.1.host.2": "a",
        "events.out.tfevents.1.host.2": "events.out.tfevents.1.host.2",
        "": "log",
    }.items():
        assert log_name(path) == name
    assert short_path("/home/somebody/runs/one/log.csv") == "one/log.csv"
    assert (some(["a", "b"], 2), some(["a", "b", "c"], 1)) == ("a, b", "a and 2 more")
