"""`make screenshots`: every page and view, on a desk's screen and on a phone, light and dark, into screenshots/.

Only rendered castings are shown, whatever data is on this computer.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, running_app, settled
from tests.browser.every_page import links

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
LONG = 600_000  # ms: at first the castings are rendered and looked at
TALLEST = 6000  # px


def wait(page: Page) -> None:
    """Until the page has drawn all: charts and pictures may come after the script has ended."""
    settled(page)
    page.wait_for_function("!document.querySelector('[data-testid=stProgress], [data-testid=stSpinner]')", timeout=LONG)
    settled(page)
    page.wait_for_timeout(1200)
    settled(page)


def main(folder: Path) -> None:
    """Photograph everything."""
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CASTING_DATA"] = str(Path(scratch) / "none")
        os.environ.setdefault("CASTING_CACHE", scratch)
        with running_app(Path(scratch) / "log.txt") as address, sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=program, args=ARGUMENTS)
            for size, (width, height) in SIZES.items():
                for scheme in ("light", "dark"):
                    context = chromium.new_context(
                        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
                    )
                    page = context.new_page()
                    page.set_default_timeout(LONG)
                    for name, link in links().items():
                        page.set_viewport_size({"width": width, "height": height})
                        page.goto(address + link)
                        wait(page)
                        tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
                        wait(page)
                        page.screenshot(path=str(folder / f"{name}-{size}-{scheme}.png"))
                        print(f"{name}, {size}, {scheme}", flush=True)
                    context.close()
            chromium.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
