"""What the page *Inspection* tells beside the verdict: seen before, known castings, and whether the verdict holds."""

import json

import pytest
from PIL import Image

from casting_core import Verdict
from casting_core.data.provenance.seen_before import SeenBefore
from casting_core.errors import DataError
from casting_core.inspection.stability import Stability, Variant
from casting_core.labels import Label
from casting_core.networks.card import DEFAULT
from pages.shared import resources
from pages.shared.uploads import Upload
from pages.views.inspection import single
from tests.pages.conftest import button, open_inspection, png, says, texts

AGAIN = "Turn, relight and judge again"
PLACE = {"source": 7, "label": Label.DEFECTIVE, "path": "train/def_front/a_picture.jpeg", "ok": 3, "defective": 21}
SEEN = SeenBefore(**PLACE, similarity=0.93, confirmed=True, angle=123.4, mirrored=True)


def stable(*verdicts: Verdict) -> Stability:
    return Stability(
        variants=tuple(
            Variant(turn=90 * n, mirrored=False, gain=1.0, clipped=0, verdict=verdict, probability=0.1 * (n + 1))
            for n, verdict in enumerate(verdicts)
        )
    )


def test_a_rendered_casting_was_not_seen_before_and_has_known_ones_beside_it(monkeypatch):
    monkeypatch.setattr(resources, "data_root", lambda: None)
    app = open_inspection(source="Sample", sample="Blow hole")
    assert "was not seen before" in texts(app)
    assert "Recall" not in texts(app)
    assert texts(app).count("%** alike") == 6
    assert texts(app).count("cast_ok_") == texts(app).count("cast_def_") == 3  # names, where pictures are absent
    assert len(app.get("image")) == 1  # the activation map


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_known_photograph_has_a_banner(monkeypatch, confirmed):
    how = {"confirmed": True} if confirmed else {"confirmed": False, "angle": None, "mirrored": None}
    monkeypatch.setattr(resources, "data_root", lambda: None)
    monkeypatch.setattr(resources, "_look_up", lambda upload: SeenBefore(**{**vars(SEEN), **how}))
    app = open_inspection(source="Sample", sample="Blow hole")
    assert "Recall, not inspection" in app.warning[0].value
    assert "similarity 93 %" in texts(app)
    assert ("mirrored and turned by 123° clockwise" in texts(app)) is confirmed
    assert ("could not be confirmed" in texts(app)) is not confirmed
    says(app, "21 training pictures are filed as defective and 3 as sound", "a_picture.jpeg")


def test_a_damaged_library_leaves_the_verdict(monkeypatch):
    def damaged(upload):
        raise DataError("signatures.npz is damaged; restore it.")

    monkeypatch.setattr(resources, "_look_up", damaged)
    monkeypatch.setattr(resources, "precedents", lambda *_, **__: None)
    app = open_inspection(source="Sample", sample="Blow hole")
    assert app.header
    assert "signatures.npz is damaged" in texts(app)


def test_a_model_without_features_has_no_known_castings(monkeypatch):
    monkeypatch.setattr(resources, "precedents", lambda *_, **__: None)
    app = open_inspection(source="Sample", sample="Blow hole")
    assert "no features in which castings could be compared" in texts(app)


@pytest.mark.parametrize("here", [True, False])
def test_known_castings_are_named_where_they_cannot_be_shown(monkeypatch, here):
    picture = Image.new("L", (30, 30)) if here else None
    monkeypatch.setattr(resources, "known_picture", lambda path: picture)
    app = open_inspection(source="Sample", sample="Blow hole")
    assert ("named and not shown" in texts(app)) is not here
    assert "cast_def_0_" in texts(app)


def test_the_verdict_of_a_clear_defect_holds():
    app = button(open_inspection(source="Sample", sample="Blow hole"), AGAIN).click().run()
    assert "all 24 variants are judged **defective**" in app.success[0].value
    assert len(app.dataframe[0].value) == 8
    assert "The probability of a defect is **> 99.9 %** in all of them." in texts(app)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ((Verdict.OK, Verdict.OK), "all 2 variants are judged **sound**"),
        ((Verdict.OK, Verdict.DEFECTIVE, Verdict.OK), "2 × sound, 1 × defective"),
    ],
)
def test_whether_it_holds_is_said(monkeypatch, verdicts, told):
    monkeypatch.setattr(resources, "stability", lambda *_, **__: stable(*verdicts))
    app = button(open_inspection(source="Sample", sample="Sound casting"), AGAIN).click().run()
    assert told in texts(app) + "".join(each.value for each in app.success)
    assert f"**10.0 %** and **{10 * len(verdicts)}.0 %**" in texts(app)


def test_all_answers_as_one_file():
    upload = Upload.of("a.png", png(2))
    record = json.loads(single.all_answers(upload, resources.judge(upload, model=DEFAULT)))
    answers = record["examination"]
    assert record["verdict"] == "defective"
    assert answers["seen_before"] is None
    assert [len(answers["precedents"][label]) for label in ("ok", "defective")] == [3, 3]
    assert answers["proof"]["after"] < answers["proof"]["before"]
    assert len(answers["stability"]["variants"]) == 24
