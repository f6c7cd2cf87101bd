"""One picture in a real browser: what comes out is the core's own, and what is pointed at lights up."""

import json
from pathlib import Path

import numpy as np
import pytest

from casting_core import Inspector
from casting_core.data.synthetic.casting import samples
from pages.shared.wording import WORDING, advice
from tests.browser.conftest import give, settled, taken
from tests.factories import sample_png

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BURR = "/inspection?source=Sample&sample=Burr&opacity=40&colours=Viridis&method=LayerCAM"


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    return Inspector.load()


def strict(constant: str) -> None:
    raise AssertionError(f"{constant} is not strict JSON")


def test_upload_verdict_and_download(page, address, inspector, tmp_path: Path):
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("requestfailed", lambda request: failures.append(request.url))
    data = sample_png(2)
    expected = inspector.inspect(data)
    page.goto(address + "/inspection")
    give(page, [("part *1*.png", data)])
    page.get_by_role("heading", name=WORDING[expected.verdict].word).wait_for()
    page.get_by_text(advice(expected)).wait_for()
    page.get_by_alt_text("Grad-CAM over the picture").wait_for()  # it comes last
    settled(page)
    target = tmp_path / "inspection.json"
    taken(page, page.get_by_role("button", name="JSON", exact=True)).save_as(target)
    record = json.loads(target.read_text(encoding="utf-8"), parse_constant=strict)
    assert (record["file"], record["sha256"]) == ("part *1*.png", expected.sha256)
    assert record["verdict"] == expected.verdict
    assert record["probability"] == pytest.approx(expected.probability, abs=0.01)
    assert len(record["regions"]) == len(expected.regions)
    assert page.get_by_text("part *1*.png", exact=True).count() >= 1
    assert page.locator("figure img").count() == 2
    assert all(page.locator("img").evaluate_all("all => all.map(each => each.alt.length > 0)"))
    assert not failures


def test_a_row_lights_its_place_by_mouse_and_by_keyboard(page, address):
    page.goto(address + BURR)
    row = page.locator("tbody tr[data-place='0']")
    row.wait_for()
    places = page.locator("g[data-place='0']")
    assert places.count() == 2  # in the picture and in the evidence
    assert "lit" not in places.first.get_attribute("class")
    row.hover()
    assert all("lit" in each.get_attribute("class") for each in places.all())
    page.mouse.move(0, 0)
    assert "lit" not in places.first.get_attribute("class")
    row.focus()
    assert "lit" in places.last.get_attribute("class")
    row.evaluate("row => row.blur()")
    places.last.locator(".over").hover(force=True)
    assert "lit" in row.get_attribute("class")


def test_from_upload_to_repair_proof(page, address, tmp_path: Path):
    """A rendered casting whose defect is known: it is marked, repaired, and the part would pass."""
    sample = next(each for each in samples() if each.name == "Blow hole").render()
    x, y = (float(np.mean(axis)) for axis in np.nonzero(sample.defect_mask)[::-1])
    page.goto(address + "/inspection")
    give(page, [("known.png", sample_png(2))])
    page.get_by_role("button", name="Repair and judge again").click()
    page.get_by_text("the marked places were the reason").wait_for()
    page.get_by_text("Control: the same at places that are not marked").wait_for()
    page.get_by_alt_text("The part with its marked places covered").wait_for()
    page.get_by_text("this casting was not seen before").wait_for()
    page.get_by_role("button", name="Turn, relight and judge again").click()
    page.get_by_text("It holds: all 24 variants").wait_for()
    settled(page)
    target = tmp_path / "examination.json"
    taken(page, page.get_by_role("button", name="All answers as JSON")).save_as(target)
    record = json.loads(target.read_text(encoding="utf-8"), parse_constant=strict)
    first = record["regions"][0]
    assert first["x"] <= x <= first["x"] + first["width"]
    assert first["y"] <= y <= first["y"] + first["height"]
    proof = record["examination"]["proof"]
    assert proof["after"] < record["threshold_pass"] < proof["before"]


def test_sizes_in_millimetres_once_the_diameter_is_told(page, address):
    page.goto(address + BURR + "&diameter=160")
    page.locator("tbody tr[data-place='0']").wait_for()
    titles = page.locator("figure + figure, thead th").all_inner_texts()
    assert any("Size (mm)" in title for title in titles)


def test_a_link_reopens_sample_and_settings_on_a_phone(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + BURR)
    page.get_by_text("Burr.png").wait_for()
    page.get_by_alt_text("LayerCAM over the picture").wait_for()
    settled(page)
    assert page.get_by_role("slider", name="Opacity of the evidence (%)").input_value() == "40"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "no scrolling sideways"
    assert page.locator("[data-testid='stException']").count() == 0


def test_the_page_to_print_is_one_sheet(page, address, browser, tmp_path: Path):
    page.goto(address + BURR)
    button = page.get_by_role("button", name="Page to print")
    button.wait_for()
    settled(page)
    target = tmp_path / "inspection.html"
    taken(page, button).save_as(target)
    sheet = browser.new_page()
    asked: list[str] = []
    sheet.on("request", lambda request: asked.append(request.url))
    sheet.goto(target.as_uri())
    assert sheet.get_by_role("heading", name="Defective").count() == 1
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    content = sheet.pdf(format="A4")
    sheet.close()
    assert content.count(b"/Type /Page\n") == 1
