"""Settings of a run: what makes no sense is refused, and JSON brings the same run back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.data.augmentation import AugmentationSettings
from casting_core.errors import SettingsError
from casting_core.training.settings import TrainingSettings


@pytest.mark.parametrize("name", ["epochs", "batch_size", "learning_rate", "size", "defective_draws", "ok_draws"])
def test_positive_settings_are_above_zero(name: str) -> None:
    for value in (0, -1):
        with pytest.raises(SettingsError, match=f"{name} must be above 0, got {value}"):
            TrainingSettings(**{name: value})


def test_the_size_fits_the_stride() -> None:
    assert TrainingSettings(size=64).size == 64
    with pytest.raises(SettingsError, match="multiple of 16 from 64 up, got 100"):
        TrainingSettings(size=100)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(SettingsError, match="colour, speed"):
        TrainingSettings.from_json({"epochs": 3, "speed": 1, "colour": 2})


def test_what_is_left_out_is_the_default() -> None:
    assert TrainingSettings.from_json({}) == TrainingSettings()


chosen = st.builds(
    TrainingSettings,
    split=st.sampled_from(["official", "by-source"]),
    fold=st.none() | st.integers(0, 4),
    seed=st.integers(0, 2**32 - 1),
    epochs=st.integers(1, 100),
    learning_rate=st.floats(1e-6, 1, exclude_min=True),
    size=st.integers(4, 40).map(lambda n: 16 * n),
    augmentation=st.builds(
        AugmentationSettings,
        noise=st.floats(0, 1),
        scale=st.tuples(st.floats(0.5, 1), st.floats(1, 2)),
    ),
)


@given(chosen)
def test_json_brings_the_same_run_back(settings: TrainingSettings) -> None:
    again = TrainingSettings.from_json(json.loads(json.dumps(settings.to_json())))
    assert again == settings
    assert again.same_run(settings)


def test_another_value_is_another_run() -> None:
    base = TrainingSettings()
    assert base.same_run(TrainingSettings())
    assert not base.same_run(TrainingSettings(seed=1))
    assert not base.same_run(TrainingSettings(augmentation=AugmentationSettings(noise=0)))
