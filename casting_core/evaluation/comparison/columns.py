"""The columns of the table of models: what each means, how its values are told, and which of them are better."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from casting_core.evaluation.reporting.cells import decimal, percent


def clock(seconds: float) -> str:
    """Return a time in minutes and seconds, `10:34`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _points(value: float) -> str:
    return f"{100 * value:.2f} points"


def _size(value: float) -> str:
    return "< 0.01" if value < 0.01 else f"{value:.2f}"


_four = partial(decimal, places=4)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its `title`, and which values are `better`: 1 the higher, -1 the lower, 0 none.

    `text`: of a value. `usual`: whether it is shown unless others are chosen.
    """

    key: str
    title: str
    better: int = 0
    text: Callable[[Any], str] = str
    usual: bool = True

    @property
    def help(self) -> str:
        """What it means."""
        return HELP.get(self.key, "")


COLUMNS = (
    Column(key="kind", title="Kind of model"),
    Column(key="batch_size", title="Batch size", text="{:g}".format),
    Column(key="epochs", title="Epochs", text="{:g}".format),
    Column(key="learning_rate", title="Learning rate", text="{:g}".format),
    Column(key="official_accuracy", title="Accuracy, official test", better=1, text=percent),
    Column(
        key="official_trusted",
        title="Accuracy, official test without doubted labels",
        better=1,
        text=percent,
        usual=False,
    ),
    Column(key="unseen_filed", title="Accuracy, never seen, as filed", better=1, text=percent, usual=False),
    Column(key="unseen_accuracy", title="Accuracy, never seen", better=1, text=percent),
    Column(key="fall", title="Fall from known to new", better=-1, text=_points, usual=False),
    Column(key="missed_defects", title="Missed defects", better=-1, text=percent),
    Column(key="false_alarms", title="False alarms", better=-1, text=percent),
    Column(key="reviews", title="Sent to a person", text=percent),
    Column(key="roc_auc", title="ROC-AUC", better=1, text=_four),
    Column(key="pr_auc", title="PR-AUC", better=1, text=_four, usual=False),
    Column(key="f1", title="F1", better=1, text=_four, usual=False),
    Column(key="balanced_accuracy", title="Balanced accuracy", better=1, text=_four, usual=False),
    Column(key="brier_score", title="Brier score", better=-1, text=_four, usual=False),
    Column(key="calibration_error", title="Calibration error", better=-1, text=_four),
    Column(key="mean_cost", title="Mean cost of a part", better=-1, text=_four, usual=False),
    Column(key="parameters", title="Parameters", better=-1, text="{:,.0f}".format),
    Column(key="input_size", title="Input (px)", text="{:g}".format, usual=False),
    Column(key="megabytes", title="Weights file (MB)", better=-1, text=_size),
    Column(key="milliseconds", title="Time a picture (ms)", better=-1, text="{:.1f}".format),
    Column(key="seconds", title="Training time", better=-1, text=clock),
    Column(key="device", title="Trained on", usual=False),
    Column(key="note", title="Note"),
)
BY_KEY = {column.key: column for column in COLUMNS}
NEW = " On castings never seen: each was judged by a copy of the model that was trained without any picture of it."
HELP = {
    "batch_size": "Pictures between two steps of training.",
    "epochs": "Times that training went through its pictures.",
    "learning_rate": "How far each step of training goes.",
    "official_accuracy": "Pictures on the right side of a probability of 50 %, counted as they are filed. Nearly all "
    "of this test are turned copies of training pictures, so it shows what a model remembers.",
    "official_trusted": "Likewise, without the pictures whose label is doubted.",
    "unseen_filed": f"Pictures on the right side of a probability of 50 %, doubted labels as filed.{NEW}",
    "unseen_accuracy": f"Pictures on the right side of a probability of 50 %.{NEW}",
    "fall": "Accuracy on the official test minus that on castings never seen, both without the pictures whose label "
    "is doubted: what of the first is memory.",
    "missed_defects": f"Of the defective parts, those that pass as sound.{NEW}",
    "false_alarms": f"Of the sound parts, those that are rejected.{NEW}",
    "reviews": "Of all parts, those where the model asks. None is best by this alone: a model that never asks may miss "
    f"more.{NEW}",
    "roc_auc": "How often a defective part gets a higher probability than a sound one: 1 always, 0.5 by chance." + NEW,
    "pr_auc": f"Precision averaged over recall: 1 is best.{NEW}",
    "f1": f"Harmonic mean of precision and recall at a probability of 50 %: 1 is best.{NEW}",
    "balanced_accuracy": "Mean of the accuracies on defective and on sound parts, at a probability of 50 %: 1 is best."
    + NEW,
    "brier_score": f"Mean squared distance of probability and label: 0 is best.{NEW}",
    "calibration_error": f"How far stated probabilities lie from what came true, on average: 0 is best.{NEW}",
    "mean_cost": "A missed defect costs 50, a false alarm 1, a person’s look 0.1, unless the card says otherwise."
    + NEW,
    "parameters": "Numbers that were learned.",
    "input_size": "Short side to which a picture is scaled.",
    "megabytes": "A megabyte is a million bytes.",
    "milliseconds": "From the file to the verdict on this machine, without the map; a median. Measured when you ask "
    "for it.",
    "seconds": "Minutes and seconds, of the weights that judge. Times on different machines do not compare.",
}
