"""The comparison as rows for a spreadsheet."""

from casting_core.evaluation.comparison.models import Comparison
from casting_core.evaluation.comparison.rows import comparison_rows


def test_rows_for_a_spreadsheet(comparison: Comparison):
    rows_of = comparison_rows(comparison)
    assert len(rows_of) == 3 * 4 + 3
    assert len({(row["model"], row["split"], row["view"]) for row in rows_of}) == 15
    row = next(r for r in rows_of if (r["model"], r["split"], r["view"]) == ("brightness", "by_source", "as_filed"))
    figures = comparison.models[2].figures("by_source", "as_filed")
    assert row["missed_defects"] == figures["missed_defects"]["share"]
    assert row["missed_defects_count"] == figures["missed_defects"]["count"]
    assert (row["roc_auc"], row["roc_auc_low"]) == (figures["roc_auc"], figures["intervals"]["roc_auc"]["low"])
    assert row["reference"] == "castnet"
    assert row["only_reference_right"] == comparison.models[2].against["by_source", "as_filed"].only_first
    assert not [name for r in rows_of for name, value in r.items() if isinstance(value, dict | list)]
    assert [r["accuracy"] for r in rows_of if r["origin"] == "reported"] == [0.6499, 0.756, 0.9986]
