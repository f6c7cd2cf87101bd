"""Figures of a card as lines: counts, shares, intervals, and what is nested."""

import pytest

from casting_core.commands.printing import print_figures, print_splits

SHARE = {"count": 1, "of": 4, "share": 0.25, "low": 0.1, "high": 0.5}
NOTHING = {"count": 0, "of": 0, "share": None, "low": None, "high": None}


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_each_kind_of_figure_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {
        "pictures": 4,
        "photographs": 2,
        "wrong": SHARE,
        "recall": NOTHING,
        "f1": 0.5,
        "roc_auc": None,
        "area": {"value": 0.75, "low": 0.5, "high": 1.0},
        "confusion": {"ok": {"ok": 3, "defective": 0}},
        "intervals": {"f1": {"low": 0.25, "high": 0.75}},
    }
    print_figures("by source", figures)
    assert printed(capsys) == [
        "by source: 4 pictures of 2 photographs",
        "pictures: 4",
        "photographs: 2",
        "wrong: 1 of 4 (25.00%, 10.00% to 50.00%)",
        "recall: 0 of 0",
        "f1: 0.500000 (0.250000 to 0.750000)",
        "roc_auc: none",
        "area: 0.7500 (0.5000 to 1.0000)",
        "confusion: ok ok 3, defective 0",
    ]


def test_a_set_within_a_set_has_a_title_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    inner = {"pictures": 1, "photographs": 1}
    print_figures("all", {"pictures": 2, "photographs": 2, "new": inner})
    assert "new: 1 pictures of 1 photographs" in printed(capsys)


def test_splits_name_what_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    each = {"pictures": 1, "photographs": 1}
    split = {"as_filed": each, "without_suspects": each}
    print_splits({"official_test": split | {"wrong_pictures": ["a.png"]}, "by_source": split | {"wrong_pictures": []}})
    lines = printed(capsys)
    assert "official_test, without suspects: 1 pictures of 1 photographs" in lines
    assert [line for line in lines if line.startswith("wrong")] == ["wrong: a.png", "wrong: none"]
