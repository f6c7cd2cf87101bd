"""Figures of robustness: rises and ranges by hand, and those of the shipped card from its counts."""

from dataclasses import replace

import pytest

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.robustness.summary import HANDED, RISE, around, rise, summarise
from casting_core.evaluation.robustness.tallies import FILE, UNDISTURBED, CorruptionCounts, read_tallies
from casting_core.labels import Label
from casting_core.networks.card import MODELS, read_card
from casting_core.networks.limit_figures import DisturbedFigures, HeldRange
from casting_core.system.json_records import to_json


def counts(disturbance: str, level: float, label: Label, photograph: int, **counted: int) -> CorruptionCounts:
    """Ten pictures of a photograph, all judged, nothing wrong unless told."""
    nothing = dict.fromkeys(("wrong", "missed", "false_alarms", "reviews", "unusable", "flips"), 0)
    where = {"disturbance": disturbance, "level": level, "unit": "", "fold": 0, "photograph": photograph}
    return CorruptionCounts(**where, label=label, **{"pictures": 10, "judged": 10, **nothing, **counted})


def part(disturbance: str, level: float, **counted: int) -> list[CorruptionCounts]:
    """20 sound photographs, 20 defective ones; `counted` happens on every one of them where it can."""
    sound = {name: count for name, count in counted.items() if name != "missed"}
    faulty = {name: count for name, count in counted.items() if name != "false_alarms"}
    return [counts(disturbance, level, Label.OK, n, **sound) for n in range(20)] + [
        counts(disturbance, level, Label.DEFECTIVE, 20 + n, **faulty) for n in range(20)
    ]


def test_shares_by_hand():
    rows = part(UNDISTURBED, 0.0) + part("blur", 1.0, wrong=2, judged=8, missed=3, false_alarms=1, reviews=4, flips=5)
    figures = summarise(rows)
    assert (figures.pictures, figures.photographs, figures.sound_photographs) == (400, 40, 20)
    assert figures.undisturbed.accuracy.value == 1
    none, blurred = figures.disturbances["blur"].levels
    assert (none.level, none.flips, none.holds) == (0, 0, True)
    assert (blurred.accuracy.count, blurred.accuracy.of) == (240, 320)  # of those that were judged
    assert (blurred.missed.count, blurred.missed.of) == (60, 200)
    assert (blurred.false_alarms.count, blurred.false_alarms.of) == (20, 200)
    assert (blurred.reviews, blurred.flips) == pytest.approx((0.4, 0.5))
    assert (blurred.missed_rise.value, *blurred.missed_rise.ends) == pytest.approx((0.3, 0.3, 0.3))
    assert not blurred.errors_hold


def test_where_a_gate_refuses_all_there_is_no_accuracy_and_no_error():
    all_refused = part("blur", 3.0, judged=0, unusable=10, flips=10)
    level = summarise(part(UNDISTURBED, 0.0) + all_refused).disturbances["blur"].levels[1]
    assert level.accuracy is None
    assert level.to_json()["accuracy"] == {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    assert level.handed_over_rise == 1
    assert level.errors_hold
    assert not level.holds


def test_a_rise_is_told_on_the_same_pictures():
    before = dict.fromkeys(range(8), (0, 10))
    assert rise(before, before) == Estimate(value=0, low=0, high=0)
    one = {**before, 3: (8, 10)}
    found = rise(before, one)
    assert found.value == pytest.approx(0.1)
    assert found.low == 0  # a third of the draws leaves that photograph out
    every = rise(before, dict.fromkeys(range(8), (1, 10)))
    assert (every.value, *every.ends) == pytest.approx((0.1, 0.1, 0.1))
    assert rise(one, before).value == pytest.approx(-0.1)
    assert rise({}, {}) is None
    for other in ({**before, 3: (0, 9)}, {1: (0, 10)}):
        with pytest.raises(DataError, match="same pictures"):
            rise(before, other)


def test_what_holds_is_within_the_margins():
    def level(**counted: int) -> DisturbedFigures:
        return summarise(part(UNDISTURBED, 0.0) + part("blur", 1.0, **counted)).disturbances["blur"].levels[1]

    assert level().holds
    assert not level(missed=1).errors_hold
    assert not level(false_alarms=1).errors_hold
    assert level(reviews=1).errors_hold
    assert level(reviews=1).handed_over_rise == pytest.approx(0.1)
    assert HANDED < 0.1
    assert not level(reviews=1).holds


@pytest.mark.parametrize(("name", "label"), [("missed", Label.DEFECTIVE), ("false_alarms", Label.OK)])
def test_a_rise_may_be_within_its_margin_where_it_is_not_clear(name: str, label: Label):
    """One photograph of 20 in which as much happens as the margin allows, or just more; and as little on many."""

    def level(happened: dict[int, int]) -> DisturbedFigures:
        rows = [replace(row, pictures=100, judged=100) for row in part(UNDISTURBED, 0.0)]
        places = [n for n, row in enumerate(rows) if row.label is label]
        blurred = [replace(row, disturbance="blur", level=1.0) for row in rows]
        for place, count in happened.items():
            blurred[places[place]] = replace(blurred[places[place]], **{name: count})
        return summarise(rows + blurred).disturbances["blur"].levels[1]

    most = round(2000 * RISE[name])  # of 20 photographs with 100 pictures each
    assert level({0: most}).errors_hold
    assert not level({0: most + 1}).errors_hold
    clear = level(dict.fromkeys(range(8), 1))  # 8 of 2,000 are within the margin, but on 8 photographs
    assert getattr(clear, f"{name}_rise").value == pytest.approx(0.004)
    assert not clear.errors_hold


def test_ranges_end_at_the_first_level_that_does_not_hold():
    holds = {0.4: True, 0.6: False, 0.8: True, 1.0: True, 1.2: True, 1.5: True}
    assert around(1.0, holds) == HeldRange(least=0.8, most=1.5, to_the_least=False, to_the_most=True)
    assert around(0.4, {0.4: True, 0.6: False}) == HeldRange(least=0.4, most=0.4, to_the_least=True, to_the_most=False)


def test_a_side_that_was_not_tried_ends_at_none():
    figures = summarise(part(UNDISTURBED, 0.0) + part("JPEG", 70.0) + part("JPEG", 50.0, missed=5))
    assert list(figures.disturbances) == ["JPEG"]
    jpeg = figures.disturbances["JPEG"]
    assert [each.level for each in jpeg.levels] == [50, 70, 100]
    assert jpeg.envelope == HeldRange(least=70, most=100, to_the_least=False, to_the_most=True)


def test_without_undisturbed_pictures_there_is_nothing_to_compare():
    for rows in ([], part("blur", 1.0)):
        with pytest.raises(DataError, match="undisturbed"):
            summarise(rows)
    with pytest.raises(DataError, match="same pictures"):
        summarise([*part(UNDISTURBED, 0.0), *(replace(row, pictures=11) for row in part("blur", 1.0))])


def test_the_card_holds_what_its_counts_give():
    found = summarise(read_tallies(MODELS / "castnet" / FILE))
    assert same(to_json(found), to_json(read_card(MODELS / "castnet").metrics.robustness))


def same(one: object, other: object) -> bool:
    """Equal, numbers within what another processor's last digits make of them."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-12)
    return one == other
