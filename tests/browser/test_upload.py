"""A picture goes in through a real browser; the verdict and the file that come out are the core's own."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from casting_core import Inspector
from casting_core.data.synthetic import samples
from casting_core.networks.card import shipped
from pages.shared.wording import WORDING

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/"),
]
INPUT = "[data-testid='stFileUploaderDropzoneInput']"


def wait(page) -> None:
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")


def picture(index: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(samples()[index].render().pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector.load()


def strict(constant: str) -> None:
    raise AssertionError(f"{constant} is not strict JSON")


def test_upload_verdict_and_download(page, address, inspector, tmp_path: Path):
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("requestfailed", lambda request: failures.append(request.url))
    data = picture(2)
    expected = inspector.inspect(data)
    page.goto(address)
    page.locator(INPUT).first.set_input_files({"name": "part *1*.png", "mimeType": "image/png", "buffer": data})
    page.get_by_role("heading", name=WORDING[expected.verdict].word).wait_for()
    button = page.get_by_role("button", name="Inspection as JSON")
    button.wait_for()
    wait(page)
    with page.expect_download() as download:
        button.click()
    target = tmp_path / "inspection.json"
    download.value.save_as(target)
    record = json.loads(target.read_text(encoding="utf-8"), parse_constant=strict)
    assert record["file"] == "part *1*.png"
    assert record["sha256"] == expected.sha256
    assert record["verdict"] == expected.verdict
    assert record["probability"] == pytest.approx(expected.probability, abs=0.01)
    assert len(record["regions"]) == len(expected.regions)
    assert page.get_by_text("part *1*.png", exact=True).count() >= 1
    assert page.locator("[data-testid='stImage'] img").count() == 3
    assert not failures


def test_many_files_on_a_phone(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    files = [
        {"name": "a.png", "mimeType": "image/png", "buffer": picture(0)},
        {"name": "broken.png", "mimeType": "image/png", "buffer": b"not a picture"},
        {"name": "b.png", "mimeType": "image/png", "buffer": picture(2)},
    ]
    page.locator(INPUT).first.set_input_files(files)
    page.get_by_text("Select a line of the table").wait_for()
    wait(page)
    assert page.get_by_text("1 no verdict").count() == 1
    assert page.locator("[data-testid='stException']").count() == 0
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "the page must not scroll sideways on a phone"
