"""Names of files and folders with Markdown, HTML, control characters, writing that turns, and formulas: at every door.

Pages show them as they are, files to take away hold no formula, a terminal is not taken over.
"""

import csv
import html
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from PIL import Image
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from casting_core.__main__ import app
from casting_core.charts import style
from casting_core.charts.dots import Dot, draw_dots
from casting_core.charts.feature_map import feature_map
from casting_core.charts.unseen import side_by_side
from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, set_marks, to_csv
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.files import neutral
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import ModelError
from casting_core.estimate import Estimate
from casting_core.exploration.table import make_table
from pages.shared import downloads, resources
from pages.shared.uploads import Upload
from pages.shared.wording import as_it_is
from pages.views.dataset import gallery, marking
from pages.views.inspection import printout
from pages.views.inspection.batch_table import Line, _row
from tests.exploration.handmade import find_index
from tests.factories import card, encoded, sample_png
from tests.faults.explored import VIEWS, indexed, markup, opened
from tests.pages.conftest import open_inspection, texts, upload

FORMULAS = ["=cmd|' C'!A0", "+1+1", "-2+3", "@SUM(1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
FORMULAS += ["\u202e=1", "\ufeff=1", "\u200b=1", "\x00=1"]
FORMULAS += ["a;=1", "a,\t@x", "a\t+1", "a\n-1", 'a; "=1"', "a\r\u200b=1"]
MARKDOWN = ["**b** _i_ `c`", "[a](javascript:b)", "![i](x)", "$x^2$", ":red[y]", ":material", ":smile:", "# head"]
MARKDOWN += ["- item", "1. one", "a | b", "~~x~~", "www.example.com", "a@b.cd", "&amp;", "<b>t"]
HTML = ["<img src=x onerror=alert(1)>.png", "<script>alert(1)<", "'\"><svg onload=1>"]
CONTROLS = ["\x1b[2J\x1b]0;x\x07.png", "a\nb.png", "a\tb.png", "\u202egnp.exe", "\u2066x\u2069.png", "\x7f.png"]
CLASS = "=**good** $x$ :red[y] <b>"
OTHER = "[crack](x) ＠\u202eb"
FILE = "=<img src=x> **{}** \u202e.png"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    safe = neutral(text)
    assert safe.replace("'", "") == text.replace("'", "")
    assert not any(begins_a_formula(cell) for cell in re.split("[,;\t\r\n]", safe))
    made = downloads.to_csv([(Upload(name=text, refusal="too large"), None)]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(made, newline=""))
    assert row["file"] == safe
    assert _row(Line(upload=Upload(name=text, refusal="x")))["file"] == safe


def begins_a_formula(cell: str) -> bool:
    """As a spreadsheet sees it, whatever hides before it."""
    return "".join(c for c in cell if c.isprintable()).lstrip('" ')[:1] in (*"=+-@＝＋－＠",)


@pytest.mark.parametrize("value", ["plain.png", "", "a=b", "1-2", "a, b; c-d", 5, -5.5, None, "\u202eplain"])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert neutral(value) == value


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_is_shown_as_it_is(text: str) -> None:
    escaped = as_it_is(text)
    assert escaped != text or text == ":material"
    assert escaped.replace("\\", "") == text.replace("\\", "")


@given(
    st.text(st.sampled_from("\\`*_{}[]()<>|~$&@:#+-=.!\"' \n\t1aw\u2028") | st.characters(codec="utf-8"), max_size=30)
)
@example("WWW.example.com")
@example("12. one")
@example("a\n# b")
@example("a\n===")
@example("    code")
def test_markdown_makes_nothing_of_any_name(name: str) -> None:
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(as_it_is(name))
    plain = " ".join(name.split()).replace("\x00", "\ufffd")
    assert html.unescape(shown) == (f"<p>{plain}</p>\n" if plain else "")
    assert not re.search(r"(?i)www\.|\w@", as_it_is(name))


def test_plain_sentences_need_no_escape() -> None:
    for text in ("castnet: made to inspect parts", "good: sound; bad: defective", "A sentence. And one more (so)!"):
        assert as_it_is(text) == text


# --- charts -----------------------------------------------------------------------------------------------

LINK = "<a href='https://example.com'>x</a>"


def test_a_name_in_a_chart_is_no_markup() -> None:
    """Plotly makes links and pictures of what stands in legends, labels and hints."""
    look = style.SERIES[0]
    figure = Estimate(value=0.5, low=0.4, high=0.6)
    drawn = [
        go.Figure(go.Scatter(x=[0], y=[0], **look.lines(LINK, "%{x}"))),
        go.Figure(go.Scatter(x=[0], y=[0], **look.points(LINK, "%{x}"))),
        feature_map(np.zeros((2, 2)), [LINK, "b"], ["", ""], axes=("x", "y")).figure,
        draw_dots([Dot(row=LINK, series=LINK, figure=figure, text="")], [LINK], {LINK: look}, x="x"),
        side_by_side({LINK: {"one": figure}}, ["one"], title="Accuracy").figure,
    ]
    for each in drawn:
        assert "<a" not in json.dumps(each.to_plotly_json(), default=str)
        assert "&lt;a" in json.dumps(each.to_plotly_json(), default=str)


@pytest.mark.parametrize("name", [LINK, "www.example.com", "**b**", "=1", "a b", "-x", "", "$x$"])
def test_a_model_is_named_plainly(name: str) -> None:
    with pytest.raises(ModelError, match="Rename its folder"):
        card(name=name)
    assert card(name="my-model_1.2").name == "my-model_1.2"


# --- the command line -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A folder of odd names: a rendered casting under each, and links to nowhere."""
    folder = os.fsencode(tmp_path_factory.mktemp("odd"))
    content = encoded(render_casting(seed=1, size=96).pixels)
    names = [name.replace("/", "|").encode() for name in (*FORMULAS, *HTML, *CONTROLS) if "\x00" not in name]
    for name in (*names, b"\xff\xfe.png", b"\xc3\x28.png"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    for name in (b"gone \x1b[31m\xff.png", b"gone =1\n.png"):
        os.symlink(b"/nowhere/at/all", os.path.join(folder, name))
    return folder


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_inspect_gives_a_line_to_every_odd_name(odd: bytes, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(odd)
    run = CliRunner().invoke(app, ["inspect", ".", "--format", form, "--model", "brightness"])
    assert run.exit_code == 3, run.output
    said, count = run.stdout_bytes.decode(), len(os.listdir(odd))
    if form == "table":
        lines = said.splitlines()
        assert len(lines) == count + 1
        assert all(letter.isprintable() for line in lines for letter in line)
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(said, newline="")))
        assert len(rows) == count
        assert all(cell[:1] not in ("=", "+", "-", "@") for row in rows for cell in row.values())
        assert sum(row["verdict"] == "unusable" for row in rows) == 2
    else:
        lines = said.split("\n")
        assert lines.pop() == ""
        rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
        assert len(rows) == count
        for row in rows:
            json.dumps(row, ensure_ascii=False).encode()  # no half of a pair, which strict readers refuse


# --- pages ---------------------------------------------------------------------------------------------------


def test_names_of_uploads_are_never_markup() -> None:
    name = "=**b** [a](javascript:b) <img src=x onerror=alert(1)> \u202e$x$ :red[y].png"
    page = upload(open_inspection(), (name, sample_png(2)))
    assert name in [element.value for element in page.text]
    assert "javascript" not in markup(page)
    given = Upload.of(name, sample_png(2))
    judged = resources.judge(given, model="castnet")
    sheet = printout.page(given, judged)
    assert "<img src=x" not in sheet
    assert "&lt;img src=x onerror=alert(1)&gt;" in sheet
    assert json.loads(downloads.to_json(downloads.record(given, judged.inspection)))["file"] == name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two classes and a split with hostile names, already indexed."""
    root = tmp_path_factory.mktemp("parts")
    for number in range(12):
        name, split = (CLASS, OTHER)[number % 2], ("train", "test")[number % 3 == 0]
        kinds = (DefectKind.BLOW_HOLE,) if number % 2 else ()
        place = root / split / name / FILE.format(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(render_casting(seed=number // 2 * 2, size=96, defects=kinds).pixels).save(place)
    (root / "train" / CLASS / "=broken **x**.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (root / "train" / OTHER / "same.png").write_bytes((root / "test" / CLASS / FILE.format(0)).read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        indexed(root, tmp_path_factory.mktemp("kept"), patch)
        yield root


def cells(page: AppTest) -> list[str]:
    return [cell for frame in page.dataframe for cell in frame.value.astype(str).to_numpy().ravel()]


@pytest.mark.parametrize(("view", "defective"), [*((view, OTHER) for view in VIEWS), ("Gallery", None), ("Map", None)])
def test_names_in_the_explorer_are_never_markup(folder: Path, view: str, defective: str | None) -> None:
    query = {"view": view, "picture": f"test/{CLASS}/{FILE.format(0)}"}
    if defective:
        query["defective"] = defective
    page = opened(folder, **query)
    assert not page.error
    for piece in ("**good**", ":red[y]", "[crack](x)", "<img src=x>", "**0**", "$x$ :"):
        assert piece not in markup(page), piece
    for cell in cells(page):
        assert neutral(cell) == cell, cell


def test_tables_of_the_explorer_hold_no_formula(folder: Path) -> None:
    index, _ = find_index(folder)
    table = make_table(index, public=False, defective=(OTHER,), model=None)
    for content in (gallery.to_csv(table, list(range(len(table)))), marking._safe(_marked(table))):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(rows) > 5
        for row in rows:
            for cell in row:
                # a number may be below zero; a text may not begin like a formula
                assert neutral(cell) == cell or cell.lstrip("-").replace(".", "").isdigit(), cell


def _marked(table) -> Marks:
    return set_marks(Marks(), dict(zip(table.rows["path"], table.rows["sha256"], strict=True)), Mark.FINE)


def test_marks_on_hostile_names_come_back_as_they_were(tmp_path: Path) -> None:
    names = [name for name in (*FORMULAS, *MARKDOWN, *HTML) if name.splitlines() == [name] and name.strip()]
    marks = set_marks(Marks(), dict.fromkeys(names, "ab" * 32), Mark.FINE)
    (tmp_path / MARKS).write_text(to_csv(marks), encoding="utf-8")
    assert read_marks(tmp_path / MARKS) == marks


def test_the_page_says_what_it_says(folder: Path) -> None:
    """The harness itself: the names do reach the page."""
    page = opened(folder, view="At a glance")
    assert "broken **x**" in " ".join(cells(page)) + texts(page)
