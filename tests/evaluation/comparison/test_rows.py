"""The comparison as rows for a spreadsheet."""

from pathlib import Path

from casting_core.evaluation.comparison.model_rows import Origin
from casting_core.evaluation.comparison.models import Comparison, compare
from casting_core.evaluation.comparison.rows import comparison_rows


def test_rows_for_a_spreadsheet(comparison: Comparison):
    rows_of = comparison_rows(comparison)
    assert len(rows_of) == 3 * 4 + 3
    assert len({(row["model"], row["split"], row["view"]) for row in rows_of}) == 15
    row = next(r for r in rows_of if (r["model"], r["split"], r["view"]) == ("brightness", "by_source", "as_filed"))
    figures = comparison.models[2].figures("by_source", "as_filed")
    (brightness,) = [each for each in comparison.rows if each.name == "brightness"]
    assert row["missed_defects"] == figures.missed_defects.value
    assert row["missed_defects_count"] == figures.missed_defects.count
    assert (row["roc_auc"], row["roc_auc_low"]) == (figures.roc_auc.value, figures.roc_auc.low)
    assert row["reference"] == "castnet"
    assert row["only_reference_right"] == brightness.against["by_source", "as_filed"].only_first
    assert not [name for r in rows_of for name, value in r.items() if isinstance(value, dict | list)]
    assert [r["accuracy"] for r in rows_of if r["origin"] == Origin.REPORTED] == [0.9986, 0.756, 0.6499]


def test_only_what_was_compared_with_the_reference_has_its_columns(comparison: Comparison, folder: Path):
    rows_of = comparison_rows(comparison)
    assert {row["model"] for row in rows_of if "p_pictures" in row} == {"logistic_regression", "brightness"}
    alone = comparison_rows(compare(["brightness"], folder))
    assert not [row for row in alone if "reference" in row]
    assert {row["epochs"] for row in alone if row["origin"] == Origin.PUBLIC} == {None}  # its card tells no settings


def test_each_figure_lies_within_its_interval(comparison: Comparison):
    for row in comparison_rows(comparison):
        for name in [key.removesuffix("_low") for key in row if key.endswith("_low")]:
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"], (row["model"], name)
