"""The page on data sets without a browser: facts without pictures, a difficult folder, marks, a hosted copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.data.collection.marks import MARKS, Mark, read_marks
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting
from casting_core.exploration import cache
from casting_core.exploration.index import build_index
from casting_core.networks.card import shipped
from pages.views.dataset import indexing, loaded, source
from tests.pages.conftest import ROOT, button, labels, says, texts

pytestmark = pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/")
VIEWS = ["At a glance", "Gallery", "Map", "Is the test fair?", "Suspects", "Shortcuts"]
HOSTILE = "crack <b>&</b>".replace("/", "_")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three classes, mixed sizes, a broken file, an empty sub-folder and unpleasant names; already indexed."""
    root = tmp_path_factory.mktemp("parts")
    seed = 0
    for name, kinds in (("good", []), ("scratched", [DefectKind.SCRATCH]), (HOSTILE, [DefectKind.BLOW_HOLE])):
        (root / name).mkdir()
        for number in range(4):
            seed += 1
            size = (120, 160, 200)[number % 3]
            picture = Image.fromarray(render_casting(seed=seed, size=size, defects=kinds).pixels)
            picture.save(root / name / f"=part *{number}*.png")
    (root / "empty").mkdir()
    (root / "good" / "broken.jpeg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASTING_CACHE", str(tmp_path_factory.mktemp("kept")))
        patch.setenv("CASTING_DATA", str(root / "nowhere"))
        patch.delenv("CASTING_HOSTED", raising=False)
        build_index(root)
        yield root


def open_dataset(**query: str) -> AppTest:
    """The page, as a link with these parameters opens it, on a server that has just begun."""
    st.cache_data.clear()
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update(query)
    return app.run().switch_page("pages/dataset.py").run()


def of_folder(folder: Path, **query: str) -> AppTest:
    """The page on that folder."""
    return open_dataset(data="Another folder", folder=str(folder), **query)


@pytest.mark.parametrize("view", VIEWS)
def test_the_facts_of_the_public_set_are_shown_without_its_pictures(view, folder):
    app = open_dataset(data="Public set", view=view)
    assert not app.exception
    assert "not on this computer" in texts(app)
    assert "data fetch" in texts(app)
    if view == "Is the test fair?":
        assert "707" in texts(app)
    if view == "Gallery":
        assert "7,348 of 7,348 pictures" in texts(app)


@pytest.mark.parametrize("view", VIEWS)
def test_a_difficult_folder_is_shown_whole_and_nothing_crashes(view, folder):
    app = of_folder(folder, view=view)
    assert not app.exception
    assert not app.error
    if view == "Gallery":
        assert "12 of 12 pictures" in texts(app)
    if view == "At a glance":
        said = texts(app) + str([each.value.to_csv() for each in app.dataframe])
        assert "broken.jpeg" in said
        assert "empty" in said
        assert "scratched" in said


def test_filters_are_in_the_link(folder):
    app = of_folder(folder, view="Gallery", search="scratched", order="Hardest first")
    assert "4 of 12 pictures" in texts(app)
    assert app.selectbox(key="order").value == "Hardest first"
    app.text_input(key="search").set_value("no such").run()
    assert "No picture fits" in texts(app)


def test_nonsense_in_the_link_does_no_harm(folder):
    nonsense = {"source": "x", "order": "?", "gallery-page": "-3", "gallery-size": "7", "area": "1,2_nan,3_x"}
    for view in ("Gallery", "Map", "Suspects", "no such view"):
        app = of_folder(folder, view=view, picture="../../etc/passwd", judge="nobody", **nonsense)
        assert not app.exception
        assert "12 pictures" in texts(app) or view in ("Suspects", "no such view")


def test_classes_that_do_not_say_which_is_defective_are_asked_for(folder, tmp_path):
    for name in ("alpha", "beta"):
        (tmp_path / name).mkdir()
        for number in range(2):
            pixels = render_casting(seed=number + 10 * len(name), size=96).pixels
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    build_index(tmp_path)
    app = of_folder(tmp_path, view="Gallery")
    assert not app.exception
    assert "not known which classes are defective" in texts(app)
    app.multiselect(key="defective").set_value(["beta"]).run()
    assert "not known which classes are defective" not in texts(app)


@dataclass(kw_only=True)
class Begun:
    """Stands in for a job, which needs a process."""

    running: bool = True
    error: str | None = None
    what: str = "Reading"
    done: int = 1
    total: int = 3
    began: float = 0.0
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class Listing:
    """Stands in for the listing of a folder, and counts how often it was asked for."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, where: str) -> tuple[str, None, bool]:
        self.count += 1
        return where, None, False

    def clear(self, where: str) -> None:
        pass


@pytest.mark.parametrize("kind", ["Another folder", "Rendered castings"])
def test_a_link_alone_lists_no_folder_and_begins_nothing(folder, monkeypatch, tmp_path, kind):
    begun: list[object] = []
    listing = Listing()
    monkeypatch.setattr(
        indexing, "IndexJob", lambda commands: begun.append(commands) or Begun(running=False, error="No")
    )
    monkeypatch.setattr(loaded, "_key", listing)
    monkeypatch.setattr(source, "COUNT", 3)  # castings that nobody has rendered
    indexing._jobs.clear()
    app = open_dataset(data=kind, folder=str(tmp_path))
    assert "have not been looked at yet" in texts(app)
    assert not begun
    assert not listing.count
    says(texts(button(app, "Look at the pictures").click().run()), "cannot be looked at", "No")
    assert len(begun) == 1


@pytest.mark.parametrize(("hosted", "others"), [("1", False), ("0", True)])
def test_on_a_hosted_copy_nobody_cancels_what_another_began(folder, monkeypatch, hosted, others):
    monkeypatch.setenv("CASTING_HOSTED", hosted)
    monkeypatch.setattr(source, "COUNT", 3)
    monkeypatch.setattr(indexing, "IndexJob", lambda commands: Begun())
    indexing._jobs.clear()
    mine = button(open_dataset(data="Rendered castings"), "Look at the pictures").click().run()
    theirs = open_dataset(data="Rendered castings")
    assert "Cancel" in labels(mine)
    assert ("Cancel" in labels(theirs)) is others
    button(mine, "Cancel").click().run()
    (job,) = indexing._jobs().values()
    assert job.cancelled


def test_a_folder_that_is_not_there_is_told(folder, monkeypatch):
    gone = folder / "nowhere"
    monkeypatch.setattr(cache, "remembered", lambda root: {"key": "looked at once"})
    says(texts(of_folder(gone)), "cannot be shown", "no folder")


def test_a_picture_is_marked_in_its_dialog_and_the_mark_undone(folder):
    path = "good/=part *0*.png"
    app = of_folder(folder, view="Gallery", picture=path)
    assert not app.exception
    control = next(each for each in app.get("button_group") if str(each.key).startswith("mark "))
    control.set_value("unusable").run()
    assert read_marks(folder / MARKS)[path].mark is Mark.UNUSABLE
    app = of_folder(folder, view="Gallery")
    assert "1 unusable" in texts(app)
    (folder / MARKS).unlink()


def test_a_hosted_copy_names_no_folder_and_writes_none(folder, monkeypatch):
    monkeypatch.setenv("CASTING_HOSTED", "1")
    monkeypatch.setenv("CASTING_DATA", str(folder))
    app = open_dataset(data="Another folder", folder="/etc", view="Gallery")
    assert not app.exception
    assert not [each for each in app.text_input if each.key == "folder"]
    assert "12 of 12 pictures" in texts(app)  # the data folder of the installation
    assert "as long as your session" in texts(app)
    assert not (folder / MARKS).exists()


def test_an_index_that_fails_says_why(folder, tmp_path, wait_for):
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "a.png").write_bytes(b"nothing")
    app = button(of_folder(tmp_path), "Look at the pictures").click().run()
    wait_for(app, lambda page: "one sub-folder for each class" in texts(page))
