"""How a model behaves on pictures whose label is known: its ranking, its probabilities and its verdicts, to be drawn.

All is counted from `held_out_verdicts` rows, so that every number is that of the card (a test holds it for each shipped
model). Intervals of areas take seconds to draw; they are read from the card, and only where it was made of the same
pictures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.agreement import Cells, confusion_members
from casting_core.evaluation.held_out_verdicts import HeldOutVerdict, used_thresholds
from casting_core.evaluation.metrics.curves import Curve, precision_recall, roc
from casting_core.evaluation.metrics.reliability import expected_calibration_error, reliability_curve
from casting_core.evaluation.predictions import as_arrays
from casting_core.labels import Label, Verdict
from casting_core.networks.card import ModelCard
from casting_core.networks.figures import ReliabilityBin

BARS = 40  # of the histogram, from 0 to 1
FIGURES = ("roc_auc", "pr_auc", "expected_calibration_error")
Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Behaviour:
    """What a model did on some pictures.

    `roc`, `precision_recall`: None of one label alone. `calibration_error`: the expected one, in [0, 1], read off the
    `reliability` curve (`reliability.reliability_curve`). `spread`: by label, pictures in each of `BARS` bins of equal
    width of the probability, int (BARS,). `cells`: paths by label and verdict. `passing` and `rejecting`: least and
    most of the pass and of the reject thresholds that were used; folds have their own. `wrong`: pictures on the wrong
    side of a probability of one half.
    """

    pictures: int
    photographs: int
    roc: Curve | None
    precision_recall: Curve | None
    calibration_error: float
    reliability: Sequence[ReliabilityBin]
    spread: dict[Label, np.ndarray]
    cells: Cells
    passing: Interval
    rejecting: Interval
    wrong: int

    @property
    def figures(self) -> dict[str, float | None]:
        """Both areas and the calibration error, by their names in a card."""
        areas = (None if curve is None else curve.area for curve in (self.roc, self.precision_recall))
        return dict(zip(FIGURES, (*areas, self.calibration_error), strict=True))

    def share(self, label: Label, verdict: Verdict) -> float | None:
        """Of the pictures of a label, the share with a verdict; None where there is no such picture."""
        of = sum(len(paths) for (mine, _), paths in self.cells.items() if mine is label)
        return len(self.cells[label, verdict]) / of if of else None


def select(
    rows: Sequence[HeldOutVerdict], *, unseen: bool, left_out: frozenset[str] = frozenset()
) -> list[HeldOutVerdict]:
    """Return the rows on castings never seen or those of the official test, without the paths `left_out`."""
    return [each for each in rows if each.unseen is unseen and each.row.path not in left_out]


def behaviour(rows: Sequence[HeldOutVerdict]) -> Behaviour:
    """Work it out from rows of one split (`select`). Raises `DataError` without rows, or for a picture there twice."""
    if not rows:
        raise DataError("There are no pictures that this model was judged on; choose others.")
    predictions = as_arrays([each.row for each in rows])
    p, positive, source = predictions.probability, predictions.positive, predictions.source
    used = used_thresholds(rows)
    labels = {Label.OK: ~positive, Label.DEFECTIVE: positive}
    return Behaviour(
        pictures=len(rows),
        photographs=len(np.unique(source)),
        roc=roc(p, positive),
        precision_recall=precision_recall(p, positive),
        calibration_error=expected_calibration_error(p, positive),
        reliability=reliability_curve(p, positive, source),
        spread={label: np.histogram(p[of], BARS, (0.0, 1.0))[0] for label, of in labels.items()},
        cells=confusion_members([each.row for each in rows], thresholds=used),
        passing=(float(np.min(used.passing)), float(np.max(used.passing))),
        rejecting=(float(np.min(used.rejecting)), float(np.max(used.rejecting))),
        wrong=int(((p >= 0.5) != positive).sum()),
    )


def card_intervals(card: ModelCard, found: Behaviour, *, unseen: bool, as_filed: bool) -> dict[str, Interval]:
    """Return the 95 % intervals of `FIGURES` over photographs that the card holds, by name.

    One is left out where the card's figure is another than the one that was counted, for it was then made of other
    pictures; all are where the card has none.
    """
    split, known = card.metrics.split(unseen), {}
    for name, value in found.figures.items():
        stored: Estimate | None = None if split is None else getattr(split.view(as_filed), name)
        if stored and stored.ends and value is not None and math.isclose(stored.value, value, abs_tol=1e-6):
            known[name] = stored.ends
    return known
