"""`evaluate --robustness` on a small public set of rendered castings; the shipped card is never touched."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from casting_core.__main__ import app
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.summary import summarise
from casting_core.evaluation.robustness.tallies import FILE, UNDISTURBED, read_tallies
from casting_core.labels import Label
from casting_core.networks.card import MODELS
from casting_core.system.json_records import to_json

FEW = {name: CORRUPTIONS[name] for name in ("blur", "rotation")}


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound casting in two pictures and a defective one, laid out like the public set; two disturbances."""
    root = tmp_path / "public"
    for split in ("train", "test"):
        for name in ("def_front", "ok_front"):
            (root / split / name).mkdir(parents=True)
    samples = []
    for number, (label, source) in enumerate([(Label.OK, 5), (Label.OK, 5), (Label.DEFECTIVE, 6)]):
        path = f"test/{'def_front' if label.positive else 'ok_front'}/{number}.png"
        defects = [DefectKind.BLOW_HOLE] if label.positive else []
        Image.fromarray(render_casting(seed=15 + number, defects=defects).pixels).save(root / path)
        samples.append(Sample(path=path, split="test", label=label, source=source, fold=1))
    monkeypatch.setattr("casting_core.evaluation.robustness.study.public_samples", lambda: samples)
    monkeypatch.setattr("casting_core.evaluation.robustness.study.CORRUPTIONS", FEW)
    return root


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped model, which `--save` writes to, without what was measured before."""
    copy = Path(shutil.copytree(MODELS / "castnet", tmp_path / "castnet", ignore=shutil.ignore_patterns("runs", FILE)))
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    return copy


def run(public: Path, *arguments: str) -> Result:
    command = ["evaluate", "castnet", "--device", "cpu", "--robustness", "--data", str(public), *arguments]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return result


def test_what_is_printed_is_kept_where_asked_for(public: Path, folder: Path):
    before = (folder / "card.json").read_text()
    shown = run(public).output
    assert (folder / "card.json").read_text() == before
    assert not (folder / FILE).exists()
    kept = run(public, "--save").output
    assert kept.startswith(shown)  # the same again
    tallies = read_tallies(folder / FILE)
    levels = {(UNDISTURBED, 0.0)} | {(each.name, level) for each in FEW.values() for level in each.levels}
    assert len(tallies) == 2 * len(levels)
    for photograph, pictures in ((5, 2), (6, 1)):
        of_it = [each for each in tallies if each.photograph == photograph]
        assert {(each.disturbance, each.level) for each in of_it} == levels
        assert {(each.pictures, each.fold) for each in of_it} == {(pictures, 1)}
    assert all(each.flips == 0 for each in tallies if each.disturbance == UNDISTURBED)
    blurred = [each for each in tallies if (each.disturbance, each.level) == ("blur", 3.0)]
    assert sum(each.unusable + each.reviews for each in blurred) == 3  # no gate lets that pass
    made, given = (json.loads(text) for text in ((folder / "card.json").read_text(), before))
    assert made["metrics"]["robustness"] == to_json(summarise(tallies))
    assert {**made, "metrics": None} == {**given, "metrics": None}
    assert "| blur, 3 px standard deviation | " in shown
    assert "rotation: figures hold from 0 to " in shown


def test_what_does_not_go_together():
    for arguments, word in ((["--split", "official"], "--split"), (["--markdown"], "--markdown")):
        result = CliRunner().invoke(app, ["evaluate", "castnet", "--robustness", *arguments])
        assert result.exit_code == 2
        assert word in result.output
