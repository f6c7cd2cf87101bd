"""Many pictures in a real browser: results while they are made, stop, filter, open, next."""

import re

import pytest

from tests.browser.conftest import give, settled
from tests.factories import sample_png

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OVER = "() => !/Judged \\d+ of|Not judged yet/.test(document.body.innerText)"


def pictures(count: int, broken: int = 0) -> list[tuple[str, bytes]]:
    """Files of rendered castings, a few bytes of each its own; the last ones are broken."""
    kinds = [sample_png(index) for index in (0, 2, 3)]
    good = [(f"part {index:02d}.png", kinds[index % 3] + index.to_bytes(2, "big")) for index in range(count - broken)]
    return good + [(f"broken {index}.png", b"no picture" + bytes([index])) for index in range(broken)]


def total(page, label: str) -> str:
    """One of the five totals above the table, once those of before are gone."""
    page.wait_for_function("document.querySelectorAll(\"[data-testid='stMetric']\").length === 5")
    metric = page.locator("[data-testid='stMetric']", has_text=label)
    return metric.locator("[data-testid='stMetricValue']").inner_text()


def test_thirty_pictures_of_which_three_are_broken(page, address):
    page.goto(address + "/inspection")
    give(page, pictures(30, broken=3))
    page.get_by_text("30 of 30 pictures").wait_for()
    page.wait_for_function(OVER)
    settled(page)
    totals = [total(page, label) for label in ("Sound", "Defective", "No verdict", "Flagged")]
    assert totals == ["9", "18", "3", "66.7 %"]
    # filter, sort, open, next
    page.get_by_text("Defective (18)").click()
    page.get_by_text("18 of 30 pictures").wait_for()
    page.get_by_role("combobox", name=re.compile("Order")).click()
    page.get_by_role("option", name="By file name").click()
    settled(page)
    canvas = page.locator("[data-testid='stDataFrame'] canvas").first
    canvas.click(position={"x": 16, "y": 36 + 28}, force=True)  # the first line's mark
    page.get_by_text("1 of 18").wait_for()
    settled(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_text("2 of 18").wait_for()
    settled(page)
    assert page.locator("[data-testid='stText']").get_by_text("part 02.png", exact=True).count() == 1
    page.get_by_role("button", name="Back to the table").click()
    page.get_by_text("18 of 30 pictures").wait_for()  # the filter was kept
    assert page.locator("[data-testid='stException']").count() == 0


def test_stop_keeps_what_is_done_and_go_on_finishes(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + "/inspection")
    give(page, pictures(120))  # enough to be stopped in the middle of
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()  # Streamlit has one above it, too
    page.get_by_text(re.compile(r"Stopped: \d+ not judged yet")).wait_for()
    settled(page)
    done = int(total(page, "Sound")) + int(total(page, "Defective"))
    assert 0 < done < 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "no scrolling sideways"
    page.get_by_role("button", name="Go on").click()
    page.get_by_text(re.compile(r"Judged \d+ of 120 pictures")).first.wait_for()
    page.wait_for_function(OVER)
    settled(page)
    assert (total(page, "Sound"), total(page, "Defective")) == ("40", "80")
    assert page.locator("[data-testid='stException']").count() == 0
