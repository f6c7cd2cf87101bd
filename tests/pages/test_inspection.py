"""The page *Inspection*, with the shipped model and rendered castings."""

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core import Inspector
from casting_core.data.synthetic import samples
from casting_core.networks.card import shipped
from pages.shared import downloads, uploads
from pages.shared.uploads import Upload, take
from pages.shared.wording import WORDING, clock

pytestmark = pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/")
ROOT = Path(__file__).parents[2]
FILES = "Files-0"


def png(index: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(samples()[index].render().pixels).save(stream, "PNG")
    return stream.getvalue()


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update(query)
    return app.run()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader(key=FILES).set_value([(name, data, "image/png") for name, data in files])
    return app.run()


def texts(app: AppTest) -> str:
    kinds = ("header", "subheader", "markdown", "text", "caption", "error", "info", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector.load()


def test_an_empty_page_says_what_to_do():
    app = open_page()
    assert not app.exception
    assert "Nothing to judge yet" in app.info[0].value
    assert [button.label for button in app.button] == [sample.name for sample in samples()]


def test_a_sample_is_one_click_away():
    app = open_page()
    app.button(key="try Blow hole").click().run()
    assert not app.exception
    assert "Blow hole.png" in texts(app)
    assert app.header


@pytest.mark.parametrize("index", [0, 2])
def test_a_deep_link_shows_the_core_s_own_verdict(inspector, index):
    sample = samples()[index]
    app = open_page(source="Sample", sample=sample.name, opacity="40")
    expected = inspector.inspect(png(index))
    assert not app.exception
    assert WORDING[expected.verdict].word in app.header[0].value
    assert WORDING[expected.verdict].icon in app.header[0].value
    assert app.slider(key="opacity").value == 40
    (chart,) = app.get("plotly_chart")
    assert "Probability of a defect" in chart.proto.spec
    assert len(app.get("image")) == 3  # picture, evidence, Grad-CAM
    assert "own maximum" in texts(app)
    assert expected.model in texts(app)
    assert expected.device in texts(app)
    assert str(expected.sha256) in texts(app)
    if expected.regions:
        assert len(app.dataframe[0].value) == len(expected.regions)


def test_grad_cam_can_be_left_out():
    app = open_page(source="Sample", gradcam="false")
    assert not app.exception
    assert len(app.get("image")) == 2


def test_an_upload_survives_a_rerun_and_its_name_is_plain_text():
    name = "**[a](http://b)** <b>=1.png"
    app = upload(open_page(), (name, png(2)))
    assert [element.value for element in app.text if element.value == name]
    app.slider(key="opacity").set_value(10).run()
    assert not app.exception
    assert app.header


def test_many_files_with_a_broken_one():
    files = [("a.png", png(0)), ("broken.jpg", b"\xff\xd8\xff no"), ("b.png", png(2)), ("copy of a.png", png(0))]
    app = upload(open_page(), *files)
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["file"]) == [name for name, _ in files]
    assert "No verdict" in table["verdict"][1]
    assert "damaged" in table["note"][1]
    assert table["probability"].isna().tolist() == [False, True, False, False]
    assert table["verdict"][0] == table["verdict"][3]
    assert "Select a line" in texts(app)


def test_a_single_broken_file_has_no_verdict_and_no_traceback():
    app = upload(open_page(), ("notes.png", b"not a picture"))
    assert not app.exception
    assert "No verdict" in app.header[0].value
    assert "Expected a JPEG" in texts(app)
    assert not app.get("plotly_chart")


def test_a_file_over_the_limit_is_named_with_its_reason(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    app = upload(open_page(), ("a.png", png(0)), ("b.png", png(2)))
    assert not app.exception
    assert "Only 1 files" in app.dataframe[0].value["note"][1]


def test_a_stopped_batch_keeps_what_is_done_and_goes_on():
    app = open_page()
    app.session_state["stopped"] = {take([File("a.png", png(0))])[0].sha256, take([File("b", png(2))])[0].sha256}
    upload(app, ("a.png", png(0)), ("b.png", png(2)))
    assert "2 not judged" in texts(app)
    assert list(app.dataframe[0].value["verdict"]) == ["not judged"] * 2
    next(button for button in app.button if button.label == "Go on").click().run()
    assert not app.exception
    assert "not judged" not in list(app.dataframe[0].value["verdict"])


def test_the_list_can_be_cleared():
    app = upload(open_page(), ("a.png", png(0)), ("b.png", png(2)))
    next(button for button in app.button if button.label == "Clear the list").click().run()
    assert not app.exception
    assert "Nothing to judge yet" in texts(app)


class File:
    def __init__(self, name: str, data: bytes, size: int | None = None) -> None:
        self.name, self.data, self.size = name, data, len(data) if size is None else size

    def getvalue(self) -> bytes:
        return self.data


def test_take_checks_size_total_and_hidden_files(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    files = [File("f/.DS_Store", b"x"), File(".git/a", b"x"), File("big", b"", size=33 * 2**20)]
    taken = take([*files, File("a", b"123456"), File("b", b"123456"), File("c", b"1234")])
    assert [upload.name for upload in taken] == ["big", "a", "b", "c"]
    assert [upload.data for upload in taken] == [None, b"123456", None, b"1234"]
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
    assert [row["file"] for row in rows] == ["'=cmd()", "'\t@x", "?.png"]
    assert rows[0]["probability"] == str(records[0]["probability"])
    assert rows[0]["regions"] == str(len(records[0]["regions"]))


@pytest.mark.parametrize(
    ("hours", "text"),
    [(12.0, "12 o’clock"), (0.1, "12 o’clock"), (4.2, "4 o’clock"), (4.3, "4:30"), (12.4, "12:30"), (0.5, "12:30")],
)
def test_clock(hours, text):
    assert clock(hours) == text
