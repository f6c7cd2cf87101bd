"""Cards, figures and predictions as tests need them: what a test does not name is of no account to it."""

from dataclasses import fields
from typing import Any

import numpy as np

from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.predictions import Prediction, Predictions
from casting_core.labels import Label
from casting_core.networks.card import ModelCard
from casting_core.networks.figures import Figures, Metrics, SeedFigures, SplitFigures
from casting_core.networks.localization_figures import BySize
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import from_json


def card(**values: Any) -> ModelCard:
    """A card that says the least that a card can say, of weights that are nowhere; `metrics` may be as on disk."""
    usual: dict[str, Any] = {
        "name": "castnet",
        "architecture": "castnet",
        "parameters": 1,
        "input_size": 64,
        "preprocessing": "none",
        "gates": (),
        "weights_sha256": "0" * 64,
        "temperature": 1.0,
        "shift": 0.0,
        "threshold_pass": 0.2,
        "threshold_reject": 0.8,
    }
    if isinstance(values.get("metrics"), dict):
        values["metrics"] = metrics(**values["metrics"])
    return ModelCard(**{**usual, **values})


def metrics(**values: Any) -> Metrics:
    """Metrics from values as they are on disk."""
    found: Metrics = from_json(Metrics, values)
    return found


def figures(probability: Any = (0.1, 0.9), positive: Any = (False, True), source: Any = None) -> Figures:
    """The figures of some images at thresholds of 0.2 and 0.8, each of a photograph of its own unless said."""
    p = np.array(probability, float)
    photographs = np.arange(len(p)) if source is None else np.array(source)
    return summarise(
        Predictions(probability=p, positive=np.array(positive, bool), source=photographs),
        Thresholds(passing=0.2, rejecting=0.8),
    )


def split_figures(**values: Any) -> SplitFigures:
    """The figures of a split, the same with the doubted labels and without."""
    filed = values.pop("as_filed", None) or figures()
    return SplitFigures(**{"as_filed": filed, "without_suspects": filed, "wrong_pictures": (), **values})


def prediction(
    path: str = "a.png",
    label: Label = Label.OK,
    probability: float = 0.5,
    *,
    split: str = "official-test",
    source: int = 0,
    logit: float = 0.0,
) -> Prediction:
    """One held-out image."""
    return Prediction(path=path, split=split, label=label, source=source, logit=logit, probability=probability)


def bare(kind: Any, **values: Any) -> Any:
    """Figures of a study in which every count is 2 and nothing was measured but what is named."""
    nothing = BySize(all=None, small=None, medium=None, large=None)
    usual = {each.name: {int: 2, BySize: nothing}.get(each.type) for each in fields(kind)}
    return kind(**{**usual, **values})


def seed(*wrong_pictures: str) -> SeedFigures:
    """A training from another seed that errs on these images."""
    return SeedFigures(
        pictures=2, wrong=0, missed_defects=0, false_alarms=0, reviews=0, margin=None, wrong_pictures=wrong_pictures
    )
