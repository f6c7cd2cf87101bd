"""Which labels are doubtful: because a model, another copy of the picture, or its photograph says otherwise.

The rules and their scores are those of `exploration.issues.find`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from casting_core.exploration.issues.issue import Issue, IssueType, each, percent
from casting_core.networks.thresholds import Thresholds

COPY = 0.5  # score of a copy under the other label, whose bytes differ


def disagreements(
    positive: np.ndarray, probability: np.ndarray, source: np.ndarray, thresholds: Thresholds
) -> Iterator[Issue]:
    """Pictures, and whole photographs, of which a model that had not seen them says the other label.

    Parameters
    ----------
    positive, probability, source : bool, float in [0, 1] or NaN, and int, negative where unknown; (N,).
    thresholds : of the model.
    """
    low, high = thresholds.passing, thresholds.rejecting
    against = np.where(positive, 1 - probability, probability)  # probability of the other label
    yield from each(
        np.where(positive, probability < low, probability >= high),
        IssueType.DISAGREEMENT,
        lambda i: against[i],
        lambda i: (
            f"Filed as {_label(positive[i])}, but a model that had not seen this part holds it to be "
            f"{_label(not positive[i])} with a probability of {percent(against[i])}."
        ),
    )
    known = pd.DataFrame({"label": positive, "source": source})[(source >= 0) & ~np.isnan(probability)]
    for (_, label), rows in known.groupby(["source", "label"]):
        members = rows.index.to_numpy()
        mean = float(probability[members].mean())
        if len(members) > 1 and (mean < low if label else mean >= high):
            other = 1 - mean if label else mean
            yield Issue(
                index=int(members[np.argmax(against[members])]),
                kind=IssueType.PHOTOGRAPH_DISAGREEMENT,
                score=other,
                sentence=(
                    f"{len(members)} pictures of this photograph are filed as {_label(label)}; on average, a model "
                    f"that had not seen it holds them to be {_label(not label)} with a probability of {percent(other)}."
                ),
            )


def mixed_photographs(positive: np.ndarray, source: np.ndarray) -> Iterator[Issue]:
    """Pictures with the rarer label of their photograph; `positive` bool and `source` int, (N,)."""
    by_photograph = pd.Series(positive).groupby(source)
    size, defective = by_photograph.transform("size").to_numpy(), by_photograph.transform("sum").to_numpy()
    other = np.where(positive, size - defective, defective)
    yield from each(
        (source >= 0) & (2 * other >= size),
        IssueType.MIXED_PHOTOGRAPH,
        lambda i: other[i] / size[i],
        lambda i: (
            f"Filed as {_label(positive[i])}, but {other[i]} of the {size[i]} pictures of its photograph are filed as "
            f"{_label(not positive[i])}."
        ),
    )


def copies(positive: np.ndarray, sha256: np.ndarray, pairs: np.ndarray | None) -> Iterator[Issue]:
    """Pictures with a copy under the other label.

    `positive` bool (N,); `sha256` str (N,), empty where unknown; `pairs` int (E, 2), copies of one photograph.
    """
    same = (sha256 != "") & (pd.Series(positive).groupby(sha256).transform("nunique").to_numpy() > 1)
    copied = np.zeros(len(positive), bool)
    if pairs is not None:
        copied[pairs[positive[pairs[:, 0]] != positive[pairs[:, 1]]].ravel()] = True
    yield from each(
        same | copied,
        IssueType.DIFFERENT_LABEL_COPY,
        lambda i: 1.0 if same[i] else COPY,
        lambda i: (
            f"Filed as {_label(positive[i])}, but {'a file with the same bytes' if same[i] else 'a copy of it'} is "
            f"filed as {_label(not positive[i])}."
        ),
    )


def _label(positive: bool) -> str:
    return "defective" if positive else "sound"
