"""All figures of a card, computed from `predictions.csv` alone.

The calibration and the thresholds that ship are fitted on the by-source predictions of official-train
pictures, which none of the models that made them had seen, without those whose label is doubted. For
the figures on castings never seen they are cross-fitted: those applied to a fold come from the other
folds. Folds that were trained after calibration and thresholds were settled need not take part in them: they are
judged with what ships. The official test is too; nothing is fitted on it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from casting_core.data.samples import read_provenance
from casting_core.errors import DataError
from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.predictions import BY_SOURCE, OFFICIAL, Prediction, as_arrays
from casting_core.evaluation.thresholds.calibration import fit_calibration
from casting_core.evaluation.thresholds.operating_point import OperatingPoint, choose_operating_point
from casting_core.networks.calibration import Calibration
from casting_core.networks.card import SAMPLES
from casting_core.networks.figures import Metrics, SplitFigures
from casting_core.networks.thresholds import Thresholds


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What ships (`calibration`, `point`), the calibrated rows, and the figures on both splits."""

    calibration: Calibration
    point: OperatingPoint
    rows: tuple[Prediction, ...]
    official_test: SplitFigures
    by_source: SplitFigures

    @property
    def metrics(self) -> Metrics:
        """The figures, for a card."""
        return Metrics(official_test=self.official_test, by_source=self.by_source)


def evaluate(
    rows: Sequence[Prediction],
    suspects: frozenset[str],
    *,
    calibrated_on: Collection[int] | None = None,
    fit_shift: bool = True,
) -> Evaluation:
    """Calibrate, choose thresholds and compute all figures.

    Parameters
    ----------
    rows : predictions of the official test and of at least two by-source folds; only their logits count.
    suspects : paths whose label is doubted; every figure is given as filed and without them.
    calibrated_on : folds that calibration and thresholds are fitted on; all when None.
    fit_shift : whether calibration may move the boundary between the labels, or only temper probabilities.
    """
    folds = sorted({row.split for row in rows if row.split.startswith(BY_SOURCE)})
    fitted = [f for f in folds if calibrated_on is None or int(f.removeprefix(BY_SOURCE)) in calibrated_on]
    if len(fitted) < 2:
        raise DataError(f"Calibration needs predictions of at least two by-source folds, got {len(fitted)}.")
    usable = [row for row in _training(rows) if row.split in fitted and row.path not in suspects]
    calibration, point = _fit(usable, fit_shift)
    official = _calibrated([row for row in rows if row.split == OFFICIAL], calibration)
    unseen: list[Prediction] = []
    points: list[OperatingPoint] = []
    sizes: list[int] = []
    for fold in folds:
        fold_calibration, fold_point = _fit([row for row in usable if row.split != fold], fit_shift)
        members = _calibrated([row for row in rows if row.split == fold], fold_calibration)
        unseen += members
        points.append(fold_point)
        sizes.append(len(members))
    pairs = tuple((each.threshold_pass, each.threshold_reject) for each in points)
    low, high = np.repeat(np.array(pairs), sizes, axis=0).T
    by_source = replace(
        _figures(unseen, Thresholds(passing=low, rejecting=high), suspects),
        folds=tuple(int(f.removeprefix(BY_SOURCE)) for f in folds),
        thresholds=pairs,
    )
    return Evaluation(
        calibration=calibration,
        point=point,
        rows=(*official, *unseen),
        official_test=_figures(
            official, Thresholds(passing=point.threshold_pass, rejecting=point.threshold_reject), suspects
        ),
        by_source=by_source,
    )


def suspects_of(folder: Path) -> frozenset[str]:
    """Paths whose label is doubted, for a model's folder: of its own samples, else of the public set."""
    own = folder / SAMPLES
    return frozenset(s.path for s in (read_provenance(own) if own.is_file() else read_provenance()) if s.suspect)


def calibrate_map(rows: Sequence[Prediction], peaks: Mapping[str, float], suspects: frozenset[str]) -> Calibration:
    """Return the scale of the evidence map: which probability a place has, by the strongest places of known parts.

    `peaks`: the strongest evidence of pictures that were judged by source, by path. Those of the official training
    split whose label is not doubted are used. A place is at 0.5 where as many defective as sound photographs have
    their strongest place above and below it. The targets are smoothed by photographs: the strongest places must stay
    apart below 1, where a float32 cannot tell them apart.
    """
    usable = [row for row in _training(rows) if row.path in peaks and row.path not in suspects]
    return fit_calibration(
        np.array([peaks[row.path] for row in usable]),
        np.array([row.label.positive for row in usable], bool),
        np.array([row.source for row in usable]),
        smooth_by="photographs",
    )


def _training(rows: Sequence[Prediction]) -> list[Prediction]:
    """Return the by-source rows of pictures that the official test does not hold."""
    tested = {row.path for row in rows if row.split == OFFICIAL}
    return [row for row in rows if row.path not in tested]


def _fit(rows: Sequence[Prediction], fit_shift: bool) -> tuple[Calibration, OperatingPoint]:
    logits = np.array([row.logit for row in rows])
    positive = np.array([row.label.positive for row in rows], bool)
    source = np.array([row.source for row in rows])
    calibration = fit_calibration(logits, positive, source, fit_shift=fit_shift)
    return calibration, choose_operating_point(calibration.probability(logits), positive, source)


def _calibrated(rows: Sequence[Prediction], calibration: Calibration) -> list[Prediction]:
    probability = calibration.probability(np.array([row.logit for row in rows]))
    return [replace(row, probability=float(p)) for row, p in zip(rows, probability, strict=True)]


def _figures(rows: Sequence[Prediction], thresholds: Thresholds, suspects: frozenset[str]) -> SplitFigures:
    predictions = as_arrays(rows)
    trusted = np.array([row.path not in suspects for row in rows], bool)
    return SplitFigures(
        as_filed=summarise(predictions, thresholds),
        without_suspects=summarise(predictions.only(trusted), thresholds.only(trusted)),
        wrong_pictures=tuple(sorted(row.path for row in rows if (row.probability >= 0.5) != row.label.positive)),
    )
