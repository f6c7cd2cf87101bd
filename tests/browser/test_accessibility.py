"""No page has a serious fault of accessibility that axe-core can see."""

import pytest

from tests.browser.axe import serious
from tests.browser.conftest import drawn
from tests.browser.every_page import links

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINKS = links("Public set")  # whose facts ship


@pytest.mark.parametrize("name", LINKS)
def test_axe_finds_nothing_serious(page, address, name):
    page.goto(address + LINKS[name])
    drawn(page)
    found = serious(page)
    assert not found, found
