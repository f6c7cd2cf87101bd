"""A link may say anything: every parameter of every page and view is given nonsense, and no page fails."""

import ast
import os
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.browser.every_page import VIEWS
from tests.pages.conftest import ROOT, texts

LONG = bool(os.environ.get("CASTING_LONG_FAULTS"))  # minutes instead of seconds
PAGES = {"overview": [None], "inspection": [None], **{page: [None, *views] for page, views in VIEWS.items()}}
NONSENSE = {
    "text": "no such thing",
    "path": "../../../../etc/passwd",
    "number": "-1e309",
    "not a number": "nan",
    "nothing": "",
    "markup": "<script>alert(1)</script> **:red[x]** $x$ [a](javascript:b)",
    "odd characters": "\u202e\x00\x07\ud7ff😀'\";--",
    "long": "9" * 5000,
    "list": "1,2_nan,3_x,,__",
}


def parameters() -> set[str]:
    """The names of all parameters of links, from the source: keys that are bound to it, and what is read of it."""
    found: set[str] = set()
    for file in (ROOT / "pages").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            target.id: value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for targets, values in ((node.targets[0], node.value),)
            for target, value in zip(_each(targets), _each(values), strict=False)
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str)
        }
        for node in ast.walk(tree):
            named: list[ast.expr] = []
            if isinstance(node, ast.Call):
                given = {each.arg: each.value for each in node.keywords}
                if "bind" in given and "key" in given:
                    named.append(given["key"])
                if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "st.query_params":
                    named += node.args[:1]
                if ast.unparse(node.func) in ("inputs.one_of", "inputs.several"):
                    named += node.args[2:3]
            for each in named:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    found.add(each.value)
                elif isinstance(each, ast.Name) and each.id in constants:
                    found.add(constants[each.id])
                elif isinstance(each, ast.JoinedStr):
                    word = "".join(part.value for part in each.values if isinstance(part, ast.Constant))
                    if isinstance(each.values[0], ast.Constant):  # f"step-{name}" of a disturbance
                        found |= {f"{word}{key}" for key in ("brightness", "occlusion")}
                    else:  # f"{key}-page" of the gallery and of the suspects
                        found |= {f"{key}{word}" for key in ("gallery", "suspects", "images", "disagreements")}
    return found


def _each(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def test_the_parameters_are_found():
    assert {"view", "model", "picture", "area", "order", "gallery-page", "opacity", "folder"} <= parameters()


@pytest.fixture(autouse=True)
def no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Only what ships is here: the facts of the public set, without its pictures."""
    monkeypatch.setenv("CASTING_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("CASTING_CACHE", str(tmp_path / "cache"))
    st.cache_data.clear()


def opened(page: str, view: str | None, link: dict[str, str]) -> AppTest:
    """A page, as a link with these parameters opens it."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update(link)
    if page == "dataset":
        app.query_params["data"] = "Public set"
    if view is not None:
        app.query_params["view"] = view
    app.switch_page(f"pages/{page}.py")
    return app.run()


@pytest.mark.parametrize(("page", "view"), [(page, view) for page, views in PAGES.items() for view in views])
def test_no_page_fails_by_what_a_link_says(page: str, view: str | None):
    """Every parameter holds nothing, then nonsense of one kind or another; all of every kind in the long run."""
    names, kinds = sorted(parameters()), [value for value in NONSENSE.values() if value]
    links = [dict.fromkeys(names, NONSENSE["nothing"])]
    # a number beyond all numbers for the widget that takes whole ones only
    first = kinds.index(NONSENSE["number"]) - names.index("source")
    for turn in range(len(kinds) if LONG else 1):
        links.append({name: kinds[(place + first + turn) % len(kinds)] for place, name in enumerate(names)})
    if LONG:
        links += [dict.fromkeys(names, each) for each in kinds]
    for link in links:
        app = opened(page, view, link)
        assert app.title, link
        assert "Traceback" not in texts(app)
