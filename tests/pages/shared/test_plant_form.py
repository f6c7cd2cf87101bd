"""The form of a plant: one for both pages that ask for it, in their links as well, old ones too."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.plant_form import ALL, OLD, plant_of
from tests import ROOT
from tests.factories import plant
from tests.pages.conftest import texts

DEFAULTS = {field.key: field.value for field in ALL}
VIEWS = {"comparison": "Threshold", "evidence": "What it is worth"}
FORM = "from pages.shared import plant_form\nplant_form.ask()"


def opened(app: AppTest, page: str) -> AppTest:
    app.switch_page(f"pages/{page}.py").run()
    (view,) = (each for each in app.get("button_group") if each.key == "view")
    view.set_value(VIEWS[page]).run()
    return app


def asked(app: AppTest) -> dict[str, float]:
    return {field.key: app.number_input(key=field.key).value for field in ALL}


def form(**query: str) -> AppTest:
    app = AppTest.from_string(FORM)
    app.query_params.update(query)
    app.run()
    return app


def test_the_plant_is_what_was_asked_for_in_its_own_units():
    asked = {"parts_per_day": 2000, "missed_defect_cost": 150, "review_minutes": 1, "by_hand_seconds": 10}
    assert plant_of(DEFAULTS) == plant(**asked, minute_cost=40 / 60, capacity_minutes_per_day=480, person_passes=0.95)


@pytest.mark.parametrize(("first", "second"), [("comparison", "evidence"), ("evidence", "comparison")])
def test_what_is_put_in_on_one_page_stands_on_the_other(first: str, second: str):
    app = opened(AppTest.from_file(ROOT / "app.py", default_timeout=300).run(), first)
    assert asked(app) == DEFAULTS
    changed = {"defects": 5.0, "parts": 9000, "escape": 80.0, "finds": 90.0}
    for key, value in changed.items():
        app.number_input(key=key).set_value(value)
    app.selectbox(key="currency").set_value("£")
    app.run()
    opened(app, second)
    assert asked(app) == DEFAULTS | changed
    assert app.selectbox(key="currency").value == "£"
    assert {key: float(app.query_params[key]) for key in changed} == changed  # its link says so too
    opened(app, first)
    assert asked(app) == DEFAULTS | changed


def test_both_pages_say_what_inspecting_by_hand_costs():
    """On one in words, on the other among all figures of 10,000 parts."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
    app.query_params["per"] = "10,000 parts"
    first = texts(opened(app.run(), "evidence"))
    second = texts(opened(app, "comparison"))
    # 10,000 parts of 10 s are 1,667 minutes, €1,111; 20 % of 200 are missed, €6,000; 5 % of 9,800 are scrapped, €4,900
    assert "Cost of all that: **€12,010**" in first
    assert "inspecting every part by hand costs €12,010, and no inspection €30,000" in second


def test_a_link_of_an_older_version_still_says_what_an_error_costs():
    link = {"missed-cost": "200", "alarm-cost": "2", "review-cost": "0.5", "defect-rate": "7", "capacity": "3"}
    app = form(**link)
    assert asked(app) == DEFAULTS | {"escape": 200, "scrap": 2, "hour": 30, "defects": 7, "reviewers": 60}
    assert not set(link) & set(app.query_params)


@pytest.mark.parametrize("nonsense", ["nan", "inf", "-1", "1e308", "", "much"])
def test_nonsense_in_such_a_link_does_no_harm(nonsense: str):
    for key, value in asked(form(**dict.fromkeys(OLD, nonsense))).items():
        (field,) = (each for each in ALL if each.key == key)
        assert field.least <= value <= field.most
