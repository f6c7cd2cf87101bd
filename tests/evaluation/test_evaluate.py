"""Cross-fitting of calibration and thresholds, and the shipped cards against their own predictions."""

import json
from dataclasses import replace

import numpy as np
import pytest

from casting_core.data.samples import read_provenance
from casting_core.errors import DataError
from casting_core.evaluation.evaluate import evaluate
from casting_core.evaluation.predictions import Prediction, read_predictions
from casting_core.evaluation.thresholds.calibration import fit_calibration
from casting_core.labels import Label
from casting_core.networks.card import MODELS, read_card, shipped
from tests.factories import prediction


def _rows(fold: int, rng: np.random.Generator) -> list[Prediction]:
    def row(n: int, label: Label) -> Prediction:
        place = {"split": f"by-source-{fold}", "source": 100 * fold + n // 2}
        return prediction(f"train/x/{fold}-{n}.jpeg", label, logit=float(rng.normal(3 if n % 2 else -3, 1)), **place)

    return [row(n, Label.DEFECTIVE if n % 2 else Label.OK) for n in range(60)]


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
    columns = zip(*((r.logit, r.label.positive, r.source) for r in (*folds[0], *folds[1])), strict=True)
    alone = fit_calibration(*map(np.array, columns))
    for rows, found in ((folds[2], one), (flipped, other)):
        expected = alone.probability(np.array([row.logit for row in rows]))
        assert [found[row.path] for row in rows] == pytest.approx(list(expected), abs=1e-12)
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
    assert all_three.by_source.folds == (0, 1, 2)
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


@pytest.mark.parametrize("name", shipped())
def test_the_card_of_a_shipped_model_says_what_its_predictions_say(name: str):
    card = read_card(MODELS / name)
    rows = read_predictions(MODELS / name / "predictions.csv")
    suspects = frozenset(s.path for s in read_provenance() if s.suspect)
    evaluation = evaluate(rows, suspects, calibrated_on=card.calibrated_on or None, fit_shift=card.recentred)
    assert evaluation.calibration.temperature == pytest.approx(card.temperature, rel=1e-6)
    assert evaluation.calibration.shift == pytest.approx(card.shift, abs=1e-9)
    assert evaluation.point.threshold_pass == pytest.approx(card.threshold_pass, abs=1e-9)
    assert evaluation.point.threshold_reject == pytest.approx(card.threshold_reject, abs=1e-9)
    for row, again in zip(rows, evaluation.rows, strict=True):
        assert row.probability == pytest.approx(again.probability, abs=1e-7)
    computed = json.loads(json.dumps(evaluation.metrics.to_json()))
    stored = card.metrics.to_json()
    assert_same({split: stored[split] for split in computed}, computed)


def assert_same(stored: object, computed: object, place: str = "metrics") -> None:
    """All the same names, texts and counts; numbers within 1e-9."""
    if isinstance(stored, dict):
        assert isinstance(computed, dict), place
        assert set(stored) == set(computed), place
        for key, value in stored.items():
            assert_same(value, computed[key], f"{place}/{key}")
    elif isinstance(stored, list):
        assert isinstance(computed, list), place
        assert len(stored) == len(computed), place
        for number, value in enumerate(stored):
            assert_same(value, computed[number], f"{place}/{number}")
    elif isinstance(stored, float):
        assert computed == pytest.approx(stored, abs=1e-9), place
    else:
        assert stored == computed, place


def test_a_difference_in_a_card_is_found():
    figures = {"a": {"share": 0.5, "curve": [{"pictures": 3, "low": None}]}, "b": ["x"]}
    assert_same(figures, json.loads(json.dumps(figures)))
    for other in (
        {"a": {"share": 0.5 + 1e-8, "curve": [{"pictures": 3, "low": None}]}, "b": ["x"]},
        {"a": {"share": 0.5, "curve": [{"pictures": 4, "low": None}]}, "b": ["x"]},
        {"a": {"share": 0.5, "curve": [{"pictures": 3, "low": 0.0}]}, "b": ["x"]},
        {"a": {"share": 0.5, "curve": []}, "b": ["x"]},
        {"a": {"share": 0.5}, "b": ["x"]},
        {"a": {"share": 0.5, "curve": [{"pictures": 3, "low": None}]}, "b": ["y"]},
    ):
        with pytest.raises(AssertionError):
            assert_same(figures, other)
