"""The app without a browser, and rendered castings as files."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core import Inspector
from casting_core.data.synthetic.casting import samples
from tests import ROOT


def png(index: int) -> bytes:
    """The PNG file of a sample."""
    stream = io.BytesIO()
    Image.fromarray(samples()[index].render().pixels).save(stream, "PNG")
    return stream.getvalue()


def open_inspection(**query: str) -> AppTest:
    """The page *Inspection*, as a link with these parameters opens it."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update(query)
    return app.run().switch_page("pages/inspection.py").run()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Give files to the page."""
    app.file_uploader(key="Files-0").set_value([(name, data, "image/png") for name, data in files])
    return app.run()


def texts(app: AppTest) -> str:
    """All that the page says."""
    kinds = ("title", "header", "subheader", "markdown", "text", "caption", "error", "info", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


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
