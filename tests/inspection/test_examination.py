"""What is asked beside the verdict: on rendered castings, and on a model that has nothing to say."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from casting_core import Inspector, Verdict
from casting_core.data.synthetic.casting import samples
from casting_core.errors import ImageError
from casting_core.inspection.examination import examine, proof
from casting_core.inspection.photograph import Photograph
from casting_core.labels import Label
from casting_core.networks.card import DEFAULT, MODELS, read_card
from casting_core.networks.logistic_regression import LogisticRegression
from tests.factories import encoded


def refuse(constant: str) -> None:
    raise AssertionError(constant)


def test_a_defective_casting(inspector: Inspector):
    content = encoded(samples()[2].render().pixels)
    before = inspector.inspect(content)
    answers = examine(inspector, content)
    assert answers.seen_before is None
    assert {label: len(found) for label, found in answers.precedents.items()} == {Label.OK: 3, Label.DEFECTIVE: 3}
    assert answers.proof.after < inspector.card.threshold_pass < answers.proof.before
    assert answers.stability.verdict is Verdict.DEFECTIVE
    after = inspector.inspect(content)
    assert after.verdict == before.verdict
    assert after.probability == pytest.approx(before.probability, abs=0.01)  # compiled meanwhile, perhaps
    plain = json.loads(json.dumps(answers.to_json(), allow_nan=False), parse_constant=refuse)
    assert set(plain) == {"seen_before", "precedents", "proof", "stability"}
    assert plain["proof"]["after"] == answers.proof.after
    assert "pixels" not in plain["proof"]


def test_a_sound_casting_has_nothing_to_repair(inspector: Inspector):
    answers = examine(inspector, samples()[0].render().pixels)
    assert answers.proof is None
    assert answers.to_json()["proof"] is None


def test_a_picture_without_a_part(inspector: Inspector):
    answers = examine(inspector, np.full((300, 300), 128, np.uint8))
    assert answers.seen_before is None
    assert answers.proof is None
    assert answers.stability.verdict is Verdict.UNUSABLE


def test_no_picture_is_an_error(inspector: Inspector):
    with pytest.raises(ImageError):
        examine(inspector, b"no picture")


def test_a_model_without_map_and_features(inspector: Inspector):
    card = replace(inspector.card, name="simple", architecture="logistic_regression", input_size=64)
    simple = Inspector(LogisticRegression(), card, device=torch.device("cpu"))
    answers = examine(simple, samples()[2].render().pixels)
    assert answers.precedents is None
    assert answers.proof is None


def test_a_repaired_picture_is_looked_at_whatever_its_gates_say(inspector: Inspector):
    """A gate that stops the repaired picture says nothing of its metal."""
    strict = replace(inspector.card, envelope={**inspector.card.envelope, "sharpness": (1e9, 2e9)}, gates=("focus",))
    picky = Inspector(inspector.network, strict, device=torch.device("cpu"))
    sample = samples()[2].render()
    assert picky.inspect(sample.pixels).probability is None
    assert proof(picky, Photograph(sample.pixels)) is not None


def test_the_network_is_asked_whether_it_has_a_map_and_no_picture_judged_to_find_out(monkeypatch):
    card = read_card(MODELS / DEFAULT)
    simple = Inspector(LogisticRegression(), replace(card, input_size=64), device=torch.device("cpu"))
    monkeypatch.setattr(simple, "look", refuse)
    assert proof(simple, Photograph(samples()[2].render().pixels)) is None
