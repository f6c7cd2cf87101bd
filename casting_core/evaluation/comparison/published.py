"""What the original study of this set reported for its three models, to stand beside figures of one's own.

As reported, not measured again: the study gives tables, texts and curves, but no predictions. All three were trained
and tested on the official split, whose test pictures are nearly all copies of training pictures. The study is the one
that came out with the public set of cast impellers and compared a logistic regression, a feedforward network and a
convolutional network on it; the figures are those of its results table, and where its text says something else, that
stands beside.
"""

from dataclasses import dataclass
from typing import Any

SETTINGS: dict[str, Any] = {"batch_size": 16, "epochs": 10, "learning_rate": 0.0001}  # of all three


@dataclass(frozen=True, kw_only=True)
class Published:
    """One model of the study: `accuracy` on the official test in [0, 1], `seconds` of training.

    `right`: pictures judged right, and of how many, where that is reported; `remark`: what its text says otherwise.
    """

    title: str
    accuracy: float
    seconds: int
    right: tuple[int, int] | None = None
    remark: str = ""


STUDY = (
    Published(title="logistic regression", accuracy=0.6499, seconds=10 * 60 + 1),
    Published(
        title="feedforward network, two hidden layers", accuracy=0.756, seconds=3 * 60 + 56, remark="79 % in its text"
    ),
    Published(title="convolutional network", accuracy=0.9986, seconds=14 * 60 + 1, right=(714, 715)),
)
