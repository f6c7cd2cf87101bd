"""Figures of limits: sizes in words, shares of nothing, and what lies beyond the sizes tried."""

from casting_core.estimate import Estimate
from casting_core.networks.limit_figures import CensoredSize, DisturbedFigures, LevelFigures, SizeBin, SizeFigures
from casting_core.system.json_records import from_json, to_json
from tests.factories import bare

NOTHING = {"count": 0, "of": 0, "share": None, "low": None, "high": None}


def test_a_size_lies_among_those_tried_or_beyond():
    assert CensoredSize.within(0.5, 0.7, 3.0) == CensoredSize(value=None, beyond="below")
    assert CensoredSize.within(2.0, 0.7, 3.0) == CensoredSize(value=2.0, beyond=None)
    assert CensoredSize.within(4.0, 0.7, 3.0) == CensoredSize(value=None, beyond="above")


def test_sizes_in_words():
    figures = bare(
        SizeFigures,
        least=0.72,
        most=14.61,
        a50=CensoredSize(value=2.34, beyond=None),
        a90=CensoredSize(value=None, beyond="above"),
        a90_95=CensoredSize(value=None, beyond="below"),
    )
    assert (figures.size_text("a50"), figures.size_text("a90")) == ("2.3 %", "> 14.6 %")
    assert figures.size_text("a90_95") == "≤ 0.7 %"


def test_a_share_may_have_no_interval_or_be_of_nothing_and_a_level_is_written_first():
    share = Estimate(value=0.25, low=0.2, high=0.3, count=1, of=4)
    level = bare(LevelFigures, missed=share, reviews=0.25, unusable=0.5)
    assert (level.share("missed"), level.share("accuracy")) == (share, None)
    assert (level.share("reviews"), level.handed_over) == (Estimate(value=0.25), 0.75)
    assert level.to_json()["accuracy"] == NOTHING
    found = bare(
        DisturbedFigures,
        **dict.fromkeys(("level", "reviews", "unusable", "flips", "handed_over_rise"), 0.5),
        missed=share,
        errors_hold=True,
        holds=False,
    )
    assert next(iter(to_json(found))) == "level"
    assert from_json(DisturbedFigures, to_json(found)) == found


def test_a_bin_is_written_from_one_size_to_another():
    found = SizeBin(from_=1.0, to=2.0, trials=4, hits=3)
    assert to_json(found) == {"from": 1.0, "to": 2.0, "trials": 4, "hits": 3}
    assert from_json(SizeBin, to_json(found)) == found
