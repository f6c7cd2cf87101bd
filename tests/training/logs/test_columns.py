"""Columns of other tools: which of ours they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.training.logs.columns import (
    TEST,
    TRAIN,
    VALIDATION,
    is_accuracy,
    is_running_time,
    is_wall_time,
    on_pictures,
    place_column,
    recognise,
    words,
)

TL, TA, VL, VA = "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"
LR, S = "learning_rate", "seconds"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("metrics/accuracy_top1", ["metrics", "accuracy", "top", "1"]),
        ("valLoss", ["val", "loss"]),
        ("LR", ["lr"]),
        ("Loss/train", ["loss", "train"]),
        ("lr-AdamW", ["lr", "adam", "w"]),
        ("  epoch", ["epoch"]),
        ("损失", []),
        ("", []),
    ],
)
def test_words(name: str, parts: list[str]) -> None:
    assert words(name) == parts


TOOLS = {
    "keras": ("accuracy loss learning_rate val_accuracy val_loss", [TA, TL, LR, VA, VL]),
    "keras without validation": ("accuracy loss", [TA, TL]),
    "keras, older": ("acc loss lr val_acc val_loss", [TA, TL, LR, VA, VL]),
    "keras metrics": (
        "binary_accuracy loss val_binary_accuracy val_loss",
        [TA, TL, VA, VL],
    ),
    "lightning": ("step train_loss val_loss val_acc lr-Adam", [None, TL, VL, VA, LR]),
    "lightning by step and epoch": ("train_loss_step train_loss_epoch val_loss", [None, TL, VL]),
    "ultralytics classification": (
        "time train/loss metrics/accuracy_top1 metrics/accuracy_top5 val/loss lr/pg0 lr/pg1",
        [S, TL, VA, None, VL, LR, None],
    ),
    "ultralytics detection": (
        "train/box_loss train/cls_loss metrics/mAP50(B) val/box_loss lr/pg0",
        [None, None, None, None, LR],
    ),
    "fastai": ("train_loss valid_loss accuracy error_rate time", [TL, VL, VA, None, S]),
    "hugging face": ("loss learning_rate eval_loss eval_accuracy eval_runtime", [TL, LR, VL, VA, None]),
    "timm": ("train_loss eval_loss eval_top1 eval_top5 lr", [TL, VL, VA, None, LR]),
    "train and test": ("train_loss train_acc test_loss test_acc", [TL, TA, VL, VA]),
    "test beside validation": ("train_loss val_loss test_loss", [TL, VL, None]),
    "accuracy beside test": ("train_loss accuracy test_accuracy", [TL, TA, VA]),
    "tensorboard": ("Loss/train Loss/validation Accuracy/train Accuracy/val", [TL, VL, TA, VA]),
    "tensorboard by keras": ("train/epoch_loss validation/epoch_loss", [TL, VL]),
    "ours": (
        "train_loss train_accuracy validation_loss validation_accuracy learning_rate seconds",
        [TL, TA, VL, VA, LR, S],
    ),
    "times": ("epoch_time samples_per_second", [S, None]),
    "the plainest wins": ("train_loss_epoch train_loss loss", [None, TL, None]),
    "both pictures in one name": ("train_val_loss", [None]),
    "other things": ("loss_scale box_loss f1 precision recall grad_norm", [None] * 6),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_columns_of_known_tools(tool: str) -> None:
    names, expected = TOOLS[tool]
    found = recognise(names.split())
    assert [found.get(position) for position in range(len(names.split()))] == expected


def test_names_with_blanks_and_runs() -> None:
    assert recognise(["Train Loss", "Val Acc (%)"]) == {0: TL, 1: VA}
    assert recognise(["blue test 3 - val_loss", "blue test 3 - val_loss__MIN"]) == {0: VL}


@given(names=st.lists(st.text(max_size=20) | st.sampled_from(["loss", "val_loss", "acc", "lr", "time"]), max_size=8))
def test_each_of_ours_is_given_once(names: list[str]) -> None:
    found = recognise(names)
    assert len(set(found.values())) == len(found)
    assert all(0 <= position < len(names) for position in found)


@pytest.mark.parametrize(
    ("names", "kind", "position"),
    [
        (["step", "Epoch", "loss"], "epoch", 1),
        (["train/epoch", "epoch"], "epoch", 1),
        (["# epoch"], "epoch", 0),
        (["epoch_loss", "epochs_trained"], "epoch", None),
        (["loss", "global_step"], "step", 1),
        (["Wall time", "Step", "Value"], "step", 1),
        (["loss"], "step", None),
        ([], "epoch", None),
    ],
)
def test_the_column_that_counts(names: list[str], kind: str, position: int | None) -> None:
    assert place_column(names, kind) == position


def test_on_which_pictures() -> None:
    assert on_pictures("train/loss") == TRAIN
    assert on_pictures("validation") == VALIDATION
    assert on_pictures("Loss/test") == TEST
    assert on_pictures("loss") is None
    assert on_pictures("train_val_loss") is None


def test_kinds_of_columns() -> None:
    assert is_wall_time("Wall time")
    assert is_wall_time("_timestamp")
    assert not is_wall_time("time")
    assert is_running_time("time")
    assert not is_running_time("epoch_time")
    assert not is_running_time("seconds")
    assert is_accuracy("metrics/accuracy_top5")
    assert not is_accuracy("train_loss")
