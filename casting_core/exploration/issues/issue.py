"""What can be suspicious about a picture, in words, and one finding of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class IssueType(StrEnum):
    """Why a picture is suspicious, in the order in which findings are told.

    Attributes
    ----------
    title : the kind in a few words.
    explanation : what it means, in a sentence.
    """

    title: str  # type: ignore[assignment]  # a text's own `title` would be of no use here
    explanation: str

    def __new__(cls, name: str, title: str, explanation: str) -> "IssueType":
        """Make a text of the name."""
        kind = str.__new__(cls, name)
        kind._value_, kind.title, kind.explanation = name, title, explanation
        return kind

    DISAGREEMENT = (
        "disagreement",
        "Model and label disagree",
        "A model that had never seen this part is sure of the other label: either the label is wrong, or the model is.",
    )
    PHOTOGRAPH_DISAGREEMENT = (
        "photograph_disagreement",
        "Model and label disagree on a whole photograph",
        "On average over all pictures made from one photograph, a model that had never seen it is sure of the other "
        "label; one look at the part settles them all.",
    )
    MIXED_PHOTOGRAPH = (
        "mixed_photograph",
        "One photograph under both labels",
        "Pictures made from one photograph are filed as sound and as defective, and these are under the rarer label.",
    )
    DIFFERENT_LABEL_COPY = (
        "different_label_copy",
        "The same picture under both labels",
        "The same file, or a copy of it, is filed under the other label too, and one of the two must be wrong.",
    )
    DOUBTED = (
        "doubted",
        "Label doubted already",
        "The table that belongs to the data set lists the label of this picture as doubtful.",
    )
    OUTLIER = (
        "outlier",
        "Unlike all others",
        "No other photograph looks much like this one to the model: perhaps another part, something in the way, or a "
        "rare defect.",
    )
    DARK = (
        "dark",
        "Too dark",
        "The picture is much darker than the others, or a good part of it is black, and what is black shows no defect.",
    )
    BRIGHT = (
        "bright",
        "Too bright",
        "The picture is much brighter than the others, or a good part of it is white, and what is white shows no "
        "defect.",
    )
    BLURRED = (
        "blurred",
        "Blurred",
        "The picture has far less fine detail than the others, as when it is out of focus, and small defects go under.",
    )
    CUT_OFF = (
        "cut_off",
        "Part cut off",
        "The part reaches beyond the frame, and a defect outside of the picture cannot be seen.",
    )
    NO_PART = (
        "no_part",
        "No part found",
        "No part of the kind that is looked for was found: perhaps another product, or a failed photograph.",
    )


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One finding on a picture."""

    index: int  # of the picture
    kind: IssueType
    score: float  # higher is worse, among findings of its kind
    sentence: str  # what was found


def each(
    where: np.ndarray, kind: IssueType, score: Callable[[int], float], sentence: Callable[[int], str]
) -> Iterator[Issue]:
    """Yield a finding on every picture where a rule holds, bool (N,)."""
    for index in np.flatnonzero(where).tolist():
        yield Issue(index=index, kind=kind, score=float(score(index)), sentence=sentence(index))


def percent(share: float) -> str:
    """Write a share in [0, 1] for a sentence; never 0 % or 100 % where it is not."""
    if 0.01 <= share <= 0.99 or share in (0, 1):
        return f"{100 * share:.0f} %"
    return "under 0.1 %" if share < 0.001 else "over 99.9 %" if share > 0.999 else f"{100 * share:.1f} %"
