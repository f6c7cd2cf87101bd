"""How well one plain measure of a picture, such as its brightness, gives the label away by itself.

A network learns whatever tells the labels apart. Where sound parts were photographed on another day than defective
ones, that may be the light, and the figures look fine until the light changes (R. Geirhos et al., "Shortcut learning
in deep neural networks", Nature Machine Intelligence 2, 2020, https://doi.org/10.1038/s42256-020-00257-z).

1. For each measure, the area under the ROC curve: in how many of 100 pairs of a defective and a sound picture the
   defective one has the higher value, a tie counting half (J. A. Hanley and B. J. McNeil, Radiology 143, 1982). Which
   side is higher does not matter: areas below one half are turned over, and the side is told.
2. The interval of 95 % comes from drawing source photographs anew, within each label
   (`evaluation.statistics.bootstrap`). Every draw is turned over as the figure itself is, not by its own side; so `low`
   may lie below one half, and above it only where the measure does tell something. Of 20 measures that tell nothing,
   one will still seem to.
3. An area of 1 has no spread at all in such draws; there, `low` leaves room for the errors that so few photographs
   could not show (`evaluation.statistics.zero_errors`).

A measure that predicts the label need not be a fault: a broken part may well be darker. It is a reason to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from casting_core.errors import SettingsError
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.evaluation.statistics.zero_errors import allowed_errors
from casting_core.labels import Label

ROUNDS = 400
AT_ONCE = 64  # draws in memory together: 64 x 7,348 pictures x 8 bytes = 3.8 MB an array
LEAST = 2  # photographs of a label
WORDS = {Label.OK: "sound", Label.DEFECTIVE: "defective"}
SOME, STRONG = 0.6, 0.7  # bounds of `low`, from which a measure tells the label to some extent, or strongly


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """How well one measure tells the label, within one split or in all pictures.

    Attributes
    ----------
    measure, split : names; `split` is None for all pictures.
    auc : area under the ROC curve in [0.5, 1], None where there is none.
    low, high : ends of its 95 % interval, in [0, 1].
    higher : the label whose pictures have the higher values; None where neither has.
    pictures, photographs : how many of each label are known.
    unknown : pictures whose value is not known.
    reason : why there is no area.
    """

    measure: str
    split: str | None
    pictures: Mapping[Label, int]
    photographs: Mapping[Label, int]
    unknown: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    higher: Label | None = None
    reason: str | None = None

    @property
    def above_chance(self) -> bool:
        """Whether the interval excludes one half, so that chance alone hardly explains the figure."""
        return self.low is not None and self.low > 0.5

    @property
    def level(self) -> Literal["strong", "some"] | None:
        """How much the measure tells even at the lower end of its interval; None: little or nothing."""
        if self.low is None or self.low <= SOME:
            return None
        return "strong" if self.low > STRONG else "some"


def find_shortcuts(
    measures: Mapping[str, np.ndarray],
    positive: np.ndarray,
    source: np.ndarray,
    split: np.ndarray,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> tuple[Shortcut, ...]:
    """Every measure in all pictures and in each split, measures in the order given, splits by name.

    A measure with one label only, or with a label from fewer than two photographs, has no area but a `reason`: copies
    of one photograph say nothing of others. A measure that is the same everywhere has an area of 0.5 exactly.

    Parameters
    ----------
    measures : by name, float (N,), NaN where unknown.
    positive : bool (N,), defective.
    source : int (N,), the photograph; a picture with a negative one counts as a photograph of its own.
    split : str (N,), names.
    rounds, seed : of the draws behind the intervals.

    Raises
    ------
    SettingsError
        Where lengths differ.
    """
    positive, source, split = np.asarray(positive, bool), np.asarray(source), np.asarray(split, str)
    for name, values in {"positive": positive, "source": source, "split": split, **measures}.items():
        if np.shape(values) != (len(positive),):
            raise SettingsError(f"Expected {len(positive)} values of {name}, one a picture, got {np.shape(values)}.")
    source = np.where(source < 0, source.max(initial=0) + 1 + np.arange(len(source)), source)
    members: dict[str | None, np.ndarray] = {None: np.ones(len(positive), bool)}
    members |= {str(each): split == each for each in np.unique(split)}
    return tuple(
        _shortcut(name, each, np.asarray(values, np.float64)[mine], positive[mine], source[mine], rounds, seed)
        for name, values in measures.items()
        for each, mine in members.items()
    )


def _shortcut(
    name: str, split: str | None, values: np.ndarray, positive: np.ndarray, source: np.ndarray, rounds: int, seed: int
) -> Shortcut:
    known = ~np.isnan(values)
    values, positive, source = values[known], positive[known], source[known]
    sides = {label: positive == label.positive for label in Label}
    photographs = {label: len(np.unique(source[side])) for label, side in sides.items()}
    found = Shortcut(
        measure=name,
        split=split,
        pictures={label: int(side.sum()) for label, side in sides.items()},
        photographs=photographs,
        unknown=int((~known).sum()),
        reason=_lacking(photographs),
    )
    if found.reason:
        return found
    weights = cluster_weights(source, positive, rounds=rounds, seed=seed)
    _, group = np.unique(source, return_inverse=True)
    # the area itself, and after it those of the draws, (1 + rounds,)
    areas = weighted_areas(values, positive, np.vstack([np.ones(weights.shape[1]), weights]), group)
    higher = None
    if areas[0] != 0.5:
        higher = Label.DEFECTIVE if areas[0] > 0.5 else Label.OK
        areas = areas if higher.positive else 1 - areas
    auc = float(areas[0])
    # where no draw held both labels, which mixed photographs make possible, nothing bounds the figure
    low, high = from_draws(auc, areas[1:]).ends or (0.0, 1.0)
    if auc == 1:
        missed, alarms = (allowed_errors(photographs[label]) for label in Label)
        low = (1 - missed) * (1 - alarms)
    return replace(found, auc=auc, low=low, high=high, higher=higher)


def _lacking(photographs: Mapping[Label, int]) -> str | None:
    """Why there is no area where there are so many photographs of each label."""
    rarer = min(Label, key=lambda label: photographs[label])
    if not any(photographs.values()):
        return "It was not measured on any of these pictures."
    if photographs[rarer] == 0:
        return f"None of these pictures is {WORDS[rarer]}, so there is nothing to tell apart."
    if photographs[rarer] < LEAST:
        return (
            f"All {WORDS[rarer]} pictures are copies of one photograph, which says nothing of others. "
            f"Photographs of {LEAST} {WORDS[rarer]} parts are needed, and more are better."
        )
    return None


def weighted_areas(values: np.ndarray, positive: np.ndarray, weights: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Areas under the ROC curve, float64 (R,), for many weightings at once; NaN where a label has no weight.

    Parameters
    ----------
    values, positive : float (N,) without NaN, and bool (N,); high values speak for *defective*.
    weights : float (R, S) at least 0, of photographs; `group` int (N,) from 0 to S - 1, the photograph of a picture.

    In the order of rising values, the weight of sound pictures is summed up; each defective picture gains the sum of
    those below it, and half of those level with it.
    """
    sound = np.flatnonzero(~positive)
    sound = sound[np.argsort(values[sound], kind="stable")]
    defective = np.flatnonzero(positive)
    ranked = values[sound]
    below = np.searchsorted(ranked, values[defective], side="left")
    not_above = np.searchsorted(ranked, values[defective], side="right")
    areas = np.empty(len(weights))
    for start in range(0, len(weights), AT_ONCE):
        rows = weights[start : start + AT_ONCE]  # (r, S)
        total = np.zeros((len(rows), len(sound) + 1))
        np.cumsum(rows[:, group[sound]], axis=1, out=total[:, 1:])
        own = rows[:, group[defective]]  # (r, P)
        gained = np.einsum("rp,rp->r", own, total[:, below]) + np.einsum("rp,rp->r", own, total[:, not_above])
        with np.errstate(invalid="ignore", divide="ignore"):
            areas[start : start + AT_ONCE] = gained / 2 / (own.sum(1) * total[:, -1])
    return areas


def warning(row: Shortcut, name: str | None = None) -> str | None:
    """Say what to know of a measure that tells the label, and what to do about it; None where there is no need.

    `name`: of the measure, as it stands in a sentence, such as "brightness"; its own where left out.
    """
    if row.level is None or row.auc is None or row.low is None or row.high is None or row.higher is None:
        return None
    measure = name or row.measure
    where = "" if row.split is None else f" of the split {row.split}"
    extent = "strongly" if row.level == "strong" else "to some extent"
    return (
        f"The measure {measure} alone predicts the label {extent}: of 100 pairs of a defective and a sound "
        f"picture{where}, the {WORDS[row.higher]} one has the higher value in "
        f"{100 * row.auc:.0f} (95 % interval {100 * row.low:.0f} to {100 * row.high:.0f}). A model may learn this "
        "instead of the defect, and then fails when it changes. Look whether it belongs to the defect or to the way "
        "in which the pictures were taken. If the latter, photograph sound and defective parts in turn under the same "
        "conditions, and check that the model's evidence lies on the part."
    )
