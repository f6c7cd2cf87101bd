"""The card of a shipped model: what it is, how it was made, how good it is.

Reading it needs no network, so a page has it at once.
"""

import json
import math
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_origin

from casting_core.errors import ModelError
from casting_core.system.places import SHIPPED_MODELS

OWN = "CASTING_MODELS"  # the environment variable that names a folder for models of one's own
MODELS = Path(os.environ.get(OWN) or SHIPPED_MODELS)  # where models are looked for first, and written
DEFAULT = "castnet"
CARD, SAMPLES = "card.json", "samples.csv"


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What a model is, how it was made and what it reaches.

    The calibrated probability of *defective* is sigmoid((logit + `shift`) / `temperature`), and that of a place of
    its map sigmoid((evidence + `map_shift`) / `map_temperature`): 0.5 is where as many sound parts as defective ones
    have their strongest place.
    `gates` names what a picture must have for a verdict without a person (`inspection.gate`), and `envelope` holds,
    by property of `data.part.capture`, the least and the most with which the figures were measured.
    `calibrated_on`: by-source folds from which calibration and thresholds come; all where it is empty.
    `recentred`: whether calibration moved the boundary between the labels; the networks of the published study are
    judged where they put it themselves, as the study judged its own.
    `data`: what it was trained on: `classes`, the label by folder; `grouping`, how photographs were told apart
    (`table` for the public set); whether the split is the folder's own (`official`); and `notes` in words.
    `metrics`: by split, every figure with its interval where it has one.
    """

    name: str
    architecture: str
    parameters: int
    input_size: int  # px, short side
    preprocessing: str
    gates: tuple[str, ...]
    weights_sha256: str
    temperature: float
    shift: float
    threshold_pass: float
    threshold_reject: float
    map_temperature: float = 1.0
    map_shift: float = 0.0
    envelope: dict[str, tuple[float, float]] = field(default_factory=dict)
    calibrated_on: tuple[int, ...] = ()
    recentred: bool = True
    training: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    data_fingerprint: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.threshold_pass <= self.threshold_reject <= 1:
            raise ModelError(
                "Thresholds must satisfy 0 <= pass <= reject <= 1, "
                f"got pass {self.threshold_pass} and reject {self.threshold_reject}."
            )
        if self.input_size < 1:
            raise ModelError(f"The input size must be at least 1 px, got {self.input_size}.")
        for temperature in (self.temperature, self.map_temperature):
            if temperature <= 0:
                raise ModelError(f"A temperature must be above 0, got {temperature}.")
        for name, (least, most) in self.envelope.items():
            if not least <= most:
                raise ModelError(f"The envelope of {name} must be (least, most), got ({least}, {most}).")

    @property
    def on_public_set(self) -> bool:
        """Whether it was trained on the public set of castings, whose facts ship with the package."""
        return self.data.get("grouping", "table") == "table"

    def to_json(self) -> str:
        """The text of `card.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_card(folder: Path) -> ModelCard:
    """Read `card.json` of a model folder. Raises `ModelError` where it is missing or of another form."""
    file = folder / CARD
    try:
        values = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_number)
        kinds = {f.name: f.type for f in fields(ModelCard)}
        if not isinstance(values, dict) or not set(values) <= set(kinds):
            raise ModelError(f"{file} is not a model card of this version.")
        strange = [name for name, value in values.items() if not _is(value, kinds[name])]
        if strange:
            raise ValueError(f"{strange[0]} is of another kind: {values[strange[0]]!r:.80}")
        plain = {name: tuple(values[name]) for name in ("gates", "limits")}
        plain["calibrated_on"] = tuple(values.get("calibrated_on", ()))
        envelope = {name: (float(least), float(most)) for name, (least, most) in values.get("envelope", {}).items()}
        return ModelCard(**{**values, **plain, "envelope": envelope})
    except FileNotFoundError as error:
        names = sorted(shipped(folder.parent))
        raise ModelError(
            f"There is no model {folder.name!r} in {folder.parent}; there are: {', '.join(names) or 'none'}."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{file} cannot be read as a model card ({error}); restore it or train anew.") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _is(value: Any, kind: Any) -> bool:
    """Whether a value from JSON is of a field's kind. A whole number can stand for a real one, a truth value for none;
    of what objects hold nothing is asked."""
    if kind in (int, float):
        number = isinstance(value, int | kind) and not isinstance(value, bool)
        return number and math.isfinite(value)
    if get_origin(kind) is tuple:
        return isinstance(value, list) and all(_is(each, get_args(kind)[0]) for each in value)
    return isinstance(value, get_origin(kind) or kind)


def homes(models: Path = MODELS) -> tuple[Path, ...]:
    """The folders in which models lie: `models` and, where these are the user's own (`CASTING_MODELS`), what ships."""
    own = os.environ.get(OWN)
    return (models, SHIPPED_MODELS) if own and Path(own) == models != SHIPPED_MODELS else (models,)


def folder_of(name: str, models: Path = MODELS) -> Path:
    """The folder of a model, in the first of `homes` that has it; where none has, the one that would be in `models`."""
    return next((home / name for home in homes(models) if (home / name / CARD).is_file()), models / name)


def shipped(models: Path = MODELS) -> list[str]:
    """Names of the models that are ready for use: folders with a card, not hidden, sorted, the default first."""
    names = {card.parent.name for home in homes(models) for card in home.glob(f"[!.]*/{CARD}")}
    return sorted(names, key=lambda name: (name != DEFAULT, name))
