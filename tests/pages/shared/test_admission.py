"""A hosted copy serves so many sessions at once, and says so to the next."""

import pytest

from pages.shared import admission
from pages.shared.admission import IDLE, Visitors
from tests.pages.conftest import ROOT, texts

AppTest = pytest.importorskip("streamlit.testing.v1").AppTest


def test_there_is_room_until_there_is_none_and_again_when_one_has_gone():
    seen = Visitors()
    assert seen.admit("a", most=2, now=0.0)
    assert seen.admit("b", most=2, now=1.0)
    assert not seen.admit("c", most=2, now=2.0)
    assert seen.admit("a", most=2, now=IDLE / 2)  # who is here may go on
    assert not seen.admit("c", most=2, now=IDLE / 2)
    assert seen.admit("c", most=2, now=IDLE + 1.5)  # b has not clicked for so long


@pytest.mark.parametrize(("hosted", "told"), [("1", True), ("", False)])
def test_the_page_of_one_too_many_says_so_and_only_where_it_is_hosted(monkeypatch, hosted, told):
    monkeypatch.setenv("CASTING_HOSTED", hosted)
    monkeypatch.setattr(admission, "MOST", 1)
    monkeypatch.setattr(admission, "_visitors", Visitors())
    assert "come back" not in texts(AppTest.from_file(ROOT / "app.py", default_timeout=300).run())
    assert ("come back" in texts(AppTest.from_file(ROOT / "app.py", default_timeout=300).run())) is told
