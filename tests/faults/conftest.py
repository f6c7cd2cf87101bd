"""A small model folder that is made in a moment, and a quick way to index."""

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from casting_core.data.provenance.grouping import write_provenance
from casting_core.data.samples import Sample
from casting_core.evaluation.predictions import make_predictions, write_predictions
from casting_core.labels import Label
from casting_core.networks.card import ModelCard
from casting_core.networks.checkpoint import save_model, weights_bytes
from casting_core.networks.logistic_regression import LogisticRegression
from casting_core.training.logs.log import write_log
from casting_core.training.settings import settings_for
from tests.exploration.conftest import own_cache, quick, small
from tests.factories import card

__all__ = ["own_cache", "quick", "small"]


def small_card(weights: bytes, **others: object) -> ModelCard:
    """A card of logistic regression with these weights."""
    usual = {"name": "small", "architecture": "logistic_regression", "parameters": 4097, "preprocessing": ""}
    usual |= {"weights_sha256": hashlib.sha256(weights).hexdigest(), "threshold_pass": 0.1, "threshold_reject": 0.9}
    return card(**usual | others)


def some_weights(seed: int) -> bytes:
    """Untrained weights of logistic regression."""
    torch.manual_seed(seed)
    return weights_bytes(LogisticRegression())


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Makes a model folder named `small`."""

    def make(seed: int = 0, **others: object) -> Path:
        weights = some_weights(seed)
        save_model(tmp_path / "models" / "small", weights, small_card(weights, **others))
        return tmp_path / "models" / "small"

    return make


def write_runs(folder: Path, seed: int = 0) -> tuple[Path, list[Path]]:
    """Run folders as training leaves them, made up: one official, two by source."""
    weights, chance = some_weights(seed), random.Random(seed)
    samples = [
        Sample(path=f"train/x/{n}.png", split=split, label=label, sha256=f"{n:064x}", source=n, fold=n // 2 % 2)
        for n in range(40)
        for split, label in (("test" if n < 8 else "train", Label.DEFECTIVE if n % 2 else Label.OK),)
    ]
    made = []
    for name, fold in (("official", None), ("by-source-0", 0), ("by-source-1", 1)):
        run = folder / name
        split = "official-test" if fold is None else f"by-source-{fold}"
        held = [s for s in samples if (s.split == "test" if fold is None else s.fold == fold)]
        logits = np.array([(2 if s.label.positive else -2) + chance.gauss(0, 2) for s in held])
        write_predictions(run / "predictions.csv", make_predictions(held, split, logits, 1 / (1 + np.exp(-logits))))
        (run / "weights.safetensors").write_bytes(weights)
        write_provenance(samples, run / "samples.csv")
        write_log(run / "log.csv", [])
        settings = settings_for("logistic_regression", split="official" if fold is None else "by-source", fold=fold)
        (run / "settings.json").write_text(json.dumps(settings.to_json()))
        (run / "result.json").write_text(json.dumps({"data_fingerprint": f"of {seed}", "fitted_on": 32}))
        about = {"grouping": "part", "classes": {"good": "ok", "bad": "defective"}, "official": True, "notes": []}
        (run / "data.json").write_text(json.dumps(about))
        made.append(run)
    return made[0], made[1:]
