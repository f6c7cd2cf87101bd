"""What several tests here share."""

from pathlib import Path

import numpy as np
import pytest

from casting_core.evaluation.comparison.models import Comparison, compare
from casting_core.evaluation.predictions import Prediction, write_predictions
from casting_core.labels import Label
from casting_core.networks.card import CARD
from tests.factories import card

SETTINGS = {"batch_size": 16, "epochs": 10, "learning_rate": 0.0001}


def rows(*, noise: float, seed: int, mistakes: int = 0) -> list[Prediction]:
    """40 photographs of 5 pictures in four folds, half defective, and an official test of 20 of them.

    The first `mistakes` pictures of the official test are judged wrong with certainty.
    """
    rng = np.random.default_rng(seed)
    result = []
    for source in range(40):
        for copy in range(5):
            split = "test" if source < 20 and copy == 0 else "train"
            label = Label.DEFECTIVE if source % 2 else Label.OK
            logit = (3 if label.positive else -3) + rng.normal(0, noise)
            base = {"path": f"{split}/{source}-{copy}.jpeg", "label": label, "source": source, "probability": 0.5}
            result.append(Prediction(split=f"by-source-{source // 2 % 4}", logit=logit, **base))
            if split == "test":
                wrong = source < mistakes
                result.append(Prediction(split="official-test", logit=-20 * logit if wrong else logit, **base))
    return sorted(result, key=lambda row: row.split)


def ship(folder: Path, name: str, predictions: list[Prediction] | None, **values: object) -> None:
    """A model folder with a card and predictions, without weights."""
    usual = {"architecture": name if name in ("brightness", "logistic_regression") else "castnet", "parameters": 4097}
    usual |= {"threshold_pass": 0.3, "threshold_reject": 0.6, "data_fingerprint": "abc"}
    usual["training"] = {"settings": SETTINGS, "seconds": 601.9, "device": "cpu", "threads": 2}
    (folder / name).mkdir()
    (folder / name / CARD).write_text(card(name=name, **usual | values).to_json(), encoding="utf-8")
    if predictions is not None:
        write_predictions(folder / name / "predictions.csv", predictions)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default, a linear one that errs more, and the floor, which has no settings and errs most."""
    target = tmp_path_factory.mktemp("models")
    ship(target, "castnet", rows(noise=0.5, seed=0))
    ship(target, "logistic_regression", rows(noise=4.0, seed=1, mistakes=7))
    ship(target, "brightness", rows(noise=20.0, seed=2), training={})
    return target


@pytest.fixture(scope="module")
def comparison(folder: Path) -> Comparison:
    return compare(folder=folder)
