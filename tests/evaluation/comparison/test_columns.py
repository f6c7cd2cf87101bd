"""The columns of the table of models: how a value is told, and which of two is better."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casting_core.evaluation.comparison.columns import BY_KEY, COLUMNS, clock
from casting_core.evaluation.reporting.cells import percent

TOLD = {
    "batch_size": (16, "16"),
    "learning_rate": (0.0001, "0.0001"),
    "unseen_accuracy": (0.98457, "98.46 %"),
    "roc_auc": (0.99997, "0.9999"),  # not flawless
    "mean_cost": (0.1, "0.1000"),
    "parameters": (1234567, "1,234,567"),
    "megabytes": (2.345, "2.35"),
    "milliseconds": (12.34, "12.3"),
    "seconds": (634.1, "10:34"),
    "note": ("79 % in its text", "79 % in its text"),
}

# as a flawless model has them, which is also smaller and quicker, and one that guesses
FLAWLESS = {
    **{"official_accuracy": 1.0, "unseen_accuracy": 1.0, "roc_auc": 1.0, "pr_auc": 1.0, "f1": 1.0},
    **{"official_trusted": 1.0, "unseen_filed": 1.0, "balanced_accuracy": 1.0, "brier_score": 0.0, "fall": 0.0},
    **{"missed_defects": 0.0, "false_alarms": 0.0, "calibration_error": 0.0, "mean_cost": 0.0},
    **{"parameters": 10, "megabytes": 0.1, "milliseconds": 1.0, "seconds": 5.0},
}
GUESSING = {
    **{"official_accuracy": 0.5, "unseen_accuracy": 0.5, "roc_auc": 0.5, "pr_auc": 0.4, "f1": 0.5},
    **{"official_trusted": 0.5, "unseen_filed": 0.5, "balanced_accuracy": 0.5, "brier_score": 0.3, "fall": 0.2},
    **{"missed_defects": 0.5, "false_alarms": 0.5, "calibration_error": 0.3, "mean_cost": 20.0},
    **{"parameters": 99, "megabytes": 9.0, "milliseconds": 9.0, "seconds": 50.0},
}


@pytest.mark.parametrize("key", TOLD)
def test_values_as_they_are_told(key: str) -> None:
    value, told = TOLD[key]
    assert BY_KEY[key].text(value) == told


@given(some.floats(0, 1))
def test_no_share_is_rounded_to_none_or_to_all(share: float) -> None:
    told = percent(share)
    assert (told == "0.00 %") == (share == 0)
    assert (told == "100.00 %") == (share == 1)


def test_times() -> None:
    assert [clock(seconds) for seconds in (0, 1.7, 59.5, 601, 3600)] == ["0:00", "0:02", "1:00", "10:01", "60:00"]


def test_a_tiny_file_is_not_told_as_none() -> None:
    assert [BY_KEY["megabytes"].text(size) for size in (0.0002, 0.01)] == ["< 0.01", "0.01"]


def test_a_flawless_model_is_the_better_one_in_every_column_that_ranks() -> None:
    assert {column.key for column in COLUMNS if column.better} == set(FLAWLESS)
    for key, value in FLAWLESS.items():
        assert BY_KEY[key].better == (1 if value > GUESSING[key] else -1), key


def test_every_column_has_a_name_of_its_own_and_says_what_its_numbers_mean() -> None:
    assert len(BY_KEY) == len({column.title for column in COLUMNS}) == len(COLUMNS)
    for column in COLUMNS:
        assert column.help.endswith(".") or column.text is str, column.key  # words explain themselves
