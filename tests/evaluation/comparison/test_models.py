"""Models side by side: made-up ones whose figures are known, and those that ship."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score

from casting_core.data.samples import read_provenance
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.comparison.model_rows import SPLITS, Origin
from casting_core.evaluation.comparison.models import VIEWS, Comparison, compare
from casting_core.evaluation.predictions import read_predictions
from casting_core.evaluation.statistics.paired_tests import Disagreement
from casting_core.networks.card import DEFAULT, MODELS, shipped
from casting_core.networks.registry import BASELINE
from tests.evaluation.comparison.conftest import rows, ship


def against(comparison: Comparison, name: str) -> Mapping[tuple[str, str], Disagreement]:
    """The reference beside the model of that name."""
    return next(row.against for row in comparison.rows if row.name == name)


def test_the_default_comes_first_and_the_floor_last(comparison: Comparison):
    assert [model.name for model in comparison.models] == ["castnet", "logistic_regression", "brightness"]
    assert (comparison.reference, comparison.warnings) == ("castnet", ())
    compared = {row.name: len(row.against) for row in comparison.rows if row.origin is Origin.PUBLIC}
    assert compared == {"castnet": 0, "logistic_regression": 4, "brightness": 4}


def test_named_models_keep_their_order_and_need_no_default(folder: Path):
    chosen = compare(["brightness", "logistic_regression", "brightness"], folder)
    assert [model.name for model in chosen.models] == ["brightness", "logistic_regression"]
    assert chosen.reference == "brightness"
    assert compare(["brightness", "castnet"], folder).reference == "castnet"


def test_models_against_the_reference_by_hand(comparison: Comparison):
    found = against(comparison, "logistic_regression")["official_test", "as_filed"]
    assert (found.pictures, found.photographs) == (20, 20)
    assert found.only_second == 0  # castnet errs on none
    assert found.only_first >= 7
    assert found.difference.value == found.only_first / 20
    assert found.p_photographs == pytest.approx(found.p_pictures)  # one picture a photograph
    unseen = against(comparison, "brightness")["by_source", "without_suspects"]
    assert (unseen.pictures, unseen.photographs) == (200, 40)
    assert unseen.p_pictures < unseen.p_photographs


def test_pictures_whose_label_is_doubted_are_left_out_of_one_view(tmp_path: Path):
    """Two models that differ on one doubted picture alone."""
    doubted = next(sample.path for sample in read_provenance() if sample.suspect)
    plain = [
        dataclasses.replace(row, path=doubted) if row.path == "train/7-1.jpeg" else row
        for row in rows(noise=0.5, seed=0)
    ]
    ship(tmp_path, "castnet", plain)
    ship(tmp_path, "other", [dataclasses.replace(r, logit=-r.logit) if r.path == doubted else r for r in plain])
    found = against(compare(folder=tmp_path), "other")
    filed, trusted = found["by_source", "as_filed"], found["by_source", "without_suspects"]
    assert (filed.pictures, filed.only_first, filed.only_second) == (200, 1, 0)
    assert (trusted.pictures, trusted.only_first, trusted.only_second) == (199, 0, 0)


def test_the_fall_is_between_known_and_new(comparison: Comparison):
    model = comparison.models[1]
    known, new = (model.figures(split, "without_suspects").accuracy.value for split in SPLITS)
    (row,) = [row for row in comparison.rows if row.name == model.name]
    assert row.values["fall"] == pytest.approx(known - new)


def test_what_makes_rows_not_comparable_is_said(folder: Path, tmp_path: Path):
    ship(tmp_path, "castnet", rows(noise=0.5, seed=0))
    ship(tmp_path, "older", rows(noise=0.5, seed=0), data_fingerprint="def")
    ship(tmp_path, "shorter", [row for row in rows(noise=0.5, seed=0) if row.source != 8])
    comparison = compare(folder=tmp_path)
    other, official, by_source = comparison.warnings
    assert "older was trained on other data than castnet" in other
    assert "shorter judged other pictures than castnet in official_test: 19 against 20, 19 in common" in official
    assert "in by_source: 195 against 200, 195 in common" in by_source
    shorter = against(comparison, "shorter")["by_source", "as_filed"]
    assert (shorter.pictures, shorter.photographs) == (195, 39)


def test_other_labels_for_the_same_picture_are_refused(tmp_path: Path):
    ship(tmp_path, "castnet", rows(noise=0.5, seed=0))
    turned = [
        dataclasses.replace(row, source=99) if row.path == "train/3-1.jpeg" else row for row in rows(noise=1, seed=0)
    ]
    ship(tmp_path, "turned", turned)
    with pytest.raises(DataError, match=r"train/3-1\.jpeg under another label or photograph"):
        compare(folder=tmp_path)


def test_what_is_missing_is_named(folder: Path, tmp_path: Path):
    with pytest.raises(ModelError, match=r"'nothing' in .*; there are: brightness, castnet, logistic_regression"):
        compare(["castnet", "nothing"], folder)
    with pytest.raises(ModelError, match="no model"):
        compare(folder=tmp_path)
    ship(tmp_path, "bare", None)
    with pytest.raises(ModelError, match=r"bare has no predictions\.csv.*ship bare"):
        compare(folder=tmp_path)


@pytest.fixture(scope="module")
def of_shipped() -> Comparison:
    return compare()


def test_all_shipped_models_are_comparable(of_shipped: Comparison):
    assert {model.name for model in of_shipped.models} == set(shipped())
    assert (of_shipped.reference, of_shipped.warnings) == (DEFAULT, ())
    if BASELINE in shipped():
        assert of_shipped.models[-1].name == BASELINE


@pytest.mark.parametrize("name", shipped())
def test_the_accuracy_of_a_shipped_model_is_that_of_counting_its_file(of_shipped: Comparison, name: str):
    """By `probability` as the file holds it and scikit-learn, without any of the code in between."""
    model = next(each for each in of_shipped.models if each.name == name)
    suspects = {sample.path for sample in read_provenance() if sample.suspect}
    every = read_predictions(MODELS / name / "predictions.csv")
    for split in SPLITS:
        for view in VIEWS:
            chosen = [
                row
                for row in every
                if (row.split == "official-test") == (split == "official_test")
                and (view == "as_filed" or row.path not in suspects)
            ]
            called = [row.probability >= 0.5 for row in chosen]
            expected = accuracy_score([row.label.positive for row in chosen], called)
            assert model.figures(split, view).accuracy.value == pytest.approx(expected, abs=1e-9)
