"""The app without a browser, and rendered castings as files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

import tests
from casting_core import Inspector
from pages.shared import resources
from pages.views.comparison import model_results
from tests import ROOT
from tests.factories import sample_png
from tests.inspection.other_models import use

png = sample_png


def open_inspection(**query: str) -> AppTest:
    """The page *Inspection*, as a link with these parameters opens it."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update(query)
    return app.switch_page("pages/inspection.py").run()


def open_view(name: str, **query: str | list[str]) -> AppTest:
    """A view alone, as a link with these parameters opens it; `name` is that of its module in `pages.views`."""
    page, view = name.split(".")
    app = AppTest.from_string(f"from pages.views.{page} import {view}\n{view}.show()", default_timeout=300)
    app.query_params.update(query)
    return app.run()


def button(app: AppTest, label: str) -> Button:
    """The first button with that label."""
    return next(each for each in app.button if each.label == label)


def labels(app: AppTest) -> list[str]:
    """Of all buttons."""
    return [each.label for each in app.button]


def alts(app: AppTest) -> list[str]:
    """What the charts say in words, with plain spaces."""
    return [chart.proto.alt.replace("\N{NO-BREAK SPACE}", " ") for chart in app.get("plotly_chart")]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Give files to the page."""
    app.file_uploader(key="Files-0").set_value([(name, data, "image/png") for name, data in files])
    return app.run()


def texts(app: AppTest) -> str:
    """All that the page says."""
    kinds = ("title", "header", "subheader", "markdown", "text", "caption", "error", "info", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def says(told: AppTest | str, *phrases: str) -> None:
    """Each of the phrases stands on the page, or in what was taken from it."""
    tests.says(told if isinstance(told, str) else texts(told), *phrases)


@pytest.fixture
def other_models(made_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with them, to which others may be added; the app finds its models there."""
    folder = tmp_path / "models"
    folder.mkdir()
    for each in made_models.iterdir():
        (folder / each.name).symlink_to(each.resolve())
    use(folder, monkeypatch)
    for module in (resources, model_results):
        monkeypatch.setattr(module, "MODELS", folder)
    return folder


@pytest.fixture(scope="session")
def inspector() -> Inspector:
    """The shipped default model."""
    return Inspector.load()


@pytest.fixture
def wait_for() -> Callable[[AppTest, Callable[[AppTest], bool]], AppTest]:
    """Look at the page again until something is true of it."""

    def wait(app: AppTest, true: Callable[[AppTest], bool]) -> AppTest:
        for _ in range(200):
            if true(app):
                return app
            app.run()
        raise AssertionError(texts(app))

    return wait
