"""`evaluate --detectability` on a small public set of rendered castings; the shipped card is never touched."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from casting_core import Inspector
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.detectability import targets
from casting_core.evaluation.detectability.study import SoundImage, tried
from casting_core.evaluation.detectability.summary import summarise
from casting_core.evaluation.detectability.trials import FILE, HARMLESS, SOUND, read_trials
from casting_core.labels import Label, Verdict
from casting_core.system.json_records import to_json
from tests.commands.conftest import invoke, refused
from tests.evaluation.conftest import lay_out


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sound castings of two photographs, and a defective one, laid out like the public set."""
    samples = lay_out(tmp_path / "public", [Label.OK, Label.OK, Label.DEFECTIVE], 16, range(3))
    monkeypatch.setattr("casting_core.evaluation.detectability.study.public_samples", lambda: samples)
    return tmp_path / "public"


def run(public: Path, *arguments: str) -> str:
    return invoke("evaluate", "castnet", "--device", "cpu", "--detectability", "--data", str(public), *arguments).output


def sound_image(seed: int, number: int = 0, count: int = 1, **kinds) -> SoundImage:
    """A rendered casting of which defects are to be inserted."""
    place = {"base": "rendered", "picture": str(seed), "photograph": seed, "number": number, "count": count, "seed": 1}
    return SoundImage(pixels=render_casting(seed=seed, **kinds).pixels, **place)


def test_what_is_printed_is_kept_where_asked_for(public: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(targets, "CASTINGS", 2)
    monkeypatch.setattr("casting_core.evaluation.detectability.summary.ROUNDS", 20)
    before = (folder / "card.json").read_text()
    shown = run(public)
    assert (folder / "card.json").read_text() == before
    assert not (folder / FILE).exists()
    kept = run(public, "--save")
    assert kept.startswith(shown)  # the same again
    trials = read_trials(folder / FILE)
    public_ones = {("public", f"test/ok_front/{n}.png") for n in range(2)}
    assert {(t.base, t.picture) for t in trials} == public_ones | {("rendered", str(2_000_000 + n)) for n in range(2)}
    made, given = (json.loads(text) for text in ((folder / "card.json").read_text(), before))
    assert made["metrics"]["detectability"] == to_json(summarise(trials))
    assert {**made, "metrics": None} == {**given, "metrics": None}
    for kind in DefectKind:
        assert f"| rendered: {kind} | " in shown
    assert "rendered: sound castings not passed 0 of 2" in shown


def test_a_sound_casting_is_tried_with_every_kind_of_defect():
    trials = list(tried(Inspector.load(device="cpu"), sound_image(16, number=3, count=4)))
    assert [t.kind for t in trials] == [SOUND, HARMLESS, *map(str, DefectKind)]
    assert trials[0].verdict is Verdict.OK
    assert all(t.pixels == t.percent == t.contrast == 0 for t in trials[:2])
    assert all(t.pixels >= 1 and t.percent > 0 and t.contrast > 0 for t in trials[2:])
    assert {(t.base, t.picture, t.photograph) for t in trials} == {("rendered", "16", 16)}


def test_a_large_hole_is_hit_and_marked_and_the_place_counts(monkeypatch: pytest.MonkeyPatch):
    inspector, insert = Inspector.load(device="cpu"), targets.insert
    monkeypatch.setattr(targets, "sizes", lambda kind, count, *seed: np.full(count, 0.08))

    def hole() -> tuple[bool, bool]:
        found = next(t for t in tried(inspector, sound_image(16)) if t.kind == "blow hole")
        return found.hit, found.marked

    def elsewhere(*arguments, **named):
        """The same defect, said to lie in the picture's corner."""
        target = insert(*arguments, **named)
        corner = np.zeros_like(target.mask)
        corner[:3, :3] = True
        return replace(target, mask=corner)

    assert hole() == (True, True)
    monkeypatch.setattr(targets, "insert", elsewhere)
    assert hole() == (True, False)


def test_a_casting_that_does_not_pass_has_no_defects_inserted():
    (alone,) = tried(Inspector.load(device="cpu"), sound_image(15, defects=[DefectKind.BLOW_HOLE]))
    assert (alone.kind, alone.hit, alone.marked) == (SOUND, True, True)


def test_without_the_public_set_or_weights_by_fold_it_says_so(tmp_path: Path, public: Path):
    missing = refused("evaluate", "castnet", "--detectability", "--data", str(tmp_path / "nowhere"))
    assert isinstance(missing, DataError)
    other = refused("evaluate", "brightness", "--detectability", "--data", str(public))
    assert isinstance(other, ModelError)
    assert "such as castnet" in str(other)
