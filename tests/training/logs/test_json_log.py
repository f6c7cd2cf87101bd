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


@pytest.mark.parametrize(
    "told",
    [
        RECORDS,
        {"log_history": RECORDS},
        {"model": "x", "history": RECORDS},
        {"train_loss": [0.5, 0.4], "val_loss": [0.6, None]},
        {"train": {"loss": [0.5, 0.4]}, "val": {"loss": [0.6, None]}},
        {"train_loss": {"0": 0.5, "1": 0.4}, "val_loss": {"0": 0.6, "1": None}},  # by pandas
        "\n".join(map(json.dumps, RECORDS)) + "\n",
        "\n".join(map(json.dumps, RECORDS)) + '\n{"epoch": 3, "tra',
        [{k: v for k, v in record.items() if k != "epoch"} for record in RECORDS],
    ],
)
def test_shapes(told: object) -> None:
    run = only(told)
    assert run.epochs.tolist() == [1, 2]
    assert run.columns["train_loss"].tolist() == [0.5, 0.4]
    assert run.series("validation_loss")[1].tolist() == [0.6]


def test_the_record_of_a_whole_training_by_hugging_face_is_no_epoch() -> None:
    history = [
        {"epoch": 0.5, "loss": 0.7, "step": 50},
        {"epoch": 1.0, "loss": 0.5, "step": 100},
        {"epoch": 1.0, "eval_loss": 0.6, "eval_runtime": 3.2, "step": 100},
        {"epoch": 1.0, "train_loss": 0.6, "train_runtime": 9.5, "step": 100},
    ]
    run = only({"best_metric": 0.6, "log_history": history}, "out/trainer_state.json")
    assert (run.name, run.epochs.tolist(), run.columns["train_loss"].tolist()) == ("out", [0.5, 1], [0.7, 0.5])
    assert run.series("validation_loss")[0].tolist() == [1]


def test_mmengine_counts_steps_in_training_and_epochs_in_validation() -> None:
    lines = [
        {"lr": 0.1, "data_time": 0.1, "loss": 0.75, "time": 0.2, "epoch": 1, "iter": 4, "step": 4},
        {"lr": 0.1, "data_time": 0.1, "loss": 0.25, "time": 0.2, "epoch": 1, "iter": 8, "step": 8},
        {"accuracy/top1": 75.0, "data_time": 0.1, "time": 0.1, "step": 1},
        {"lr": 0.1, "data_time": 0.1, "loss": 0.25, "time": 0.2, "epoch": 2, "iter": 12, "step": 12},
        {"accuracy/top1": 80.0, "data_time": 0.1, "time": 0.1, "step": 2},
    ]
    run = only("\n".join(map(json.dumps, lines)), "vis_data/scalars.json")
    assert (run.epochs.tolist(), run.columns["train_loss"].tolist()) == ([1, 2], [0.5, 0.25])
    assert run.columns["validation_accuracy"].tolist() == [0.75, 0.8]
    assert "seconds" not in run.columns  # they are those of a step


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"train_loss": 0.5, "accuracy": 0.9}, "single values, and no course over epochs"),
        ({}, "single values, and no course over epochs"),
        ([1, 2], "no records of epochs"),
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
