"""CSV logs as other tools write them. The figures are made up; headers, order and blanks are the tools' own."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs.log import EPOCH, STEP, Log
from casting_core.training.logs.reading import read_any_log

NAN = math.nan


def read(text: str, name: str = "log.csv") -> Log:
    return read_any_log(text.encode(), name)


def check(log: Log, **columns: list[float]) -> None:
    for name, values in columns.items():
        np.testing.assert_allclose(log.columns[name], values, err_msg=name)


def test_keras() -> None:
    log = read(
        "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n"
        "0,0.75,0.001,0.6,0.7,0.65\r\n"
        "1,0.875,0.0005,0.3,0.8,0.5\r\n",
        "training.log",
    )
    np.testing.assert_array_equal(log.epochs, [1, 2])
    check(
        log,
        train_loss=[0.6, 0.3],
        train_accuracy=[0.75, 0.875],
        validation_loss=[0.65, 0.5],
        validation_accuracy=[0.7, 0.8],
        learning_rate=[0.001, 0.0005],
    )
    assert log.unit == EPOCH
    assert log.notes == (
        "Columns read under our names: accuracy → train_accuracy, loss → train_loss, "
        "val_accuracy → validation_accuracy, val_loss → validation_loss.",
        "Epochs counted from 0 in the file; they count from 1 here.",
    )


def test_lightning() -> None:
    log = read(
        "epoch,lr-Adam,step,train_loss,val_acc,val_loss\n"
        ",0.001,0,,,\n"  # learning rates are written without an epoch
        "0,,49,0.8,,\n"
        "0,,99,0.4,,\n"
        "0,,99,,0.75,0.5\n"
        ",0.0001,100,,,\n"
        "1,,149,0.3,,\n"
        "1,,199,0.1,,\n"
        "1,,199,,0.875,0.25\n",
        "lightning_logs/version_3/metrics.csv",
    )
    assert log.name == "version_3"
    np.testing.assert_array_equal(log.epochs, [1, 2])
    check(
        log,
        train_loss=[0.6, 0.2],
        validation_loss=[0.5, 0.25],
        validation_accuracy=[0.75, 0.875],
        learning_rate=[0.001, 0.0001],
        step=[99, 199],
    )
    assert any("the mean counts" in note for note in log.notes)


def test_ultralytics_classification() -> None:
    log = read(
        "epoch,time,train/loss,metrics/accuracy_top1,metrics/accuracy_top5,val/loss,lr/pg0,lr/pg1,lr/pg2\n"
        "1,14.5,0.5,0.9,1,0.25,0.0005,0.0006,0.0007\n"
        "2,27.5,0.25,0.95,1,0.125,0.001,0.001,0.001\n"
        "3,41.5,0.125,0.975,1,0.0625,0.0015,0.0015,0.0015\n",
        "runs/classify/train/results.csv",
    )
    assert log.name == "train"
    check(
        log,
        train_loss=[0.5, 0.25, 0.125],
        validation_accuracy=[0.9, 0.95, 0.975],
        validation_loss=[0.25, 0.125, 0.0625],
        learning_rate=[0.0005, 0.001, 0.0015],
        seconds=[14.5, 13, 14],
        **{"lr/pg1": [0.0006, 0.001, 0.0015], "metrics/accuracy_top5": [1, 1, 1]},
    )


def test_ultralytics_detection_with_padded_headers() -> None:
    log = read(
        "                  epoch,         train/box_loss,         train/cls_loss,        metrics/mAP50(B),   lr/pg0\n"
        "                      0,                 1.5,                     2.5,                 0.125,      0.01\n"
        "                      1,                0.75,                    1.25,                   nan,     0.005\n"
    )
    np.testing.assert_array_equal(log.epochs, [1, 2])
    assert "train_loss" not in log.columns  # parts of a loss are not the loss
    check(log, **{"train/box_loss": [1.5, 0.75], "metrics/mAP50(B)": [0.125, NAN], "learning_rate": [0.01, 0.005]})


def test_fastai() -> None:
    log = read(
        "epoch,train_loss,valid_loss,accuracy,perplexity,time\n0,3.5,3.25,0.375,29.5,23:00\n1,2.5,2.75,0.5,16.5,1:02:30\n"
    )
    check(log, train_loss=[3.5, 2.5], validation_loss=[3.25, 2.75], validation_accuracy=[0.375, 0.5])
    check(log, seconds=[1380, 3750], perplexity=[29.5, 16.5])


def test_by_hand_in_a_spreadsheet() -> None:
    content = "Epoch;Train Loss;Test Loss;Test Acc (%);Bemerkung\r\n1;0,5;0,625;87,5;früh\r\n2;0,25;0,5;90;\r\n"
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        log = read_any_log(content.encode(encoding), "meins.csv")
        check(log, train_loss=[0.5, 0.25], validation_loss=[0.625, 0.5], validation_accuracy=[0.875, 0.9])
        assert "Columns without numbers are left out: Bemerkung." in log.notes
        assert any("percent" in note for note in log.notes)


def test_hugging_face_counts_parts_of_epochs() -> None:
    log = read("epoch,step,loss,eval_loss\n0.5,100,0.75,\n1.0,200,0.5,\n1.0,200,,0.625\n1.5,300,0.25,\n")
    np.testing.assert_array_equal(log.epochs, [0.5, 1, 1.5])
    check(log, train_loss=[0.75, 0.5, 0.25], validation_loss=[NAN, 0.625, NAN])
    np.testing.assert_array_equal(log.series("validation_loss"), [[1], [0.625]])


@pytest.mark.parametrize(
    ("name", "column", "unit"),
    [
        ("run-train-tag-epoch_loss.csv", "train_loss", STEP),
        ("run-validation-tag-epoch_loss.csv", "validation_loss", EPOCH),
        ("run-resnet_train_2-tag-Loss_val.csv", "validation_loss", EPOCH),
        ("run-.-tag-Accuracy_val.csv", "validation_accuracy", EPOCH),
        ("val_loss.csv", "validation_loss", EPOCH),
        ("rewards.csv", "rewards", STEP),
    ],
)
def test_what_tensorboard_exports_is_named_by_its_file(name: str, column: str, unit: str) -> None:
    log = read("Wall time,Step,Value\n1654943296.0,0,0.5\n1654943306.0,1,0.25\n1654943326.0,2,0.125\n", name)
    check(log, **{column: [0.5, 0.25, 0.125], "seconds": [NAN, 10, 20]})
    assert log.unit == unit
    np.testing.assert_array_equal(log.epochs, [1, 2, 3] if unit == EPOCH else [0, 1, 2])


def test_a_table_saved_with_its_row_numbers() -> None:
    log = read(",loss,val_loss\n0,0.5,0.75\n1,0.25,0.5\n")
    np.testing.assert_array_equal(log.epochs, [1, 2])
    check(log, train_loss=[0.5, 0.25])
    with pytest.raises(DataError, match=r"columns \(no name\), loss; a log needs one that is called `epoch`"):
        read(",loss\n3,0.5\n7,0.25\n")


def test_steps_alone() -> None:
    log = read("iteration,loss\n0,0.5\n100,0.25\n")
    assert log.unit == STEP
    np.testing.assert_array_equal(log.epochs, [0, 100])


def test_a_training_that_went_on_writes_epochs_anew() -> None:
    log = read("epoch,loss\n1,0.5\n2,0.4\n3,0.3\n2,0.35\n3,0.2\n")
    check(log, train_loss=[0.5, 0.35, 0.2])
    assert "Epochs 2, 3 stood there more than once; the last value counts." in log.notes


def test_nothing_yet() -> None:
    assert read("").notes == ("The file is empty.",)
    assert read("\r\n  \n").notes == ("The file is empty.",)
    log = read("epoch,loss\n")
    assert len(log.epochs) == 0
    assert log.notes[-1] == "No epoch has been finished yet."


def test_a_loss_that_is_lost() -> None:
    log = read("epoch,loss,val_loss\n1,0.5,inf\n2,nan,\n3,NaN,-inf\n")
    check(log, train_loss=[0.5, NAN, NAN], validation_loss=[math.inf, NAN, -math.inf])
    np.testing.assert_array_equal(log.present["validation_loss"], [True, False, True])


def test_lines_and_cells_that_cannot_be_used_are_said() -> None:
    log = read("epoch,loss,acc\n1,0.5,0.5\nall,0.4,0.6\n3,oops,0.7\n4,0.3,0.8\n5,0.2\ninf,0.1,0.9\n")
    np.testing.assert_array_equal(log.epochs, [1, 3, 4])
    check(log, train_loss=[0.5, NAN, 0.3], train_accuracy=[0.5, 0.7, 0.8])
    assert log.notes[:3] == (
        "Left out, because they do not have 3 cells: line 6.",
        "2 lines are left out, because epoch is no number there.",
        "1 cell is left out of loss, being no number.",
    )


def test_columns_of_the_same_name_are_all_kept() -> None:
    log = read("epoch,f1,f1,loss,loss,train_loss\n1,0.5,0.6,0.1,0.2,0.3\n")
    check(log, **{"f1": [0.5], "f1 (2)": [0.6], "train_loss": [0.3], "loss": [0.1], "loss (2)": [0.2]})


def test_a_column_without_a_name() -> None:
    check(read("epoch,,loss\n1,7,0.5\n"), **{"(no name)": [7], "train_loss": [0.5]})


def test_ten_thousand_epochs() -> None:
    log = read("epoch,loss,val_loss\n" + "".join(f"{n},{1 / n},{2 / n}\n" for n in range(1, 10_001)))
    assert len(log.epochs) == 10_000
    assert log.columns["validation_loss"][-1] == 2 / 10_000


@pytest.mark.parametrize(
    "content",
    [
        b"name,age\nBob,40\n",
        b'{"epoch": 1, "loss": 0.5}',
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"hello",
        b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n",  # a pickle, which nothing opens
    ],
)
def test_what_is_no_log_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="epoch"):
        read_any_log(content, "x.csv")


ALPHABET = 'epochlsvatrinw_,;\t\n\r"0123456789.-+eE%:# '


@given(
    text=st.text(alphabet=ALPHABET, max_size=300) | st.text(alphabet=ALPHABET, max_size=300).map("epoch,loss\n".__add__)
)
def test_any_text_becomes_a_log_or_a_typed_error(text: str) -> None:
    try:
        log = read(text)
    except DataError:
        return
    assert (np.diff(log.epochs) > 0).all()
