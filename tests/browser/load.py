"""`make load`: many visitors at once in real browsers, each with a picture of their own, and what the server needs.

All drop their picture at the same moment; each verdict must be that of its own picture. Then all leave, and the memory
is read again.
"""

import io
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from casting_core import Inspector
from casting_core.data.synthetic import render_casting
from pages.shared.wording import WORDING
from tests.browser.conftest import ARGUMENTS, running_app

WITHIN = 10.0  # s, for 95 % of the verdicts
MOST_MEMORY = 2.0  # GiB


def picture(seed: int) -> bytes:
    """A casting of its own as a PNG file; every other one has defects."""
    stream = io.BytesIO()
    Image.fromarray(render_casting(seed=seed, size=300, defects="random").pixels).save(stream, "PNG")
    return stream.getvalue()


def memory() -> float:
    """GiB that all servers begun here hold."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if told.get("PPid", "").strip() == str(os.getpid()) and "python" in told.get("Name", ""):
            held += int(told.get("VmRSS", "0 kB").split()[0])
    return held / 2**20


async def visit(page: Page, address: str) -> None:
    """Open the page and wait until a picture can be dropped."""
    await page.goto(address + "/inspection", wait_until="domcontentloaded")
    await page.locator("[data-testid='stFileUploaderDropzoneInput']").first.wait_for(state="attached")
    await page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")


async def judge(page: Page, number: int, data: bytes, expected: str) -> float:
    """Drop a picture and wait for its verdict; seconds. Raises where another one is told."""
    began = time.perf_counter()
    name = f"part {number}.png"
    payload = [{"name": name, "mimeType": "image/png", "buffer": data}]
    await page.locator("[data-testid='stFileUploaderDropzoneInput']").first.set_input_files(payload)
    heading = page.get_by_role("heading", name=expected, exact=False)
    await page.get_by_text(name, exact=True).first.wait_for()
    await heading.first.wait_for()
    return time.perf_counter() - began


async def run(visitors: int) -> bool:
    """Run it, print the figures, and say whether they are as promised."""
    import asyncio

    inspector = Inspector.load()
    pictures = [picture(1000 + number) for number in range(visitors)]
    expected = [WORDING[inspector.inspect(data, explain=False).verdict].word for data in pictures]
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    highest, watching = [0.0], threading.Event()

    def watch() -> None:
        while not watching.wait(0.2):
            highest[0] = max(highest[0], memory())

    with tempfile.TemporaryDirectory() as scratch, running_app(Path(scratch) / "log.txt") as address:
        threading.Thread(target=watch, daemon=True).start()
        async with async_playwright() as driver:
            chromium = await driver.chromium.launch(executable_path=program, args=ARGUMENTS)
            pages = [await (await chromium.new_context()).new_page() for _ in range(visitors)]
            for page in pages:
                page.set_default_timeout(180_000)
            await asyncio.gather(*(visit(page, address) for page in pages))
            before = memory()
            told = await asyncio.gather(
                *(judge(*each) for each in zip(pages, range(visitors), pictures, expected, strict=True)),
                return_exceptions=True,
            )
            await chromium.close()
        seconds = sorted(each for each in told if isinstance(each, float))
        wrong = len(told) - len(seconds)
        time.sleep(float(os.environ.get("CASTING_LOAD_WAIT", "150")))  # sessions are kept for a while
        watching.set()
        after = memory()
    late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))] if seconds else float("inf")
    print(f"Visitors at once: {visitors}; verdicts of another picture, or none: {wrong}.")
    if seconds:
        middle = statistics.median(seconds)
        print(f"Seconds from the drop: median {middle:.1f}, 95 % {late:.1f}, last {seconds[-1]:.1f}.")
    print(f"Memory in GiB: {before:.2f} before the drop, {highest[0]:.2f} at most, {after:.2f} after they left.")
    return not wrong and late <= WITHIN and highest[0] <= MOST_MEMORY


if __name__ == "__main__":
    import asyncio

    sys.exit(0 if asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 30)) else 1)
