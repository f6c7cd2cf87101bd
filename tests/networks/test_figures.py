"""What a card says of its model: read as it was written, to the last byte, and refused where it is of another form."""

import json
from dataclasses import replace

import pytest

from casting_core.estimate import Estimate
from casting_core.networks.card import CARD, MODELS, read_card, shipped
from casting_core.networks.figures import Figures, Metrics
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import from_json
from tests.factories import figures, metrics, split_figures


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_card_is_written_as_it_lies_there(name: str) -> None:
    assert read_card(MODELS / name).to_json() == (MODELS / name / CARD).read_text(encoding="utf-8")


@pytest.mark.parametrize("found", [figures(), figures((), ()), figures((0.1, 0.2), (True, True))])
def test_figures_are_read_as_they_were_written(found: Figures) -> None:
    assert Figures.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_numbers_stand_bare_and_their_ends_apart() -> None:
    written = replace(figures(), f1=Estimate(value=0.5, low=0.25, high=0.75), roc_auc=None).to_json()
    assert (written["f1"], written["intervals"]["f1"]) == (0.5, {"low": 0.25, "high": 0.75})
    assert written["roc_auc"] is written["intervals"]["roc_auc"] is None
    assert list(written["missed_defects"]) == ["count", "of", "share", "low", "high"]
    assert list(written["missed_defects"].values())[:4] == [0, 1, 0.0, 0.0]


def test_sound_is_what_is_not_defective() -> None:
    found = figures((0.1, 0.2, 0.9), (False, False, True), (0, 0, 1))
    assert (found.sound_pictures, found.sound_photographs) == (2, 1)


def test_a_split_has_two_views_and_the_thresholds_of_its_folds() -> None:
    other = figures((0.4, 0.9), (False, True))
    split = split_figures(without_suspects=other, folds=(0, 3), thresholds=((0.1, 0.5), (0.4, 0.4)))
    assert (split.view(as_filed=True), split.view(as_filed=False)) == (split.as_filed, other)
    assert split.fold_thresholds() == {
        0: Thresholds(passing=0.1, rejecting=0.5),
        3: Thresholds(passing=0.4, rejecting=0.4),
    }
    with pytest.raises(ValueError, match="zip"):
        split_figures(folds=(0, 1), thresholds=((0.1, 0.5),)).fold_thresholds()


def test_what_was_not_measured_is_not_written() -> None:
    assert Metrics().to_json() == {}
    written = Metrics(by_source=split_figures()).to_json()["by_source"]
    assert list(written) == ["as_filed", "without_suspects", "wrong_pictures"]
    found = Metrics(official_test=split_figures())
    assert found.split(unseen=False) is found.official_test
    assert found.split(unseen=True) is None


@pytest.mark.parametrize(
    "values",
    [
        *({"nobody_knows": {}}, {"by_source": []}, {"by_source": {"as_filed": 3}}),
        *({"official_test": {"wrong_pictures": []}}, {"seeds": {"0": {"pictures": 1}}}, {"seeds": {"0": 3}}),
    ],
    ids=str,
)
def test_other_forms_are_refused(values: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        metrics(**values)


@pytest.mark.parametrize("name", ["pictures", "wrong", "intervals", "reliability"])
def test_figures_without_one_are_refused(name: str) -> None:
    written = figures().to_json()
    del written[name]
    with pytest.raises(KeyError, match=name):
        from_json(Figures, written)
