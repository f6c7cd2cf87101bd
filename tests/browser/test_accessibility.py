"""No page has a serious fault of accessibility that axe-core can see."""

from collections.abc import Iterator

import pytest

from casting_core.networks.card import shipped
from tests.browser.axe import serious
from tests.browser.conftest import running_app, settled
from tests.browser.every_page import links

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/"),
]
LINKS = links("Public set")  # whose facts ship


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app without any pictures."""
    kept = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASTING_CACHE", str(kept))
        patch.setenv("CASTING_DATA", str(kept / "nothing"))
        with running_app(tmp_path_factory.mktemp("app") / "log.txt") as address:
            yield address


@pytest.fixture(scope="module")
def page(browser):
    """One for all views: the browser reads Streamlit's scripts once, and every link begins a session of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


@pytest.mark.parametrize("name", LINKS)
def test_axe_finds_nothing_serious(page, site, name):
    page.goto(site + LINKS[name])
    settled(page)
    page.wait_for_timeout(1500)  # charts come after the script has ended
    settled(page)
    found = serious(page)
    assert not found, found
