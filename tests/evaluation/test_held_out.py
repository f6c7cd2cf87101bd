"""Inspectors by fold: calibrated as the card's figures by source are, and of the weights that the card names."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.samples import Sample
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.held_out import FoldInspectors, chosen, held_out, pixels_of
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


def sample(number: int, source: int, label: Label = Label.OK, suspect: bool = False) -> Sample:
    return Sample(path=f"{source}/{number}.png", split="train", label=label, source=source, suspect=suspect)


def test_those_of_one_label_are_undoubted_and_spread_over_their_photograph():
    samples = [sample(n, 5) for n in range(10)] + [sample(n, 2) for n in range(2)]
    samples += [sample(0, 3, Label.DEFECTIVE), sample(0, 4, suspect=True), sample(10, 5, suspect=True)]
    found = [(each.path, number) for each, number in chosen(samples, {Label.OK: 4})]
    assert found == [("2/0.png", 0), ("2/1.png", 1), ("5/0.png", 0), ("5/2.png", 1), ("5/5.png", 2), ("5/7.png", 3)]


def test_pictures_of_every_photograph_are_chosen():
    def some(count: int, source: int, label: Label, *, suspect: bool = False) -> list[Sample]:
        about = {"split": "test", "label": label, "source": source, "suspect": suspect}
        return [Sample(path=f"{source}/{n}", **about) for n in range(count)]

    samples = some(100, 1, Label.OK) + some(2, 2, Label.OK) + some(50, 3, Label.DEFECTIVE)
    each = {Label.OK: 12, Label.DEFECTIVE: 3}
    found = chosen(samples + some(5, 4, Label.DEFECTIVE, suspect=True), each)
    by_photograph = {source: [n for s, n in found if s.source == source] for source in (1, 2, 3, 4)}
    assert (by_photograph[1], by_photograph[2]) == (list(range(each[Label.OK])), [0, 1])
    assert (by_photograph[3], by_photograph[4]) == (list(range(each[Label.DEFECTIVE])), [])
    assert len({s.path for s, _ in found}) == len(found)
