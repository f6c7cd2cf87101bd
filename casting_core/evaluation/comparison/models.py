"""Shipped models side by side, all figures computed from their `predictions.csv`.

1. Each model is evaluated as its card says (`evaluate`).
2. Each is compared with one of them, the reference, picture by picture (`statistics.paired_tests`), on the official
   test and on castings never seen, as filed and without the pictures whose label is doubted.
3. What makes rows not comparable is a warning: other data, or other pictures. Then models are compared on the pictures
   that both have judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from casting_core.errors import ModelError
from casting_core.evaluation.comparison.agreement import paired
from casting_core.evaluation.comparison.model_rows import SPLITS, ModelRow, model_rows
from casting_core.evaluation.evaluate import evaluate, suspects_of
from casting_core.evaluation.predictions import OFFICIAL, Prediction, read_predictions
from casting_core.evaluation.statistics.paired_tests import Disagreement, mcnemar
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, folder_of, read_card, shipped
from casting_core.networks.figures import Figures
from casting_core.networks.registry import BASELINE

VIEWS = ("as_filed", "without_suspects")


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One model: its card, with figures computed afresh, and its rows."""

    card: ModelCard
    rows: tuple[Prediction, ...]

    @property
    def name(self) -> str:
        """Name of the model folder."""
        return self.card.name

    def figures(self, split: str, view: str) -> Figures:
        """Return the figures of a split (`SPLITS`) and view (`VIEWS`)."""
        figures: Figures = getattr(getattr(self.card.metrics, split), view)
        return figures


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Models side by side.

    Attributes
    ----------
    models : in the order asked for.
    rows : of the table, with those of the study (`model_rows`).
    reference : name of the model that all others are compared with.
    warnings : what makes models not comparable, in words.
    """

    models: tuple[Compared, ...]
    rows: tuple[ModelRow, ...]
    reference: str
    warnings: tuple[str, ...]


def compare(names: Sequence[str] = (), folder: Path = MODELS) -> Comparison:
    """Compare the models of a folder: those named, in that order, or all.

    All means the default first, the floor last, the others by name. The reference is the default where it is among
    them, else the first. A name given twice counts once.

    Raises `ModelError` where a model or its predictions are missing, or nothing is shipped at all.
    """
    chosen = list(dict.fromkeys(names)) or sorted(shipped(folder), key=lambda name: name == BASELINE)
    if not chosen:
        raise ModelError(f"There is no model in {folder}; train and ship one first.")
    models = {name: _read(folder_of(name, folder)) for name in chosen}
    reference = models[DEFAULT if DEFAULT in models else chosen[0]]
    suspects = suspects_of(folder_of(reference.name, folder))
    others = [model for model in models.values() if model is not reference]
    against = {
        model.name: {
            (split, view): _against(reference, model, split, left_out)
            for split in SPLITS
            for view, left_out in zip(VIEWS, (frozenset(), suspects), strict=True)
        }
        for model in others
    }
    rows = model_rows([model.card for model in models.values()], folder=folder)
    return Comparison(
        models=tuple(models.values()),
        rows=tuple(replace(row, against=against.get(row.name, {})) for row in rows),
        reference=reference.name,
        warnings=tuple(warning for model in others for warning in _warnings(reference, model)),
    )


def _read(folder: Path) -> Compared:
    card = read_card(folder)
    file = folder / "predictions.csv"
    if not file.is_file():
        raise ModelError(
            f"{card.name} has no predictions.csv, from which its figures are computed; "
            f"restore {file} or make it anew with: ship {card.name}"
        )
    evaluation = evaluate(
        read_predictions(file), suspects_of(folder), calibrated_on=card.calibrated_on or None, fit_shift=card.recentred
    )
    return Compared(card=replace(card, metrics=evaluation.metrics), rows=evaluation.rows)


def _judged(model: Compared, split: str) -> dict[str, Prediction]:
    """Rows of a split by path: each picture is in the official test, and in the by-source folds, at most once."""
    return {row.path: row for row in model.rows if (row.split == OFFICIAL) == (split == "official_test")}


def _warnings(reference: Compared, model: Compared) -> list[str]:
    """Return what makes the rows of two models not comparable."""
    found = []
    if reference.card.data_fingerprint != model.card.data_fingerprint:
        found.append(
            f"{model.name} was trained on other data than {reference.name} (another fingerprint of the data set): "
            "their rows are not comparable."
        )
    for split in SPLITS:
        first, second = _judged(reference, split), _judged(model, split)
        if set(first) != set(second):
            found.append(
                f"{model.name} judged other pictures than {reference.name} in {split}: {len(second):,} against "
                f"{len(first):,}, {len(set(first) & set(second)):,} in common. Their rows are not comparable."
            )
    return found


def _against(reference: Compared, model: Compared, split: str, left_out: frozenset[str]) -> Disagreement:
    first, second = _judged(reference, split), _judged(model, split)
    paths = [path for path in first if path in second and path not in left_out]
    positive, source = paired(first, second, paths, names=f"{reference.name} and {model.name}")

    def right(rows: dict[str, Prediction]) -> np.ndarray:
        return (np.array([rows[path].probability for path in paths]) >= 0.5) == positive

    return mcnemar(right(first), right(second), positive, source)
