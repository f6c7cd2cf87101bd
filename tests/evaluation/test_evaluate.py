"""Figures by hand, against scikit-learn, and those of the shipped card from its own predictions."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score

from casting_core.data.dataset import read_provenance
from casting_core.errors import DataError
from casting_core.evaluation.evaluate import evaluate
from casting_core.evaluation.metrics import Predictions, summarize
from casting_core.evaluation.predictions import Prediction, read_predictions, write_predictions
from casting_core.labels import Label
from casting_core.networks.card import MODELS, read_card, shipped


def test_figures_by_hand():
    predictions = Predictions(
        probability=np.array([0.05, 0.3, 0.6, 0.95, 0.1, 0.9]),
        positive=np.array([0, 0, 0, 1, 1, 1], bool),
        source=np.array([0, 1, 2, 3, 4, 5]),
    )
    figures = summarize(predictions, threshold_pass=0.2, threshold_reject=0.8)
    assert figures["accuracy"] == pytest.approx(4 / 6)
    assert figures["missed_defects"]["count"] == 1
    assert figures["missed_defects"]["of"] == 3
    assert figures["false_alarms"]["count"] == 0
    assert figures["reviews"]["count"] == 2
    assert figures["wrong"]["count"] == 2
    assert figures["roc_auc"] == pytest.approx(7 / 9)


def test_figures_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    p, positive = rng.random(500), rng.random(500) < 0.4
    figures = summarize(
        Predictions(probability=p, positive=positive, source=np.arange(500)), threshold_pass=0.4, threshold_reject=0.6
    )
    assert figures["accuracy"] == pytest.approx(accuracy_score(positive, p >= 0.5), abs=1e-9)
    assert figures["roc_auc"] == pytest.approx(roc_auc_score(positive, p), abs=1e-9)
    assert figures["brier_score"] == pytest.approx(brier_score_loss(positive, p), abs=1e-9)


def test_one_class_has_no_auc_and_no_pictures_no_figures():
    alone = Predictions(probability=np.array([0.9]), positive=np.array([True]), source=np.array([0]))
    figures = summarize(alone, threshold_pass=0.1, threshold_reject=0.8)
    assert figures["roc_auc"] is None
    assert figures["false_alarms"]["share"] is None
    none = summarize(alone.only(np.array([False])), threshold_pass=0.1, threshold_reject=0.8)
    assert none["accuracy"] is None
    json.dumps([figures, none], allow_nan=False)


def _rows(fold: int, rng: np.random.Generator) -> list[Prediction]:
    return [
        Prediction(
            path=f"train/x/{fold}-{n}.jpeg",
            split=f"by-source-{fold}",
            label=Label.DEFECTIVE if n % 2 else Label.OK,
            source=100 * fold + n // 2,
            logit=float(rng.normal(3 if n % 2 else -3, 1)),
            probability=0.5,
        )
        for n in range(60)
    ]


def test_a_fold_is_calibrated_without_itself():
    rng = np.random.default_rng(0)
    folds = [_rows(fold, rng) for fold in range(3)]
    before = evaluate([row for fold in folds for row in fold], frozenset())
    flipped = [replace(row, logit=-row.logit) for row in folds[2]]
    after = evaluate([*folds[0], *folds[1], *flipped], frozenset())

    def of_fold(rows: tuple[Prediction, ...], fold: int) -> dict[str, float]:
        return {row.path: row.probability for row in rows if row.split == f"by-source-{fold}"}

    mirrored = {row.path: -row.logit for row in folds[2]}
    one, other = of_fold(before.rows, 2), of_fold(after.rows, 2)
    order = sorted(one, key=lambda path: mirrored[path])
    assert [one[p] for p in order] == sorted(one.values(), reverse=True)
    assert [other[p] for p in order] == sorted(other.values())  # the same rising curve, fitted on folds 0 and 1
    assert of_fold(before.rows, 0) != of_fold(after.rows, 0)


def test_a_fold_that_came_later_is_judged_with_what_ships():
    rng = np.random.default_rng(1)
    folds = [_rows(fold, rng) for fold in range(3)]
    early = evaluate([*folds[0], *folds[1]], frozenset())
    all_three = evaluate([row for fold in folds for row in fold], frozenset(), calibrated_on=(0, 1))
    assert (all_three.calibration, all_three.point) == (early.calibration, early.point)
    assert all_three.metrics["by_source"]["folds"] == [0, 1, 2]
    later = [row for row in all_three.rows if row.split == "by-source-2"]
    expected = early.calibration.probability(np.array([row.logit for row in later]))
    assert [row.probability for row in later] == pytest.approx(list(expected))
    of_first = {row.path: row.probability for row in early.rows}
    assert all(row.probability == of_first[row.path] for row in all_three.rows if row.split != "by-source-2")


def test_one_fold_is_not_enough():
    with pytest.raises(DataError, match="two by-source folds"):
        evaluate(_rows(0, np.random.default_rng(0)), frozenset())
    rows = [row for fold in range(2) for row in _rows(fold, np.random.default_rng(fold))]
    with pytest.raises(DataError, match="got 1"):
        evaluate(rows, frozenset(), calibrated_on=(1, 7))


def test_predictions_survive_the_file(tmp_path: Path):
    rows = [replace(row, probability=1 / 3) for row in _rows(1, np.random.default_rng(3))]
    write_predictions(tmp_path / "p.csv", rows)
    back = read_predictions(tmp_path / "p.csv")
    assert [row.path for row in back] == [row.path for row in rows]
    assert [row.logit for row in back] == pytest.approx([row.logit for row in rows], rel=1e-8)
    (tmp_path / "p.csv").write_text("path,split\n1,2\n")
    with pytest.raises(DataError):
        read_predictions(tmp_path / "p.csv")


@pytest.mark.parametrize("name", shipped())
def test_the_card_of_a_shipped_model_says_what_its_predictions_say(name: str):
    card = read_card(MODELS / name)
    rows = read_predictions(MODELS / name / "predictions.csv")
    suspects = frozenset(s.path for s in read_provenance() if s.suspect)
    evaluation = evaluate(rows, suspects, calibrated_on=card.calibrated_on or None)
    assert evaluation.calibration.temperature == pytest.approx(card.temperature, rel=1e-3)
    assert evaluation.point.threshold_pass == pytest.approx(card.threshold_pass)
    assert evaluation.point.threshold_reject == pytest.approx(card.threshold_reject)
    for row, again in zip(rows, evaluation.rows, strict=True):
        assert row.probability == pytest.approx(again.probability, abs=1e-4)

    def compare(stored: object, computed: object) -> None:
        if isinstance(stored, dict):
            assert set(stored) == set(computed)
            for key, value in stored.items():
                compare(value, computed[key])
        elif isinstance(stored, float):
            assert computed == pytest.approx(stored, abs=1e-4)
        else:
            assert stored == computed

    compare({k: card.metrics[k] for k in evaluation.metrics}, json.loads(json.dumps(evaluation.metrics)))
