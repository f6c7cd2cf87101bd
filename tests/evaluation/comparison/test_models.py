"""Models side by side: made-up ones whose figures are known, and those that ship."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from casting_core.data.samples import read_provenance
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.comparison.models import SPLITS, VIEWS, Comparison, compare
from casting_core.evaluation.comparison.rows import comparison_rows
from casting_core.evaluation.comparison.tables import comparison_tables
from casting_core.evaluation.predictions import Prediction, read_predictions, write_predictions
from casting_core.labels import Label
from casting_core.networks.card import CARD, DEFAULT, MODELS, ModelCard, shipped
from casting_core.networks.registry import BASELINE

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


def ship(folder: Path, name: str, predictions: list[Prediction] | None, **card: object) -> None:
    """A model folder with a card and predictions, without weights."""
    values = {
        "name": name,
        "architecture": name if name in ("brightness", "logistic_regression") else "castnet",
        "parameters": 4097,
        "input_size": 64,
        "preprocessing": "",
        "gates": (),
        "weights_sha256": "",
        "temperature": 1.0,
        "shift": 0.0,
        "threshold_pass": 0.3,
        "threshold_reject": 0.6,
        "training": {"settings": SETTINGS, "seconds": 601.9, "device": "cpu", "threads": 2},
        "data_fingerprint": "abc",
    }
    (folder / name).mkdir()
    (folder / name / CARD).write_text(ModelCard(**{**values, **card}).to_json(), encoding="utf-8")
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


def test_the_default_comes_first_and_the_floor_last(comparison: Comparison):
    assert [model.name for model in comparison.models] == ["castnet", "logistic_regression", "brightness"]
    assert comparison.reference == "castnet"
    assert comparison.warnings == ()
    assert [len(model.against) for model in comparison.models] == [0, 4, 4]


def test_models_against_the_reference_by_hand(comparison: Comparison):
    found = comparison.models[1].against["official_test", "as_filed"]
    assert (found.pictures, found.photographs) == (20, 20)
    assert found.only_second == 0  # castnet errs on none
    assert found.only_first >= 7
    assert found.difference == found.only_first / 20
    assert found.p_photographs == pytest.approx(found.p_pictures)  # one picture a photograph
    unseen = comparison.models[2].against["by_source", "without_suspects"]
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
    against = compare(folder=tmp_path).models[1].against
    filed, trusted = against["by_source", "as_filed"], against["by_source", "without_suspects"]
    assert (filed.pictures, filed.only_first, filed.only_second) == (200, 1, 0)
    assert (trusted.pictures, trusted.only_first, trusted.only_second) == (199, 0, 0)


def test_the_fall_is_between_known_and_new(comparison: Comparison):
    model = comparison.models[1]
    known, new = (model.figures(split, "without_suspects")["accuracy"] for split in SPLITS)
    assert model.fall == pytest.approx(known - new)


def test_named_models_keep_their_order_and_need_no_default(folder: Path):
    chosen = compare(["brightness", "logistic_regression", "brightness"], folder)
    assert [model.name for model in chosen.models] == ["brightness", "logistic_regression"]
    assert chosen.reference == "brightness"
    assert compare(["brightness", "castnet"], folder).reference == "castnet"
    alone = compare(["castnet"], folder)
    assert [len(table.rows) for table in comparison_tables(alone)] == [4, 1, 1, 4]  # nothing to compare it with


def test_what_makes_rows_not_comparable_is_said(folder: Path, tmp_path: Path):
    ship(tmp_path, "castnet", rows(noise=0.5, seed=0))
    ship(tmp_path, "older", rows(noise=0.5, seed=0), data_fingerprint="def")
    fewer = [row for row in rows(noise=0.5, seed=0) if row.source != 8]
    ship(tmp_path, "shorter", fewer)
    comparison = compare(folder=tmp_path)
    other, official, by_source = comparison.warnings
    assert "older was trained on other data than castnet" in other
    assert "shorter judged other pictures than castnet in official_test: 19 against 20, 19 in common" in official
    assert "in by_source: 195 against 200, 195 in common" in by_source
    shorter = comparison.models[2].against["by_source", "as_filed"]
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


def test_tables_by_hand(comparison: Comparison):
    accuracy, verdicts, probabilities, chance, settings = comparison_tables(comparison)
    for table in (accuracy, verdicts, probabilities, chance, settings):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title
        assert len({line.count("|") for line in table.to_markdown().splitlines() if line.startswith("|")}) == 1
    names = [row[0] for row in accuracy.rows]
    assert names[:3] == ["castnet", "logistic_regression", "brightness (mean brightness alone, the floor)"]
    assert [row[1] for row in accuracy.rows[3:]] == ["64.99 %", "75.6 % (79 % in its text)", "99.86 %, 714 of 715"]
    assert {cell for row in accuracy.rows[3:] for cell in row[2:]} == {"not reported"}
    assert accuracy.rows[0][1].startswith("100.00 % (")
    assert accuracy.rows[1][5] == f"{100 * comparison.models[1].fall:.2f} points"
    assert len(verdicts.rows) == len(probabilities.rows) == 3
    assert "a defect passed 50, a false reject 1, a review 0.1" in verdicts.note
    assert "50 % of these pictures" in verdicts.note
    found = comparison.models[1].against["official_test", "as_filed"]
    assert [row[0] for row in chance.rows] == names[1:3]
    assert chance.rows[0][1].startswith(f"{found.only_first} against 0; p")
    assert settings.rows[1] == (
        *("logistic_regression", "logistic regression", "64 px", "4,097"),
        *("16", "10", "0.0001", "10:01", "cpu, 2 threads"),
    )
    assert settings.rows[2][4:] == ("none", "none", "none", "unknown", "unknown")
    assert [row[7] for row in settings.rows[3:]] == ["10:01", "3:56", "14:01"]
    assert {row[4:7] for row in settings.rows[3:]} == {("16", "10", "0.0001")}


def test_rows_for_a_spreadsheet(comparison: Comparison):
    rows_of = comparison_rows(comparison)
    assert len(rows_of) == 3 * 4 + 3
    assert len({(row["model"], row["split"], row["view"]) for row in rows_of}) == 15
    row = next(r for r in rows_of if (r["model"], r["split"], r["view"]) == ("brightness", "by_source", "as_filed"))
    figures = comparison.models[2].figures("by_source", "as_filed")
    assert row["missed_defects"] == figures["missed_defects"]["share"]
    assert row["missed_defects_count"] == figures["missed_defects"]["count"]
    assert (row["roc_auc"], row["roc_auc_low"]) == (figures["roc_auc"], figures["intervals"]["roc_auc"]["low"])
    assert row["reference"] == "castnet"
    assert row["only_reference_right"] == comparison.models[2].against["by_source", "as_filed"].only_first
    assert not [name for r in rows_of for name, value in r.items() if isinstance(value, dict | list)]
    assert [r["accuracy"] for r in rows_of if r["origin"] == "reported"] == [0.6499, 0.756, 0.9986]


@pytest.fixture(scope="module")
def of_shipped() -> Comparison:
    return compare()


def test_all_shipped_models_are_comparable(of_shipped: Comparison):
    assert {model.name for model in of_shipped.models} == set(shipped())
    assert of_shipped.reference == DEFAULT
    assert of_shipped.warnings == ()
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
            assert model.figures(split, view)["accuracy"] == pytest.approx(expected, abs=1e-9)
