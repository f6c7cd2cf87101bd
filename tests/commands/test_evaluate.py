"""The command `evaluate` on a small folder of rendered castings with masks; the shipped card is never touched."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import Result

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import ModelError, SettingsError
from casting_core.evaluation.localization import measures
from casting_core.explanation.methods import METHODS
from casting_core.networks.card import MODELS
from tests import says
from tests.commands.conftest import invoke, refused, wrong

STUDIES = ("detectability", "robustness")
NOT_WITH_A_STUDY = {"--split official": "--split", "--markdown": "--markdown"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A defective casting, the same turned by a right angle, another defective one and two sound ones."""
    target = tmp_path_factory.mktemp("marked")
    (target / "images").mkdir()
    (target / "masks").mkdir()
    first = render_casting(seed=1, size=300, defects=[DefectKind.BLOW_HOLE])
    second = render_casting(seed=2, size=300, defects=[DefectKind.CHIPPING])
    pictures = [(each.pixels, each.mask, each.label) for each in (first, second)]
    pictures.append((np.rot90(first.pixels), np.rot90(first.mask), first.label))
    pictures += [(each.pixels, each.mask, each.label) for each in (render_casting(seed=n, size=300) for n in (3, 4))]
    rows = ["file,label"]
    for number, (pixels, mask, label) in enumerate(pictures):
        Image.fromarray(pixels).save(target / "images" / f"{number}.png")
        Image.fromarray(mask).save(target / "masks" / f"{number}.png")
        rows.append(f"{number}.png,{label}")
    (target / "labels.csv").write_text("\n".join(rows) + "\n")
    return target


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The card of a copy of the shipped model, which `--save` writes to."""
    copy = Path(shutil.copytree(MODELS / "castnet", tmp_path / "castnet", ignore=shutil.ignore_patterns("runs")))
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    monkeypatch.setenv("CASTING_DATA", str(tmp_path / "nowhere"))
    return copy / "card.json"


def run(*arguments: str) -> Result:
    return invoke("evaluate", "castnet", "--device", "cpu", *arguments)


def metrics(card: Path) -> dict:
    return json.loads(card.read_text(encoding="utf-8"))["metrics"]


def test_a_folder_with_masks(folder: Path, card: Path):
    before = metrics(card)
    shown = run("--masks", str(folder))
    assert metrics(card) == before  # nothing is kept unless asked for
    assert "second_capture: 5 pictures of" in shown.output
    run("--masks", str(folder), "--save")
    figures = metrics(card)["second_capture"]
    assert (figures["pictures"], figures["defective_pictures"]) == (5, 3)
    assert (figures["passed"]["of"], figures["rejected"]["of"]) == (3, 2)
    assert figures["region_recall"]["all"]["of"] >= 3
    assert figures["known_photographs"] is None  # the public set is not at hand
    assert {name: value for name, value in metrics(card).items() if name != "second_capture"} == {
        name: value for name, value in before.items() if name != "second_capture"
    }


def test_all_ways_to_make_a_map(folder: Path, card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(measures, "ROUNDS", 20)
    few = tmp_path / "few"
    few.mkdir()
    for name in ("images", "masks"):
        (few / name).symlink_to(folder / name)
    rows = (folder / "labels.csv").read_text().splitlines()
    (few / "labels.csv").write_text("\n".join((*rows[:2], rows[-1])) + "\n")  # a defective and a sound one
    shown = run("--masks", str(few), "--methods", "--slow", "1", "--faithful", "1", "--save")
    figures = metrics(card)["maps_second_capture"]
    assert list(figures) == ["evidence", *METHODS]
    assert {name: row["pictures"] for name, row in figures.items()} == {**dict.fromkeys(figures, 2), "scorecam": 1}
    assert {row["faithful_on"] for name, row in figures.items() if name != "scorecam"} == {1}
    assert figures["gradcam"]["peak_of_sound"]["median"] > 0.95  # stretched to its own maximum
    assert figures["evidence"]["peak_of_sound"]["median"] < 0.5
    assert all(row["milliseconds"] > 0 for row in figures.values())
    assert "best: peak_on_defect: " in shown.output
    says(run("--markdown").output, "| evidence map | ", "Score-CAM (on 1 of 2 pictures)")


def test_repairs(folder: Path, card: Path):
    run("--masks", str(folder), "--repair", "--save")
    figures = metrics(card)["repair"]
    assert figures["pictures"] == figures["falls"]["of"] <= 3
    assert figures["control_moves"]["of"] >= 1
    assert "| flagged parts that pass once all marked places are repaired | " in run("--markdown").output


def test_rendered_castings(card: Path):
    run("--rendered", "4", "--save")
    figures = metrics(card)["rendered"]
    assert (figures["pictures"], figures["photographs"]) == (4, 4)
    alone = sum(kind["of"] for kind in figures["found_by_kind"].values())
    assert 1 <= alone <= figures["defective_pictures"]


def test_figures_from_predictions(card: Path):
    both = run().output
    assert "official_test, as filed: 715 pictures of 123 photographs" in both
    assert "by_source, without suspects: 7324 pictures of 130 photographs" in both
    for figure in ("precision: ", "f1: ", "pr_auc: ", "mean_cost: ", "confusion: ", "probability from 0.933 to 1.000"):
        assert both.count(figure) >= 4, figure
    one = run("--split", "by-source").output
    assert "by_source, as filed" in one
    assert "official_test" not in one


def test_the_cards_figures_are_made_anew(card: Path):
    before = card.read_text(encoding="utf-8")
    emptied = json.loads(before)
    for split in ("official_test", "by_source"):
        del emptied["metrics"][split]
    card.write_text(json.dumps(emptied), encoding="utf-8")
    run()
    assert metrics(card) == emptied["metrics"]  # nothing is kept unless asked for
    run("--save")
    assert metrics(card)["official_test"]["as_filed"]["pictures"] == 715
    # text for text the card that ships, but for the last digits of what another processor computes
    made, shipped = (json.loads(text) for text in (card.read_text(encoding="utf-8"), before))
    assert {**made, "metrics": None} == {**shipped, "metrics": None}
    assert list(made["metrics"]) == list(shipped["metrics"])
    found = made["metrics"]["by_source"]["without_suspects"]["intervals"]["roc_auc"]
    assert found == pytest.approx(shipped["metrics"]["by_source"]["without_suspects"]["intervals"]["roc_auc"], abs=1e-9)


def test_figures_of_other_thresholds_are_not_kept(card: Path):
    values = json.loads(card.read_text(encoding="utf-8"))
    values["threshold_pass"] /= 2
    card.write_text(json.dumps(values), encoding="utf-8")
    error = refused("evaluate", "castnet", "--save")
    assert isinstance(error, ModelError)
    assert "threshold_pass" in str(error)
    assert json.loads(card.read_text(encoding="utf-8")) == values


def test_figures_are_not_computed_where_they_cannot_be_kept(card: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    error = refused("evaluate", "castnet", "--save")
    assert isinstance(error, SettingsError)
    assert str(card.parent) in str(error)
    assert "CASTING_MODELS" in str(error)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--split official --markdown", "--split"),
        ("--split official --save", "--split"),
        ("--methods", "--masks"),
        ("--repair", "--masks"),
        *((f"--{study} {other}", word) for study in STUDIES for other, word in NOT_WITH_A_STUDY.items()),
    ],
)
def test_what_does_not_go_together_is_told(arguments: str, told: str):
    assert told in wrong("evaluate", "castnet", *arguments.split())
