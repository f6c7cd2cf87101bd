"""Figures of a classifier by hand, against scikit-learn on anything, and at the edges of what can be counted."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from casting_core.evaluation.costs import Costs
from casting_core.evaluation.metrics.classification import summarise
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.figures import NUMBERS, Figures
from casting_core.networks.thresholds import Thresholds
from tests.factories import predictions

USUAL = Thresholds(passing=0.2, rejecting=0.8)


def figures_of(p, positive, source=None, thresholds: Thresholds = USUAL, costs: Costs | None = None) -> dict:
    """The figures of what can be made into arrays, one photograph a picture if no other is said."""
    found = summarise(predictions(p, positive, source), thresholds, costs)
    figures = found.to_json()
    json.dumps(figures, allow_nan=False)  # a card can hold them
    assert Figures.from_json(figures) == found
    return figures


# few different values, so that ties, exact halves and exact certainties come up often
PICTURES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]) | st.floats(0, 1), st.booleans(), st.integers(0, 5)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=50)
@given(PICTURES)
def test_every_figure_agrees_with_scikit_learn(pictures: list[tuple[float, bool, int]]):
    p, positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    figures = figures_of(p, positive, source)
    called = p >= 0.5
    assert figures["accuracy"] == pytest.approx(accuracy_score(positive, called), abs=1e-9)
    assert figures["brier_score"] == pytest.approx(brier_score_loss(positive, p, pos_label=True), abs=1e-9)
    table = confusion_matrix(positive, called, labels=[False, True])
    assert [list(row.values()) for row in figures["confusion"].values()] == table.tolist()
    for name, score, exists in (
        ("precision", precision_score, called.any()),
        ("recall", recall_score, positive.any()),
        ("specificity", lambda y, c: recall_score(y, c, pos_label=False), not positive.all()),
    ):
        expected = pytest.approx(score(positive, called), abs=1e-9) if exists else None
        assert figures[name]["share"] == expected, name
    expected = pytest.approx(f1_score(positive, called), abs=1e-9) if (positive | called).any() else None
    assert figures["f1"] == expected
    both = positive.any() and not positive.all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, score, given_to in (
            ("roc_auc", roc_auc_score, p),
            ("pr_auc", average_precision_score, p),
            ("balanced_accuracy", balanced_accuracy_score, called),
        ):
            assert figures[name] == (pytest.approx(score(positive, given_to), abs=1e-9) if both else None), name


@settings(max_examples=40)
@given(PICTURES)
def test_intervals_hold_their_figure_and_stay_in_range(pictures: list[tuple[float, bool, int]]):
    p, positive, source = (np.array(column) for column in zip(*pictures, strict=True))
    figures = figures_of(p, positive, source)
    assert set(figures["intervals"]) == set(NUMBERS)
    for name, ends in figures["intervals"].items():
        if ends is None:
            continue
        assert 0 <= ends["low"] <= figures[name] + 1e-12, name
        assert figures[name] - 1e-12 <= ends["high"] <= (51 if name == "mean_cost" else 1), name


@settings(max_examples=20)
@given(PICTURES, st.randoms())
def test_the_order_of_pictures_does_not_matter(pictures: list[tuple[float, bool, int]], chance):
    shuffled = pictures.copy()
    chance.shuffle(shuffled)
    one, other = (figures_of(*zip(*each, strict=True)) for each in (pictures, shuffled))
    for name in NUMBERS:
        assert one[name] == pytest.approx(other[name], abs=1e-12), name
    assert one["verdicts"] == other["verdicts"]


def test_figures_by_hand():
    figures = figures_of([0.05, 0.3, 0.6, 0.95, 0.1, 0.9], [0, 0, 0, 1, 1, 1])
    assert (figures["accuracy"], figures["wrong"]["count"]) == (pytest.approx(4 / 6), 2)
    assert (figures["missed_defects"]["count"], figures["missed_defects"]["of"]) == (1, 3)
    assert (figures["false_alarms"]["count"], figures["false_alarms"]["of"]) == (0, 3)
    assert figures["reviews"]["count"] == 2
    assert (figures["precision"]["count"], figures["precision"]["of"]) == (2, 3)
    assert figures["confusion"] == {"ok": {"ok": 2, "defective": 1}, "defective": {"ok": 1, "defective": 2}}
    assert figures["verdicts"] == {
        "ok": {"ok": 1, "review": 2, "defective": 0},
        "defective": {"ok": 1, "review": 0, "defective": 2},
    }
    assert (figures["roc_auc"], figures["pr_auc"]) == (pytest.approx(7 / 9), pytest.approx((1 + 1 + 3 / 5) / 3))
    assert figures["mean_cost"] == pytest.approx((50 + 2 * 0.1) / 6)
    assert figures["costs"] == {"missed_defect": 50.0, "false_alarm": 1.0, "review": 0.1}


def test_the_mean_cost_is_that_of_the_costs_and_the_thresholds_of_each_picture():
    costs = Costs(missed_defect=7, false_alarm=3, review=0.5)
    low, high = np.array([0.1, 0.6, 0.1, 0.1]), np.array([0.2, 0.9, 0.9, 0.2])
    figures = figures_of([0.5] * 4, [0, 1, 0, 1], thresholds=Thresholds(passing=low, rejecting=high), costs=costs)
    # a false alarm, a missed defect, a review, a defective part that is rejected
    assert figures["mean_cost"] == pytest.approx((3 + 7 + 0.5) / 4)
    assert figures["verdicts"]["ok"] == {"ok": 0, "review": 1, "defective": 1}
    assert figures["verdicts"]["defective"] == {"ok": 1, "review": 0, "defective": 1}


def test_one_label_alone():
    defective = figures_of([0.9, 0.1], [1, 1])
    for name in ("roc_auc", "pr_auc", "balanced_accuracy"):
        assert defective[name] is defective["intervals"][name] is None, name
    assert defective["false_alarms"]["share"] is defective["specificity"]["share"] is None
    assert (defective["recall"]["share"], defective["f1"]) == (0.5, pytest.approx(2 / 3))
    sound = figures_of([0.1, 0.2], [0, 0])
    assert sound["f1"] is sound["precision"]["share"] is sound["recall"]["share"] is None
    assert sound["accuracy"] == 1


def test_no_pictures_have_no_figures():
    figures = figures_of([], [])
    assert all(figures[name] is figures["intervals"][name] is None for name in NUMBERS)
    assert figures["pictures"] == figures["photographs"] == 0
    assert (figures["reliability"], figures["confusion"]["ok"]) == ([], {"ok": 0, "defective": 0})


def test_nothing_called_defective_has_no_precision():
    figures = figures_of([0.1, 0.2, 0.3], [0, 1, 1])
    assert figures["precision"] == {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    assert (figures["f1"], figures["balanced_accuracy"]) == (0, 0.5)


def test_equal_probabilities_tell_nothing_apart():
    figures = figures_of([0.3] * 10, [1] * 4 + [0] * 6)
    assert figures["roc_auc"] == 0.5
    assert figures["pr_auc"] == pytest.approx(0.4)  # the share of defective pictures
    assert figures["intervals"]["roc_auc"] == {"low": 0.5, "high": 0.5}
    assert [point["pictures"] for point in figures["reliability"]] == [10]


def test_exact_certainties_that_are_right_still_allow_errors():
    """12 sound and 8 defective photographs: by hand from the rates that Clopper and Pearson allow."""
    figures = figures_of([0.0] * 12 + [1.0] * 8, [0] * 12 + [1] * 8)
    miss, alarm = clopper_pearson(0, 8, 0.975)[1], clopper_pearson(0, 12, 0.975)[1]
    ends = figures["intervals"]
    assert figures["brier_score"] == figures["expected_calibration_error"] == figures["mean_cost"] == 0
    assert ends["brier_score"] == {"low": 0, "high": pytest.approx(0.4 * miss + 0.6 * alarm)}
    assert ends["expected_calibration_error"] == ends["brier_score"]
    assert ends["roc_auc"] == {"low": pytest.approx((1 - miss) * (1 - alarm)), "high": 1}
    assert ends["balanced_accuracy"]["low"] == pytest.approx(1 - (miss + alarm) / 2)
    found = 0.4 * (1 - miss)
    # average precision with every alarm above every defective picture that is found, by adding thin slices
    x = (np.arange(100_000) + 0.5) / 100_000 * found
    slices = (x / (x + 0.6 * alarm)).mean() * found / 0.4
    assert ends["pr_auc"] == {"low": pytest.approx(slices, abs=1e-6), "high": 1}
    assert ends["f1"]["low"] == pytest.approx(2 * found / (2 * found + 0.4 * miss + 0.6 * alarm))
    assert ends["mean_cost"]["high"] == pytest.approx(50 * 0.4 * miss + 0.6 * alarm)
    assert figures["accuracy"] == 1
    assert ends["accuracy"] == {"low": pytest.approx(1 - clopper_pearson(0, 20)[1]), "high": 1}


def test_one_flawless_label_is_not_taken_for_infallible():
    """Of 20 sound photographs none is called defective, of 20 defective ones half are missed."""
    figures = figures_of([0.1] * 20 + [0.1, 0.9] * 10, [0] * 20 + [1] * 20)
    alarm = clopper_pearson(0, 20, 0.975)[1]
    recall_low = 0.3  # the 2.5th percentile of ten hits in 20 draws, 6 / 20, with room for chance
    ends = figures["intervals"]
    assert ends["balanced_accuracy"]["low"] == pytest.approx((recall_low + 1 - alarm) / 2, abs=0.026)
    assert ends["balanced_accuracy"]["high"] <= (0.75 + 1) / 2
    assert figures["mean_cost"] == pytest.approx(50 / 4)
    # at most 14 of 20 missed by drawing, and the false alarms that cannot be ruled out
    assert ends["mean_cost"]["high"] == pytest.approx(50 * 14 / 40 + alarm / 2, abs=1.3)


def test_a_draw_with_errors_is_widened_by_those_that_did_not_happen():
    """Of 20 defective photographs half are missed; of 120 pictures of 4 sound ones none is called defective."""
    figures = figures_of(
        [0.1] * 120 + [0.1, 0.9] * 10, [0] * 120 + [1] * 20, [*np.repeat(np.arange(4), 30), *range(4, 24)]
    )
    assert figures["f1"] == pytest.approx(2 / 3)
    # By drawing, 6 of 20 are found at least (see above) and 14 missed. Beside the 10 that are found here that would be
    # 10 * 14 / 6 = 23.3 errors, and to them come the false alarms that four photographs still allow.
    errors = 10 * 14 / 6 + 120 * clopper_pearson(0, 4, 0.975)[1]
    assert figures["intervals"]["f1"]["low"] == pytest.approx(20 / (20 + errors), abs=0.015)


def test_exact_certainties_that_are_wrong():
    figures = figures_of([1.0, 0.0], [0, 1])
    assert (figures["brier_score"], figures["expected_calibration_error"], figures["roc_auc"]) == (1, 1, 0)


def test_a_single_photograph_has_no_interval_of_a_number():
    figures = figures_of([0.1, 0.9, 0.4], [0, 1, 1], [7, 7, 7])
    assert figures["roc_auc"] == 1
    assert {name for name, ends in figures["intervals"].items() if ends is not None} == {"accuracy"}


def test_copies_of_photographs_do_not_narrow_an_interval():
    rng = np.random.default_rng(0)
    positive = np.arange(40) % 2 == 0
    p = np.clip(rng.normal(0.35 + 0.3 * positive, 0.25), 0, 1)
    once = figures_of(p, positive)
    copied = figures_of(np.repeat(p, 9), np.repeat(positive, 9), np.repeat(np.arange(40), 9))
    for name, ends in once["intervals"].items():
        assert copied["intervals"][name] == pytest.approx(ends), name
        assert ends["low"] < once[name] < ends["high"], name
