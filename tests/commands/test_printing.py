"""Figures of a card as lines: counts, shares, intervals, and what is nested."""

from dataclasses import replace

import pytest

from casting_core.commands.printing import print_figures, print_splits
from casting_core.estimate import Estimate
from casting_core.networks.figures import Metrics
from casting_core.networks.localization_figures import Count, Headline, LocalizationFigures, Quantiles
from tests.factories import bare, figures, split_figures


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_each_kind_of_figure_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    share = Estimate(count=1, of=4, value=0.25, low=0.1, high=0.5)
    f1 = Estimate(value=0.5, low=0.25, high=0.75)
    print_figures("by source", replace(figures(), wrong=share, recall=None, f1=f1, roc_auc=None, reliability=()))
    lines = printed(capsys)
    assert lines[:3] == ["by source: 2 pictures of 2 photographs", "pictures: 2", "photographs: 2"]
    assert lines[3:5] == ["defective_pictures: 1", "defective_photographs: 1"]
    assert {
        "wrong: 1 of 4 (25.00%, 10.00% to 50.00%)",
        "recall: 0 of 0",
        "f1: 0.500000 (0.250000 to 0.750000)",
        "roc_auc: none",
        "confusion: ok ok 1, defective 0; defective ok 0, defective 1",
    } <= set(lines)


def test_the_figures_of_a_study_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    found = bare(
        LocalizationFigures,
        pixel_auroc=Estimate(value=0.75, low=0.5, high=1.0),
        peak_of_sound=Quantiles(median=0.25, p95=0.5),
        found_by_kind={"burr": Count(count=1, of=2)},
        new_photographs=bare(Headline, pictures=1, photographs=1),
    )
    print_figures("rendered", found)
    assert {
        *("roc_auc: none", "pixel_auroc: 0.7500 (0.5000 to 1.0000)", "peak_of_sound: median 0.250000; p95 0.500000"),
        *("region_recall: all none; small none; medium none; large none", "known_photographs: none"),
        *("new_photographs: 1 pictures of 1 photographs", "found_by_kind: burr count 1, of 2"),
    } <= set(printed(capsys))


def test_splits_name_what_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = split_figures(wrong_pictures=("a.png",))
    print_splits(Metrics(official_test=wrong, by_source=split_figures()))
    lines = printed(capsys)
    assert "official_test, without suspects: 2 pictures of 2 photographs" in lines
    assert [line for line in lines if line.startswith("wrong: ") and " of " not in line] == [
        "wrong: a.png",
        "wrong: none",
    ]
