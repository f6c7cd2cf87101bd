"""The page *Overview*: every figure on it is the card's."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.provenance.grouping import leakage
from casting_core.data.samples import read_provenance
from casting_core.errors import ModelError
from casting_core.networks import card
from casting_core.networks.figures import Metrics
from pages.views.overview.defect_kinds import KINDS, picture
from tests.pages.conftest import ROOT, says, texts


def overview() -> AppTest:
    return AppTest.from_file(ROOT / "app.py", default_timeout=300).run()


def test_every_kind_of_defect_is_told_and_shown():
    app = overview()
    assert {kind.kind for kind in KINDS} == set(DefectKind)
    said = texts(app)
    for kind in KINDS:
        assert kind.title in said
        assert kind.cause in said
        assert kind.consequence in said
    assert len(app.get("image")) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_the_ring_does_not_hide_a_picture(kind):
    shown = picture(kind.kind)
    assert shown.size == (480, 480)
    assert len(set(shown.convert("L").resize((16, 16)).get_flattened_data())) > 20


def test_the_figures_are_the_card_s():
    shipped = card.read_card(card.MODELS / card.DEFAULT)
    figures = shipped.metrics.by_source.without_suspects
    app = overview()
    headers = [header.value for header in app.header]
    for rate in (figures.missed_defects, figures.false_alarms, figures.reviews):
        assert rate.of_thousand() in headers
        assert f"Counted: {rate.count:,} of {rate.of:,} pictures" in texts(app)
    filed = shipped.metrics.by_source.as_filed
    assert f"as they were filed: {filed.missed_defects.count:,} of {filed.missed_defects.of:,}" in texts(app)
    assert f"{figures.pictures:,} pictures of {figures.photographs} castings" in texts(app)
    leaked = leakage(read_provenance())
    assert f"{100 * leaked.share:.1f} %" in texts(app)
    for limit in shipped.limits:
        assert limit in texts(app)


def test_a_model_that_was_never_measured_on_unseen_castings_says_so(monkeypatch):
    shipped = card.read_card(card.MODELS / card.DEFAULT)
    monkeypatch.setattr(card, "read_card", lambda folder: dataclasses.replace(shipped, metrics=Metrics()))
    assert "has not been measured on castings never seen" in texts(overview())


def test_without_a_model_the_page_still_stands(monkeypatch):
    def missing(folder):
        raise ModelError("There is no model 'castnet'.")

    monkeypatch.setattr(card, "read_card", missing)
    says(overview(), "There is no model 'castnet'.", "Blow hole", "Only what a camera sees")
