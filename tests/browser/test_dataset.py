"""The dataset explorer in a real browser, on the castings that the app renders: from nothing to marks and back."""

import contextlib
import csv
import re
import urllib.parse
from pathlib import Path

import pytest

from tests.browser.axe import serious
from tests.browser.conftest import CASTINGS, LONG, settled, taken

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
expect, Timeout = playwright.expect, playwright.TimeoutError
pytestmark = [pytest.mark.browser, pytest.mark.slow]
TRAIN = CASTINGS * 6 // 7  # every seventh is tested
ALL = f"{CASTINGS} of {CASTINGS} pictures"


def link(address: str, **query: str) -> str:
    """A link to the rendered castings."""
    return f"{address}/dataset?" + urllib.parse.urlencode({"data": "Rendered castings", **query})


@pytest.fixture
def gallery(page, address, castings):
    """The gallery of the rendered castings, made by the first test that asks for it."""
    page.goto(link(address, view="Gallery"))
    page.get_by_text(ALL).wait_for(timeout=LONG)
    page.locator(".tile").nth(47).wait_for()
    settled(page)
    return page


def count(page) -> int:
    """How many pictures the filters leave."""
    settled(page)
    return int(page.get_by_text(re.compile(rf"^\d+ of {CASTINGS} pictures$")).inner_text().split()[0])


def names(page) -> list[str]:
    """The file names on the tiles of the gallery."""
    return page.locator(".tile .title").all_inner_texts()


def choose(page, label: str, option: str) -> None:
    """Choose from a list; while what holds it is still opening, it takes no click."""
    listed = page.get_by_role("option", name=option, exact=True)
    for _ in range(10):
        page.get_by_role("combobox", name=re.compile(f"^{label}")).click()
        with contextlib.suppress(Timeout):
            listed.click(timeout=3000)
            return
    raise AssertionError(f"{label} does not offer {option}")


def test_it_is_made_with_progress_and_can_be_cancelled(page, address):
    page.goto(address + "/dataset")
    page.get_by_text("have not been looked at yet").wait_for()
    page.get_by_text("castings that this app rendered itself").wait_for()
    settled(page)
    page.get_by_role("button", name="Look at the pictures").click()
    page.get_by_text("data fetch").wait_for()  # how to get the real ones
    page.get_by_text(re.compile(rf"Rendering \d+ of {CASTINGS}")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("have not been looked at yet").wait_for()
    settled(page)
    page.get_by_role("button", name="Look at the pictures").click()
    page.get_by_text("View", exact=True).wait_for(timeout=LONG)
    settled(page)
    assert page.get_by_text(str(CASTINGS), exact=False).count()


def test_filter_sort_and_page(gallery):
    gallery.get_by_text("Filter", exact=True).click()
    choose(gallery, "Split", "train")
    gallery.keyboard.press("Escape")
    gallery.get_by_text(f"{TRAIN} of {CASTINGS} pictures").wait_for()
    assert "split=train" in gallery.url
    by_path = names(gallery)[0]
    choose(gallery, "Order", "Hardest first")
    gallery.wait_for_function("location.search.includes('Hardest')")
    expect(gallery.locator(".tile .title").first).not_to_have_text(by_path)
    settled(gallery)  # all tiles are of the new order
    assert gallery.locator(".tile .note.bad").count()  # the hardest are those that were missed
    first = names(gallery)
    gallery.get_by_role("button", name="Next page").click()
    gallery.wait_for_function("location.search.includes('gallery-page=2')")
    expect(gallery.locator(".tile")).to_have_count(TRAIN - 48)
    settled(gallery)
    assert not set(names(gallery)) & set(first)
    shown = names(gallery)
    gallery.goto(gallery.evaluate("location.href"))  # the link alone brings it back
    gallery.get_by_text(f"{TRAIN} of {CASTINGS} pictures").wait_for()
    expect(gallery.locator(".tile .title")).to_have_text(shown)


def test_axe_finds_nothing_serious_on_tiles_and_in_the_dialog(gallery):
    assert not serious(gallery)
    gallery.locator(".open").first.click()
    gallery.get_by_role("dialog").get_by_text("Most alike by what the model sees").wait_for()
    settled(gallery)
    assert not serious(gallery)


def test_search_and_export(gallery):
    box = gallery.get_by_role("textbox", name="File name contains")
    box.fill("DEF_0_1")
    box.press("Enter")
    gallery.wait_for_function("all => !document.body.innerText.includes(all)", arg=ALL)
    found = count(gallery)
    assert 0 < found < CASTINGS // 2
    file = taken(gallery, gallery.get_by_role("button", name="This table as CSV"))
    rows = list(csv.DictReader(Path(file.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == found
    assert all("def_0_1" in row["path"] for row in rows)
    box.fill("no such name")
    box.press("Enter")
    gallery.get_by_text("No picture fits").wait_for()


def test_open_a_picture_step_and_go_on_to_inspection(gallery):
    first, second = names(gallery)[:2]
    gallery.locator(".open").first.focus()
    gallery.keyboard.press("Enter")
    dialog = gallery.get_by_role("dialog")
    dialog.get_by_text("Evidence map of this model").wait_for()
    dialog.get_by_text("Most alike by what the model sees").wait_for()
    assert first in dialog.inner_text()
    dialog.get_by_role("button", name="Next").first.click()
    dialog.get_by_text(second).first.wait_for()
    gallery.wait_for_function("(name) => location.search.includes(name)", arg=second)
    address = gallery.evaluate("location.href")
    gallery.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    gallery.wait_for_function("!location.search.includes('picture=')")
    gallery.goto(address)  # the link opens the picture
    dialog.get_by_text(second).first.wait_for()
    dialog.get_by_role("button", name="Open in inspection").click()
    gallery.get_by_role("heading", name="Is this part sound?").wait_for()
    gallery.get_by_text(second).first.wait_for()
    gallery.get_by_role("heading", name="Where, and why").wait_for()


def test_lasso_on_the_map_lists_its_pictures_and_the_link_keeps_it(page, address, castings):
    page.goto(link(address, view="Map"))
    page.get_by_text(ALL).wait_for(timeout=LONG)
    area = page.locator(".js-plotly-plot .draglayer .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    corners = ((0.1, 0.1), (0.6, 0.1), (0.6, 0.7), (0.1, 0.7), (0.1, 0.1))
    places = [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    page.wait_for_function("location.search.includes('area=')")
    page.wait_for_function("all => !document.body.innerText.includes(all)", arg=ALL)
    chosen = count(page)
    assert 0 < chosen < CASTINGS
    page.goto(page.evaluate("location.href"))
    page.get_by_text(f"{chosen} of {CASTINGS} pictures").wait_for()
    page.get_by_role("button", name="Clear the area").click()
    page.get_by_text(ALL).wait_for()


def test_mark_and_undo(gallery, kept):
    file = kept / f"rendered-{CASTINGS}-0" / "marks.csv"
    gallery.locator(".tile").first.get_by_role("button", name="wrong label").click()
    gallery.get_by_text("1 wrong label").wait_for()
    assert "wrong_label" in file.read_text()
    assert gallery.locator(".tile .mark[aria-pressed='true']").count() == 1
    gallery.reload()  # marks lie beside the data, not in the session
    gallery.get_by_text("1 wrong label").wait_for()
    gallery.locator(".tile").nth(1).get_by_role("button", name="unusable").click()
    gallery.get_by_text("1 unusable").wait_for()
    gallery.get_by_role("button", name="Undo").click()
    gallery.get_by_text("0 unusable").wait_for()
    assert len(file.read_text().splitlines()) == 2
    gallery.locator(".tile").first.get_by_role("button", name="wrong label").click()
    gallery.get_by_text("0 wrong label").wait_for()


@pytest.mark.parametrize("view", ["At a glance", "Is the test fair?", "Suspects", "Shortcuts"])
def test_the_other_views_open(page, address, castings, view):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(link(address, view=view))
    page.get_by_role("heading", level=3).first.wait_for(timeout=LONG)
    settled(page)
    assert not page.get_by_text("cannot be shown").count()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
