"""Two models on the same pictures: where one is right and the other wrong, and whether that is more than chance.

Twice: by which side of one half a probability lies on, and by verdict. A verdict is right where it is the label, wrong
where it is a missed defect or a false alarm, and neither where a person decides; models are compared on the pictures
that both decide, for else a model that leaves everything to people would never be wrong.

Cohen's kappa says how far two models give the same answer beyond what their habits alone would make them: 1 always,
0 no more often than by chance. It asks nothing of who is right. Its interval is over photographs
(`statistics.bootstrap`).

Source: J. Cohen, "A coefficient of agreement for nominal scales", 1960. For the tests see `statistics.paired_tests`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.evaluation.statistics.paired_tests import Disagreement, mcnemar
from casting_core.labels import Label, Verdict
from casting_core.networks.thresholds import Thresholds

VERDICTS = (Verdict.OK, Verdict.REVIEW, Verdict.DEFECTIVE)
HALF = Thresholds(passing=0.5, rejecting=0.5)
Cells = Mapping[tuple[Label, Verdict], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Two models on the pictures that both decide.

    `only_first`, `only_second`: sorted paths that this one alone is right on, the other wrong; `both_wrong`: those that
    neither is right on. `undecided`: sorted paths that one or both leave to a person, by verdict; they are in none of
    these, nor in `disagreement`, the tests of whether one is better. `kappa`, of all pictures, is None where both
    models give one and the same answer to every picture: there chance alone would have them agree. It has no interval
    where they agree on all, which no draw can doubt, nor on a single photograph.
    """

    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    both_wrong: tuple[str, ...]
    undecided: tuple[str, ...]
    kappa: Estimate | None
    disagreement: Disagreement


@dataclass(frozen=True, kw_only=True)
class ModelPair:
    """Two models on the pictures that both have judged.

    `at_half`: called defective at a probability of 0.5 and above; `by_verdict`: at each model's own thresholds.
    """

    at_half: Agreement
    by_verdict: Agreement


def agreement(
    first: Sequence[Prediction],
    second: Sequence[Prediction],
    *,
    first_thresholds: Thresholds,
    second_thresholds: Thresholds,
) -> ModelPair:
    """Compare two models by their rows of one split; thresholds are each model's pass and reject.

    Raises `DataError` where a picture is among the rows of a model twice (take one split), where the two know it under
    another label or photograph, or where there is no picture that both have judged; `SettingsError` unless
    0 <= pass <= reject <= 1.
    """
    one, two = _by_path(first), _by_path(second)
    paths = sorted(one.keys() & two.keys())
    if not paths:
        raise DataError("There is no picture that both models have judged; take rows of the same split.")
    positive, source = paired(one, two, paths, names="The two models")

    def answers(rows: Sequence[Prediction], thresholds: Thresholds) -> np.ndarray:
        by_path = dict(zip((row.path for row in rows), _answers(rows, thresholds), strict=True))
        return np.array([by_path[path] for path in paths], np.int64)

    return ModelPair(
        at_half=_agreement(paths, answers(first, HALF), answers(second, HALF), positive, source),
        by_verdict=_agreement(
            paths, answers(first, first_thresholds), answers(second, second_thresholds), positive, source
        ),
    )


def confusion_members(rows: Sequence[Prediction], *, thresholds: Thresholds) -> Cells:
    """Return the paths in each cell of a model's confusion, sorted, by (label, verdict); all six cells are there.

    Raises `DataError` where a picture is among the rows twice (take one split), `SettingsError` unless
    0 <= pass <= reject <= 1.
    """
    _by_path(rows)
    cells: dict[tuple[Label, Verdict], list[str]] = {(label, verdict): [] for label in Label for verdict in VERDICTS}
    for row, answer in zip(rows, _answers(rows, thresholds), strict=True):
        cells[row.label, VERDICTS[answer]].append(row.path)
    return {cell: tuple(sorted(members)) for cell, members in cells.items()}


def cohens_kappa(first: np.ndarray, second: np.ndarray, positive: np.ndarray, source: np.ndarray) -> Estimate | None:
    """Of two models' answers, int (N,) from 0 up, N above 0; labels bool (N,) and photographs int (N,) as ever."""
    kinds = int(max(first.max(), second.max())) + 1
    sources, group = np.unique(source, return_inverse=True)
    cell = (group * kinds + first) * kinds + second
    table = np.bincount(cell, minlength=len(sources) * kinds**2).reshape(len(sources), kinds**2)  # (S, K * K)
    value = float(_kappas(table.sum(0, keepdims=True), kinds)[0])
    if np.isnan(value):
        return None
    if len(sources) == 1 or (first == second).all():
        return Estimate(value=value)
    return from_draws(value, _kappas(cluster_weights(source, positive) @ table, kinds))


def _kappas(tables: np.ndarray, kinds: int) -> np.ndarray:
    """Of tables float (R, K * K), first model by second: (R,), NaN where chance alone makes them agree."""
    share = tables.reshape(-1, kinds, kinds) / tables.sum(1)[:, None, None]
    agreed = np.trace(share, axis1=1, axis2=2)
    by_chance = (share.sum(2) * share.sum(1)).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(by_chance < 1 - 1e-12, (agreed - by_chance) / (1 - by_chance), np.nan)


def _agreement(
    paths: Sequence[str], first: np.ndarray, second: np.ndarray, positive: np.ndarray, source: np.ndarray
) -> Agreement:
    """Of answers int (N,), places in `VERDICTS`."""
    review = VERDICTS.index(Verdict.REVIEW)
    decided = (first != review) & (second != review)
    truth = np.where(positive, VERDICTS.index(Verdict.DEFECTIVE), VERDICTS.index(Verdict.OK))
    one, two = first == truth, second == truth

    def where(mask: np.ndarray) -> tuple[str, ...]:
        return tuple(path for path, chosen in zip(paths, mask, strict=True) if chosen)

    return Agreement(
        only_first=where(decided & one & ~two),
        only_second=where(decided & two & ~one),
        both_wrong=where(decided & ~one & ~two),
        undecided=where(~decided),
        kappa=cohens_kappa(first, second, positive, source),
        disagreement=mcnemar(one[decided], two[decided], positive[decided], source[decided]),
    )


def _answers(rows: Sequence[Prediction], thresholds: Thresholds) -> np.ndarray:
    """Return the verdict of each row as its place in `VERDICTS`, int (N,)."""
    probability = np.array([row.probability for row in rows], float)
    _, reviewed, rejected = thresholds.masks(probability)
    return reviewed * 1 + rejected * 2


def paired(
    one: Mapping[str, Prediction], two: Mapping[str, Prediction], paths: Sequence[str], *, names: str
) -> tuple[np.ndarray, np.ndarray]:
    """Labels bool (N,) and photographs int64 (N,) of pictures that two models have judged, theirs by path.

    Raises `DataError` where the two, which it calls by `names`, know a picture under another label or photograph.
    """
    for path in paths:
        if (one[path].label, one[path].source) != (two[path].label, two[path].source):
            raise DataError(f"{names} know {path} under another label or photograph; ship both anew.")
    positive = np.array([one[path].label.positive for path in paths], bool)
    return positive, np.array([one[path].source for path in paths], np.int64)


def _by_path(rows: Sequence[Prediction]) -> dict[str, Prediction]:
    by_path = {row.path: row for row in rows}
    if len(by_path) < len(rows):
        raise DataError("A picture is among the rows of a model twice; take the rows of one split.")
    return by_path
