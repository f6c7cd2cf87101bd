"""The card of a shipped model: what it is, how it was made, how good it is.

Reading it needs no network, so a page has it at once.
"""

import json
import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from casting_core.errors import ModelError, SettingsError
from casting_core.networks.figures import Metrics
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import from_json, parse, to_json
from casting_core.system.places import SHIPPED_MODELS

_NAME = re.compile(r"\w(?:[\w-]|\.\d)*")
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

    Attributes
    ----------
    input_size : px, of the short side.
    gates : what a picture must have for a verdict without a person (`inspection.gate`).
    envelope : by property of `data.part.capture`, the least and the most with which the figures were measured.
    calibrated_on : by-source folds from which calibration and thresholds come; all where it is empty.
    recentred : whether calibration moved the boundary between the labels; the networks of the published study are
        judged where they put it themselves, as the study judged its own.
    data : what it was trained on: `classes`, the label by folder; `grouping`, how photographs were told apart (`table`
        for the public set); whether the split is the folder's own (`official`); and `notes` in words.
    metrics : every figure with its interval where it has one.
    """

    name: str
    architecture: str
    parameters: int
    input_size: int
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
    metrics: Metrics = field(default_factory=Metrics)
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)
        try:
            _ = self.thresholds
        except SettingsError as error:
            raise ModelError(str(error)) from error
        if self.input_size < 1:
            raise ModelError(f"The input size must be at least 1 px, got {self.input_size}.")
        for temperature in (self.temperature, self.map_temperature):
            if temperature <= 0:
                raise ModelError(f"A temperature must be above 0, got {temperature}.")
        for name, (least, most) in self.envelope.items():
            if not least <= most:
                raise ModelError(f"The envelope of {name} must be (least, most), got ({least}, {most}).")

    @property
    def thresholds(self) -> Thresholds:
        """What parts probabilities into verdicts."""
        return Thresholds(passing=self.threshold_pass, rejecting=self.threshold_reject)

    @property
    def on_public_set(self) -> bool:
        """Whether it was trained on the public set of castings, whose facts ship with the package."""
        return self.data.get("grouping", "table") == "table"

    def to_json(self) -> str:
        """Return the text of `card.json`."""
        values = {each.name: to_json(getattr(self, each.name)) for each in fields(self)}
        return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_card(folder: Path) -> ModelCard:
    """Read `card.json` of a model folder. Raises `ModelError` where it is missing or of another form."""
    file = folder / CARD
    _check_name(folder.absolute().name)
    try:
        values = parse(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict) or not values.keys() <= {each.name for each in fields(ModelCard)}:
            raise ModelError(f"{file} is not a model card of this version.")
        return from_json(ModelCard, values)
    except FileNotFoundError as error:
        names = sorted(shipped(folder.parent))
        raise ModelError(
            f"There is no model {folder.name!r} in {folder.parent}; there are: {', '.join(names) or 'none'}."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{file} cannot be read as a model card ({error}); restore it or train anew.") from error


def _check_name(name: str) -> None:
    """Refuse a name that some place where models are named could take for markup, an address or a formula."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"A model is named by letters, digits, _ and -, and dots before digits, as my-model-1.2, not {name!r}. "
            "Rename its folder, and the name in its card."
        )


def homes(models: Path = MODELS) -> tuple[Path, ...]:
    """Return where models lie: in `models` and, where these are the user's own (`CASTING_MODELS`), in what ships."""
    own = os.environ.get(OWN)
    return (models, SHIPPED_MODELS) if own and Path(own) == models != SHIPPED_MODELS else (models,)


def folder_of(name: str, models: Path = MODELS) -> Path:
    """Return the folder of a model in the first of `homes` that has it; else the one that would be in `models`."""
    return next((home / name for home in homes(models) if (home / name / CARD).is_file()), models / name)


def shipped(models: Path = MODELS) -> list[str]:
    """Names of the models that are ready for use: folders with a card, not hidden, sorted, the default first."""
    names = {card.parent.name for home in homes(models) for card in home.glob(f"[!.]*/{CARD}")}
    return sorted(names, key=lambda name: (name != DEFAULT, name))
