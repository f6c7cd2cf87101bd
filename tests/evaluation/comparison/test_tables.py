"""The comparison as tables."""

from pathlib import Path

from casting_core.evaluation.comparison.models import Comparison, compare
from casting_core.evaluation.comparison.tables import comparison_tables
from tests import says


def test_one_model_alone_has_no_table_of_chance(folder: Path):
    alone = comparison_tables(compare(["castnet"], folder))
    assert [len(table.rows) for table in alone] == [4, 1, 1, 4]  # the study's three are in the first and the last


def test_tables_by_hand(comparison: Comparison):
    accuracy, verdicts, probabilities, chance, settings = comparison_tables(comparison)
    for table in (accuracy, verdicts, probabilities, chance, settings):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title
        assert len({line.count("|") for line in table.to_markdown().splitlines() if line.startswith("|")}) == 1
    by_name = {row[0]: row[1:] for row in accuracy.rows}
    assert list(by_name) == [
        *("castnet", "Study: cnn", "Study: feedforward", "logistic_regression"),
        *("Study: logistic_regression", "brightness"),
    ]
    study = {name: cells for name, cells in by_name.items() if name.startswith("Study")}
    assert [cells[0] for cells in study.values()] == ["99.86 %", "75.6 %", "64.99 %"]
    assert {cell for cells in study.values() for cell in cells[1:]} == {"not reported"}
    assert by_name["castnet"][0].startswith("20 of 20: 100.00 % (")
    (linear,) = [row for row in comparison.rows if row.name == "logistic_regression"]
    assert by_name["logistic_regression"][4] == f"{100 * linear.values['fall']:.2f} points"
    assert len(verdicts.rows) == len(probabilities.rows) == 3
    says(verdicts.note, "a defect passed 50, a false reject 1, a review 0.1", "50 % of these pictures")
    found = linear.against["official_test", "as_filed"]
    assert [row[0] for row in chance.rows] == ["logistic_regression", "brightness"]
    assert chance.rows[0][1].startswith(f"{found.only_first} against 0; p")
    told = {row[0]: row[1:] for row in settings.rows}
    assert told["logistic_regression"][1:8] == ("64", "4,097", "16", "10", "0.0001", "10:02", "cpu, 2 threads")
    assert told["brightness"][3:8] == ("–",) * 5
    assert [told[name][6] for name in study] == ["14:01", "3:56", "10:01"]
    assert {told[name][3:6] for name in study} == {("16", "10", "0.0001")}
    assert "79 % in its text" in told["Study: feedforward"][8]
