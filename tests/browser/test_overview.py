"""The first page in a real browser, and the way from it to an inspection."""

import pytest

from tests.browser.conftest import settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_overview_to_a_defective_part_on_a_phone(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    page.get_by_role("heading", name="How good it is on castings that it has never seen").wait_for()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "no scrolling sideways"
    assert all(page.locator("img").evaluate_all("all => all.map(each => each.alt.length > 0)"))
    page.get_by_role("link", name="See it judge a defective part").click()
    page.get_by_role("heading", name="Defective").wait_for()
    page.get_by_text("Blow hole.png").wait_for()
    assert "sample=Blow" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_have_their_colours(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("heading", name="What goes wrong with a casting").wait_for()
    colour = page.locator("[data-testid='stApp']").evaluate("app => getComputedStyle(app).backgroundColor")
    context.close()
    assert colour == {"light": "rgb(251, 251, 249)", "dark": "rgb(21, 25, 28)"}[scheme]
