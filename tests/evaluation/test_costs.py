"""A plant's costs: by hand, what reviewers can do, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from casting_core.errors import SettingsError
from casting_core.evaluation.costs import PASS, REVIEW, Costs
from tests.factories import plant

PLANT = plant(defect_rate=0.1, by_hand_seconds=30, person_passes=0.9)


def test_what_thresholds_are_chosen_by():
    """1,000 parts of 2 minutes each take 2,000 minutes; for 300 of them there are people."""
    assert PLANT.costs() == Costs(missed_defect=100, false_alarm=10, review=1, review_capacity=0.15)
    assert replace(PLANT, capacity_minutes_per_day=1e6).costs().review_capacity == 1
    assert replace(PLANT, review_minutes=0).costs().review_capacity == 1


def test_a_part_costs_by_its_label_and_verdict():
    """A review costs a minute's pay twice, and what the person gets wrong: 20 % of 100, 10 % of 10."""
    assert PLANT.by_verdict() == pytest.approx(np.array([[0, 2, 10], [100, 21, 0]]))
    assert PLANT.costs().by_verdict() == pytest.approx(np.array([[0, 1, 10], [100, 1, 0]]))
    assert PLANT.cost(sound=PASS, defective=PASS) == pytest.approx(10)
    assert PLANT.cost(sound=REVIEW, defective=REVIEW) == pytest.approx(0.9 * 2 + 0.1 * 21)
    assert PLANT.by_hand.cost(sound=REVIEW, defective=REVIEW) == pytest.approx(0.25 + 0.9 * 1 + 0.1 * 20)


@pytest.mark.parametrize("name", list(vars(PLANT)))
@pytest.mark.parametrize("wrong", [-1, math.nan, math.inf, 10**400, True, "1", None])
def test_no_field_takes_nonsense(name: str, wrong: float):
    with pytest.raises(SettingsError, match=name):
        replace(PLANT, **{name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("parts_per_day", 0), ("days_per_year", 0), ("days_per_year", 367), ("defect_rate", 2), ("person_finds", 1.1)],
)
def test_what_is_out_of_range_is_refused(name: str, wrong: float):
    with pytest.raises(SettingsError, match=name):
        replace(PLANT, **{name: wrong})
