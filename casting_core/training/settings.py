"""Settings of one training run; everything that decides its outcome stands here."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.errors import SettingsError
from casting_core.networks.card import DEFAULT
from casting_core.networks.registry import architecture

COSINE, CONSTANT = "cosine", "constant"
EPOCH = 1_000  # pictures of a label that an epoch draws, about


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How castnet is trained, beside what every network needs.

    An epoch draws `defective_draws` (`ok_draws`) pictures of every source photograph of that label, a
    photograph with fewer gives some of its pictures repeatedly: one with 300 copies does not outweigh
    one with three. The ok number is higher because there are far fewer ok photographs.
    """

    defective_draws: int = 12
    ok_draws: int = 75
    backbone_factor: float = 0.3  # of the learning rate, for layers that come pretrained
    frozen_stages: int = 2  # of the backbone, beside its stem; 0 to 3
    map_weight: float = 0.5  # of the map's loss beside the verdict's
    inserted_weight: float = 0.25  # of a picture with an inserted defect in the verdict's loss
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)

    def __post_init__(self) -> None:
        for name in ("defective_draws", "ok_draws"):
            _above_zero(name, getattr(self, name))
        if not 0 <= self.frozen_stages <= 3:
            raise SettingsError(f"frozen_stages must be from 0 to 3, got {self.frozen_stages}.")
        for name in ("map_weight", "inserted_weight", "backbone_factor"):
            _share(name, getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """One run of `casting_core.training.loop`.

    `recipe` is castnet's; without one a network is trained as published studies do it, every picture once an epoch
    and as it is. `name` tells what is trained on, where that is not the public set.
    """

    model: str = DEFAULT
    name: str = ""
    split: str = "official"
    fold: int | None = None
    seed: int = 0
    epochs: int = 7
    batch_size: int = 16
    learning_rate: float = 1e-3
    schedule: str = COSINE
    warmup: float = 0.1  # share of all steps
    weight_decay: float = 1e-4
    size: int = 320  # px, short side of the input
    recipe: Recipe | None = field(default_factory=Recipe)

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "learning_rate", "size"):
            _above_zero(name, getattr(self, name))
        if self.size % 16 or self.size < 64:
            raise SettingsError(f"size must be a multiple of 16 from 64 up, got {self.size}.")
        if self.schedule not in (COSINE, CONSTANT):
            raise SettingsError(f"The schedule is {COSINE!r} or {CONSTANT!r}, got {self.schedule!r}.")
        for name in ("warmup", "weight_decay"):
            _share(name, getattr(self, name))

    def to_json(self) -> dict[str, Any]:
        """As a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "TrainingSettings":
        """Back from `to_json`, also after a trip through JSON. Raises `SettingsError` on unknown names."""
        recipe = values.get("recipe", {})
        if recipe is not None:
            augmentation: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in _known(AugmentationSettings, recipe.get("augmentation", {})).items()
            }
            recipe = Recipe(**{**_known(Recipe, recipe), "augmentation": AugmentationSettings(**augmentation)})
        return cls(**{**_known(cls, values), "recipe": recipe})


def settings_for(model: str, **given: Any) -> TrainingSettings:
    """Return the settings of a network, but for those given. Raises `ModelError` for an unknown network."""
    known = architecture(model)
    return TrainingSettings(**{"size": known.size, **known.training, "model": model, **given})


def recipe_for(*, ok: int, defective: int) -> Recipe:
    """Adapt castnet's recipe to another set by its numbers of photographs: both labels are drawn equally often."""
    usual = Recipe()
    return replace(usual, ok_draws=max(1, round(EPOCH / ok)), defective_draws=max(1, round(EPOCH / defective)))


def _above_zero(name: str, value: float) -> None:
    if value <= 0:
        raise SettingsError(f"{name} must be above 0, got {value}.")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise SettingsError(f"{name} must be from 0 to 1, got {value}.")


def _known(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - {f.name for f in fields(kind)}:
        raise SettingsError(f"Unknown training settings: {', '.join(sorted(unknown))}.")
    return values
