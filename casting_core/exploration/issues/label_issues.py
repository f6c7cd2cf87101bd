"""Which labels are doubtful: because a model, another copy of the picture, or its photograph says otherwise.

The rules and their scores are those of `exploration.issues.find`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

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
    for members in _groups(source, ~np.isnan(probability), positive):
        label, mean = bool(positive[members[0]]), float(probability[members].mean())
        if len(members) > 1 and (mean < low if label else mean >= high):
            other = 1 - mean if label else mean
            yield Issue(
                index=int(members[int(np.argmax(against[members]))]),
                kind=IssueType.PHOTOGRAPH_DISAGREEMENT,
                score=other,
                sentence=(
                    f"{len(members)} pictures of this photograph are filed as {_label(label)}; on average, a model "
                    f"that had not seen it holds them to be {_label(not label)} with a probability of {percent(other)}."
                ),
            )


def mixed_photographs(positive: np.ndarray, source: np.ndarray) -> Iterator[Issue]:
    """Pictures with the rarer label of their photograph; `positive` bool and `source` int, (N,)."""
    known = np.flatnonzero(source >= 0)
    _, group = np.unique(source[known], return_inverse=True)
    label = positive[known]
    size, defective = np.bincount(group), np.bincount(group, weights=label)
    size, defective = size[group], defective[group].astype(int)
    other = np.where(label, size - defective, defective)
    for place in np.flatnonzero(2 * other >= size).tolist():
        yield Issue(
            index=int(known[place]),
            kind=IssueType.MIXED_PHOTOGRAPH,
            score=float(other[place] / size[place]),
            sentence=(
                f"Filed as {_label(label[place])}, but {other[place]} of the {size[place]} pictures of its photograph "
                f"are filed as {_label(not label[place])}."
            ),
        )


def copies(positive: np.ndarray, sha256: Sequence[str] | None, pairs: np.ndarray) -> Iterator[Issue]:
    """Pictures with a copy under the other label.

    `positive` bool (N,); `sha256` N texts, empty where unknown; `pairs` int (E, 2), copies of one photograph.
    """
    texts = sha256 if sha256 is not None else [""] * len(positive)
    labels: dict[str, set[bool]] = defaultdict(set)
    for text, label in zip(texts, positive.tolist(), strict=True):
        labels[text].add(label)
    same = np.array([bool(text) and len(labels[text]) > 1 for text in texts], bool)
    copied = np.zeros(len(positive), bool)
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


def _groups(source: np.ndarray, known: np.ndarray, positive: np.ndarray) -> Iterator[np.ndarray]:
    """Return indices of the known pictures of each photograph and label."""
    members: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for index in np.flatnonzero(known & (source >= 0)).tolist():
        members[int(source[index]), bool(positive[index])].append(index)
    return map(np.array, members.values())


def _label(positive: bool) -> str:
    return "defective" if positive else "sound"
