"""Divide the pictures of a collection into train and test, and into folds, without dividing a photograph.

Everything is decided by the contents: photographs are taken in the order of their pictures'
hashes, so names, folders and the order of reading change nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from casting_core.data.samples import FOLDS, Sample, assign_folds
from casting_core.labels import Label

TEST_SHARE = 0.2  # of the photographs
MAX_SUSPECTS = 0.1  # of the pictures; where more are doubted, it is the set that is made that way


def mark_doubted(samples: Sequence[Sample]) -> tuple[list[Sample], list[str]]:
    """Mark as suspects the pictures whose photograph is filed under both labels, and say so.

    Of identical files under both labels all are suspects, since nothing tells which is right. In another
    photograph under both, the pictures of the rarer label are, or all where there are as many
    of each; but none, where that would be more than a tenth of the set.
    """
    labels: dict[str, set[Label]] = defaultdict(set)
    counts: dict[int, dict[Label, int]] = defaultdict(lambda: dict.fromkeys(Label, 0))
    for sample in samples:
        labels[sample.sha256].add(sample.label)
        counts[sample.source][sample.label] += 1
    identical = {index for index, sample in enumerate(samples) if len(labels[sample.sha256]) > 1}
    similar = {
        index
        for index, s in enumerate(samples)
        if 0 < (own := counts[s.source][s.label]) <= sum(counts[s.source].values()) - own and index not in identical
    }
    notes = []
    if identical:
        notes.append(
            f"{len(identical)} pictures are filed as sound and as defective with the same bytes, "
            f"{samples[min(identical)].path} first. One of the labels must be wrong; they are not learned from."
        )
    if len(similar) > MAX_SUSPECTS * len(samples):
        notes.append(
            f"{len(similar)} pictures show photographs that are filed under both labels, too many for slips of the "
            "hand: perhaps each part was photographed, or painted, with and without its defect. They are learned from."
        )
        similar = set()
    elif similar:
        notes.append(
            f"{len(similar)} pictures are copies of a photograph that is filed under the other label too, "
            f"{samples[min(similar)].path} first. Look at them; they are not learned from."
        )
    doubted = identical | similar
    return [replace(sample, suspect=index in doubted) for index, sample in enumerate(samples)], notes


def make_split(samples: Sequence[Sample]) -> tuple[list[Sample], list[str]]:
    """Put about a fifth of the photographs of each label into test, the others into train.

    Photographs are not divided, and each side gets both labels. Only where a label has a single
    photograph are its pictures divided, which a note says.
    """
    strata: dict[frozenset[Label], list[int]] = defaultdict(list)
    for source, labels in _labels(samples).items():
        strata[labels].append(source)
    least: dict[int, str] = {}
    for sample in samples:
        least[sample.source] = min(least.get(sample.source, sample.sha256), sample.sha256)
    test: set[int] = set()
    for photographs in strata.values():
        order = sorted(photographs, key=lambda source: (least[source], source))
        if len(order) > 1:
            test.update(order[: max(1, round(TEST_SHARE * len(order)))])
    divided = [replace(s, split="test" if s.source in test else "train") for s in samples]
    notes = ["The folder names no test pictures; about a fifth of the photographs of each label was set aside as test."]
    for label in Label:
        mine = [i for i, s in enumerate(divided) if s.label is label and not s.suspect]
        if len({divided[i].split for i in mine}) == 2 or len(mine) < 2:
            continue
        mine.sort(key=lambda i: (divided[i].sha256, divided[i].path))
        count = max(1, round(TEST_SHARE * len(mine)))
        for place, index in enumerate(mine):
            divided[index] = replace(divided[index], split="test" if place < count else "train")
        notes.append(
            f"All {label} pictures are copies of one photograph, so copies of it are in train and in test: on "
            f"{label} parts the test measures memory, and says nothing of new parts. Add photographs of other parts."
        )
    return divided, notes


def split_folds(samples: Sequence[Sample]) -> tuple[list[Sample], int, list[str]]:
    """Deal the photographs into as many folds as go, at most five: the samples, the number of folds, and notes.

    Every fold holds both labels, and so do the train pictures of the others. Where not even two such folds
    can be made, the folds are -1 and their number is 0.
    """
    train = {sample.source for sample in samples if sample.split == "train"}
    for folds in range(FOLDS, 1, -1):
        # what is in train is dealt by itself, so that no fold takes all train pictures of a label
        parts = ([(s.source, s.label) for s in samples if (s.source in train) is within] for within in (True, False))
        dealt = {source: fold for part in parts for source, fold in assign_folds(part, folds=folds).items()}
        filed = [replace(s, fold=dealt[s.source]) for s in samples]
        if all(_complete(filed, fold) for fold in range(folds)):
            few = [] if folds == FOLDS else [f"There are only enough photographs for {folds} by-source folds."]
            return filed, folds, few
    return (
        [replace(s, fold=-1) for s in samples],
        0,
        [
            "There are not enough photographs of each label for by-source folds, so nothing can be said of new parts. "
            "At least two of each label are needed in train."
        ],
    )


def _complete(samples: Sequence[Sample], fold: int) -> bool:
    held = {s.label for s in samples if s.fold == fold and not s.suspect}
    fitted = {s.label for s in samples if s.fold != fold and s.split == "train" and not s.suspect}
    return len(held) == len(fitted) == 2


def _labels(samples: Sequence[Sample]) -> dict[int, frozenset[Label]]:
    """Return the labels that a photograph has, those of its suspects only where it has no others."""
    sure: dict[int, set[Label]] = defaultdict(set)
    doubted: dict[int, set[Label]] = defaultdict(set)
    for sample in samples:
        (doubted if sample.suspect else sure)[sample.source].add(sample.label)
    return {source: frozenset(sure[source] or doubted[source]) for source in {s.source for s in samples}}
