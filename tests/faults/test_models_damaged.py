"""A model folder with a missing, cut or altered file: a typed error that names it, and on pages a sentence.

Every file is damaged in every way for its reader. For the pages all files but the card are damaged at once, and the
card alone; in the long run (`CASTING_LONG_FAULTS=1`) every file in every way.
"""

import importlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from casting_core.data.samples import PROVENANCE, read_provenance
from casting_core.errors import CastingError, DataError, ModelError
from casting_core.evaluation.detectability.trials import read_trials
from casting_core.evaluation.held_out import held_out
from casting_core.evaluation.predictions import read_peaks, read_predictions
from casting_core.evaluation.robustness.tallies import read_tallies
from casting_core.explanation.precedents import read_precedents
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, read_card
from casting_core.networks.checkpoint import load_model
from casting_core.training.logs.log import read_log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.runs import shipped_runs
from tests.browser.every_page import VIEWS
from tests.faults.models import CARD, DAMAGES, FILES, copied, damage, restore, use
from tests.pages.conftest import ROOT, png, texts, upload

LONG = bool(os.environ.get("CASTING_LONG_FAULTS"))
LOG = "log.csv"
HERE = [name for name in FILES if (MODELS / DEFAULT / name).is_file()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of all models, the default one's to be damaged."""
    return copied(tmp_path_factory.mktemp("models"))


def readers(folder: Path, card: ModelCard) -> dict[str, Callable[[], object]]:
    """What reads which file of a model."""
    model = folder / DEFAULT
    return {
        CARD: lambda: read_card(model),
        "weights.safetensors": lambda: load_model(DEFAULT, folder),
        "predictions.csv": lambda: read_predictions(model / "predictions.csv"),
        "peaks.csv": lambda: read_peaks(model / "peaks.csv"),
        "precedents.safetensors": lambda: read_precedents(model, card),
        "folds/0.safetensors": lambda: held_out(model, 0, device="cpu"),
        "detectability.csv": lambda: read_trials(model / "detectability.csv"),
        "robustness.csv": lambda: read_tallies(model / "robustness.csv"),
    }


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", [name for name in HERE if name != LOG])
def test_a_damaged_file_is_named_by_a_typed_error(folder: Path, name: str, how: str) -> None:
    card = read_card(MODELS / DEFAULT)
    if name == "precedents.safetensors" and how == "missing":
        pytest.skip("a network without features has none")
    read = readers(folder, card)[name]
    damage(folder / DEFAULT / name, how)
    try:
        with pytest.raises((DataError, ModelError)) as caught:
            read()
        said = str(caught.value)
        assert name.split("/")[-1] in said or (name == CARD and DEFAULT in said)
        assert len(said) < 1000
    finally:
        restore(folder / DEFAULT, name)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_log_is_told_or_read_as_far_as_it_is_whole(folder: Path, how: str) -> None:
    """A log that was cut cannot be told from one that is still written, which is no damage."""
    file = folder / DEFAULT / LOG
    whole = read_log(file)
    damage(file, how)
    try:
        if how in ("missing", "empty", "cut", "cut in its last line", "one long line", "one long quotation", "nested"):
            found = read_log(file)
            assert found == whole[: len(found)]
            assert len(found) < len(whole)
        else:
            with pytest.raises(DataError, match=r"log\.csv"):
                read_log(file)
        (shown,) = (each for each in shipped_runs(folder) if each.folder == folder / DEFAULT)
        assert shown.epochs_done <= len(whole)
        assert shown.run is not None or any(LOG in note or "log" in note for note in shown.notes)
        with suppress(DataError):  # logs of other tools are read more freely
            read_any_log(file)
    finally:
        restore(folder / DEFAULT, LOG)


WRONG = [None, "x", -1, 1.5, True, [], {}, [1], {"a": 1}, float("nan"), float("inf")]
RIGHT = {  # what is of a field's kind, though of no use: the field's name → which of `WRONG`
    "name": ("x",),
    "architecture": ("x",),
    "parameters": (-1,),
    "preprocessing": ("x",),
    "gates": ([],),
    "weights_sha256": ("x",),
    "temperature": (1.5,),
    "shift": (-1, 1.5),
    "map_temperature": (1.5,),
    "map_shift": (-1, 1.5),
    "envelope": ({},),
    "calibrated_on": ([], [1]),
    "recentred": (True,),
    "training": ({}, {"a": 1}),
    "data": ({}, {"a": 1}),
    "data_fingerprint": ("x",),
    "metrics": ({},),
    "limits": ([],),
}


@pytest.mark.parametrize("field", list(json.loads((MODELS / DEFAULT / CARD).read_text())))
def test_a_card_with_a_value_of_another_kind_is_refused(tmp_path: Path, field: str) -> None:
    card = json.loads((MODELS / DEFAULT / CARD).read_text())
    for value in WRONG:
        if any(type(value) is type(right) and value == right for right in RIGHT.get(field, ())):
            continue
        (tmp_path / CARD).write_text(json.dumps({**card, field: value}))
        with pytest.raises(ModelError):
            read_card(tmp_path)


def test_a_provenance_table_that_was_cut_is_refused(tmp_path: Path) -> None:
    content = PROVENANCE.read_bytes()
    for how, change in DAMAGES.items():
        if change is None or how == "a folder":
            continue
        file = tmp_path / "samples.csv"
        file.write_bytes(content)
        damage(file, how)
        with pytest.raises(DataError, match=r"samples\.csv"):
            read_provenance(file)


# --- pages -------------------------------------------------------------------------------------------------

PAGES = [
    ("overview", None),
    ("inspection", None),
    *(("dataset", view) for view in ("Gallery", "Is the test fair?", "Suspects", "Shortcuts")),
    *(("comparison", view) for view in ("Table", "Curves", "Behaviour", "Threshold")),
    *(("evidence", view) for view in VIEWS["evidence"]),
]
HOW = ("missing", "cut", "flipped", "noise")


def opened(page: str, view: str | None) -> AppTest:
    """A page as on a server that has just begun; a picture is given to *Inspection*."""
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    if view is not None:
        app.query_params["view"] = view
    if page == "dataset":
        app.query_params["data"] = "Public set"
    app.switch_page(f"pages/{page}.py")
    app.run()
    if page == "inspection" and app.get("file_uploader"):  # a model whose card is damaged takes no pictures
        upload(app, ("part.png", png(2)))
    return app


@pytest.fixture
def app_models(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app finds the copies."""
    for file in (ROOT / "pages").rglob("*.py"):
        if file.parent != ROOT / "pages" and file.stem != "__init__":
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    use(folder, monkeypatch)
    monkeypatch.setenv("CASTING_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("CASTING_CACHE", str(tmp_path / "cache"))
    return folder / DEFAULT


def check(page: str, view: str | None, what: str) -> None:
    app = opened(page, view)
    assert app.title, (page, view, what)
    assert "Traceback" not in texts(app)


@pytest.mark.parametrize(("page", "view"), PAGES)
def test_a_page_of_damaged_models_is_still_a_page(app_models: Path, page: str, view: str | None) -> None:
    others = [name for name in HERE if name != CARD]
    how = HOW[PAGES.index((page, view)) % len(HOW)]
    try:
        for name in others:
            damage(app_models / name, how)
        check(page, view, f"all {how}")
    finally:
        for name in others:
            restore(app_models, name)
    for name in HERE if LONG else [CARD]:
        for way in DAMAGES if LONG else [how]:
            damage(app_models / name, way)
            try:
                check(page, view, f"{name} {way}")
            finally:
                restore(app_models, name)


def test_the_app_finds_the_damaged_models(app_models: Path) -> None:
    """The harness itself."""
    (app_models / CARD).unlink()
    try:
        assert "There is no model to tell of" in texts(opened("overview", None))
        assert "The model that this link names" not in texts(opened("inspection", None))
    finally:
        restore(app_models, CARD)
    assert not isinstance(CastingError(), ModelError)
