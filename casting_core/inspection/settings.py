"""A settings file: thresholds that a plant chose instead of those of the model's card."""

import json
from dataclasses import replace
from pathlib import Path

from casting_core.errors import ModelError, SettingsError
from casting_core.networks.card import ModelCard

NAMES = ("threshold_pass", "threshold_reject")


def with_settings(card: ModelCard, file: Path) -> ModelCard:
    """The card with the thresholds of a JSON file such as `{"threshold_pass": 0.1, "threshold_reject": 0.8}`.

    Raises `SettingsError` where the file cannot be read, names anything else, or is out of range.
    """
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error}.") from error
    if not isinstance(values, dict) or not set(values) <= set(NAMES):
        raise SettingsError(f"{file} must be a JSON object with {' and '.join(NAMES)} and nothing else.")
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in values.values()):
        raise SettingsError(f"The thresholds in {file} must be numbers from 0 to 1.")
    try:
        return replace(card, **values)
    except ModelError as error:
        raise SettingsError(f"{file}: {error}") from error
