"""The data folder goes, or changes, while the dataset page is open: every view is still a page."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.data.synthetic.casting import render_casting
from pages.views.dataset import loaded, marking, source
from tests.faults.explored import VIEWS, indexed, opened
from tests.pages.conftest import says, texts

OPEN = "test/good/0.png"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with train and test, some pictures copies of each other."""
    root = tmp_path_factory.mktemp("whole") / "parts"
    for number in range(12):
        place = root / ("train", "test")[number % 3 == 0] / ("good", "bad")[number % 2] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        pixels = render_casting(seed=number // 4, size=96).pixels
        Image.fromarray(np.rot90(pixels, number % 4)).save(place)
    return root


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where indexes are kept: one of the same pictures is found again."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def folder(whole: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that is indexed and may be destroyed."""
    root = tmp_path / "parts"
    shutil.copytree(whole, root)
    indexed(root, kept, monkeypatch)
    return root


def again(app: AppTest, *, later: bool) -> AppTest:
    """Look at the page again; `later`: after the time for which a folder is taken to be as it was."""
    if later:
        loaded._key.clear()
        source.configured.clear()
    return app.run()


@pytest.mark.parametrize("view", VIEWS)
def test_the_folder_is_removed(folder: Path, view: str) -> None:
    app = opened(folder, view=view)
    assert not app.error
    shutil.rmtree(folder)
    loaded.pixels.clear()
    app = again(app, later=False)
    app = again(app, later=True)
    says(app, "cannot be shown", "no folder")


def test_the_folder_is_removed_while_a_picture_is_open(folder: Path) -> None:
    app = opened(folder, view="Gallery", picture=OPEN)
    shutil.rmtree(folder)
    app = again(app, later=False)
    assert "no longer in its folder" in texts(app)


@pytest.mark.parametrize("how", ["one is gone", "one is another", "one is cut", "a class is gone", "a file"])
def test_pictures_change_below_the_page(folder: Path, how: str) -> None:
    app = opened(folder, view="Gallery", picture=OPEN)
    if how == "one is gone":
        (folder / OPEN).unlink()
    elif how == "one is another":
        (folder / OPEN).write_bytes((folder / "train/bad/1.png").read_bytes())
    elif how == "one is cut":
        (folder / OPEN).write_bytes((folder / OPEN).read_bytes()[:300])
    elif how == "a class is gone":
        shutil.rmtree(folder / "test" / "good")
    else:
        shutil.rmtree(folder)
        folder.write_bytes(b"no folder any more")
    for later in (False, True):
        loaded.pixels.clear()
        app = again(app, later=later)
    said = texts(app)
    assert "have changed since" in said or "cannot be shown" in said


def test_a_mark_on_a_picture_of_a_folder_that_is_gone_is_kept_and_told(folder: Path) -> None:
    app = opened(folder, view="Gallery", picture=OPEN)
    shutil.rmtree(folder)
    control = next(each for each in app.get("button_group") if str(each.key).startswith("mark "))
    control.set_value("unusable").run()
    assert "kept for this session only" in texts(app) or marking.TROUBLE in app.session_state
    assert OPEN in app.session_state[marking.SESSION][str(folder)]
    assert not folder.exists()


NO_FOLDERS = ["~nobody-by-this-name/parts", "x" * 300, "/" + "a/" * 3000, "\0", "/dev/null", "/proc/1"]


@pytest.mark.parametrize("name", NO_FOLDERS)
def test_a_folder_that_cannot_be_is_a_sentence(folder: Path, name: str) -> None:
    app = opened(folder, view="Gallery", search="good", picture=OPEN)
    app.text_input(key="folder").set_value(name).run()
    assert "cannot be shown" in texts(app)


def test_a_data_folder_of_the_installation_that_may_not_be_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(root: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(root))

    monkeypatch.setenv("CASTING_DATA", str(folder))
    monkeypatch.setattr(source, "is_public", refused)
    assert "12 of 12 pictures" in texts(opened(folder, view="Gallery"))


def test_another_data_set_is_chosen_while_the_link_tells_of_the_one_before(folder: Path, whole: Path) -> None:
    """What the link holds of the old view goes where it may; parameters of widgets are the widgets' own."""
    app = opened(folder, view="Gallery", search="good", picture=OPEN, source="1")
    app.text_input(key="folder").set_value(str(whole)).run()
    assert "picture" not in app.query_params
    next(each for each in app.get("button_group") if each.key == "data").set_value("Public set").run()
    assert "7,348" in texts(app)
