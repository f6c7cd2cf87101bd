"""Measures that give the label away: by hand, beside scikit-learn, and where there is nothing to say."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from casting_core.errors import SettingsError
from casting_core.evaluation.statistics.bootstrap import cluster_weights
from casting_core.exploration.issues.shortcuts import Shortcut, find_shortcuts, warning, weighted_areas
from casting_core.labels import Label

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE


def one(values: list[float], positive: list[bool], source: list[int] | None = None, **more: int) -> Shortcut:
    """The row of one measure in all pictures; each is a photograph of its own where nothing else is said."""
    groups = np.arange(len(values)) if source is None else np.array(source, int)
    rows = find_shortcuts(
        {"light": np.array(values, float)}, np.array(positive, bool), groups, np.array(["train"] * len(values)), **more
    )
    assert rows[0].split is None
    return rows[0]


def test_a_small_case_by_hand() -> None:
    """Pairs (defective, sound): 4 > 1, 4 > 2, 2 > 1, 2 = 2: three wins and a half of four."""
    row = one([4, 2, 1, 2], [True, True, False, False])
    assert row.auc == 3.5 / 4
    assert row.higher is DEFECTIVE
    assert row.pictures == row.photographs == {OK: 2, DEFECTIVE: 2}


def test_the_lower_side_counts_as_much_and_is_told() -> None:
    up = one([4, 2, 1, 2], [True, True, False, False])
    down = one([-4, -2, -1, -2], [True, True, False, False])
    assert down.higher is OK
    assert (down.auc, down.low, down.high) == pytest.approx((up.auc, up.low, up.high))
    other = one([4, 2, 1, 2], [False, False, True, True])
    assert (other.auc, other.higher) == (up.auc, OK)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 9)), min_size=4, max_size=40))
def test_the_area_is_that_of_scikit_learn(pictures: list[tuple[int, bool, int]]) -> None:
    values, positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    row = one(list(values), list(positive), list(source), rounds=20)
    if min(row.photographs.values()) < 2:
        assert row.auc is None
        assert row.reason
        return
    expected = roc_auc_score(positive, values)
    assert row.auc == pytest.approx(max(expected, 1 - expected), abs=1e-9)
    assert row.higher is (None if row.auc == 0.5 else DEFECTIVE if expected > 0.5 else OK)
    assert 0 <= row.low <= row.auc <= row.high <= 1


def test_weighted_areas_are_those_of_scikit_learn_with_weights() -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 20, 300)
    positive, values = rng.random(300) < 0.4, rng.normal(size=300).round(1)
    weights = cluster_weights(group, positive, rounds=150)  # more than are in memory together
    found = weighted_areas(values, positive, weights, group)
    expected = [roc_auc_score(positive, values, sample_weight=row[group]) for row in weights]
    assert found == pytest.approx(expected, abs=1e-9)
    assert np.isnan(weighted_areas(values, positive, np.zeros((1, 20)), group)).all()


def test_the_interval_is_over_photographs_not_over_their_copies() -> None:
    rng = np.random.default_rng(2)
    light = rng.normal(size=24)
    positive = np.arange(24) % 2 == 0
    light = light + 0.8 * positive
    copies = {"values": list(np.repeat(light, 30)), "positive": list(np.repeat(positive, 30))}
    honest = one(**copies, source=list(np.repeat(np.arange(24), 30)))
    naive = one(**copies)
    once = one(list(light), list(positive))
    assert (honest.auc, honest.low, honest.high) == pytest.approx((once.auc, once.low, once.high))
    assert naive.auc == pytest.approx(once.auc)
    assert (honest.high - honest.low) > 3 * (naive.high - naive.low)


def test_what_tells_nothing_is_within_chance_about_as_often_as_it_should_be() -> None:
    rng = np.random.default_rng(0)
    positive = np.arange(60) % 2 == 0
    noise = {str(number): rng.normal(size=60) for number in range(200)}
    rows = [row for row in find_shortcuts(noise, positive, np.arange(60), np.array(["x"] * 60)) if row.split is None]
    assert 2 <= sum(row.above_chance for row in rows) <= 22  # of 200, 10 are expected
    assert not any(row.level == "strong" for row in rows)
    assert min(row.low for row in rows) < 0.45  # the interval is not folded over at one half


def test_a_flawless_measure_leaves_room_for_what_few_photographs_cannot_show() -> None:
    """A binomial bound of 97.5 % on each label: no error of 4 allows 1 - 0.0125 ** (1 / 4), of 8 the same with 8."""
    row = one([9] * 8 + [1] * 4, [True] * 8 + [False] * 4)
    assert (row.auc, row.high) == (1, 1)
    assert row.low == pytest.approx(0.0125 ** (1 / 8) * 0.0125 ** (1 / 4), abs=1e-6)


def test_every_split_has_its_row() -> None:
    values = np.array([1, 2, 3, 4, 4, 3, 2, 1.0])
    positive = np.array([0, 0, 1, 1, 0, 0, 1, 1], bool)
    split = np.array(["train"] * 4 + ["all"] * 4)
    rows = find_shortcuts({"up": values, "flat": np.ones(8)}, positive, np.arange(8), split)
    assert [(row.measure, row.split) for row in rows] == [
        *[("up", None), ("up", "all"), ("up", "train")],
        *[("flat", None), ("flat", "all"), ("flat", "train")],
    ]
    assert [row.auc for row in rows] == [0.5, 1, 1, 0.5, 0.5, 0.5]
    assert [row.higher for row in rows] == [None, OK, DEFECTIVE, None, None, None]
    flat = rows[3]
    assert (flat.low, flat.high, flat.above_chance, flat.level) == (0.5, 0.5, False, None)


def test_unknown_values_are_left_out_and_counted() -> None:
    row = one([4, np.nan, 2, 1, 2, np.nan], [True, True, True, False, False, False])
    assert (row.auc, row.unknown, row.pictures) == (3.5 / 4, 2, {OK: 2, DEFECTIVE: 2})


@pytest.mark.parametrize(
    ("values", "positive", "source", "why"),
    [
        ([], [], [], "not measured"),
        ([np.nan, np.nan], [True, False], [0, 1], "not measured"),
        ([1, 2], [True, True], [0, 1], "None of these pictures is sound"),
        ([1, 2, np.nan], [False, False, True], [0, 1, 2], "None of these pictures is defective"),
        ([1, 2, 3, 4], [True, True, False, False], [0, 1, 2, 2], "All sound pictures are copies of one photograph"),
    ],
)
def test_where_there_is_nothing_to_tell_it_says_why(
    values: list[float], positive: list[bool], source: list[int], why: str
) -> None:
    row = one(values, positive, source)
    assert (row.auc, row.low, row.high, row.higher, row.level) == (None,) * 5
    assert not row.above_chance
    assert row.reason is not None
    assert why in row.reason
    assert warning(row) is None


def test_pictures_of_unknown_photographs_count_by_themselves() -> None:
    row = one([4, 2, 1, 2, 3], [True, True, False, False, False], [-1, -1, -1, -1, 5])
    assert row.photographs == {OK: 3, DEFECTIVE: 2}


def test_draws_without_a_label_bound_nothing() -> None:
    """Both sound pictures lie in photographs that are mostly defective, and the one draw has neither."""
    values, positive = np.arange(40.0), np.ones(40, bool)
    positive[[0, 3]] = False
    source = np.concatenate([[0, 0, 0, 1, 1, 1], np.arange(2, 36)])
    seed = next(s for s in range(100) if not cluster_weights(source, positive, rounds=1, seed=s)[0, :2].any())
    row = one(list(values), list(positive), list(source), rounds=1, seed=seed)
    assert (row.low, row.high) == (0, 1)


def test_lengths_must_agree() -> None:
    with pytest.raises(SettingsError, match="Expected 2 values of light, one a picture, got \\(3,\\)"):
        find_shortcuts({"light": np.zeros(3)}, np.zeros(2, bool), np.zeros(2, int), np.array(["a", "a"]))
    with pytest.raises(SettingsError, match="of split"):
        find_shortcuts({}, np.zeros(2, bool), np.zeros(2, int), np.array(["a"]))


def row_with(low: float, **more: object) -> Shortcut:
    values = {"measure": "background", "split": None, "auc": 0.83, "low": low, "high": 0.914, "higher": OK}
    counts = {"pictures": {OK: 9, DEFECTIVE: 9}, "photographs": {OK: 9, DEFECTIVE: 9}, "unknown": 0}
    return Shortcut(**{**values, **counts, **more})


def test_a_warning_says_what_was_found_and_what_to_do() -> None:
    assert warning(row_with(0.55)) is None
    assert warning(row_with(0.6)) is None
    some, strong = warning(row_with(0.65)), warning(row_with(0.72, split="test"), "brightness of the background")
    assert some is not None
    assert "The measure background alone predicts the label to some extent" in some
    assert "the sound one has the higher value in 83 (95 % interval 65 to 91)" in some
    assert "photograph sound and defective parts in turn" in some
    assert strong is not None
    assert "brightness of the background alone predicts the label strongly" in strong
    assert "of the split test" in strong


def test_importing_it_is_light() -> None:
    heavy = "{'scipy.stats', 'sklearn', 'torch'}"
    code = f"import sys, casting_core.exploration.issues.shortcuts; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"
