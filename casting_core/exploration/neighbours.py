"""Which pictures of a set a network sees most alike, sound and defective, without copies of the same photograph."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A picture by its place in the set; `similarity`: cosine of the features, in [-1, 1]."""

    index: int
    similarity: float


def neighbours(
    features: np.ndarray, source: np.ndarray, group: np.ndarray, index: int, *, count: int = 4
) -> dict[str, tuple[Neighbour, ...]]:
    """Return the most alike pictures of each group, such as the labels: one a photograph, none of the picture's own.

    Parameters
    ----------
    features : float32 (N, D), rows of length 1.
    source : int (N,), photographs.
    group : N texts; the keys of the result, sorted.
    """
    similarity = features @ features[index]
    found: dict[str, list[Neighbour]] = {str(name): [] for name in np.unique(group)}
    taken = {int(source[index])}
    for other in np.argsort(-similarity, kind="stable").tolist():
        mine = found[str(group[other])]
        if len(mine) < count and int(source[other]) not in taken:
            taken.add(int(source[other]))
            mine.append(Neighbour(index=other, similarity=float(np.clip(similarity[other], -1, 1))))
        if all(len(each) == count for each in found.values()):
            break
    return {name: tuple(each) for name, each in found.items()}
