"""The view on castings never seen, without a browser: the card's figures, the doubted labels, what was not measured."""

from dataclasses import replace
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from casting_core.charts.unseen import figure_text
from casting_core.data.provenance.grouping import Leakage, leakage
from casting_core.data.samples import read_provenance
from casting_core.evaluation.reporting.figures_by_set import NEW, OFFICIAL, SECOND, UNSEEN, SetFigures, set_figures
from casting_core.networks.card import MODELS, read_card, shipped
from casting_core.networks.figures import Metrics
from pages.shared import resources
from pages.views.evidence.unseen import TITLES, sentence
from tests.pages.conftest import open_view, says, texts

run = partial(open_view, "evidence.unseen")
LEAKED = Leakage(tested=100, copied=90, identical=10, identical_ok=10)


def cells(app: AppTest, model: str, name: str) -> dict[str, str]:
    """The row of a model and a set in the table."""
    rows = app.dataframe[0].value.to_dict("records")
    return next(row for row in rows if (row["model"], row["set"]) == (model, TITLES[name]))


@pytest.mark.parametrize("as_filed", [False, True])
def test_every_figure_of_the_table_is_the_cards(as_filed: bool):
    app = run(**({"filed": "true"} if as_filed else {}))
    for model in shipped():
        for name in (OFFICIAL, UNSEEN, SECOND, NEW):
            found, row = set_figures(read_card(MODELS / model), name, as_filed=as_filed), cells(app, model, name)
            for figure in ("missed", "false_alarms", "reviews", "accuracy", "roc_auc"):
                expected = None if found is None else found.figures[figure]
                assert row[figure] == figure_text(expected, share=figure != "roc_auc")


def test_the_leakage_stands_beside_the_official_test():
    found, told = leakage(read_provenance()), texts(run())
    says(told, f"({found.copied:,} of {found.tested:,} pictures)", f"{100 * found.share:.1f} %")


def test_how_few_sound_castings_there_are_is_the_cards_number():
    told = texts(run())
    for name in (OFFICIAL, UNSEEN):
        figures = read_card(MODELS / "castnet").metrics.to_json()[name]["without_suspects"]
        assert f"none of {figures['photographs'] - figures['defective_photographs']} rejected" in told


def test_models_that_were_not_measured_are_named_and_the_doubted_labels_are_switched():
    app = run()
    assert cells(app, "cnn", SECOND)["accuracy"] == "not measured"
    says(app, "Not measured for: *cnn*", "Trained once only")
    before = cells(app, "castnet", UNSEEN)["missed"]
    app.toggle(key="filed").set_value(True).run()
    assert cells(app, "castnet", UNSEEN)["missed"] != before


def test_the_seeds_are_the_cards():
    rows = run().dataframe[1].value.to_dict("records")
    seeds = read_card(MODELS / "castnet").metrics.to_json()["seeds"]
    assert [row["seed"].split()[0] for row in rows] == list(seeds)
    assert rows[0]["seed"] == "0 (shipped)"
    for row, told in zip(rows, seeds.values(), strict=True):
        assert (row["wrong"], row["margin"]) == (f"{told['wrong']} of {told['pictures']}", f"{told['margin']:.1f}")


def on(**changes) -> SetFigures:
    return SetFigures(
        **{"pictures": 40, "photographs": 12, "defective_pictures": 20, "defective_photographs": 9, "figures": {}}
        | changes
    )


def test_sentences_tell_what_is_counted():
    """None of 3 rejected leaves up to 70.8 % (1 - 0.025^(1/3)); one of 20 sound pictures is 5 points."""
    assert "90 of its 100 pictures" in sentence(OFFICIAL, on(), LEAKED)
    assert "even with none of 3 rejected, up to 70.8 %" in sentence(UNSEEN, on(), LEAKED)
    assert "31 of its 40 pictures show castings that are in the public set" in sentence(
        SECOND, on(known_pictures=31), LEAKED
    )
    assert "moves the false alarms by 5.0 points" in sentence(NEW, on(), LEAKED)


def test_a_model_of_another_product_stands_apart_and_one_without_figures_is_told(monkeypatch):
    card = read_card(MODELS / "castnet")
    other = replace(card, name="mine", data={"grouping": "picture"})
    monkeypatch.setattr(resources, "models", lambda: ["mine"])
    monkeypatch.setattr(resources, "card", lambda name: other)
    says(texts(run()), "No model has been measured on castings yet", "Models of other products")
    monkeypatch.setattr(resources, "card", lambda name: replace(card, metrics=Metrics()))
    assert "No model has been measured" in texts(run())
