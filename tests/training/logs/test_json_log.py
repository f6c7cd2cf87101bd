"""Logs in JSON: records, columns, lines; what is damaged, half written or no course over epochs."""

import json

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import json_log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.run import Run


def only(told: object, name: str = "x.json") -> Run:
    (run,) = read_any_log((told if isinstance(told, str) else json.dumps(told)).encode(), name)
    return run


RECORDS = [{"epoch": 1, "train": {"loss": 0.5}, "val": {"loss": 0.6}}, {"epoch": 2, "train": {"loss": 0.4}}]


LINES = "\n".join(map(json.dumps, RECORDS))
SHAPES = [
    RECORDS,
    {"model": "x", "history": RECORDS},
    {"train_loss": [0.5, 0.4], "val_loss": [0.6, None], "best": [1]},
    {"train": {"loss": [0.5, 0.4]}, "val": {"loss": [0.6, None]}},
    {"train_loss": {"0": 0.5, "1": 0.4}, "val_loss": {"0": 0.6, "1": None}},  # by pandas
    LINES + "\n",
    LINES + '\n{"epoch": 3, "tra',
    LINES.replace("\n", "\nno JSON\n"),
    [{name: told for name, told in record.items() if name != "epoch"} for record in RECORDS],
]


@pytest.mark.parametrize("told", SHAPES)
def test_shapes(told: object) -> None:
    run = only(told)
    assert run.epochs.tolist() == [1, 2]
    assert run.columns["train_loss"].tolist() == [0.5, 0.4]
    assert run.series("validation_loss")[1].tolist() == [0.6]
    assert ("half written" in str(run.notes)) == str(told).endswith("tra")
    assert ("are no JSON: line 2." in str(run.notes)) == ("no JSON" in str(told))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"train_loss": 0.5, "accuracy": 0.9}, "no course over epochs, single values"),
        ({}, "no course over epochs, single values"),
        ([1, 2], "no course over epochs"),
        ('{"epoch": 1, "loss": 0.5', "damaged or cut in line 1"),
        ('{"epoch": 1}\n}{\n]\n', "damaged or cut in line 2"),
        ("[" * 100_000, "damaged or cut"),
        ([{"pid": 1, "port": 2}], "none is called `epoch` or `step`"),
        ([{"epoch": 1} | {f"a{n}": 1 for n in range(300)}], "201 columns"),
    ],
)
def test_what_is_no_log_is_refused_with_the_true_reason(told: object, why: str) -> None:
    with pytest.raises(DataError, match=why):
        only(told)


def test_numbers_of_any_length_and_files_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only('[{"epoch": 1, "loss": 1' + "0" * 10_000 + "}]").columns["loss"].tolist() == [float("inf")]
    monkeypatch.setattr(json_log, "MAX_JSON", 10)
    with pytest.raises(DataError, match="more than 0 MiB; save the log as CSV"):
        only(RECORDS)
