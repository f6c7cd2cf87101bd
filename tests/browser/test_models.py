"""The choice of the model in a real browser: it is in the link, and stays over a page change."""

import pytest

from casting_core.networks.card import shipped
from tests.browser.conftest import settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_choice_of_the_model_is_in_the_link_and_stays(page, address):
    other = shipped()[1]
    page.goto(address + "/inspection")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=other, exact=True).click()
    page.get_by_text(f"{other}: ").wait_for()
    settled(page)
    assert f"model={other}" in page.url
    page.get_by_role("link", name="Overview", exact=True).first.click()
    page.get_by_role("heading", name="What goes wrong with a casting").wait_for()
    settled(page)
    page.get_by_role("link", name="Inspection", exact=True).first.click()
    page.get_by_text(f"{other}: ").wait_for()
    settled(page)
    assert f"model={other}" in page.url
    page.goto(address + f"/inspection?model={other}")
    page.get_by_text(f"{other}: ").wait_for()
