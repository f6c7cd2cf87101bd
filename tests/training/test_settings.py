"""Settings of a run: what makes no sense is refused, and JSON brings the same run back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.errors import ModelError, SettingsError
from casting_core.networks.registry import architecture
from casting_core.training.settings import Recipe, TrainingSettings, settings_for


@pytest.mark.parametrize("name", ["epochs", "batch_size", "learning_rate", "size"])
def test_positive_settings_are_above_zero(name: str) -> None:
    for value in (0, -1):
        with pytest.raises(SettingsError, match=f"{name} must be above 0, got {value}"):
            TrainingSettings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("defective_draws", 0), ("ok_draws", -1), ("frozen_stages", 4), ("map_weight", 1.5), ("backbone_factor", -0.1)],
)
def test_a_recipe_without_sense_is_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        Recipe(**{name: value})


def test_the_schedule_is_known() -> None:
    with pytest.raises(SettingsError, match="'cosine' or 'constant', got 'linear'"):
        TrainingSettings(schedule="linear")


def test_the_study_is_repeated_with_its_settings() -> None:
    """Batch size 16, 10 epochs, learning rate 0.0001, as it reports them; nothing else is added to them."""
    for model in ("logistic_regression", "feedforward", "cnn"):
        settings = settings_for(model)
        assert (settings.batch_size, settings.epochs, settings.learning_rate) == (16, 10, 1e-4)
        assert settings.schedule == ("cosine" if model == "cnn" else "constant")
        assert (settings.warmup, settings.weight_decay, settings.recipe) == (0, 0, None)
        assert settings.size == architecture(model).size
    assert settings_for("castnet").recipe == Recipe()
    assert settings_for("castnet", epochs=2, seed=5) == replace(settings_for("castnet"), epochs=2, seed=5)
    with pytest.raises(ModelError, match="there are: brightness, castnet, cnn"):
        settings_for("resnet")


def test_the_size_fits_the_stride() -> None:
    assert TrainingSettings(size=64).size == 64
    with pytest.raises(SettingsError, match="multiple of 16 from 64 up, got 100"):
        TrainingSettings(size=100)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(SettingsError, match="colour, speed"):
        TrainingSettings.from_json({"epochs": 3, "speed": 1, "colour": 2})
    with pytest.raises(SettingsError, match="colour"):
        TrainingSettings.from_json({"recipe": {"colour": 2}})
    with pytest.raises(SettingsError, match="hue"):
        TrainingSettings.from_json({"recipe": {"augmentation": {"hue": 2}}})


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
    recipe=st.none()
    | st.builds(
        Recipe,
        ok_draws=st.integers(1, 99),
        augmentation=st.builds(
            AugmentationSettings,
            noise=st.floats(0, 1),
            scale=st.tuples(st.floats(0.5, 1), st.floats(1, 2)),
        ),
    ),
)


@given(chosen)
def test_json_brings_the_same_run_back(settings: TrainingSettings) -> None:
    assert TrainingSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_another_value_is_another_run() -> None:
    base = TrainingSettings()
    assert base == TrainingSettings()
    assert base != TrainingSettings(seed=1)
    assert base != TrainingSettings(recipe=None)
    assert base != TrainingSettings(recipe=Recipe(augmentation=AugmentationSettings(noise=0)))
