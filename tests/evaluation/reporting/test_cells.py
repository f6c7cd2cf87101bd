"""Cells of tables: what is rounded, and what never is."""

import pytest

from casting_core.evaluation.reporting.cells import chance, decimal, markdown, percent


@pytest.mark.parametrize(("value", "text"), [(0.99996, "0.9999"), (1.0, "1.0000"), (0.1236, "0.1236"), (0.0, "0.0000")])
def test_what_is_not_flawless_does_not_look_so(value: float, text: str):
    assert decimal(value, 4) == text


def test_shares_and_chances():
    assert percent(0.99721) == "99.72 %"
    assert percent(-0.05) == "-5.00 %"
    assert (chance(0.0004), chance(0.0312), chance(1.0)) == ("p < 0.001", "p = 0.031", "p = 1.000")


def test_a_table_by_hand():
    assert markdown(("", "a", "b"), [("x", "1", "2")]) == "| | a | b |\n| --- | ---: | ---: |\n| x | 1 | 2 |\n"
