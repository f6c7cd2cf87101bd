"""Cards, figures, predictions and files as tests need them: what a test does not name is of no account to it."""

import io
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from casting_core.data.synthetic.casting import samples
from casting_core.evaluation.costs import Plant
from casting_core.evaluation.detectability.trials import PUBLIC, SOUND, Trial
from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.predictions import Prediction, Predictions
from casting_core.inspection.results import Inspection
from casting_core.labels import Label, Verdict
from casting_core.networks.card import ModelCard
from casting_core.networks.figures import Figures, Metrics, SeedFigures, SplitFigures
from casting_core.networks.localization_figures import BySize
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import from_json


def card(**values: Any) -> ModelCard:
    """A card that says the least that a card can say, of weights that are nowhere; `metrics` may be as on disk."""
    usual: dict[str, Any] = {"name": "castnet", "architecture": "castnet", "parameters": 1, "input_size": 64}
    usual |= {"gates": (), "preprocessing": "none", "weights_sha256": "0" * 64, "temperature": 1.0, "shift": 0.0}
    usual |= {"threshold_pass": 0.2, "threshold_reject": 0.8}
    if isinstance(values.get("metrics"), dict):
        values["metrics"] = metrics(**values["metrics"])
    return ModelCard(**{**usual, **values})


def metrics(**values: Any) -> Metrics:
    """Metrics from values as they are on disk."""
    found: Metrics = from_json(Metrics, values)
    return found


def figures(probability: Any = (0.1, 0.9), positive: Any = (False, True), source: Any = None) -> Figures:
    """The figures of some images at thresholds of 0.2 and 0.8, each of a photograph of its own unless said."""
    return summarise(predictions(probability, positive, source), Thresholds(passing=0.2, rejecting=0.8))


def predictions(probability: Any, positive: Any, source: Any = None) -> Predictions:
    """Predictions from what can be made into arrays, each of a photograph of its own unless said."""
    return Predictions(
        probability=np.array(probability, float),
        positive=np.array(positive, bool),
        source=np.arange(len(probability)) if source is None else np.array(source, int),
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


def plant(**values: float) -> Plant:
    """A plant of 1,000 parts a day, of which one in fifty is defective."""
    usual = {"defect_rate": 0.02, "parts_per_day": 1000, "days_per_year": 250, "missed_defect_cost": 100}
    usual |= {"false_reject_cost": 10, "review_minutes": 2, "by_hand_seconds": 12, "minute_cost": 0.5}
    return Plant(**usual | {"capacity_minutes_per_day": 300, "person_finds": 0.8, "person_passes": 0.99} | values)


def trial(**values: Any) -> Trial:
    """A sound casting of the public set that was passed."""
    usual = {"base": PUBLIC, "picture": "a", "photograph": 0, "kind": SOUND, "pixels": 0.0, "percent": 0.0}
    return Trial(**usual | {"contrast": 0.0, "probability": 0.1, "verdict": Verdict.OK, "marked": False} | values)


def inspection(**values: Any) -> Inspection:
    """A picture of four pixels that a person must look at."""
    usual = {"verdict": Verdict.REVIEW, "reason": None, "probability": 0.25, "heatmap": None, "regions": ()}
    usual |= {"model": "castnet", "device": "cpu", "sha256": "0" * 64, "width": 2, "height": 2}
    return Inspection(**usual | {"threshold_pass": 0.1, "threshold_reject": 0.9, "seconds": {"total": 0.01}} | values)


def encoded(pixels: np.ndarray | Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """The file of a picture."""
    stream = io.BytesIO()
    (Image.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels).save(stream, form, **options)
    return stream.getvalue()


@cache
def sample_png(index: int) -> bytes:
    """The PNG file of a rendered sample."""
    return encoded(samples()[index].render().pixels)
