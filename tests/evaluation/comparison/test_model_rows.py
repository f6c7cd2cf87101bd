"""The table of models: every number that of a card, the best by hand, and what cannot be compared."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from casting_core.evaluation.comparison import published
from casting_core.evaluation.comparison.columns import BY_KEY, COLUMNS
from casting_core.evaluation.comparison.model_rows import (
    KINDS,
    SPLITS,
    WEIGHTS,
    ModelRow,
    Origin,
    best,
    differing,
    model_rows,
    warnings,
)
from casting_core.evaluation.comparison.models import compare
from casting_core.networks import checkpoint
from casting_core.networks.card import MODELS, ModelCard, read_card, shipped
from casting_core.networks.registry import BASELINE
from tests import factories

PRINTED = {"cnn": 0.9986, "feedforward": 0.756, "logistic_regression": 0.6499}


def row(
    name: str, origin: Origin = Origin.PUBLIC, *, data: str = "public", kind: str = "cnn", **values: Any
) -> ModelRow:
    """A made-up row with these values."""
    held = {column.key: values.get(column.key) for column in COLUMNS}
    return ModelRow(
        name=name,
        origin=origin,
        values=held | {"kind": KINDS[kind]},
        data=data,
        judged=dict.fromkeys(SPLITS, (100, 10)),
    )


def card(name: str, **changes: Any) -> ModelCard:
    """A made-up card without figures."""
    return factories.card(name=name, **{"architecture": "cnn", **changes})


def test_the_name_of_the_weights_is_that_of_the_loader():
    assert checkpoint.WEIGHTS == WEIGHTS


@pytest.mark.parametrize("as_filed", [False, True])
@pytest.mark.parametrize("name", shipped())
def test_every_number_of_a_shipped_model_is_that_of_its_card(name: str, as_filed: bool):
    held = read_card(MODELS / name)
    (mine,) = [each for each in model_rows([held], as_filed=as_filed) if each.name == name]
    official, unseen = held.metrics.official_test, held.metrics.by_source.view(as_filed)
    values = mine.values
    assert values["official_accuracy"] == official.as_filed.accuracy
    assert values["official_trusted"] == official.without_suspects.accuracy
    assert values["unseen_filed"] == held.metrics.by_source.as_filed.accuracy
    assert values["unseen_accuracy"] == unseen.accuracy
    assert values["calibration_error"] == unseen.expected_calibration_error
    for figure in ("roc_auc", "pr_auc", "f1", "mean_cost", "missed_defects", "false_alarms", "reviews", "brier_score"):
        assert values[figure] == getattr(unseen, figure), figure
    assert [values[name] for name in ("batch_size", "epochs", "learning_rate")] == [
        held.training["settings"][name] for name in ("batch_size", "epochs", "learning_rate")
    ]
    assert (values["seconds"], values["parameters"]) == (held.training["seconds"], held.parameters)
    assert values["megabytes"] * 1e6 == (MODELS / name / WEIGHTS).stat().st_size
    assert values["milliseconds"] is None


def test_the_table_says_what_the_command_compare_counts_from_the_predictions():
    (counted,) = compare([BASELINE]).models
    mine = next(each for each in model_rows([counted.card]) if each.name == BASELINE)
    card = read_card(MODELS / BASELINE)
    for split in SPLITS:
        for view in ("as_filed", "without_suspects"):
            stored, found = getattr(getattr(card.metrics, split), view), counted.figures(split, view)
            assert found.accuracy.value == pytest.approx(stored.accuracy.value)
            assert found.missed_defects.value == pytest.approx(stored.missed_defects.value)
            assert found.expected_calibration_error.value == pytest.approx(stored.expected_calibration_error.value)
    assert mine.floor


def test_the_study_stands_as_it_printed_its_figures():
    rows = model_rows([])
    assert [each.name for each in rows] == ["Study: cnn", "Study: feedforward", "Study: logistic_regression"]
    for each, accuracy in zip(rows, PRINTED.values(), strict=True):
        assert each.origin is Origin.REPORTED
        assert each.values["official_accuracy"] == accuracy
        assert each.values["unseen_accuracy"] is each.values["milliseconds"] is each.values["parameters"] is None
        assert (each.values["batch_size"], each.values["epochs"], each.values["learning_rate"]) == (16, 10, 0.0001)
    assert [each.values["seconds"] for each in rows] == [841, 236, 601]
    assert "79 % in its text" in rows[1].values["note"]
    assert "714 of 715" in rows[0].values["note"]
    assert len(rows) == len(published.STUDY)


def test_each_of_the_study_stands_below_ours_then_the_floor_then_ones_own():
    cards = [card(name, architecture=name) for name in ("brightness", "logistic_regression", "feedforward", "cnn")]
    own = card("flange", architecture="castnet", data={"grouping": "ring"})
    names = [each.name for each in model_rows([own, *cards, card("castnet", architecture="castnet")])]
    assert names == [
        *("castnet", "cnn", "Study: cnn", "feedforward", "Study: feedforward"),
        *("logistic_regression", "Study: logistic_regression", "brightness", "flange"),
    ]


def test_a_card_without_figures_has_a_row_without_them_and_the_page_can_say_so(tmp_path: Path):
    (mine, *_) = model_rows([card("bare", training={})], folder=tmp_path)
    assert mine.name == "bare"
    assert {name for name, value in mine.values.items() if value not in (None, "")} == {
        *("kind", "parameters", "input_size")
    }
    assert [sentence for sentence in warnings([mine]) if "bare" in sentence] == [
        "bare has not been measured on the official test.",
        "bare has not been measured on castings never seen.",
    ]


def test_an_architecture_that_nobody_knows_is_told_by_its_name():
    assert model_rows([card("new", architecture="transformer")])[-1].values["kind"] == "transformer"


def test_best_by_hand():
    rows = [
        row("a", unseen_accuracy=0.9, missed_defects=0.2, parameters=10, reviews=0.0),
        row("b", unseen_accuracy=0.8, missed_defects=0.1, parameters=30, reviews=0.5),
        row("floor", kind=BASELINE, unseen_accuracy=0.95, missed_defects=0.0, parameters=2),
    ]
    assert best(rows, BY_KEY["unseen_accuracy"]) == {"a"}
    assert best(rows, BY_KEY["missed_defects"]) == {"b"}
    assert best(rows, BY_KEY["parameters"]) == {"a"}
    assert best(rows, BY_KEY["reviews"]) == best(rows, BY_KEY["batch_size"]) == frozenset()


def test_equals_are_best_together_and_nobody_is_best_alone_or_where_all_are_the_same():
    column = BY_KEY["unseen_accuracy"]
    assert best([row("a", unseen_accuracy=0.9)], column) == frozenset()
    assert best([row(n, unseen_accuracy=0.9) for n in "ab"], column) == frozenset()
    assert best([row(n, unseen_accuracy=v) for n, v in zip("abc", (0.9, 0.9, 0.8), strict=True)], column) == {"a", "b"}
    assert best([row("a", unseen_accuracy=0.9), row("b")], column) == frozenset()
    assert best([], column) == frozenset()


def test_the_study_takes_part_with_its_accuracy_alone():
    rows = [
        row("a", official_accuracy=0.9, seconds=100),
        row("b", official_accuracy=0.8, seconds=200),
        row("Study: cnn", Origin.REPORTED, data="", official_accuracy=0.95, seconds=1),
    ]
    assert best(rows, BY_KEY["official_accuracy"]) == {"Study: cnn"}
    assert best(rows, BY_KEY["seconds"]) == {"a"}


def test_models_of_other_data_do_not_compete():
    rows = [
        row("a", unseen_accuracy=0.7),
        row("b", unseen_accuracy=0.6),
        row("own", Origin.OWN, data="flanges", unseen_accuracy=0.99),
    ]
    assert best(rows, BY_KEY["unseen_accuracy"]) == {"a"}
    rows.append(row("own too", Origin.OWN, data="flanges", unseen_accuracy=0.98))
    assert best(rows, BY_KEY["unseen_accuracy"]) == {"a", "own"}


def test_only_what_differs():
    rows = [row("a", batch_size=16, epochs=10), row("b", batch_size=16, epochs=7), row("c", note="")]
    columns = [BY_KEY[key] for key in ("batch_size", "epochs", "roc_auc", "note")]
    assert [column.key for column in differing(rows, columns)] == ["epochs"]


def test_what_cannot_be_compared_is_said():
    reference = row("a")
    fewer = dataclasses.replace(row("b"), judged={"official_test": (100, 10), "by_source": (90, 9)})
    own = dataclasses.replace(row("own", Origin.OWN, data="flanges"), official=False)
    assert warnings([reference, row("same")]) == ()
    assert warnings([]) == ()
    said = warnings([reference, fewer, own, row("Study: cnn", Origin.REPORTED)])
    assert len(said) == 4
    assert "printed them" in said[0]
    assert said[1] == ("b judged other pictures than a in castings never seen: 90 of 9 photographs against 100 of 10.")
    assert "own was trained and judged on other data than a" in said[2]
    assert "own came without a test of its own" in said[3]
    machines = warnings([row("a", device="cpu, 1 thread"), row("b", device="cuda")])
    assert machines == ("Training times are of different machines: cpu, 1 thread; cuda.",)


def test_all_that_ships_can_be_compared_but_for_the_study():
    said = warnings(model_rows([read_card(MODELS / name) for name in shipped()]))
    assert len(said) == 1
    assert said[0].startswith("The study")
