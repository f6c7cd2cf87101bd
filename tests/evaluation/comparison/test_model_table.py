"""The table of models written out, by hand."""

import dataclasses

import pytest

from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.columns import BY_KEY
from casting_core.evaluation.comparison.model_rows import Origin
from casting_core.evaluation.comparison.model_table import spreadsheet, text, to_markdown
from tests import says
from tests.evaluation.comparison.test_model_rows import row

COLUMNS = [BY_KEY[key] for key in ("official_accuracy", "unseen_accuracy", "seconds")]


@pytest.fixture
def rows():
    unseen = Estimate(value=0.98457, low=0.9713, high=1.0, count=7211, of=7324)
    first = row("a | b", official_accuracy=0.9972, unseen_accuracy=unseen, seconds=634.1)
    study = row("Study: cnn", Origin.REPORTED, official_accuracy=0.756)
    study = dataclasses.replace(study, printed={"official_accuracy": "75.6 %"})
    return [first, row("c", official_accuracy=0.9, unseen_accuracy=0.5, seconds=59.6), study]


def test_cells(rows):
    assert text(rows[0], COLUMNS[1]) == "98.46 %"
    assert text(rows[0], COLUMNS[1], ranges=True) == "98.46 % (97.13 to 100.00)"
    assert text(rows[0], COLUMNS[1], counts=True) == "7,211 of 7,324: 98.46 %"
    assert text(rows[1], COLUMNS[1], ranges=True) == "50.00 %"
    assert text(rows[2], COLUMNS[0]) == "75.6 %"
    assert text(rows[2], COLUMNS[1]) == "not reported"
    assert text(rows[2], BY_KEY["milliseconds"]) == text(rows[0], BY_KEY["roc_auc"]) == "–"
    assert [text(each, COLUMNS[2]) for each in rows[:2]] == ["10:34", "1:00"]


def test_markdown(rows):
    told = to_markdown(rows, COLUMNS)
    lines = told.splitlines()
    assert lines[0] == "| Model | Accuracy, official test | Accuracy, never seen | Training time |"
    assert lines[2] == "| a \\| b | **★ 99.72 %** | **★ 98.46 % (97.13 to 100.00)** | 10:34 |"
    assert lines[3] == "| c | 90.00 % | 50.00 % | **★ 1:00** |"
    assert lines[4] == "| Study: cnn | 75.6 % | not reported | not reported |"
    says(told, "- ★ is the best of its column", "- The study’s rows are as it printed them.")


def test_rows_for_a_spreadsheet(rows):
    first, second, study = spreadsheet(rows, COLUMNS)
    assert list(first) == [
        *("model", "origin", "official_accuracy", "unseen_accuracy", "unseen_accuracy_low", "unseen_accuracy_high"),
        "seconds",
    ]
    assert [first[f"unseen_accuracy{end}"] for end in ("", "_low", "_high")] == [0.98457, 0.9713, 1.0]
    assert list(first) == list(second) == list(study)
    assert study["unseen_accuracy"] is None
    assert study["origin"] == "reported by the study"
