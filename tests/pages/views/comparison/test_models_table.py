"""The table of models without a browser: what is shown, marked, warned of and taken away; times on demand."""

import csv
import dataclasses
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from casting_core import Inspector
from casting_core.errors import ModelError
from casting_core.evaluation.comparison.columns import BY_KEY, COLUMNS
from casting_core.evaluation.comparison.model_rows import model_rows
from casting_core.networks.card import DEFAULT, MODELS, read_card, shipped
from pages.shared import resources
from pages.views.comparison import models_table, timing
from tests.pages.conftest import open_view, says, texts

open_table = partial(open_view, "comparison.models_table")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No times are known."""
    timing.timer.clear()
    yield
    timing.timer().join()
    timing.timer.clear()


def test_it_answers_and_shows_all_models_and_the_study():
    app = open_table()
    assert not app.error
    says(texts(app), f"`{DEFAULT}` is right on", "The study’s rows are as it printed them")
    frame = app.dataframe[0].value
    assert set(frame["model"]) == {*shipped(), "Study: cnn", "Study: feedforward", "Study: logistic_regression"}
    assert list(frame.columns) == ["model", *(column.key for column in COLUMNS if column.usual)]
    held = read_card(MODELS / DEFAULT).metrics.to_json()["by_source"]["without_suspects"]
    mine = frame[frame["model"] == DEFAULT].iloc[0]
    assert (mine["unseen_accuracy"], mine["missed_defects"]) == (held["accuracy"], held["missed_defects"]["share"])


def test_a_link_chooses_columns_rows_and_only_what_differs():
    app = open_table(
        columns=["Batch size", "Epochs", "F1"], rows=["castnet", "Study: cnn"], differ="true", **{"as-filed": "true"}
    )
    frame = app.dataframe[0].value
    assert (list(frame["model"]), list(frame.columns)) == (["castnet", "Study: cnn"], ["model", "epochs"])
    app.toggle(key="differ").set_value(False).run()
    frame = app.dataframe[0].value
    assert list(frame.columns) == ["model", "batch_size", "epochs", "f1"]
    assert frame["f1"].iloc[0] == read_card(MODELS / "castnet").metrics.to_json()["by_source"]["as_filed"]["f1"]


def test_nonsense_in_the_link_and_nothing_chosen_do_no_harm():
    app = open_table(columns="nothing", rows="nobody", differ="perhaps", ranges="7")
    app.get("button_group")[0].set_value([]).run()
    assert "no column to show" in texts(app)
    app.get("button_group")[1].set_value([]).run()
    assert "No model is chosen" in texts(app)


def cells(ranges: bool):
    """Texts and looks of the table of what ships."""
    rows = model_rows([read_card(MODELS / name) for name in shipped()])
    columns = [BY_KEY[key] for key in ("official_accuracy", "unseen_accuracy", "epochs", "note")]
    shown = models_table.styled(rows, columns, ranges)
    shown._compute()
    told = shown._translate(False, False)
    body = [[cell["display_value"] for cell in line if cell["type"] == "td"] for line in told["body"]]
    return rows, body, shown


def test_the_best_is_starred_and_bold():
    rows, body, shown = cells(ranges=False)
    starred = set()
    for row, line in zip(rows, body, strict=True):
        starred |= {(row.name, place) for place, cell in enumerate(line) if "★" in cell}
    assert ("castnet", 2) in starred
    assert ("Study: cnn", 1) in starred
    assert len(starred) == 2
    bold = {(rows[place].name, column) for (place, column), look in shown.ctx.items() if ("font-weight", "700") in look}
    assert bold == starred


def test_cells_of_equal_value_keep_their_own_ranges():
    card = read_card(MODELS / DEFAULT)
    rows = list(model_rows([card, dataclasses.replace(card, name="twin")]))[:2]
    other = dataclasses.replace(rows[0].values["unseen_accuracy"], low=0.1, high=0.2)
    rows[1] = dataclasses.replace(rows[1], values=rows[1].values | {"unseen_accuracy": other})
    shown = models_table.styled(rows, [BY_KEY["unseen_accuracy"]], True)
    shown._compute()
    told = [line[-1]["display_value"] for line in shown._translate(False, False)["body"]]
    assert told[1].endswith("(10.00 to 20.00)")
    assert told[0] != told[1]


def test_the_file_for_a_spreadsheet_holds_the_numbers_and_no_formula():
    card = read_card(MODELS / DEFAULT)
    rows = [dataclasses.replace(model_rows([card])[0], name="=1+1")]
    content = models_table.to_csv(rows, [BY_KEY["unseen_accuracy"], BY_KEY["kind"]]).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content))
    assert line["model"] == "'=1+1"
    assert float(line["unseen_accuracy"]) == card.metrics.to_json()["by_source"]["without_suspects"]["accuracy"]
    assert float(line["unseen_accuracy_low"]) <= float(line["unseen_accuracy"])


def test_a_damaged_card_is_named_and_the_others_are_shown(monkeypatch: pytest.MonkeyPatch):
    def card(name: str):
        if name == "cnn":
            raise ModelError("cnn cannot be read; restore it.")
        return read_card(MODELS / name)

    monkeypatch.setattr(resources, "card", card)
    app = open_table()
    assert [each.value for each in app.error] == ["A model is left out."]
    assert "cnn cannot be read; restore it." in texts(app)
    assert "castnet" in set(app.dataframe[0].value["model"])


def test_without_any_model_the_study_stands_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resources, "models", lambda: [])
    app = open_table()
    assert "No model has been shipped" in texts(app)
    assert len(app.dataframe[0].value) == 3
    assert app.button(key="measure-times").disabled


def test_a_model_of_another_product_is_shown_and_warned_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    own = dataclasses.replace(
        read_card(MODELS / DEFAULT), name="flange", data={"grouping": "ring", "official": False}, data_fingerprint="f"
    )
    monkeypatch.setattr(resources, "models", lambda: [DEFAULT, "flange"])
    monkeypatch.setattr(resources, "card", lambda name: own if name == "flange" else read_card(MODELS / name))
    app = open_table()
    assert list(app.dataframe[0].value["model"])[-1] == "flange"
    assert "flange was trained and judged on other data than castnet" in texts(app)
    assert "`flange`" not in texts(app)  # it is not ranked among models of the public set


def test_times_are_measured_when_asked_for_and_stand_in_the_table(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Inspector, "load", classmethod(lambda cls, name: Quick()))
    app = open_table(rows=["castnet", "brightness"])
    assert app.dataframe[0].value["milliseconds"].isna().all()
    app.button(key="measure-times").click().run()
    timing.timer().join()
    app.run()
    assert (app.dataframe[0].value["milliseconds"] > 0).all()
    assert "medians of 15 rounds" in texts(app)
    assert app.button(key="measure-times").label == "Measure times again"


class Quick:
    """FoldInspectors at once."""

    def inspect(self, source: bytes, *, explain: bool = True) -> None:
        """Nothing but a file of a picture is asked for."""
        assert source[:2] == b"\xff\xd8"


def test_a_measurement_that_fails_says_why(monkeypatch: pytest.MonkeyPatch):
    def load(cls, name: str):
        raise ModelError("The weights were altered: restore them.")

    monkeypatch.setattr(Inspector, "load", classmethod(load))
    app = open_table()
    app.button(key="measure-times").click().run()
    timing.timer().join()
    app.run()
    assert "The weights were altered: restore them." in texts(app)


def test_other_weights_have_other_times():
    timing.timer().speeds["castnet", "old"] = timing.Speed(median=1, low=1, high=1, rounds=5)
    assert (timing.known([("castnet", "new")]), list(timing.known([("castnet", "old")]))) == ({}, ["castnet"])
