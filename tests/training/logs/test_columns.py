"""Columns of other tools: which of ours they are, what of that is a guess, and what else a column may tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.training.logs.columns import counter, is_images, kind, on_images, recognise, words

OWN = {"TL": "train_loss", "TA": "train_accuracy", "VL": "validation_loss", "VA": "validation_accuracy", "-": None}
OWN |= {"L": "loss", "A": "accuracy", "LR": "learning_rate", "S": "seconds"}


def test_words() -> None:
    assert words("metrics/accuracy_top1") == ["metrics", "accuracy", "top", "1"]
    assert (words("valLoss"), words("lr-AdamW"), words("  epoch")) == (["val", "loss"], ["lr", "adam", "w"], ["epoch"])
    assert words("损失") == words("") == []


TOOLS = {  # names, which of ours, how many guesses
    "keras": ("accuracy loss learning_rate val_accuracy val_loss", "TA TL LR VA VL", 2),
    "keras without validation": ("accuracy loss", "A L", 0),
    "keras, older": ("acc loss lr val_acc val_loss", "TA TL LR VA VL", 2),
    "lightning": ("step train_loss val_loss val_acc lr-Adam", "- TL VL VA LR", 0),
    "lightning by step and epoch": ("train_loss_step train_loss_epoch val_loss", "- TL VL", 0),
    "ultralytics": (
        "time train/loss metrics/accuracy_top1 metrics/accuracy_top5 val/loss lr/pg0",
        "S TL VA - VL LR",
        1,
    ),
    "ultralytics detection": ("train/box_loss train/cls_loss metrics/mAP50(B) lr/pg0", "- - - LR", 0),
    "fastai": ("train_loss valid_loss accuracy error_rate time", "TL VL VA - S", 1),
    "hugging face": ("loss learning_rate eval_loss eval_accuracy eval_runtime", "TL LR VL VA -", 1),
    "timm": ("train_loss eval_loss eval_top1 eval_top5 lr", "TL VL VA - LR", 0),
    "train and test": ("train_loss train_acc test_loss test_acc", "TL TA VL VA", 0),
    "test beside validation": ("train_loss val_loss test_loss", "TL VL -", 0),
    "accuracy beside test": ("train_loss accuracy test_accuracy", "TL TA VA", 1),
    "tensorboard": ("Loss/train Loss/validation Accuracy/train Accuracy/val", "TL VL TA VA", 0),
    "one file of keras": ("epoch_loss epoch_accuracy", "L A", 0),
    "lightgbm": ("training/binary_logloss valid_1/binary_logloss", "TL VL", 0),
    "xgboost, two sets": ("validation_0/logloss validation_1/logloss", "- -", 1),
    "times": ("epoch_time samples_per_second _runtime", "S - -", 0),
    "the plainest wins": ("train_loss_epoch train_loss", "- TL", 0),
    "both in one name": ("train_val_loss", "-", 0),
    "other things": ("loss_scale box_loss f1 precision recall grad_norm", "- - - - - -", 0),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_columns_of_known_tools(tool: str) -> None:
    names, ours, guesses = TOOLS[tool]
    found, said = recognise(names.split())
    by_name = {name: own for own, name in found.items()}
    assert [by_name.get(name) for name in names.split()] == [OWN[own] for own in ours.split()]
    assert len(said) == guesses


def test_a_guess_says_what_it_is_and_why() -> None:
    for names, said in {
        (
            "loss",
            "val_loss",
        ): "loss is taken for the loss on training, because columns of held-out images are marked as such beside it.",
        ("val_loss", "loss/val"): "loss/val, val_loss: each could be the validation loss, so none is taken for it.",
        ("train_loss", "acc"): "acc is taken for the accuracy on held-out images, because the training loss is marked.",
    }.items():
        assert list(recognise(names)[1].values()) == [said]


@given(
    names=st.lists(st.text(max_size=20) | st.sampled_from(["loss", "val_loss", "acc", "lr"]), max_size=8, unique=True)
)
def test_each_of_ours_is_one_column_whatever_their_order(names: list[str]) -> None:
    found, _ = recognise(names)
    assert set(found.values()) <= set(names)
    assert recognise(names[::-1])[0] == found


def test_the_column_that_counts() -> None:
    for names, what, found in (
        (["step", "Epoch", "loss"], "epoch", "Epoch"),
        (["train/epoch", "epoch"], "epoch", "epoch"),
        (["# epoch"], "epoch", "# epoch"),
        (["epoch_loss", "epochs_trained"], "epoch", None),
        (["loss", "global_step"], "step", "global_step"),
        ([], "epoch", None),
    ):
        assert counter(names, what) == found


KINDS = {
    "run": "run_id fold Fold seed run_name k_fold",
    "images": "phase Split mode",
    "wall time": "Wall_time _timestamp",
    "seconds": "time epoch_time elapsed",
    "speed": "images_per_second samples/sec",
    "key": "metric_name tag variant",
    "value": "value metric_value",
    "loss": "loss val_loss",
    "accuracy": "val_acc top1",
    "": "running fold_loss name id train_split box_loss train_val_loss accuracy_top5 images",
}


@pytest.mark.parametrize("what", KINDS)
def test_kinds_of_columns(what: str) -> None:
    assert {kind(name) for name in KINDS[what].split()} - {"speed" if what == "" else None} == {what}


def test_on_which_images() -> None:
    assert [on_images(name) for name in ("train/loss", "Loss/test", "loss", "train_val")] == ["train", "test", "", ""]
    assert [is_images(name) for name in ("validation", "Val", "train_2", "loss", "fox-3")] == [True, True, *[False] * 3]
