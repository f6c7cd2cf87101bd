"""`make screenshots`: every page and view, on a desktop screen and on a phone, light and dark, into screenshots/.

`make screenshots ARGS="--readme"` makes the images of the README anew, into docs/images/: one of each page, what a
desktop screen shows of it at first, in the light theme. Only rendered castings are shown, whatever data is on this
computer.
"""

import argparse
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import ROOT
from tests.browser.conftest import LONG, look_at_castings, running_app, settled
from tests.browser.every_page import VIEWS, links
from tests.conftest import CHROMIUM

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
TALLEST = 6000  # px
README = ROOT / "docs" / "images"
README_WIDTH = 1152  # px; with 256 colours that is at most some 200 KB an image


def wait(page: Page) -> None:
    """Until the page has drawn all: charts and pictures may come after the script has ended."""
    settled(page)
    page.wait_for_function("!document.querySelector('[data-testid=stProgress], [data-testid=stSpinner]')", timeout=LONG)
    settled(page)
    page.wait_for_timeout(1200)
    settled(page)


@contextmanager
def opened(browser: Browser, size: str, scheme: str) -> Iterator[Page]:
    """A page in a browser window of that size and colour scheme."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(LONG)
    yield page
    context.close()


def every_view(browser: Browser, address: str, folder: Path) -> None:
    """Photograph everything, as tall as it is."""
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            with opened(browser, size, scheme) as page:
                for name, link in links().items():
                    page.set_viewport_size({"width": width, "height": height})
                    page.goto(address + link)
                    wait(page)
                    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                    page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
                    wait(page)
                    page.screenshot(path=str(folder / f"{name}-{size}-{scheme}.png"))
                    print(f"{name}, {size}, {scheme}", flush=True)


def one_of_each_page(browser: Browser, address: str, folder: Path) -> None:
    """Photograph the first view of each page, and an inspected part, as small files."""
    found = links()
    shown = {"overview": found["overview"], "inspection": found["inspection-burr"]}
    for page_name in VIEWS:
        shown[page_name] = next(link for name, link in found.items() if name.startswith(f"{page_name}-"))
    with opened(browser, "desk", "light") as page:
        for name, link in shown.items():
            page.goto(address + link)
            wait(page)
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            height = round(README_WIDTH * image.height / image.width)
            small = image.resize((README_WIDTH, height), Image.Resampling.LANCZOS)
            small.quantize(256, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
            print(name, flush=True)


def main(folder: Path, *, readme: bool) -> None:
    """Start the app and a browser, and photograph what is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CASTING_DATA"] = str(Path(scratch) / "none")
        os.environ.setdefault("CASTING_CACHE", scratch)
        with running_app(Path(scratch) / "log.txt") as address, sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=program, args=CHROMIUM)
            with opened(chromium, "desk", "light") as page:
                look_at_castings(page, address)
            (one_of_each_page if readme else every_view)(chromium, address, folder)
            chromium.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Photograph the pages of the app.")
    parser.add_argument("folder", nargs="?", type=Path, help="where to; screenshots/, with --readme docs/images/")
    parser.add_argument("--readme", action="store_true", help="the images of the README instead of everything")
    given = parser.parse_args()
    main(given.folder or (README if given.readme else Path("screenshots")), readme=given.readme)
