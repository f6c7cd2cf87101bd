"""Verdicts of predictions: at the thresholds themselves, each split by its own, and counts that are the cards'."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from casting_core.errors import DataError, ModelError
from casting_core.evaluation.held_out_verdicts import PREDICTIONS, judge_rows, judged, thresholds
from casting_core.evaluation.predictions import Prediction, read_predictions, write_predictions
from casting_core.labels import Verdict
from casting_core.networks.card import CARD, MODELS, ModelCard, read_card, shipped
from casting_core.networks.figures import Metrics
from casting_core.networks.thresholds import Thresholds
from tests.factories import prediction, split_figures

OK, REVIEW, DEFECTIVE = Verdict.OK, Verdict.REVIEW, Verdict.DEFECTIVE
PUBLIC = [name for name in shipped() if read_card(MODELS / name).on_public_set]


@pytest.fixture
def card() -> ModelCard:
    """Shipped thresholds 0.2 and 0.8; those of two folds differ."""
    metrics = Metrics(by_source=split_figures(folds=(0, 3), thresholds=((0.1, 0.5), (0.4, 0.4))))
    return replace(read_card(MODELS / "castnet"), threshold_pass=0.2, threshold_reject=0.8, metrics=metrics)


def row(split: str, probability: float) -> Prediction:
    return prediction(probability=probability, split=split)


def test_every_split_is_judged_with_its_own_thresholds(card: ModelCard) -> None:
    assert thresholds(card) == {
        "official-test": Thresholds(passing=0.2, rejecting=0.8),
        "by-source-0": Thresholds(passing=0.1, rejecting=0.5),
        "by-source-3": Thresholds(passing=0.4, rejecting=0.4),
    }
    rows = [row(split, 0.45) for split in ("official-test", "by-source-0", "by-source-3")]
    found = judge_rows(rows, card)
    assert [each.verdict for each in found] == [REVIEW, REVIEW, DEFECTIVE]
    assert [each.unseen for each in found] == [False, True, True]
    assert [each.row for each in found] == rows
    assert judge_rows([], card) == []


def test_a_card_without_the_figures_by_source_knows_the_shipped_thresholds_alone(card: ModelCard) -> None:
    bare = replace(card, metrics=Metrics())
    assert thresholds(bare) == {"official-test": Thresholds(passing=0.2, rejecting=0.8)}
    assert judge_rows([row("official-test", 0.1)], bare)[0].verdict is OK
    with pytest.raises(ModelError, match=r"no thresholds of by-source-0; .*-m casting_core evaluate castnet --save"):
        judge_rows([row("official-test", 0.1), row("by-source-3", 0.1), row("by-source-0", 0.1)], bare)


@pytest.mark.parametrize(("folds", "pairs"), [((0, 1), ((0.1, 0.5),)), ((0,), None)], ids=["one too few", "none"])
def test_a_card_with_other_thresholds_than_folds_names_the_command_that_mends_it(
    card: ModelCard, folds: tuple[int, ...], pairs: tuple[tuple[float, float], ...] | None
) -> None:
    broken = Metrics(by_source=split_figures(folds=folds, thresholds=pairs))
    with pytest.raises(ModelError, match=r"python -m casting_core evaluate castnet --save"):
        thresholds(replace(card, metrics=broken))


@pytest.mark.parametrize("model", PUBLIC)
def test_counts_are_those_of_the_card(model: str) -> None:
    figures = read_card(MODELS / model).metrics.to_json()
    found = judged(model)
    for name, unseen in (("by_source", True), ("official_test", False)):
        filed = figures[name]["as_filed"]
        counted = Counter((str(each.row.label), str(each.verdict)) for each in found if each.unseen is unseen)
        assert sum(counted.values()) == filed["pictures"]
        for label, verdicts in filed["verdicts"].items():
            for verdict, count in verdicts.items():
                assert counted[label, verdict] == count
        assert counted["defective", "ok"] == filed["missed_defects"]["count"]
        assert counted["ok", "defective"] == filed["false_alarms"]["count"]
        assert counted["ok", "review"] + counted["defective", "review"] == filed["reviews"]["count"]


def test_every_shipped_row_is_judged_in_order() -> None:
    found = judged("castnet")
    assert [each.row for each in found] == read_predictions(MODELS / "castnet" / PREDICTIONS)


def test_models_of_another_folder_and_what_is_wrong_with_them(card: ModelCard, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model 'mine'"):
        judged("mine", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / CARD).write_text(replace(card, name="mine").to_json())
    with pytest.raises(DataError, match=PREDICTIONS):
        judged("mine", tmp_path)
    write_predictions(tmp_path / "mine" / PREDICTIONS, [row("by-source-3", 0.39), row("by-source-0", 0.39)])
    assert [each.verdict for each in judged("mine", tmp_path)] == [OK, REVIEW]
