"""The page *Inspection*, with the shipped model and rendered castings."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image

from casting_core import Inspector, Verdict
from casting_core.data.synthetic.casting import samples
from casting_core.errors import ModelError
from casting_core.explanation.methods import METHODS
from casting_core.networks.card import DEFAULT, MODELS, read_card, shipped
from casting_core.networks.logistic_regression import LogisticRegression
from pages.shared import downloads, resources, uploads
from pages.shared.uploads import Upload, take
from pages.shared.wording import WORDING, advice, clock, where
from pages.views.inspection import printout
from tests.pages.conftest import button, labels, open_inspection, png, says, texts, upload


def test_a_slow_map_is_computed_when_it_is_asked_for_and_not_by_a_link(monkeypatch):
    asked: list[str] = []

    def instead(upload: Upload, *, model: str, method: str) -> tuple[np.ndarray, float]:
        asked.append(method)
        return np.zeros((8, 8), np.float32), 0.1

    monkeypatch.setattr(resources, "activation_map", instead)
    app = open_inspection(source="Sample", sample="Burr", method=METHODS["scorecam"].title)
    assert not asked
    says(texts(button(app, "Compute Score-CAM").click().run()), "Computed in 100 ms")
    assert asked == ["scorecam"]


def test_an_empty_page_says_what_to_do_and_a_sample_is_one_click_away():
    app = open_inspection()
    assert "Nothing to judge yet" in app.info[0].value
    assert labels(app) == [sample.name for sample in samples()]
    app.button(key="try Blow hole").click().run()
    assert "Blow hole.png" in texts(app)
    assert app.header


@pytest.mark.parametrize("index", [0, 2])
def test_a_deep_link_shows_the_core_s_own_verdict(inspector, index):
    app = open_inspection(source="Sample", sample=samples()[index].name, opacity="40")
    expected = inspector.inspect(png(index))
    assert WORDING[expected.verdict].word in app.header[0].value
    assert WORDING[expected.verdict].icon in app.header[0].value
    assert app.slider(key="opacity").value == 40
    (chart,) = app.get("plotly_chart")
    assert "Probability of a defect" in chart.proto.spec
    assert len(app.get("bidi_component")) == 1  # picture, evidence and marked places
    assert "own maximum" in texts(app)
    assert expected.model in texts(app)
    assert expected.device in texts(app)
    assert str(expected.sha256) in texts(app)
    assert advice(expected) in texts(app)


def test_a_link_reopens_the_settings():
    app = open_inspection(source="Sample", sample="Burr", colours="Viridis", method="LayerCAM", opacity="40")
    assert (app.selectbox(key="colours").value, app.selectbox(key="method").value) == ("Viridis", "layercam")
    assert METHODS["layercam"].sentence in texts(app)
    assert "Burr.png" in texts(app)


def test_a_link_with_nonsense_falls_back():
    app = open_inspection(source="Sample", sample="Moon", colours="Pink", method="magic", opacity="-3", model="gpt")
    assert app.header
    assert app.selectbox(key="model").value == DEFAULT


def test_the_activation_map_can_be_left_out(monkeypatch):
    monkeypatch.setattr(resources, "data_root", lambda: None)  # else known castings are shown
    app = open_inspection(source="Sample", activation="false")
    assert not app.get("image")
    assert "own maximum" not in texts(app)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_drawn_and_explained(method):
    app = open_inspection(source="Sample", sample="Shrinkage", method=METHODS[method].title)
    assert METHODS[method].sentence in texts(app)


def test_the_marked_places_are_repaired_on_demand():
    app = open_inspection(source="Sample", sample="Blow hole")
    button(app, "Repair and judge again").click().run()
    says(app, "the marked places were the reason", "Control: the same")


def test_the_figures_on_castings_never_seen_stand_beside_the_verdict():
    figures = read_card(MODELS / DEFAULT).metrics.by_source.without_suspects
    app = open_inspection(source="Sample")
    assert f"{figures.missed_defects.count:,} of {figures.missed_defects.of:,} pictures" in texts(app)
    assert f"{read_card(MODELS / DEFAULT).parameters:,} weights" in texts(app)


def test_a_photograph_from_the_camera_is_judged():
    app = open_inspection(source="Camera")
    app.session_state[uploads.KEPT] = ("Camera", take([File("photo.jpg", png(2))]))
    app.run()
    assert "photo.jpg" in texts(app)
    assert WORDING[Verdict.DEFECTIVE].word in app.header[0].value


def test_a_model_without_convolutions_says_why_it_has_no_map(monkeypatch):
    torch.manual_seed(0)
    simple = replace(read_card(MODELS / DEFAULT), name="simple", architecture="logistic_regression", input_size=64)
    without = Inspector(LogisticRegression(), simple, device=torch.device("cpu"))
    monkeypatch.setattr(resources, "inspector", lambda model: without)
    monkeypatch.setattr(resources, "card", lambda model: simple)
    resources.judge.clear()
    app = open_inspection(source="Sample")
    resources.judge.clear()
    says(app, "no map of its evidence", "no convolutions")
    assert app.get("plotly_chart")


def test_every_shipped_model_judges_a_sample():
    for name in shipped():
        app = open_inspection(source="Sample", model=name)
        assert app.header, name
        assert app.selectbox(key="model").value == name
    assert "to be compared with" in texts(open_inspection(source="Sample", model="cnn"))


def test_a_damaged_card_is_a_sentence(monkeypatch):
    def damaged(model: str):
        raise ModelError("card.json cannot be read as a model card; restore it.")

    monkeypatch.setattr(resources, "card", damaged)
    assert "restore it" in texts(open_inspection(source="Sample"))


def test_an_upload_survives_a_rerun_and_its_name_is_plain_text():
    name = "**[a](http://b)** <b>=1.png"
    app = upload(open_inspection(), (name, png(2)))
    assert [element.value for element in app.text if element.value == name]
    app.slider(key="opacity").set_value(10).run()
    assert app.header


def test_a_single_broken_file_has_no_verdict_and_no_traceback():
    app = upload(open_inspection(), ("notes.png", b"not a picture"))
    assert "No verdict" in app.header[0].value
    assert "Expected a JPEG" in texts(app)
    assert not app.get("plotly_chart")


def test_a_picture_that_a_gate_refused_is_shown_and_not_explained():
    stream = io.BytesIO()
    Image.linear_gradient("L").save(stream, "PNG")
    app = upload(open_inspection(), ("gradient.png", stream.getvalue()))
    assert "No verdict" in app.header[0].value
    assert "No casting of the kind" in texts(app)
    assert len(app.get("image")) == 1
    assert not app.subheader
    assert "seen before" not in texts(app)
    assert "no map of its evidence" not in texts(app)


class File:
    def __init__(self, name: str, data: bytes, size: int | None = None) -> None:
        self.name, self.data, self.size = name, data, len(data) if size is None else size

    def getvalue(self) -> bytes:
        return self.data


def test_take_checks_size_total_and_hidden_files(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    files = [File("f/.DS_Store", b"x"), File(".git/a", b"x"), File("big", b"", size=33 * 2**20)]
    taken = take([*files, File("a", b"123456"), File("b", b"123456"), File("c", b"1234")])
    assert [upload.name for upload in taken] == ["big", "a", "b", "c"]
    assert [upload.data for upload in taken] == [b"", b"123456", b"", b"1234"]
    assert "33.0 MiB" in str(taken[0].refusal)
    assert "at a time" in str(taken[2].refusal)


def test_downloads_are_strict_and_neutral(inspector):
    lines = [
        (Upload(name="=cmd()", sha256="0", data=b""), inspector.inspect(png(2))),
        (Upload(name="\t@x", refusal="too large"), None),
        (Upload(name="\ud800.png", sha256="1", data=b""), None),
    ]
    records = json.loads(downloads.to_json([downloads.record(*line) for line in lines]))
    assert records[0]["file"] == "=cmd()"
    assert records[0]["verdict"] in WORDING
    assert (records[1]["verdict"], records[1]["reason"]) == ("unusable", "too large")
    assert records[2]["verdict"] is None
    rows = list(csv.DictReader(io.StringIO(downloads.to_csv(lines).decode("utf-8-sig"))))
    assert [row["file"] for row in rows] == ["'=cmd()", "'\t'@x", "?.png"]
    assert rows[0]["probability"] == str(records[0]["probability"])
    assert rows[0]["regions"] == str(len(records[0]["regions"]))


@pytest.mark.parametrize(
    ("hours", "text"),
    [(12.0, "12 o’clock"), (0.1, "12 o’clock"), (4.2, "4 o’clock"), (4.3, "4:30"), (12.4, "12:30"), (0.5, "12:30")],
)
def test_clock(hours, text):
    assert clock(hours) == text


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (4.2, " (4 o’clock, 82 % of the way from the centre to the rim)"),
        (6.5, " (6:30 on the clock, 82 % of the way from the centre to the rim)"),
        (None, ""),  # no part was found
    ],
)
def test_where_a_place_is(hours, told):
    assert where(SimpleNamespace(clock=hours, radius=0.82)) == told


def test_the_page_to_print_says_it_all_and_escapes_what_came_from_outside():
    given = Upload.of("<script>&.png", png(2))
    judged = resources.judge(given, model=DEFAULT)
    page = printout.page(given, judged, now=datetime(2026, 5, 4, 3, 2, tzinfo=UTC))
    says(page, "2026-05-04 03:02 UTC", "&lt;script&gt;&amp;.png")
    assert "<script" not in page
    assert advice(judged.inspection) in page
    assert judged.inspection.sha256 in page
    assert page.count('<img src="data:image/jpeg;base64,') == 2
    assert "http" not in page  # nothing is fetched


def test_the_page_to_print_knows_the_diameter_though_it_is_made_outside_of_the_session(monkeypatch):
    made = {}
    monkeypatch.setattr(st, "download_button", lambda label, make, **_: made.update({label: make}))
    open_inspection(source="Sample", sample="Burr", activation="false")
    assert "Size (mm)" not in made["Page to print"]()
    open_inspection(source="Sample", sample="Burr", activation="false", diameter="180")
    assert "Size (mm)" in made["Page to print"]()


def test_the_overlay_is_a_png_of_the_picture_as_shown():
    judged = resources.judge(Upload.of("a.png", png(2)), model=DEFAULT)
    with Image.open(io.BytesIO(downloads.overlay_png(judged))) as overlay:
        assert (overlay.size, overlay.format) == (judged.picture.size, "PNG")
