"""`evaluate --robustness` on a small public set of rendered castings; the shipped card is never touched."""

import json
from pathlib import Path

import pytest

from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.summary import summarise
from casting_core.evaluation.robustness.tallies import FILE, UNDISTURBED, read_tallies
from casting_core.labels import Label
from casting_core.system.json_records import to_json
from tests import says
from tests.commands.conftest import invoke
from tests.evaluation.conftest import lay_out

FEW = {name: CORRUPTIONS[name] for name in ("blur", "rotation")}


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound casting in two pictures and a defective one, laid out like the public set; two disturbances."""
    samples = lay_out(tmp_path / "public", [Label.OK, Label.OK, Label.DEFECTIVE], 15, (5, 5, 7))
    monkeypatch.setattr("casting_core.evaluation.robustness.study.public_samples", lambda: samples)
    monkeypatch.setattr("casting_core.evaluation.robustness.study.CORRUPTIONS", FEW)
    return tmp_path / "public"


def run(public: Path, *arguments: str) -> str:
    return invoke("evaluate", "castnet", "--device", "cpu", "--robustness", "--data", str(public), *arguments).output


def test_what_is_printed_is_kept_where_asked_for(public: Path, folder: Path):
    before = (folder / "card.json").read_text()
    shown = run(public)
    assert (folder / "card.json").read_text() == before
    assert not (folder / FILE).exists()
    kept = run(public, "--save")
    assert kept.startswith(shown)  # the same again
    tallies = read_tallies(folder / FILE)
    levels = {(UNDISTURBED, 0.0)} | {(each.name, level) for each in FEW.values() for level in each.levels}
    assert len(tallies) == 2 * len(levels)
    for photograph, pictures in ((5, 2), (7, 1)):
        of_it = [each for each in tallies if each.photograph == photograph]
        assert {(each.disturbance, each.level) for each in of_it} == levels
        assert {(each.pictures, each.fold) for each in of_it} == {(pictures, 1)}
    assert all(each.flips == 0 for each in tallies if each.disturbance == UNDISTURBED)
    blurred = [each for each in tallies if (each.disturbance, each.level) == ("blur", 3.0)]
    assert sum(each.unusable + each.reviews for each in blurred) == 3  # no gate lets that pass
    made, given = (json.loads(text) for text in ((folder / "card.json").read_text(), before))
    assert made["metrics"]["robustness"] == to_json(summarise(tallies))
    assert {**made, "metrics": None} == {**given, "metrics": None}
    says(shown, "| blur, 3 px standard deviation | ", "rotation: figures hold from 0 to ")
