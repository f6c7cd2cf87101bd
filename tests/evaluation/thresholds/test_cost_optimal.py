"""Thresholds for a plant's costs: against trying all pairs, by hand, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.costs import Costs, Plant
from casting_core.evaluation.predictions import Prediction, as_arrays
from casting_core.evaluation.thresholds.cost_optimal import choose_for_plant
from casting_core.evaluation.thresholds.operating_point import GRID, choose_operating_point, pair_costs
from casting_core.labels import Label
from tests import factories
from tests.factories import prediction


def plant(rate: float = 0.5, *, missed=50, alarm=1, review=0.1, capacity=0.02, **people: float) -> Plant:
    """A plant with these costs of a part and this share of reviews, whose people are always right unless told."""
    one = {"parts_per_day": 1, "days_per_year": 1, "review_minutes": 1, "by_hand_seconds": 0, "minute_cost": review}
    one |= {"missed_defect_cost": missed, "false_reject_cost": alarm, "capacity_minutes_per_day": capacity}
    return factories.plant(defect_rate=rate, **one | {"person_finds": 1.0, "person_passes": 1.0} | people)


def rows_of(p: np.ndarray, positive: np.ndarray, source: np.ndarray, folds: int = 5) -> list[Prediction]:
    return [
        prediction(f"train/{n}", list(Label)[bool(bad)], float(q), split=f"by-source-{s % folds}", source=int(s))
        for n, (q, bad, s) in enumerate(zip(p, positive, source, strict=True))
    ]


def mixed(seed: int, photographs: int = 60, copies: int = 5) -> list[Prediction]:
    """Photographs of parts that a model tells apart more or less."""
    rng = np.random.default_rng(seed)
    source = np.repeat(np.arange(photographs), copies)
    logits = np.repeat(rng.normal(0, 3, photographs), copies) + rng.normal(0, 0.5, len(source))
    positive = np.repeat(rng.random(photographs), copies) < expit(logits)
    return rows_of(expit(logits), positive, source)


def cost_by_counting(rows: list[Prediction], low: float, high: float, plant: Plant) -> tuple[float, float]:
    """Expected cost and share of reviews, picture by picture."""
    total = reviews = 0.0
    for label, share in ((Label.DEFECTIVE, plant.defect_rate), (Label.OK, 1 - plant.defect_rate)):
        members = [row.probability for row in rows if row.label is label]
        wrong = sum(p < low for p in members) if label.positive else sum(p >= high for p in members)
        looked = sum(low <= p < high for p in members)
        each = plant.missed_defect_cost if label.positive else plant.false_reject_cost
        mistaken = 1 - (plant.person_finds if label.positive else plant.person_passes)
        total += share * (each * (wrong + mistaken * looked) + plant.minute_cost * looked) / len(members)
        reviews += share * looked / len(members)
    return total, reviews


@pytest.mark.parametrize("people", [{}, {"person_finds": 0.8, "person_passes": 0.9}])
@pytest.mark.parametrize("rate", [0.01, 0.2, 0.9])
@pytest.mark.parametrize("capacity", [0.0, 0.1, 1.0])
def test_no_pair_of_all_is_cheaper_by_more_than_the_margin(rate: float, capacity: float, people: dict[str, float]):
    rows = mixed(3, photographs=24, copies=2)
    given = plant(rate, missed=20, review=0.3, capacity=capacity, **people)
    found = choose_for_plant(rows, given)
    tried = [
        cost_by_counting(rows, low, high, given)
        for low in [0.0, *expit(GRID), 1.0][::4]
        for high in [0.0, *expit(GRID), 1.0][::4]
        if low <= high
    ]
    least = min(cost for cost, reviews in tried if reviews <= capacity)
    assert found.cost <= least + found.plateau.margin + 1e-12
    counted = cost_by_counting(rows, found.threshold_pass, found.threshold_reject, given)
    assert (found.cost, found.reviews) == pytest.approx(counted)
    assert found.reviews <= capacity + 1e-9


def test_at_the_sets_own_rate_it_costs_what_the_chosen_point_costs_or_less():
    """The pairs on both sides of one half are some of all pairs, and pictures count alike at the set's own rate."""
    rows = mixed(7)
    arrays = as_arrays(rows)
    given = plant(float(arrays.positive.mean()), capacity=0.2)
    point = choose_operating_point(arrays.probability, arrays.positive, arrays.source, costs=Costs(review_capacity=0.2))
    found = choose_for_plant(rows, given)
    assert found.cost <= point.cost + found.plateau.margin
    assert found.cost == pytest.approx(cost_by_counting(rows, found.threshold_pass, found.threshold_reject, given)[0])


def test_the_middle_of_a_flat_optimum_by_hand():
    """40 sound parts at -4, 40 defective ones at 4; reviews dear.

    Errors cost far more than the margin, a hundredth of a review, and so do reviews. Pairs without either have both
    thresholds above -4 and up to 4: 64 steps of 1/8 each, pass at or below reject, 64 * 65 / 2 = 2,080 pairs, all
    free. In the order of their pass threshold, a quarter of 2,080 pairs lie in the first 9 rows (64 + 63 + … + 56 =
    540); in that of reject a quarter from above likewise.
    """
    logits = np.repeat([-4.0, 4.0], 40)
    rows = rows_of(expit(logits), logits > 0, np.arange(80))
    found = choose_for_plant(rows, plant(missed=1000, alarm=1000, review=1000))
    assert (found.cost, found.reviews) == (0, 0)
    assert found.plateau.pairs == 2080
    assert logit(found.plateau.pass_low) == pytest.approx(-3.875)
    assert logit(found.plateau.reject_high) == pytest.approx(4)
    assert logit(found.threshold_pass) == pytest.approx(-3.875 + 8 / 8)
    assert logit(found.threshold_reject) == pytest.approx(4 - 8 / 8)
    assert 0 < found.plateau.share < 1


def test_thresholds_follow_the_defect_rate_and_too_few_reviewers_are_told():
    rows = mixed(5, photographs=200, copies=2)
    rare, common = (choose_for_plant(rows, plant(rate, missed=20, capacity=1)) for rate in (0.005, 0.5))
    assert rare.threshold_pass > common.threshold_pass
    assert rare.threshold_reject > common.threshold_reject
    plenty, few = (
        choose_for_plant(rows, plant(0.3, missed=200, alarm=50, capacity=capacity)) for capacity in (1.0, 0.01)
    )
    assert few.capacity_binds
    assert not plenty.capacity_binds
    assert few.cost > plenty.cost
    assert few.reviews <= 0.01


def test_where_nothing_costs_anything_every_pair_will_do():
    assert choose_for_plant(mixed(1), plant(missed=0, alarm=0, review=0, capacity=1)).plateau.share == 1


def test_the_margin_is_the_standard_error_of_the_cheapest_pair():
    """Worked out anew: photographs are drawn within each label, and the labels weigh as the plant's rate says."""
    rows, rate = mixed(11, photographs=80, copies=3), 0.2
    given = plant(rate, missed=20, capacity=1)
    found, grid, arrays = choose_for_plant(rows, given), np.array([0.0, *expit(GRID), 1.0]), as_arrays(rows)
    cost, _ = pair_costs(arrays.probability, arrays.positive, grid, given.by_verdict(), defect_rate=rate)
    low, high = (grid[place] for place in np.unravel_index(cost.argmin(), cost.shape))
    assert found.plateau.pairs == (cost <= cost.min() + found.plateau.margin).sum()
    rng = np.random.default_rng(1)
    total = np.zeros(4000)
    for label, share in ((Label.DEFECTIVE, rate), (Label.OK, 1 - rate)):
        wrong = 20 if label.positive else 1
        each: dict[int, list[float]] = {}
        for row in (row for row in rows if row.label is label):
            errs = row.probability < low if label.positive else row.probability >= high
            reviewed = low <= row.probability < high
            each.setdefault(row.source, []).append(wrong * errs + 0.1 * reviewed)
        means = np.array([np.mean(values) for values in each.values()])
        total += share * means[rng.integers(0, len(means), (4000, len(means)))].mean(1)
    assert found.plateau.margin == pytest.approx(total.std(), rel=0.2)
    assert found.plateau.margin > 2 * 0.01 * 0.1  # not the least that it may be


def test_the_cross_fitted_cost_is_that_of_thresholds_from_other_folds():
    rows, given = mixed(9, photographs=80, copies=2), plant(0.1, missed=20, capacity=0.3)
    expected: dict[Label, list[float]] = {label: [] for label in Label}
    for fold in range(5):
        mine = f"by-source-{fold}"
        other = choose_for_plant([row for row in rows if row.split != mine], given)
        for row in (row for row in rows if row.split == mine):
            cost, _ = cost_by_counting(
                [row, *(Prediction(**{**vars(row), "label": label}) for label in Label if label is not row.label)],
                other.threshold_pass, other.threshold_reject, replace(given, defect_rate=float(row.label.positive)),
            )  # fmt: skip
            expected[row.label].append(cost)
    total = 0.1 * np.mean(expected[Label.DEFECTIVE]) + 0.9 * np.mean(expected[Label.OK])
    assert choose_for_plant(rows, given).cross_fitted_cost == pytest.approx(total)


def test_one_fold_alone_has_no_cross_fitted_cost():
    rows = [Prediction(**{**vars(row), "split": "by-source-0"}) for row in mixed(1)]
    assert choose_for_plant(rows, plant()).cross_fitted_cost is None


@pytest.mark.parametrize("split", ["official-test", "train"])
def test_rows_of_the_official_test_are_refused(split: str):
    rows = mixed(1)
    with pytest.raises(SettingsError, match="castings never seen"):
        choose_for_plant([*rows, Prediction(**{**vars(rows[0]), "split": split})], plant())


def test_the_largest_cost_that_is_no_slip_of_the_keyboard():
    rows = mixed(1)
    dear = choose_for_plant(rows, plant(missed=1e12))
    assert dear.threshold_pass <= min(row.probability for row in rows if row.label.positive)  # nothing is missed
    with pytest.raises(SettingsError, match="missed_defect"):
        plant(missed=1.001e12)


def test_one_label_alone_is_refused():
    for label in Label:
        with pytest.raises(DataError, match="both labels"):
            choose_for_plant([row for row in mixed(1) if row.label is label], plant())
