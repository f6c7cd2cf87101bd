"""Tables: what a verdict means beside a label, counts that are the cards', labels that are told, guessed or unknown."""

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.samples import read_provenance
from casting_core.errors import ModelError
from casting_core.evaluation.held_out_verdicts import PREDICTIONS, judged
from casting_core.evaluation.predictions import Prediction, write_predictions
from casting_core.exploration import table as module
from casting_core.exploration.table import Outcome, Table, defect_kinds, make_table, models_for, outcome, public_facts
from casting_core.labels import Label, Verdict
from casting_core.networks.card import CARD, MODELS, read_card, shipped
from casting_core.networks.figures import Metrics
from casting_core.networks.thresholds import Thresholds
from tests.exploration.handmade import index_of
from tests.factories import split_figures

PUBLIC = [name for name in shipped() if read_card(MODELS / name).on_public_set]
PATHS = ["burr/0.png", "burr/1.png", "good/0.png", "good/1.png", "good/2.png", "odd/0.png"]


def judged_index(**others):
    """Six pictures of three classes, of which one had no verdict."""
    return index_of(
        PATHS,
        probability=np.array([0.9, 0.1, 0.2, 0.5, 0.95, np.nan], np.float32),
        verdicts=("defective", "ok", "ok", "review", "defective", "unusable"),
        **others,
    )


def test_what_a_verdict_means_beside_a_label() -> None:
    expected = {
        ("ok", "ok"): Outcome.CORRECT,
        ("defective", "defective"): Outcome.CORRECT,
        ("ok", "defective"): Outcome.MISSED,
        ("defective", "ok"): Outcome.FALSE_ALARM,
        ("review", "ok"): Outcome.REVIEW,
        ("review", "defective"): Outcome.REVIEW,
        ("unusable", "ok"): Outcome.UNUSABLE,
        ("unusable", "defective"): Outcome.UNUSABLE,
    }
    for verdict, label in product(["", *map(str, Verdict)], ["", *map(str, Label)]):
        assert outcome(verdict, label) is expected.get((verdict, label), Outcome.UNKNOWN)
        if verdict and label:
            assert outcome(Verdict(verdict), Label(label)) is expected[verdict, label]


# the public set without its pictures


@pytest.fixture(scope="module")
def facts() -> Table:
    return public_facts()


@pytest.mark.parametrize("model", PUBLIC)
def test_counts_of_castings_never_seen_are_those_of_the_card(model: str) -> None:
    found = public_facts(model)
    filed = read_card(MODELS / model).metrics.to_json()["by_source"]["as_filed"]
    counted = Counter(found.rows["outcome"])
    assert counted["missed defect"] == filed["missed_defects"]["count"]
    assert counted["false alarm"] == filed["false_alarms"]["count"]
    assert counted["sent to review"] == filed["reviews"]["count"]
    right = filed["verdicts"]["ok"]["ok"] + filed["verdicts"]["defective"]["defective"]
    assert counted["correct"] == right
    assert sum(counted.values()) == len(found) == filed["pictures"]
    assert set(counted) <= {"missed defect", "false alarm", "sent to review", "correct"}
    assert found.unseen
    card = read_card(MODELS / model)
    assert found.thresholds == card.thresholds
    assert found.model == model


def test_the_facts_are_those_that_ship(facts: Table) -> None:
    assert facts.index is None
    assert facts.public
    assert facts.question is None
    assert facts.classes == {"def_front": Label.DEFECTIVE, "ok_front": Label.OK}
    for row, sample in zip(facts.rows.to_dict("records"), read_provenance(), strict=True):
        assert (row["path"], row["split"], row["sha256"]) == (sample.path, sample.split, sample.sha256)
        assert (row["source"], row["fold"], row["suspect"]) == (sample.source, sample.fold, sample.suspect)
        assert row["label"] == sample.label
        assert f"{row['split']}/{row['name']}/{row['file']}" == sample.path
    assert not {"width", "brightness", "kinds", "typical"} & set(facts.rows.columns)


def test_every_picture_is_judged_by_the_model_that_did_not_see_its_photograph(facts: Table) -> None:
    told = {(each.row.path, each.row.split): each for each in judged("castnet")}
    columns = ["path", "fold", "probability", "verdict"]
    for path, fold, probability, verdict in facts.rows[columns].itertuples(index=False):
        mine = told[path, f"by-source-{fold}"]
        assert (probability, verdict) == (mine.row.probability, mine.verdict)


def test_hardness_is_the_probability_of_the_wrong_label(facts: Table) -> None:
    rows = facts.rows
    expected = [p if label == "ok" else 1 - p for p, label in zip(rows["probability"], rows["label"], strict=True)]
    np.testing.assert_allclose(rows["hardness"], expected)


def test_without_a_model_nothing_is_judged() -> None:
    found = public_facts(None)
    assert (found.model, found.thresholds, found.unseen) == (None, None, False)
    assert set(found.rows["outcome"]) == {"not judged"}
    assert set(found.rows["verdict"]) == {""}
    assert found.rows["probability"].isna().all()
    assert found.rows["hardness"].isna().all()


def test_a_model_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ModelError, match="no model 'oracle'"):
        public_facts("oracle")


# an indexed set


def test_labels_are_guessed_and_the_reason_is_said() -> None:
    found = make_table(judged_index(), public=False, model="castnet")
    assert found.classes == {"burr": Label.DEFECTIVE, "good": Label.OK, "odd": Label.DEFECTIVE}
    assert found.question is None
    assert not found.public
    assert found.rows["label"].tolist() == ["defective"] * 2 + ["ok"] * 3 + ["defective"]
    assert found.rows["name"].tolist() == ["burr", "burr", "good", "good", "good", "odd"]
    assert found.notes[0] == "A note of the index."
    assert any("Guessed from the names: burr, odd are defective, good is sound" in note for note in found.notes)
    assert found.rows["outcome"].tolist() == [
        "correct",
        "missed defect",
        "correct",
        "sent to review",
        "false alarm",
        "no verdict",
    ]
    np.testing.assert_allclose(found.rows["hardness"], [0.1, 0.9, 0.2, 0.5, 0.95, np.nan], atol=1e-6)
    assert found.unseen
    card = read_card(MODELS / "castnet")
    assert found.thresholds == card.thresholds
    assert len(found) == 6


def test_what_is_told_decides_over_the_names() -> None:
    found = make_table(judged_index(), public=False, defective=["GOOD"], model="castnet")
    assert found.classes == {"burr": Label.OK, "good": Label.DEFECTIVE, "odd": Label.OK}
    assert Counter(found.rows["outcome"]) == {
        "false alarm": 1,
        "correct": 2,
        "missed defect": 1,
        "sent to review": 1,
        "no verdict": 1,
    }


@pytest.mark.parametrize(
    ("classes", "defective", "words"),
    [
        (("left", "right"), None, "do not say which of them is defective: left, right"),
        (("burr", "good"), ["dull"], "no class named dull"),
        (("burr", "good"), ["burr", "good"], "All classes were named as defective"),
    ],
    ids=["no telling", "a stranger", "all"],
)
def test_where_the_classes_are_not_known_labels_are_empty_and_it_is_asked(
    classes: tuple[str, str], defective: list[str] | None, words: str
) -> None:
    paths = [f"{name}/{n}.png" for name in classes for n in range(3)]
    index = index_of(paths, probability=np.full(6, 0.4, np.float32), verdicts=("review",) * 6)
    found = make_table(index, public=False, defective=defective, model="castnet")
    assert found.classes is None
    assert words in (found.question or "")
    assert set(found.rows["label"]) == {""}
    assert set(found.rows["outcome"]) == {"not judged"}
    assert found.rows["hardness"].isna().all()
    assert found.rows["probability"].tolist() == pytest.approx([0.4] * 6)  # what was said is shown all the same
    assert not found.rows["suspect"].any()
    assert found.notes == ("A note of the index.",)
    answered = make_table(index, public=False, defective=classes[:1], model="castnet")
    assert answered.question is None
    assert set(answered.rows["outcome"]) == {"sent to review"}


def test_split_folds_and_doubts_are_those_of_training() -> None:
    paths = [f"{split}/{name}/{n}.png" for split in ("test", "train") for name in ("bad", "ok") for n in range(12)]
    source = np.arange(48)
    source[[47, 46, 23]] = 24  # of one photograph: train/bad/0, train/ok/10 and 11, test/ok/11
    found = make_table(index_of(paths, source=source), public=False)
    assert found.rows["split"].tolist() == ["test"] * 24 + ["train"] * 24
    assert set(found.rows["fold"]) == set(range(5))
    assert found.rows["path"][found.rows["suspect"]].tolist() == ["train/bad/0.png"]  # the rarer label
    assert any("filed under the other label too" in note for note in found.notes)
    assert any("own split into train and test was kept" in note for note in found.notes)
    assert any("1 of 24 test pictures are copies" in note for note in found.notes)
    assert found.model is None
    assert set(found.rows["outcome"]) == {"not judged"}


def test_a_set_without_a_split_gets_one() -> None:
    paths = [f"{name}/{n}.png" for name in ("bad", "ok") for n in range(10)]
    found = make_table(index_of(paths), public=False)
    assert Counter(zip(found.rows["split"], found.rows["label"], strict=True)) == {
        ("train", "defective"): 8,
        ("test", "defective"): 2,
        ("train", "ok"): 8,
        ("test", "ok"): 2,
    }


def test_what_was_measured_is_in_the_table() -> None:
    index = judged_index(measures={"brightness": np.arange(6), "margin": np.full(6, np.nan)})
    rows = make_table(index, public=False).rows
    assert rows["brightness"].tolist() == list(range(6))
    assert rows["margin"].isna().all()
    assert rows[["width", "height", "size"]].to_numpy()[2].tolist() == [300, 200, 2]
    assert rows["file"].tolist() == ["0.png", "1.png", "0.png", "1.png", "2.png", "0.png"]


def test_the_most_typical_one_is_in_the_middle_of_its_class() -> None:
    angles = np.radians([0, 90, 0, 30, 60, 200])
    features = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    rows = make_table(judged_index(features=features), public=False).rows
    # the mean of burr lies at 45 degrees, of good at 30; what is alone is its own mean
    expected = np.cos(np.radians([45, 45, 30, 0, 30, 0]))
    np.testing.assert_allclose(rows["typical"], expected, atol=1e-6)
    nothing = make_table(judged_index(features=np.zeros((6, 2), np.float32)), public=False).rows
    assert nothing["typical"].isna().all()


def test_kinds_are_those_that_the_set_tells(tmp_path: Path) -> None:
    lines = ["path,seed,kind", "burr/0.png,0,blow_hole", "burr/0.png,0,scratch", "burr/0.png,0,blow_hole", "x,1,burr"]
    (tmp_path / "defects.csv").write_text("\n".join(lines))
    assert defect_kinds(tmp_path, PATHS) == ["blow hole, scratch", "", "", "", "", ""]
    rows = make_table(judged_index(root=tmp_path), public=False).rows
    assert rows["kinds"].tolist() == ["blow hole, scratch", "", "", "", "", ""]


@pytest.mark.parametrize("content", [None, b"", b"path,what\na,b\n", b"path,kind\n\xff\xfe,burr\n"])
def test_kinds_that_cannot_be_read_are_empty(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "defects.csv").write_bytes(content)
    assert defect_kinds(tmp_path, ["a", "b"]) == ["", ""]


def test_the_public_set_with_its_pictures_is_labelled_by_the_table() -> None:
    known = {sample.path: sample for sample in read_provenance()}
    paths = [*list(known)[:3], *list(known)[-3:]]
    # its verdicts in the index, if there were any, would be of a model that has learned these pictures
    index = index_of(paths, grouping="table", source=np.array([known[path].source for path in paths]))
    found = make_table(index, public=True, model="castnet")
    assert found.public
    assert found.rows["label"].tolist() == [str(known[path].label) for path in paths]
    assert found.rows["sha256"].tolist() == [known[path].sha256 for path in paths]
    facts = public_facts().rows.set_index("path")
    assert found.rows["probability"].tolist() == facts["probability"][paths].tolist()
    assert found.rows["outcome"].tolist() == facts["outcome"][paths].tolist()


# which models there are


def test_models_that_have_judged_a_set() -> None:
    assert models_for(None, True) == PUBLIC
    assert PUBLIC[0] == "castnet"
    assert models_for(None, False) == []
    assert models_for(index_of(PATHS), True) == PUBLIC
    assert models_for(index_of(PATHS), False) == []  # known to none of them
    assert models_for(judged_index(), False) == ["castnet"]


@pytest.fixture
def own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model that was trained on the six pictures, and knows three of them by source and one by the test."""
    card = replace(
        read_card(MODELS / "castnet"),
        name="mine",
        data={"grouping": "part"},
        threshold_pass=0.5,
        threshold_reject=0.5,
        metrics=Metrics(by_source=split_figures(folds=(0,), thresholds=((0.2, 0.8),))),
    )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / CARD).write_text(card.to_json())
    told = [("by-source-0", 0, 0.9), ("by-source-0", 2, 0.5), ("official-test", 2, 0.1), ("official-test", 3, 0.6)]
    rows = [
        Prediction(path=PATHS[n], split=split, label=Label.OK, source=n, logit=0.0, probability=p)
        for split, n, p in [*told, ("by-source-0", 4, 0.1)]
    ]
    write_predictions(tmp_path / "mine" / PREDICTIONS, rows)
    monkeypatch.setattr(module, "MODELS", tmp_path)
    monkeypatch.setattr(module, "shipped", lambda: ["mine"])
    monkeypatch.setattr(module, "judged", partial(judged, folder=tmp_path))
    return "mine"


def test_a_model_that_was_trained_on_the_set_is_asked_for_what_it_had_not_seen(own_model: str) -> None:
    assert models_for(index_of(PATHS), False) == ["mine"]
    assert models_for(index_of(["x/1.png", *PATHS[3:]]), False) == ["mine"]  # half of four pictures
    assert models_for(index_of(["x/1.png", "x/2.png", "x/3.png", *PATHS[3:]]), False) == []
    assert models_for(None, True) == []
    found = make_table(judged_index(), public=False, model=own_model)
    assert found.rows["verdict"].tolist() == ["defective", "", "review", "defective", "ok", ""]
    np.testing.assert_allclose(found.rows["probability"], [0.9, np.nan, 0.5, 0.6, 0.1, np.nan])
    assert found.thresholds == Thresholds(passing=0.5, rejecting=0.5)
    assert found.unseen
    assert found.rows["outcome"].tolist() == [
        "correct",
        "not judged",
        "sent to review",
        "false alarm",
        "correct",
        "not judged",
    ]
