"""The figures of cards on every set: those of the shipped card to the digit, and what is not there."""

from dataclasses import replace

import pytest

from casting_core.estimate import Estimate
from casting_core.evaluation.reporting.figures_by_set import (
    NEW,
    OFFICIAL,
    SECOND,
    SETS,
    UNSEEN,
    found_by_kind,
    set_figures,
)
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.card import MODELS, ModelCard, read_card
from casting_core.networks.figures import Metrics
from casting_core.networks.localization_figures import Count

SHARES = {"missed": "missed_defects", "false_alarms": "false_alarms", "reviews": "reviews"}


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return read_card(MODELS / "castnet")


@pytest.mark.parametrize("as_filed", [False, True])
@pytest.mark.parametrize("name", [OFFICIAL, UNSEEN])
def test_the_splits_are_the_cards(card: ModelCard, name: str, as_filed: bool):
    told = card.metrics.split(name == UNSEEN).view(as_filed).to_json()
    found = set_figures(card, name, as_filed=as_filed)
    for figure, key in SHARES.items():
        assert vars(found.figures[figure]) == {"value": told[key]["share"], **{
            each: told[key][each] for each in ("low", "high", "count", "of")
        }}  # fmt: skip
    accuracy, ends = found.figures["accuracy"], told["intervals"]["accuracy"]
    assert (accuracy.value, accuracy.low, accuracy.high) == (told["accuracy"], ends["low"], ends["high"])
    assert accuracy.count / accuracy.of == pytest.approx(told["accuracy"])
    ends = told["intervals"]["roc_auc"]
    assert found.figures["roc_auc"] == Estimate(value=told["roc_auc"], low=ends["low"], high=ends["high"])
    assert found.sound_pictures == told["pictures"] - told["defective_pictures"]
    assert found.sound_photographs == told["photographs"] - told["defective_photographs"]


def test_the_doubted_labels_change_the_splits_and_not_the_second_camera(card: ModelCard):
    assert set_figures(card, UNSEEN) != set_figures(card, UNSEEN, as_filed=True)
    assert set_figures(card, SECOND) == set_figures(card, SECOND, as_filed=True)


def test_the_second_camera_is_the_cards(card: ModelCard):
    told, found, new = card.metrics.second_capture, set_figures(card, SECOND), set_figures(card, NEW)
    assert (found.figures["accuracy"].count, found.figures["missed"].high) == (told.right.count, told.passed.high)
    assert found.figures["false_alarms"].count == told.rejected.count
    assert found.figures["roc_auc"] == Estimate(value=told.roc_auc)
    assert found.figures["reviews"] is None
    assert found.known_pictures == told.known_photographs.pictures
    assert new.pictures == told.new_photographs.pictures < found.pictures
    assert new.figures["accuracy"] is None
    assert new.figures["false_alarms"].of == told.new_photographs.rejected.of
    assert found.sound_photographs is None


def test_what_was_not_measured_is_none(card: ModelCard):
    bare = replace(card, metrics=Metrics())
    assert [set_figures(bare, name) for name in SETS] == [None] * 4
    second = replace(card.metrics.second_capture, new_photographs=None)
    assert set_figures(replace(card, metrics=Metrics(second_capture=second)), NEW) is None
    assert found_by_kind(bare) == {}


def test_kinds_have_exact_intervals(card: ModelCard):
    found = found_by_kind(card)
    counts = {kind: Count(count=each.count, of=each.of) for kind, each in found.items()}
    assert counts == card.metrics.rendered.found_by_kind
    for each in found.values():
        assert (each.ends, each.value) == (clopper_pearson(each.count, each.of), each.count / each.of)
