"""Comparison and evidence in a real browser: overlay runs, watch one grow, open a cell, move a threshold, export."""

import json
import re

import pytest

from casting_core import Inspector
from casting_core.networks.card import DEFAULT, shipped
from casting_core.training.logs.log import COLUMNS, EpochRecord, append_epoch
from casting_core.training.logs.runs import LOG, SETTINGS
from casting_core.training.settings import settings_for
from tests.browser.conftest import settled, taken

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_three_runs_overlaid_by_link(page, address):
    names = shipped()[:3]
    page.goto(f"{address}/comparison?view=Curves&" + "&".join(f"runs={name}" for name in names))
    page.locator(".js-plotly-plot").nth(1).wait_for()
    settled(page)
    legend = page.locator(".js-plotly-plot").first.locator(".legendtext")
    told = legend.all_text_contents()  # text of a drawing
    assert all(any(name in text for text in told) for name in names)
    for name in names:
        page.get_by_text(re.compile(rf"^{name}\b")).first.wait_for()  # what its curve says, if anything


def test_a_run_in_progress_appears_and_grows(page, address, runs):
    """Written by the functions that write it in training."""
    run, figures = runs / "live-official-seed0", [name for name in COLUMNS if name != "epoch"]
    run.mkdir()
    (run / SETTINGS).write_text(json.dumps(settings_for("cnn", epochs=40).to_json()))
    page.goto(address + "/comparison?view=Curves&runs=" + run.name)
    page.get_by_text("0 of 40 epochs").first.wait_for()
    for epoch in (1, 2):
        append_epoch(run / LOG, EpochRecord(epoch=epoch, **dict.fromkeys(figures, 0.5)))
        page.get_by_text(f"{epoch} of 40 epochs").first.wait_for()


def test_a_cell_of_the_table_of_verdicts_opens_its_pictures(page, address):
    page.goto(address + f"/comparison?view=Behaviour&models={DEFAULT}")
    cell = page.get_by_role("button", name=re.compile("defective passed"))
    cell.wait_for()
    settled(page)
    count = int(re.search(r"\d+", cell.inner_text()).group())
    cell.click()
    page.wait_for_function("location.search.includes('cell')")
    settled(page)
    page.get_by_text(re.compile(rf"\b{count}\b")).first.wait_for()
    page.get_by_text(re.compile(r"cast_def_0_\d+")).or_(page.locator("[data-testid='stDataFrame']")).first.wait_for()


def test_a_threshold_moves_the_figures_and_is_taken_away(page, address, tmp_path):
    page.goto(address + f"/comparison?view=Threshold&model={DEFAULT}")
    page.get_by_text("Defective parts passed").first.wait_for()
    settled(page)
    counted = page.get_by_text(re.compile(r"A missed defect leaves the foundry\. Counted")).first
    before = counted.inner_text()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    page.wait_for_function("(before) => !document.body.innerText.includes(before)", arg=before)
    settled(page)
    target = tmp_path / "settings.json"
    taken(page, page.get_by_role("button", name="Download the settings file")).save_as(target)
    chosen = json.loads(target.read_text())
    card = Inspector.load(settings=target).card
    assert card.threshold_pass == chosen["threshold_pass"]
    assert card.threshold_pass != Inspector.load().card.threshold_pass


def test_the_table_is_taken_away_as_csv_and_markdown(page, address, tmp_path):
    page.goto(address + "/comparison?view=Table")
    page.get_by_role("button", name="CSV", exact=True).wait_for()
    settled(page)
    for name in ("CSV", "Markdown"):
        target = tmp_path / name
        taken(page, page.get_by_role("button", name=name, exact=True)).save_as(target)
        text = target.read_text(encoding="utf-8-sig")
        assert all(model in text for model in shipped())
        assert re.search(r"99\.86|0\.9986", text)  # the study's own row


@pytest.mark.parametrize("view", ["Parts never seen", "Smallest defect seen", "What shakes it", "What it is worth"])
def test_the_evidence_reads_well_on_a_phone(page, address, view):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/evidence?view={view}")
    page.get_by_role("heading", level=3).first.wait_for()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.get_by_text("cannot be shown").count()
    assert not page.locator("[data-testid='stException']").count()


def test_what_it_is_worth_follows_the_plant_and_the_link_keeps_it(page, address):
    page.goto(address + "/evidence?view=What+it+is+worth")
    page.get_by_text("In short").wait_for()
    settled(page)
    box = page.get_by_role("spinbutton", name=re.compile("^Parts \\(a day\\)"))
    box.fill("4000")
    box.press("Enter")
    page.wait_for_function("location.search.includes('parts=4000')")
    settled(page)
    page.reload()
    box.wait_for()
    assert box.input_value() == "4000"
