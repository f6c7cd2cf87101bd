"""A running app and a real browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests import ROOT

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")

LONG = 600_000  # ms: castings are rendered and looked at
QUIET = """() => new Promise((quiet) => {
    const changed = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(over, 300); });
    const over = () => { changed.disconnect(); quiet(); };
    let timer = setTimeout(over, 300);
    changed.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
})"""


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app of these tests keeps what it makes."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app of these tests looks for training runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def address(kept: Path, runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app that knows no data set, has rendered none yet (and then few), and has no training runs."""
    variables = {"CASTING_CACHE": str(kept), "CASTING_DATA": str(kept / "nothing"), "CASTING_RUNS": str(runs)}
    with running_app(tmp_path_factory.mktemp("app") / "log.txt", FEW_CASTINGS, **variables) as started:
        yield started


RUN = ("run", "app.py", "--server.headless=true", "--server.address=127.0.0.1", "--server.port")
APP = (sys.executable, "-m", "streamlit", *RUN)
CASTINGS = 98  # more than two pages of the gallery would hold of one split
FEW = f"from pages.views.dataset import source; from streamlit.web import cli; source.COUNT = {CASTINGS}; cli.main()"
FEW_CASTINGS = (sys.executable, "-c", FEW, *RUN)


@contextmanager
def running_app(log: Path, command: Sequence[str] = APP, cwd: Path = ROOT, **variables: str) -> Iterator[str]:
    """Address of a server that is started here, and ended afterwards; `command` is followed by its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as stream:
        environment = {**os.environ, **variables}
        server = subprocess.Popen(
            [*command, str(port)], cwd=cwd, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                    break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def tab(browser: "playwright.Browser") -> Iterator["playwright.Page"]:
    """The one in which all links are opened, so that Streamlit's scripts are read once."""
    context = browser.new_context(accept_downloads=True)
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    yield tab
    context.close()


@pytest.fixture
def page(tab: "playwright.Page") -> Iterator["playwright.Page"]:
    """As wide as on a desk; every link that is opened in it begins a session of its own.

    Nothing that it does breaks the rules of the server on what a page may load.
    """
    broken: list[str] = []

    def hear(told: "playwright.ConsoleMessage") -> None:
        if "Content Security Policy" in told.text and "frame-ancestors" not in told.text:
            broken.append(told.text)

    tab.on("console", hear)
    tab.set_viewport_size({"width": 1440, "height": 900})
    yield tab
    tab.remove_listener("console", hear)
    tab.mouse.move(0, 0)
    tab.evaluate("localStorage.clear()")
    tab.goto("about:blank")  # else it goes on asking for a server that another test has ended
    assert not broken


def settled(page: "playwright.Page") -> None:
    """Wait until the app has drawn what it draws."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")


def drawn(page: "playwright.Page") -> None:
    """Wait until nothing has changed for a moment: charts and pictures come after the script has ended."""
    settled(page)
    page.evaluate(QUIET)


@pytest.fixture(scope="session")
def castings(tab: "playwright.Page", address: str) -> None:
    """The rendered castings of that app, made and looked at."""
    look_at_castings(tab, address)


def look_at_castings(page: "playwright.Page", address: str) -> None:
    """Have the rendered castings made and looked at, which no link begins by itself."""
    page.goto(address + "/dataset?data=Rendered+castings")
    button, view = page.get_by_role("button", name="Look at the pictures"), page.get_by_text("View", exact=True)
    button.or_(view).first.wait_for()
    if button.count():
        button.click()
    view.wait_for(timeout=LONG)
    settled(page)


def taken(page: "playwright.Page", button: "playwright.Locator") -> "playwright.Download":
    """The file that a button gives. A click is lost where the page is being drawn anew; then it is clicked again."""
    for _ in range(8):
        with suppress(playwright.TimeoutError):
            with page.expect_download(timeout=15_000) as download:
                button.click()
            return download.value
    raise AssertionError("no file came")


def give(page: "playwright.Page", files: list[tuple[str, bytes]]) -> None:
    """Give files to the uploader of the page."""
    payload = [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    page.locator("[data-testid='stFileUploaderDropzoneInput']").first.set_input_files(payload)
