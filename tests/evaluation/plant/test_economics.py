"""What an inspection is worth in a plant: one whole case on paper, break-evens, and what chance allows."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.evaluation.plant.economics import compare_inspection_methods
from casting_core.evaluation.plant.results import Totals
from casting_core.evaluation.plant.verdict_rates import VerdictRates, measure_rates
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.thresholds import Thresholds
from tests.factories import plant, predictions

PLANT = plant()


def rates_of(defective: tuple[int, int, int], sound: tuple[int, int, int]) -> VerdictRates:
    """Rates where so many pictures, each its own photograph, are passed, reviewed and rejected."""
    p = np.repeat([0.1, 0.5, 0.9, 0.1, 0.5, 0.9], [*defective, *sound])
    return measure_rates(predictions(p, np.arange(len(p)) < sum(defective)), Thresholds(passing=0.3, rejecting=0.7))


RATES = rates_of((1, 3, 16), (32, 6, 2))


def values(totals: Totals) -> list[float]:
    return [getattr(totals, name).value for name in ("escapes", "false_rejects", "reviews", "review_hours", "cost")]


def test_one_case_on_paper_in_which_only_the_model_leaves_anything_to_chance():
    """Of 20 defective parts 1 passes, 3 go to a person, 16 are rejected: 5 %, 15 %, 80 %.
    Of 40 sound parts 32 pass, 6 go to a person, 2 are rejected: 80 %, 15 %, 5 %.

    Of 10,000 parts of the plant 200 are defective and 9,800 sound.

    The model:
        passed defective       5 % of 200                                  10
        reviewed defective    15 % of 200 = 30, of which a person misses 20 %: 6
        escapes                                                            16
        false rejects          5 % of 9,800 = 490; 15 % of 9,800 = 1,470 reviewed, 1 % of them 14.7:  504.7
        reviews               30 + 1,470                                1,500  of 2 minutes: 3,000 minutes, 50 hours
        cost                  16 x 100 + 504.7 x 10 + 3,000 x 0.5 = 1,600 + 5,047 + 1,500 = 8,147
        a day                 1,000 parts, 150 reviews, 300 minutes: just what the reviewers can do

    A second look at what it rejects: a person sees 190 of the defective, 1,960 of the sound parts.
        escapes               10 + 20 % of 190 = 48
        false rejects         1 % of 1,960 = 19.6
        reviews               2,150, 4,300 minutes, 71 2/3 hours
        cost                  4,800 + 196 + 2,150 = 7,146
        a day                 430 minutes: too many

    By hand: 12 seconds a part.
        escapes 40, false rejects 98, 10,000 looks, 2,000 minutes, 33 1/3 hours, cost 4,000 + 980 + 1,000 = 5,980
        a day                 200 minutes

    Not at all: 200 escapes, cost 20,000.

    A year has 250,000 parts, 25 times as many.

    Precision: of 10,000 parts the model rejects 160 defective and 490 sound ones, 160 / 650 = 24.6 %.

    Break-even with by hand, the model's extra cost: a defective part costs the model 5 % + 3 % = 8 % of 100 and 15 % of
    a minute's pay x 2 = 8 + 0.15 = 8.15, by hand 20 + 0.1 = 20.1; a sound part costs the model 5.15 % of 10 + 0.15 =
    0.665, by hand 0.1 + 0.1 = 0.2. At a defect rate r: -11.95 r + 0.465 (1 - r) = 0, r = 0.465 / 12.415; below it by
    hand is cheaper. At a cost m of a missed defect: 16 m + 6,547 = 40 m + 1,980, m = 4,567 / 24; below it by hand is.
    """
    found = compare_inspection_methods(RATES, PLANT)
    assert values(found.model.per_10_000) == pytest.approx([16, 504.7, 1500, 50, 8147])
    assert values(found.second_look.per_10_000) == pytest.approx([48, 19.6, 2150, 71 + 2 / 3, 7146])
    assert values(found.by_hand.per_10_000) == pytest.approx([40, 98, 10_000, 33 + 1 / 3, 5980])
    assert values(found.uninspected.per_10_000) == pytest.approx([200, 0, 0, 0, 20_000])
    for way in (found.model, found.second_look, found.by_hand, found.uninspected):
        assert values(way.per_year) == pytest.approx([25 * value for value in values(way.per_10_000)])
    minutes = [way.minutes_per_day.value for way in (found.model, found.second_look, found.by_hand, found.uninspected)]
    assert minutes == pytest.approx([300, 430, 200, 0])
    assert [found.model.enough, found.second_look.enough, found.by_hand.enough] == [True, False, True]
    assert not found.model.enough_at_worst
    assert found.by_hand.enough_at_worst

    assert found.precision.value == pytest.approx(160 / 650)
    assert found.model_over_by_hand.per_10_000.value == pytest.approx(5980 - 8147)
    assert found.model_over_by_hand.per_year.value == pytest.approx(25 * (5980 - 8147))
    assert found.second_look_over_by_hand.per_10_000.value == pytest.approx(5980 - 7146)
    assert found.model_over_uninspected.per_10_000.value == pytest.approx(20_000 - 8147)
    by_rate = found.model_over_by_hand.break_even_defect_rate
    by_cost = found.model_over_by_hand.break_even_missed_defect_cost
    assert (by_rate.at, by_rate.first_cheaper_below) == (pytest.approx(0.465 / 12.415), False)
    assert (by_cost.at, by_cost.first_cheaper_below) == (pytest.approx(4567 / 24), False)
    for way in (found.by_hand, found.uninspected):
        assert way.per_year.cost.low == pytest.approx(way.per_year.cost.high)
    assert found.model.per_year.cost.low < found.model.per_year.cost.high


PERCENT = st.integers(0, 100).map(lambda whole: whole / 100)
COUNTS = st.tuples(*[st.integers(0, 9)] * 3).filter(lambda counts: sum(counts) > 1)


@settings(max_examples=60)
@given(COUNTS, COUNTS, PERCENT, PERCENT, PERCENT)
def test_at_a_break_even_both_ways_cost_the_same(
    defective: tuple[int, int, int], sound: tuple[int, int, int], rate: float, finds: float, passes: float
):
    plant = replace(PLANT, defect_rate=rate, person_finds=finds, person_passes=passes)
    rates = rates_of(defective, sound)
    found = compare_inspection_methods(rates, plant)
    for name in ("model_over_by_hand", "second_look_over_by_hand", "model_over_uninspected"):
        advantage = getattr(found, name)
        for even, field in (
            (advantage.break_even_defect_rate, "defect_rate"),
            (advantage.break_even_missed_defect_cost, "missed_defect_cost"),
        ):
            if even is not None:
                there, below = (
                    getattr(compare_inspection_methods(rates, replace(plant, **{field: value})), name).per_10_000.value
                    for value in (even.at, even.at / 2)
                )
                assert there == pytest.approx(0, abs=1e-6 * (1 + even.at))
                if even.at > 0:
                    assert (below > 0) == even.first_cheaper_below


def test_one_way_that_is_always_cheaper_has_no_break_even():
    """A model without errors or reviews, against people who are never right and are paid."""
    flawless = rates_of((0, 0, 20), (20, 0, 0))
    found = compare_inspection_methods(flawless, replace(PLANT, person_finds=0.0, person_passes=0.0)).model_over_by_hand
    assert found.break_even_defect_rate is None
    assert found.break_even_missed_defect_cost is None
    assert found.cheaper_in == 1


def test_two_ways_that_are_the_same_have_no_break_even():
    """A model that rejects everything and a person who looks at that, as long as by hand, is inspecting by hand."""
    found = compare_inspection_methods(
        rates_of((0, 0, 20), (0, 0, 30)), replace(PLANT, by_hand_seconds=120)
    ).second_look_over_by_hand
    assert found.per_10_000.value == pytest.approx(0, abs=1e-6)
    assert found.break_even_defect_rate is None
    assert found.break_even_missed_defect_cost is None


def test_a_rounding_saves_nothing():
    """Where nobody is paid and the model never passes a part, a second look is inspecting by hand in every draw."""
    found = compare_inspection_methods(rates_of((0, 3, 16), (0, 6, 2)), replace(PLANT, defect_rate=1, minute_cost=0))
    rates = found.second_look.per_10_000.escapes
    assert rates.low == rates.value < rates.high  # a pass is allowed for, though none was seen
    assert found.second_look_over_by_hand.per_10_000.high <= 0


def test_errors_that_were_not_seen_are_in_the_intervals():
    """No defect missed on 20 photographs, no sound part rejected on 40: the upper ends are Clopper and Pearson's."""
    found = compare_inspection_methods(
        rates_of((0, 0, 20), (40, 0, 0)), replace(PLANT, person_finds=1.0, person_passes=1.0)
    ).model
    assert (found.per_10_000.escapes.value, found.per_10_000.escapes.low) == (0, 0)
    assert found.per_10_000.escapes.high == pytest.approx(200 * clopper_pearson(0, 20)[1], rel=1e-3)
    assert found.per_10_000.false_rejects.high == pytest.approx(9800 * clopper_pearson(0, 40)[1], rel=1e-3)
    assert found.per_10_000.reviews.high > 0
    # both at their worst at once would cost this much; chance hardly allows it
    worst = 100 * found.per_10_000.escapes.high + 10 * found.per_10_000.false_rejects.high
    assert 0 < found.per_10_000.cost.high < worst + found.per_10_000.review_hours.high * 30


@settings(max_examples=20)
@given(COUNTS, COUNTS, st.floats(0, 1))
def test_every_figure_lies_in_its_interval(defective: tuple[int, int, int], sound: tuple[int, int, int], rate: float):
    found = compare_inspection_methods(rates_of(defective, sound), replace(PLANT, defect_rate=rate))
    for way in (found.model, found.second_look, found.by_hand, found.uninspected):
        for estimate in (*vars(way.per_10_000).values(), *vars(way.per_year).values(), way.minutes_per_day):
            assert 0 <= estimate.low <= estimate.value <= estimate.high < math.inf
    if found.precision is not None:
        assert 0 <= found.precision.low <= found.precision.value <= found.precision.high <= 1


def test_where_defects_are_rarer_a_rejected_part_is_less_likely_to_be_bad():
    precision = [
        compare_inspection_methods(RATES, replace(PLANT, defect_rate=rate)).precision.value
        for rate in (0.001, 0.02, 0.57, 1.0)
    ]
    assert (precision, precision[-1]) == (sorted(precision), 1)
    assert compare_inspection_methods(rates_of((5, 0, 0), (5, 0, 0)), PLANT).precision is None
