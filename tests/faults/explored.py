"""The dataset page without a browser, on folders that are indexed in a moment."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from casting_core.exploration import cache, index, reading
from casting_core.exploration.index import build_index
from tests.browser import every_page
from tests.exploration.conftest import QuickReader
from tests.pages.conftest import ROOT

VIEWS = every_page.VIEWS["dataset"]
MARKUP = ("title", "header", "subheader", "markdown", "caption", "error", "info", "warning", "success", "toast")


def _judge(files: list[Path]) -> list[tuple[float, str]]:
    return [(0.9, "defective") if place % 2 else (0.1, "ok") for place in range(len(files))]


def indexed(root: Path, kept: Path, patch: pytest.MonkeyPatch) -> None:
    """Index a folder without a network, and let the page look there only."""
    patch.setenv(cache.VARIABLE, str(kept))
    patch.setenv("CASTING_DATA", str(root.parent / "nowhere"))
    patch.delenv("CASTING_HOSTED", raising=False)
    patch.setattr(reading, "FeatureExtractor", QuickReader)
    patch.setattr(index, "_judge", _judge)
    build_index(root)


def opened(root: Path, **query: str) -> AppTest:
    """The page on a folder, on a server that has just begun."""
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params.update({"data": "Another folder", "folder": str(root), **query})
    app.switch_page("pages/dataset.py")
    return app.run()


def markup(app: AppTest) -> str:
    """What the page says as Markdown."""
    return "\n".join(str(element.value) for kind in MARKUP for element in app.get(kind))
