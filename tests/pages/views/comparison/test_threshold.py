"""The view of thresholds: sliders move the figures, proposals set them, the choice can be taken away and used."""

import json
from datetime import date
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from casting_core import Inspector
from casting_core.errors import SettingsError
from casting_core.evaluation.evaluate import suspects_of
from casting_core.evaluation.plant.rounding import rounded_amount
from casting_core.evaluation.predictions import as_arrays, read_predictions
from casting_core.evaluation.thresholds.cost_optimal import Plateau, choose_for_plant
from casting_core.evaluation.thresholds.sweep import ThresholdOutcome, outcome_at
from casting_core.evaluation.thresholds.verdicts import for_choosing
from casting_core.labels import Verdict
from casting_core.networks.card import DEFAULT, MODELS, read_card, shipped
from pages.shared.plant_form import ALL, plant_of
from pages.views.comparison import plant_costs
from pages.views.comparison.threshold_scale import PASS, REJECT, Scale, scale
from tests.pages.conftest import button, open_view, png, says, texts

DEFAULTS = {field.key: field.value for field in ALL}
view = partial(open_view, "comparison.threshold")


def rows(model: str = DEFAULT):
    """What thresholds are chosen on."""
    folder = MODELS / model
    return for_choosing(read_predictions(folder / "predictions.csv"), left_out=suspects_of(folder))


def steps(model: str = DEFAULT) -> Scale:
    return scale(read_card(MODELS / model))


def sliders(app: AppTest) -> tuple[str, str]:
    return app.select_slider(key=PASS).value, app.select_slider(key=REJECT).value


def shows(app: AppTest, found: ThresholdOutcome) -> None:
    """The three numbers and what they were counted on are those of `outcome_at`."""
    for header, rate in zip(app.header, (found.missed_defects, found.false_alarms, found.reviews), strict=True):
        value = 1000 * rate.value
        told = "fewer than 0.1" if 0 < value < 0.05 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
        assert header.value == told
        assert f"Counted: {rate.count:,} of {rate.of:,} pictures" in texts(app)
        ends = (1000 * rate.low, 1000 * rate.high)
        assert "between " + " and ".join(f"{end:.1f}" if end < 100 else f"{end:.0f}" for end in ends) in texts(app)


@pytest.mark.parametrize("model", shipped())
def test_at_first_the_thresholds_are_those_that_ship(model):
    app, card = view(model=model), read_card(MODELS / model)
    found = outcome_at(
        as_arrays(rows(model)), threshold_pass=card.threshold_pass, threshold_reject=card.threshold_reject
    )
    shows(app, found)
    assert texts(app).count("These are the shipped thresholds.") == 3
    assert button(app, "Back to the shipped thresholds").disabled
    photographs = len({row.source for row in rows(model)})
    says(app, f"They rest on {photographs} photographs", "choosing on validation data")


@pytest.mark.parametrize(("low", "high"), [(5, 40), (40, 41), (20, 110), (70, 100)])
def test_sliders_move_the_figures(low, high):
    app, names = view(), list(steps().values)
    app.select_slider(key=REJECT).set_value(names[high]).run()
    app.select_slider(key=PASS).set_value(names[low]).run()
    assert sliders(app) == (names[low], names[high])
    found = outcome_at(
        as_arrays(rows()), threshold_pass=steps().values[names[low]], threshold_reject=steps().values[names[high]]
    )
    shows(app, found)
    assert f"{found.reviews_of_defective:,} defective and {found.reviews_of_ok:,} sound pictures" in texts(app)
    assert texts(app).count("Shipped thresholds: **") == 3
    assert f"{100 * found.reviews.value:.2f} % of the pictures go to a person" in app.get("plotly_chart")[0].proto.alt


def test_the_link_holds_the_thresholds():
    names = list(steps().values)
    app = view(**{PASS: names[10], REJECT: names[90]})
    assert sliders(app) == (names[10], names[90])
    assert [each.proto.query_param_key for each in app.select_slider] == [PASS, REJECT]  # the browser keeps it so


@pytest.mark.parametrize("query", [{PASS: "90", REJECT: "10"}, {PASS: "nan", REJECT: "-1"}, {"model": "nobody"}])
def test_nonsense_in_the_link_does_no_harm(query):
    assert len(view(**query).header) == 3


def test_a_link_that_has_them_the_wrong_way_round_is_told():
    names = list(steps().values)
    app = view(**{PASS: names[80], REJECT: names[30]})
    assert "above the reject threshold" in texts(app)
    both = steps().values[names[80]]
    shows(app, outcome_at(as_arrays(rows()), threshold_pass=both, threshold_reject=both))


def test_one_slider_pushes_the_other():
    app, names = view(), list(steps().values)
    app.select_slider(key=PASS).set_value(names[100]).run()
    assert sliders(app) == (names[100], names[100])
    app.select_slider(key=REJECT).set_value(names[20]).run()
    assert sliders(app) == (names[20], names[20])


def test_a_proposal_is_used_and_undone():
    app = view(defects="10", escape="200", hour="30")
    found = choose_for_plant(rows(), plant_of(DEFAULTS | {"defects": 10.0, "escape": 200.0, "hour": 30.0}))
    low, high = steps().text(found.threshold_pass), steps().text(found.threshold_reject)
    assert f"Proposed: pass below {low} %, reject from {high} %." in texts(app)
    assert f"{found.plateau.pairs:,} of {found.plateau.of:,} possible pairs" in texts(app)
    costs = app.table[0].value.set_index("Thresholds")["Cost of 10,000 parts"]
    assert costs["proposed"] == f"€{rounded_amount(10_000 * found.cost)}"
    assert costs["chosen above"] == costs["shipped"]
    button(app, "Use the proposal").click().run()
    assert sliders(app) == (low, high)
    shows(
        app, outcome_at(as_arrays(rows()), threshold_pass=found.threshold_pass, threshold_reject=found.threshold_reject)
    )
    costs = app.table[0].value.set_index("Thresholds")["Cost of 10,000 parts"]
    assert costs["chosen above"] == costs["proposed"]
    assert button(app, "Use the proposal").disabled
    button(app, "Back to the shipped thresholds").click().run()
    assert sliders(app) == tuple(map(steps().text, steps().shipped))
    assert texts(app).count("These are the shipped thresholds.") == 3


def test_where_looking_costs_nothing_no_part_passes_unseen():
    app = view(hour="0", reviewers="2000", finds="100", passes="100")
    says(app, "Proposed: pass below 0 %", "So no part passes unseen.", "There is little room: only")


@pytest.mark.parametrize(
    ("pairs", "said"),
    [(1, "No other pair"), (20, "There is little room"), (100, "There is some room"), (300, "The optimum is flat")],
)
def test_how_flat_the_optimum_is_in_words(pairs, said):
    plateau = Plateau(pairs=pairs, of=1000, margin=0.1, pass_low=0.1, pass_high=0.2, reject_low=0.6, reject_high=0.954)
    told = plant_costs._flat(plateau)
    assert told.startswith(said)
    if pairs > 1:
        assert f"{pairs} of 1,000 possible pairs" in told
        assert "pass thresholds from 10.0 to 20.0 % and reject thresholds from 60.0 to 95.4 %" in told


@pytest.mark.parametrize("rate", ["0", "100"])
def test_a_plant_of_one_kind_of_part_is_worked_out(rate):
    app = view(defects=rate)
    assert not app.error
    assert len(app.table) == 1


def test_another_model_brings_its_own_thresholds():
    app, names = view(), list(steps().values)
    app.select_slider(key=PASS).set_value(names[3]).run()
    app.selectbox(key="model").set_value("cnn").run()
    own = steps("cnn")
    assert sliders(app) == tuple(map(own.text, own.shipped))


def test_the_lines_that_use_the_file_are_shown():
    shown = [each.value for each in view().code]
    assert shown[0] == f"python -m casting_core inspect parts/ --model {DEFAULT} --settings {DEFAULT}-settings.json"
    assert f'Inspector.load("{DEFAULT}", settings="{DEFAULT}-settings.json")' in shown[1]


def test_the_file_that_is_taken_away_changes_a_verdict(inspector, tmp_path):
    card = read_card(MODELS / DEFAULT)
    picture = png(0)
    p = inspector.inspect(picture, explain=False).probability
    values = np.array(list(steps().values.values()))
    above = float(values[values > p].min())
    costs = {"missed_defect": 50.0, "false_alarm": 1.0, "review": 0.1, "review_capacity": 0.02, "defect_rate": 0.02}
    content = plant_costs.settings_file(card, above, 1.0, costs)
    assert json.loads(content)["made"]["costs"] == costs
    assert json.loads(content)["made"]["date"] == date.today().isoformat()
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    assert Inspector.load(DEFAULT, settings=file).inspect(picture, explain=False).verdict is Verdict.OK
    rejecting = plant_costs.settings_file(card, 0.0, float(values[values <= p].max()), costs)
    assert Inspector.load(DEFAULT, settings=rejecting).inspect(picture, explain=False).verdict is Verdict.DEFECTIVE
    others = [name for name in shipped() if name != DEFAULT]
    if others:
        with pytest.raises(SettingsError, match="chosen for the model"):
            Inspector.load(others[0], settings=content)


def test_every_step_is_its_own_text_and_the_shipped_ones_are_exact():
    for model in shipped():
        card, made = read_card(MODELS / model), steps(model)
        assert list(made.values.values()) == sorted(made.values.values())
        assert len(set(made.values.values())) == len(made.values) >= 115
        assert made.values[made.text(card.threshold_pass)] == card.threshold_pass
        assert made.values[made.text(card.threshold_reject)] == card.threshold_reject
        assert (next(iter(made.values.values())), list(made.values.values())[-1]) == (0.0, 1.0)


@pytest.mark.usefixtures("other_models")
@pytest.mark.parametrize(("model", "told"), [("unreadable", "model card"), ("flanges", "be read as predictions")])
def test_a_model_that_cannot_be_used_is_a_line(model, told):
    app = view(model=model)
    assert [error.value for error in app.error] == [
        "The thresholds of this model cannot be chosen here; choose another model."
    ]
    assert told in texts(app)
    app.selectbox(key="model").set_value(DEFAULT).run()
    assert len(app.header) == 3
