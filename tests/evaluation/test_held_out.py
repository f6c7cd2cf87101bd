"""Inspectors by fold: calibrated as the card's figures by source are, and of the weights that the card names."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.samples import Sample
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.held_out import FoldInspectors, held_out, pixels_of
from casting_core.evaluation.predictions import read_predictions
from casting_core.labels import Label
from casting_core.networks.card import MODELS, read_card

CASTNET = MODELS / "castnet"


@pytest.mark.parametrize("fold", [0, 3])
def test_probabilities_are_those_of_the_predictions_by_source(fold: int):
    inspector = held_out(CASTNET, fold, device="cpu")
    rows = [row for row in read_predictions(CASTNET / "predictions.csv") if row.split == f"by-source-{fold}"]
    found = inspector.calibration.probability(np.array([row.logit for row in rows]))
    assert found == pytest.approx([row.probability for row in rows], abs=1e-6)
    card = read_card(CASTNET)
    assert inspector.card.weights_sha256 == card.training["folds"][f"folds/{fold}.safetensors"]
    assert inspector.card.gates == card.gates
    assert inspector.card.map_temperature != card.map_temperature  # the map's scale comes from the other folds too


def test_the_network_is_the_one_of_the_fold(data_root: Path):
    """Its logits on held-out pictures are those of the predictions, but for reduced precision."""
    rows = [row for row in read_predictions(CASTNET / "predictions.csv") if row.split == "by-source-2"][::150]
    inspector = held_out(CASTNET, 2, device="cpu")
    found = [inspector.inspect(data_root / row.path, explain=False).probability for row in rows]
    assert found == pytest.approx([row.probability for row in rows], abs=0.05)


def test_each_judge_is_made_once():
    judges = FoldInspectors(CASTNET, "cpu")
    assert len(judges) == 0
    assert judges[1] is judges[1]
    assert list(judges) == [1]


def test_a_model_without_such_weights_says_so():
    with pytest.raises(ModelError, match="fold 0; there are: none"):
        held_out(MODELS / "brightness", 0)
    with pytest.raises(ModelError, match="fold 7"):
        held_out(CASTNET, 7)


def test_altered_and_missing_weights_are_refused(tmp_path: Path):
    copy = Path(shutil.copytree(CASTNET, tmp_path / "castnet", ignore=shutil.ignore_patterns("runs")))
    file = copy / "folds" / "0.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\1")
    with pytest.raises(ModelError, match="altered"):
        held_out(copy, 0)
    file.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        held_out(copy, 0)


def test_a_picture_that_is_not_there(tmp_path: Path):
    with pytest.raises(DataError, match="data fetch"):
        pixels_of(tmp_path, Sample(path="a.png", split="train", label=Label.OK))
