"""`evaluate --detectability` on a small public set of rendered castings; the shipped card is never touched."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from casting_core import Inspector
from casting_core.__main__ import app
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.detectability.study import SoundImage, tried
from casting_core.evaluation.detectability.summary import summarise
from casting_core.evaluation.detectability.trials import FILE, HARMLESS, SOUND, read_trials
from casting_core.labels import Label, Verdict
from casting_core.networks.card import MODELS
from casting_core.system.json_records import to_json

TARGETS = "casting_core.evaluation.detectability.targets"


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sound castings of two photographs, and a defective one, laid out like the public set."""
    root = tmp_path / "public"
    for split in ("train", "test"):
        for name in ("def_front", "ok_front"):
            (root / split / name).mkdir(parents=True)
    samples = []
    for number, (label, kinds) in enumerate([(Label.OK, ()), (Label.OK, ()), (Label.DEFECTIVE, ("blow hole",))]):
        path = f"test/{'def_front' if kinds else 'ok_front'}/{number}.png"
        casting = render_casting(seed=16 + number, defects=[DefectKind(kind) for kind in kinds])
        Image.fromarray(casting.pixels).save(root / path)
        samples.append(Sample(path=path, split="test", label=label, source=number, fold=0))
    monkeypatch.setattr("casting_core.evaluation.detectability.study.public_samples", lambda: samples)
    return root


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped model, which `--save` writes to, without what was measured before."""
    copy = Path(shutil.copytree(MODELS / "castnet", tmp_path / "castnet", ignore=shutil.ignore_patterns("runs", FILE)))
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    return copy


def run(public: Path, *arguments: str) -> Result:
    command = ["evaluate", "castnet", "--device", "cpu", "--detectability", "--data", str(public), *arguments]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return result


def test_what_is_printed_is_kept_where_asked_for(public: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(f"{TARGETS}.CASTINGS", 2)
    monkeypatch.setattr("casting_core.evaluation.detectability.summary.ROUNDS", 20)
    before = (folder / "card.json").read_text()
    shown = run(public).output
    assert (folder / "card.json").read_text() == before
    assert not (folder / FILE).exists()
    kept = run(public, "--save").output
    assert kept.startswith(shown)  # the same again
    trials = read_trials(folder / FILE)
    assert {(t.base, t.picture) for t in trials} == {
        ("public", "test/ok_front/0.png"),
        ("public", "test/ok_front/1.png"),
        *(("rendered", str(2_000_000 + n)) for n in range(2)),
    }
    made, given = (json.loads(text) for text in ((folder / "card.json").read_text(), before))
    assert made["metrics"]["detectability"] == to_json(summarise(trials))
    assert {**made, "metrics": None} == {**given, "metrics": None}
    for kind in DefectKind:
        assert f"| rendered: {kind} | " in shown
    assert "rendered: sound castings not passed 0 of 2" in shown


def test_a_sound_casting_is_tried_with_every_kind_of_defect():
    inspector = Inspector.load(device="cpu")
    pixels = render_casting(seed=16).pixels
    base = SoundImage(pixels=pixels, base="rendered", picture="16", photograph=16, number=3, count=4, seed=1)
    trials = list(tried(inspector, base))
    assert [t.kind for t in trials] == [SOUND, HARMLESS, *map(str, DefectKind)]
    assert trials[0].verdict is Verdict.OK
    assert all(t.pixels == t.percent == t.contrast == 0 for t in trials[:2])
    assert all(t.pixels >= 1 and t.percent > 0 and t.contrast > 0 for t in trials[2:])
    assert {(t.base, t.picture, t.photograph) for t in trials} == {("rendered", "16", 16)}


def test_a_large_hole_is_hit_and_marked_and_the_place_counts():
    inspector = Inspector.load(device="cpu")
    pixels = render_casting(seed=16).pixels

    def hole(monkeypatch: pytest.MonkeyPatch) -> tuple[bool, bool]:
        monkeypatch.setattr(f"{TARGETS}.sizes", lambda kind, count, *seed: np.full(count, 0.08))
        base = SoundImage(pixels=pixels, base="rendered", picture="16", photograph=16, number=0, count=1, seed=1)
        found = next(t for t in tried(inspector, base) if t.kind == "blow hole")
        return found.hit, found.marked

    with pytest.MonkeyPatch.context() as patch:
        assert hole(patch) == (True, True)
    with pytest.MonkeyPatch.context() as patch:  # the same defect, said to lie in the picture's corner
        from casting_core.evaluation.detectability import targets

        insert = targets.insert

        def elsewhere(*arguments, **named):
            target = insert(*arguments, **named)
            corner = np.zeros_like(target.mask)
            corner[:3, :3] = True
            return targets.Target(**{**vars(target), "mask": corner})

        patch.setattr(f"{TARGETS}.insert", elsewhere)
        assert hole(patch) == (True, False)


def test_a_casting_that_does_not_pass_has_no_defects_inserted():
    inspector = Inspector.load(device="cpu")
    pixels = render_casting(seed=15, defects=[DefectKind.BLOW_HOLE]).pixels
    base = SoundImage(pixels=pixels, base="rendered", picture="15", photograph=15, number=0, count=1, seed=1)
    (alone,) = tried(inspector, base)
    assert (alone.kind, alone.hit, alone.marked) == (SOUND, True, True)


def test_what_does_not_go_together():
    for arguments, word in ((["--split", "official"], "--split"), (["--markdown"], "--markdown")):
        result = CliRunner().invoke(app, ["evaluate", "castnet", "--detectability", *arguments])
        assert result.exit_code == 2
        assert word in result.output


def test_without_the_public_set_or_weights_by_fold_it_says_so(tmp_path: Path, public: Path):
    missing = CliRunner().invoke(app, ["evaluate", "castnet", "--detectability", "--data", str(tmp_path / "nowhere")])
    assert isinstance(missing.exception, DataError)
    other = CliRunner().invoke(app, ["evaluate", "brightness", "--detectability", "--data", str(public)])
    assert isinstance(other.exception, ModelError)
    assert "such as castnet" in str(other.exception)
