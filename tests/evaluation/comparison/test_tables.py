"""The comparison as tables."""

from pathlib import Path

from casting_core.evaluation.comparison.models import Comparison, compare
from casting_core.evaluation.comparison.tables import comparison_tables


def test_one_model_alone_has_no_table_of_chance(folder: Path):
    alone = comparison_tables(compare(["castnet"], folder))
    assert [len(table.rows) for table in alone] == [4, 1, 1, 4]  # the study's three are in the first and the last


def test_tables_by_hand(comparison: Comparison):
    accuracy, verdicts, probabilities, chance, settings = comparison_tables(comparison)
    for table in (accuracy, verdicts, probabilities, chance, settings):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title
        assert len({line.count("|") for line in table.to_markdown().splitlines() if line.startswith("|")}) == 1
    names = [row[0] for row in accuracy.rows]
    assert names[:3] == ["castnet", "logistic_regression", "brightness (mean brightness alone, the floor)"]
    assert [row[1] for row in accuracy.rows[3:]] == ["64.99 %", "75.6 % (79 % in its text)", "99.86 %, 714 of 715"]
    assert {cell for row in accuracy.rows[3:] for cell in row[2:]} == {"not reported"}
    assert accuracy.rows[0][1].startswith("100.00 % (")
    assert accuracy.rows[1][5] == f"{100 * comparison.models[1].fall:.2f} points"
    assert len(verdicts.rows) == len(probabilities.rows) == 3
    assert "a defect passed 50, a false reject 1, a review 0.1" in verdicts.note
    assert "50 % of these pictures" in verdicts.note
    found = comparison.models[1].against["official_test", "as_filed"]
    assert [row[0] for row in chance.rows] == names[1:3]
    assert chance.rows[0][1].startswith(f"{found.only_first} against 0; p")
    assert settings.rows[1] == (
        *("logistic_regression", "logistic regression", "64 px", "4,097"),
        *("16", "10", "0.0001", "10:01", "cpu, 2 threads"),
    )
    assert settings.rows[2][4:] == ("none", "none", "none", "unknown", "unknown")
    assert [row[7] for row in settings.rows[3:]] == ["10:01", "3:56", "14:01"]
    assert {row[4:7] for row in settings.rows[3:]} == {("16", "10", "0.0001")}
