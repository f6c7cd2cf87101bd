"""The README's tables are the card's."""

from pathlib import Path

from casting_core.evaluation.table import map_table, results_table
from casting_core.networks.card import MODELS, read_card

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_shows_the_figures_of_the_card():
    text = README.read_text(encoding="utf-8")
    shown = text.split("--markdown -->\n")[1].split("<!-- end of figures -->")[0]
    assert shown == results_table(read_card(MODELS / "castnet").metrics)
    shown = text.split("--rendered 400 --save -->\n")[1].split("<!-- end of figures -->")[0]
    assert shown == map_table(read_card(MODELS / "castnet").metrics)


def test_nothing_measured_gives_no_table():
    assert map_table({"by_source": {}}) == ""


def test_a_share_with_its_interval_and_a_missing_one():
    share = {"count": 1, "of": 2000, "share": 0.0005, "low": 0.0, "high": 0.0015}
    empty = {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    figures = {
        "pictures": 2000,
        "photographs": 40,
        "wrong": share,
        "missed_defects": empty,
        "false_alarms": share,
        "reviews": share,
        "roc_auc": None,
        "expected_calibration_error": 0.01,
    }
    both = {"as_filed": figures, "without_suspects": figures}
    table = results_table({"official_test": both, "by_source": both})
    assert "| 1 of 2,000: 0.05 % (0.00 % to 0.15 %) |" in table
    assert "none of this label" in table
    assert "needs both labels" in table
    assert {line.count("|") for line in table.splitlines()} == {6}
