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
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from numbers import Real
from pathlib import Path
from typing import Any

from casting_core.data.files import write_atomically
from casting_core.errors import ModelError, SettingsError
from casting_core.networks.card import ModelCard

NAMES = ("threshold_pass", "threshold_reject")
MADE = ("model", "weights_sha256", "costs", "date")
COSTS = ("missed_defect", "false_alarm", "review", "review_capacity", "defect_rate")
LARGEST = 64 * 1024  # bytes of a file; one that this program writes has about 500


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
        if not isinstance(self.model, str) or not 0 < len(self.model) <= 200:
            raise SettingsError("`made` must name its model, in at most 200 characters.")
        if not isinstance(self.weights_sha256, str) or not re.fullmatch("[0-9a-f]{64}", self.weights_sha256):
            raise SettingsError("`weights_sha256` must be the SHA-256 of the model's weights, 64 hexadecimal digits.")
        if not isinstance(self.costs, Mapping) or not set(self.costs) <= set(COSTS):
            raise SettingsError(f"`costs` must be an object with any of {', '.join(COSTS)}, and nothing else.")
        object.__setattr__(self, "costs", {name: _number(value, name) for name, value in self.costs.items()})
        if any(value < 0 for value in self.costs.values()):
            raise SettingsError("What stands in `costs` must be at least 0.")
        try:
            day = self.date if self.date == "" else date.fromisoformat(self.date).isoformat()
        except (TypeError, ValueError):
            raise SettingsError("`date` must be a day such as 2026-01-31.") from None
        object.__setattr__(self, "date", day)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Thresholds on the calibrated probability, 0 <= pass <= reject <= 1; None: the card's own."""

    threshold_pass: float | None = None
    threshold_reject: float | None = None
    made: Made | None = None

    def __post_init__(self) -> None:
        for name in NAMES:
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else _number(value, name))
        low = 0.0 if self.threshold_pass is None else self.threshold_pass
        high = 1.0 if self.threshold_reject is None else self.threshold_reject
        if not 0 <= low <= high <= 1:
            raise SettingsError(f"Thresholds must satisfy 0 <= pass <= reject <= 1, got pass {low} and reject {high}.")
        if self.made is not None and not isinstance(self.made, Made):
            raise SettingsError("`made` must be an object that names a model and the SHA-256 of its weights.")

    def to_json(self) -> str:
        """Return the text of a settings file: strict JSON in ASCII."""
        values: dict[str, Any] = {name: value for name in NAMES if (value := getattr(self, name)) is not None}
        if self.made is not None:
            made = {name: getattr(self.made, name) for name in MADE}
            values["made"] = {name: value for name, value in made.items() if value}
        return json.dumps(values, indent=2, allow_nan=False) + "\n"

    def applied_to(self, card: ModelCard) -> ModelCard:
        """Return the card with these thresholds. Raises `SettingsError` where they are of another model or weights."""
        if (made := self.made) is not None:
            if made.model != card.name:
                raise SettingsError(
                    f"These thresholds were chosen for the model {made.model!r}, not for {card.name!r}; "
                    f"choose that model, or thresholds for {card.name!r}."
                )
            if made.weights_sha256 != card.weights_sha256:
                raise SettingsError(
                    f"These thresholds were chosen for other weights of {card.name!r} (SHA-256 "
                    f"{made.weights_sha256[:12]}…, here {card.weights_sha256[:12]}…): it was trained anew since. "
                    "Choose thresholds anew."
                )
        chosen = {name: value for name in NAMES if (value := getattr(self, name)) is not None}
        try:
            return replace(card, **chosen)
        except ModelError as error:
            raise SettingsError(str(error)) from error


SettingsSource = Settings | Mapping[str, Any] | bytes | str | os.PathLike[str]


def made_for(
    card: ModelCard,
    *,
    threshold_pass: float,
    threshold_reject: float,
    costs: Mapping[str, float] | None = None,
    day: date | None = None,
) -> Settings:
    """Return settings that only this card's model and weights take; `costs` and `day` as in `Made`."""
    made = Made(
        model=card.name,
        weights_sha256=card.weights_sha256,
        costs=costs or {},
        date="" if day is None else day.isoformat(),
    )
    return Settings(threshold_pass=threshold_pass, threshold_reject=threshold_reject, made=made)


def read_settings(source: SettingsSource) -> Settings:
    """Return settings from a file's path, its content as bytes, what JSON makes of that, or settings themselves.

    Raises `SettingsError` where the file cannot be read, is larger than `LARGEST`, is no strict JSON in UTF-8, names
    anything else, or a value is of another kind or out of range.
    """
    if isinstance(source, Settings):
        return source
    try:
        if isinstance(source, Mapping):
            return _settings(source)
        if isinstance(source, bytes):
            return _settings(_parse(source))
        if isinstance(source, str | os.PathLike):
            return _settings(_parse(_content(source)))
    except SettingsError as error:
        raise SettingsError(f"{_name(source)}: {error}") from error
    raise SettingsError(f"Settings must be a file, its content or an object, got {type(source).__name__}.")


def write_settings(file: Path, settings: Settings) -> None:
    """Write a settings file, whole or not at all. Raises `SettingsError` where it cannot be written."""
    try:
        write_atomically(file, settings.to_json().encode())
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file {str(file)!r} cannot be written ({error}).") from error


def with_settings(card: ModelCard, source: SettingsSource) -> ModelCard:
    """Return the card with the thresholds of `read_settings`. Raises `SettingsError` as that and `applied_to` do."""
    settings = read_settings(source)
    try:
        return settings.applied_to(card)
    except SettingsError as error:
        raise SettingsError(f"{_name(source)}: {error}") from error


def _name(source: SettingsSource) -> str:
    """How a message begins."""
    return f"The settings file {os.fspath(source)!r}" if isinstance(source, str | os.PathLike) else "The settings"


def _content(file: str | os.PathLike[str]) -> bytes:
    try:
        kind = os.stat(file).st_mode
        if not stat.S_ISREG(kind):
            raise SettingsError(f"it is {'a folder' if stat.S_ISDIR(kind) else 'no ordinary file'}; name a file.")
        with open(file, "rb") as stream:
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise SettingsError(f"it cannot be read ({getattr(error, 'strerror', None) or error}).") from error


def _parse(content: bytes) -> Any:
    if len(content) > LARGEST:
        raise SettingsError(f"it is larger than {LARGEST // 1024} KiB, which no settings file is.")
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        shown = "nested too deeply" if isinstance(error, RecursionError) else error
        raise SettingsError(f"it is no JSON in UTF-8 ({shown}).") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name stands there twice")
    return values


def _settings(values: Any) -> Settings:
    known = {*NAMES, "made"}
    if not isinstance(values, Mapping) or not set(values) <= known:
        raise SettingsError(f"it must be an object with {' and '.join(NAMES)}, perhaps `made`, and nothing else.")
    if any(values[name] is None for name in values):
        raise SettingsError("null is no value; leave out what the card should decide.")
    made = values.get("made")
    if made is not None and not isinstance(made, Made):
        if not isinstance(made, Mapping) or not {"model", "weights_sha256"} <= set(made) <= set(MADE):
            raise SettingsError("`made` must be an object with model and weights_sha256, perhaps costs and date.")
        made = Made(**made)
    return Settings(**{**values, "made": made})


def _number(value: Any, name: str) -> float:
    """Return a finite number as float; truth values are none."""
    try:
        number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingsError(f"`{name}` must be a number.")
    return number
