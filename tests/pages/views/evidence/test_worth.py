"""The view on what it is worth, without a browser: the plant's figures, its link, its words and its file."""

import csv
import io
from dataclasses import replace
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from casting_core.evaluation.plant.economics import compare_inspection_methods
from casting_core.evaluation.plant.model_rates import has_rates, model_rates
from casting_core.evaluation.plant.results import Advantage, BreakEven, Estimate
from casting_core.networks.card import MODELS, read_card, shipped
from pages.shared import resources
from pages.shared.plant_form import ALL, Asked, plant_of
from pages.views.evidence import worth as view
from pages.views.evidence import worth_words as words
from tests.pages.conftest import open_view, texts

DEFAULTS = {field.key: field.value for field in ALL}
run = partial(open_view, "evidence.worth")
OTHER = {**DEFAULTS, "defects": 5.0, "parts": 9000, "escape": 80.0, "finds": 90.0}


def expect(app: AppTest, values: dict[str, float], *, model: str = "castnet", currency: str = "€") -> None:
    """Every figure of the four ways, and the precision, are the plant's."""
    told, found = texts(app), compare_inspection_methods(model_rates(model), plant_of(values))
    for way in words.WAYS:
        assert words.lines(getattr(found, way).per_year, currency) in told
    assert words.precision(found) in told
    assert words.saving(found.model_over_by_hand, "The model", "inspection by hand", currency) in told


def test_the_figures_are_the_plants():
    expect(run(), DEFAULTS)


def test_a_link_opens_the_same_account():
    link = {key: f"{value:g}" for key, value in OTHER.items() if value != DEFAULTS[key]}
    app = run(**link, currency="£")
    assert app.number_input(key="parts").value == 9000
    expect(app, OTHER, currency="£")


def test_a_changed_number_changes_the_figures():
    app = run()
    for key in ("defects", "parts", "escape", "finds"):
        app.number_input(key=key).set_value(OTHER[key])
    app.run()
    expect(app, OTHER)


def test_another_model_is_warned_of_and_has_its_own_figures():
    app = run(model="cnn")
    expect(app, DEFAULTS, model="cnn")
    assert "not to inspect parts" in texts(app)
    assert app.selectbox(key="model").options == [name for name in shipped() if has_rates(name)]


def test_nonsense_in_the_link_does_no_harm():
    app = run(defects="-4", parts="many", days="999", currency="gold", model="nobody", per="hour")
    expect(app, DEFAULTS)


@pytest.mark.parametrize(
    "extreme", [{"defects": "0"}, {"defects": "100"}, {"escape": "0", "scrap": "0", "hour": "0"}, {"reviewers": "0"}]
)
def test_extremes_are_shown(extreme: dict[str, str]):
    expect(run(**extreme), DEFAULTS | {key: float(value) for key, value in extreme.items()})


def test_ten_thousand_parts_can_be_counted_for():
    found = compare_inspection_methods(model_rates("castnet"), plant_of(DEFAULTS))
    assert words.lines(found.model.per_10_000, "€") in texts(run(per="10,000 parts"))


def test_what_the_share_of_defective_parts_changes_is_told_with_the_cards_share():
    told = texts(run())
    figures = read_card(MODELS / "castnet").metrics.to_json()["by_source"]["without_suspects"]
    assert f"{100 * figures['defective_pictures'] / figures['pictures']:.0f} % defective, and no plant is" in told


def test_without_any_model_that_can_be_asked_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resources, "models", list)
    assert "No model has been judged" in texts(run())


def test_the_file_holds_what_was_put_in_and_worked_out():
    found = compare_inspection_methods(model_rates("castnet"), plant_of(OTHER))
    asked = Asked(plant=plant_of(OTHER), currency="$", values=OTHER)
    content = view.to_csv(asked, found, "=castnet", False).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert len({len(row) for row in rows}) == 1
    by_key = {tuple(row[:4]): row[4:] for row in rows}
    assert by_key["input", "", "", "model"][1] == "'=castnet"
    assert by_key["input", "", "", "Parts"] == ["a day", "9000", "", ""]
    cost = by_key["way", "model", "A year", "Cost of all that"]
    assert cost[0] == "$"
    expected = found.model.per_year.cost
    assert [float(cell) for cell in cost[1:]] == pytest.approx([expected.value, expected.low, expected.high], rel=1e-5)
    assert "e+" not in content


def test_the_grid_reaches_twice_the_plants_rate_and_holds_it():
    assert (view.grid(0.02)[-1], view.grid(0.3)[-1], view.grid(0.8)[-1]) == (0.05, 0.6, 1.0)
    for rate in (0.0, 0.0123, 1.0):
        assert rate in view.grid(rate)
        assert view.grid(rate) == sorted(view.grid(rate))


def advantage(value: float, low: float, high: float, cheaper: float = 0.5, **changes) -> Advantage:
    estimate = Estimate(value=value, low=low, high=high)
    even = {"break_even_defect_rate": None, "break_even_missed_defect_cost": None} | changes
    return Advantage(per_10_000=estimate, per_year=estimate, cheaper_in=cheaper, **even)


def test_savings_in_words():
    def told(*numbers: float) -> str:
        return words.saving(advantage(*numbers), "The model", "by hand", "$")

    assert told(1000, 500, 1500) == (
        "The model **saves \\$1,000 a year** against by hand (between \\$500 and \\$1,500)."
    )
    assert "**costs \\$1,000 a year more** than by hand (between \\$500 and \\$1,500)" in told(-1000, -1500, -500)
    assert "**may save up to \\$1,500 a year, or cost up to \\$200 more**" in told(700, -200, 1500)
    assert "cost the same" in told(0, 0, 0)
    assert told(700, 700, 700) == "The model **saves \\$700 a year** against by hand."


def test_how_sure_it_is_in_words():
    assert words.sureness(advantage(1, 0, 2, 1.0)) == "in nearly all of 100 cases"
    assert words.sureness(advantage(1, 0, 2, 0.93)) == "in 93 of 100 cases"
    assert words.sureness(advantage(1, 0, 2, 0.001)) == "in hardly any of 100 cases"
    assert (words.sureness(advantage(1, 0, 2, float("nan"))), words.sureness(advantage(0, 0, 0, 0.0))) == ("", "")


def test_break_even_capacity_and_the_warning_of_a_second_look_in_words():
    plant = plant_of(DEFAULTS)
    none = words.break_even(advantage(5, 1, 9), "The model", "By hand", plant, "€")
    assert none[0] == "**The model** is the cheaper one at every defect rate, all else as above."
    even = advantage(
        5, 1, 9,
        break_even_defect_rate=BreakEven(at=0.00198, first_cheaper_below=False),
        break_even_missed_defect_cost=BreakEven(at=1234.5, first_cheaper_below=True),
    )  # fmt: skip
    by_rate, by_cost = words.break_even(even, "The model", "By hand", plant, "€")
    assert by_rate == (
        "They cost the same at 0.198 % defective parts: **By hand** is the cheaper one below that, **The model** above "
        "it (you have 2 %)."
    )
    assert by_cost.startswith("They cost the same at €1,235 for a missed defect: **The model** is the cheaper")
    rates = model_rates("castnet")
    found = compare_inspection_methods(rates, plant)
    assert words.capacity(found.model, plant)[0]
    short = replace(plant, capacity_minutes_per_day=100)
    enough, told = words.capacity(compare_inspection_methods(rates, short).model, short)
    assert not enough
    assert "**may not be**" in told
    none = replace(plant, capacity_minutes_per_day=10)
    assert "**That is not enough.**" in words.capacity(compare_inspection_methods(rates, none).model, none)[1]
    assert "find only 80.0 %" in words.second_look_warning(found, plant)
    perfect = replace(plant, person_finds=1.0)
    assert words.second_look_warning(compare_inspection_methods(rates, perfect), perfect) is None
