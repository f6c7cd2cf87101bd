"""A settings file: thresholds that a plant chose instead of those of the model's card.

    {
      "threshold_pass": 0.1,
      "threshold_reject": 0.8,
      "made": {"model": "castnet", "weights_sha256": "e020…", "date": "2026-01-31", "costs": {"missed_defect": 50}}
    }

A threshold that is left out is the card's. `made` may be left out too; where it stands it says which model the
thresholds were chosen for, and any other model, or the same one trained anew, refuses them: another model's
probabilities are spread in another way, so that its thresholds would mean something else. A file comes from anywhere;
what is not of this form, or larger than a settings file can be, is a `SettingsError`.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casting_core.errors import ModelError, SettingsError
from casting_core.networks.card import ModelCard
from casting_core.system.json_records import from_json, parse

COSTS = ("missed_defect", "false_alarm", "review", "review_capacity", "defect_rate")
LARGEST = 64 * 1024  # bytes of a file; one that this program writes has about 500
FORM = (
    "Settings are an object with threshold_pass and threshold_reject, numbers from 0 to 1, and perhaps `made`: an "
    "object with model and weights_sha256, perhaps costs and date."
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What thresholds were chosen for, and how.

    `model`: name of the model's folder; `weights_sha256`: 64 hexadecimal digits, of the card's weights. `costs`: what
    was weighed, any of `COSTS`, numbers of at least 0: costs in any one unit, the largest share of parts that can be
    reviewed and the share of parts that are defective. `date`: the day, as 2026-01-31; empty where it is not known.
    """

    model: str
    weights_sha256: str
    costs: Mapping[str, float] = field(default_factory=dict)
    date: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.model) <= 200:
            raise SettingsError("`made` must name its model, in at most 200 characters.")
        if not re.fullmatch("[0-9a-f]{64}", self.weights_sha256):
            raise SettingsError("`weights_sha256` must be the SHA-256 of the model's weights, 64 hexadecimal digits.")
        if not set(self.costs) <= set(COSTS):
            raise SettingsError(f"`costs` must be an object with any of {', '.join(COSTS)}, and nothing else.")
        if any(value < 0 for value in self.costs.values()):
            raise SettingsError("What stands in `costs` must be at least 0.")
        try:
            date.fromisoformat(self.date or "2000-01-01")
        except ValueError:
            raise SettingsError("`date` must be a day such as 2026-01-31.") from None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Thresholds on the calibrated probability, 0 <= pass <= reject <= 1; None: the card's own."""

    threshold_pass: float | None = None
    threshold_reject: float | None = None
    made: Made | None = None

    def __post_init__(self) -> None:
        low = 0.0 if self.threshold_pass is None else self.threshold_pass
        high = 1.0 if self.threshold_reject is None else self.threshold_reject
        if not 0 <= low <= high <= 1:
            raise SettingsError(f"Thresholds must satisfy 0 <= pass <= reject <= 1, got pass {low} and reject {high}.")

    @property
    def thresholds(self) -> dict[str, Any]:
        """Those that are set, by the names that they have in a card."""
        both = {"threshold_pass": self.threshold_pass, "threshold_reject": self.threshold_reject}
        return {name: value for name, value in both.items() if value is not None}

    def to_json(self) -> str:
        """Return the text of a settings file: strict JSON in ASCII."""
        values: dict[str, Any] = dict(self.thresholds)
        if self.made is not None:
            values["made"] = {name: value for name, value in vars(self.made).items() if value}
        return json.dumps(values, indent=2, allow_nan=False) + "\n"


SettingsSource = Settings | Mapping[str, Any] | bytes | str | os.PathLike[str]


def read_settings(source: SettingsSource) -> Settings:
    """Return settings from a file's path, its content as bytes, what JSON makes of that, or settings themselves.

    Raises `SettingsError` where the file cannot be read, is larger than `LARGEST`, is no strict JSON in UTF-8, names
    anything else, or a value is of another kind or out of range.
    """
    if isinstance(source, Settings):
        return source
    if not isinstance(source, Mapping | bytes | str | os.PathLike):
        raise SettingsError(f"Settings must be a file, its content or an object, got {type(source).__name__}.")
    try:
        values = source if isinstance(source, Mapping) else _content(source)
        if isinstance(values, Mapping) and None in values.values():
            raise SettingsError("null is no value; leave out what the card should decide.")
        return from_json(Settings, values)
    except SettingsError as error:
        raise SettingsError(f"{_name(source)}: {error}") from error
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{_name(source)}: {error}. {FORM}") from error


def with_settings(card: ModelCard, source: SettingsSource) -> ModelCard:
    """Return the card with the thresholds of `read_settings`.

    Raises `SettingsError` as that does, and where they are of another model, other weights, or do not fit the card's.
    """
    settings = read_settings(source)
    made = settings.made
    if made is not None and made.model != card.name:
        raise SettingsError(
            f"{_name(source)}: These thresholds were chosen for the model {made.model!r}, not for {card.name!r}; "
            f"choose that model, or thresholds for {card.name!r}."
        )
    if made is not None and made.weights_sha256 != card.weights_sha256:
        raise SettingsError(
            f"{_name(source)}: These thresholds were chosen for other weights of {card.name!r} (SHA-256 "
            f"{made.weights_sha256[:12]}…, here {card.weights_sha256[:12]}…): it was trained anew since. "
            "Choose thresholds anew."
        )
    try:
        return replace(card, **settings.thresholds)
    except ModelError as error:
        raise SettingsError(f"{_name(source)}: {error}") from error


def _name(source: SettingsSource) -> str:
    """How a message begins."""
    return f"The settings file {os.fspath(source)!r}" if isinstance(source, str | os.PathLike) else "The settings"


def _content(source: bytes | str | os.PathLike[str]) -> Any:
    """Return what the JSON of a file, or of its content, holds."""
    try:
        content = source if isinstance(source, bytes) else _read(source)
    except (OSError, ValueError) as error:
        raise SettingsError(f"it cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    if len(content) > LARGEST:
        raise SettingsError(f"it is larger than {LARGEST // 1024} KiB, which no settings file is.")
    try:
        return parse(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        shown = "nested too deeply" if isinstance(error, RecursionError) else error
        raise SettingsError(f"it is no JSON in UTF-8 ({shown}).") from error


def _read(file: str | os.PathLike[str]) -> bytes:
    kind = os.stat(file).st_mode
    if not stat.S_ISREG(kind):
        raise SettingsError(f"it is {'a folder' if stat.S_ISDIR(kind) else 'no ordinary file'}; name a file.")
    with open(file, "rb") as stream:
        return stream.read(LARGEST + 1)
