"""Settings of one training run; everything that decides its outcome stands here."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from casting_core.data.augmentation import AugmentationSettings
from casting_core.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """One run of `casting_core.training.loop`.

    An epoch draws `defective_draws` (`ok_draws`) pictures of every source photograph of that label, a
    photograph with fewer gives some of its pictures repeatedly: one with 300 copies does not outweigh
    one with three. The ok number is higher because there are far fewer ok photographs.
    """

    model: str = "castnet"
    split: str = "official"
    fold: int | None = None
    seed: int = 0
    epochs: int = 6
    batch_size: int = 16
    learning_rate: float = 1e-3
    backbone_factor: float = 1.0  # of the learning rate, for layers that come pretrained
    frozen_stages: int = 2  # of the backbone, beside its stem; 0 to 3
    weight_decay: float = 1e-4
    warmup: float = 0.1  # share of all steps
    map_weight: float = 0.5  # of the map's loss beside the verdict's
    inserted_weight: float = 0.25  # of a picture with an inserted defect in the verdict's loss
    size: int = 320  # px, short side of the input
    defective_draws: int = 12
    ok_draws: int = 75
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)

    def __post_init__(self) -> None:
        positive = ("epochs", "batch_size", "learning_rate", "size", "defective_draws", "ok_draws")
        for name in positive:
            if getattr(self, name) <= 0:
                raise SettingsError(f"{name} must be above 0, got {getattr(self, name)}.")
        if self.size % 16 or self.size < 64:
            raise SettingsError(f"size must be a multiple of 16 from 64 up, got {self.size}.")
        if not 0 <= self.frozen_stages <= 3:
            raise SettingsError(f"frozen_stages must be from 0 to 3, got {self.frozen_stages}.")
        for name in ("warmup", "map_weight", "inserted_weight", "weight_decay", "backbone_factor"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"{name} must be from 0 to 1, got {getattr(self, name)}.")

    def to_json(self) -> dict[str, Any]:
        """As a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "TrainingSettings":
        """Back from `to_json`, also after a trip through JSON. Raises `SettingsError` on unknown names."""
        known = {f.name for f in fields(cls)}
        inner = {f.name for f in fields(AugmentationSettings)}
        if unknown := (set(values) - known) | (set(values.get("augmentation", {})) - inner):
            raise SettingsError(f"Unknown training settings: {', '.join(sorted(unknown))}.")
        augmentation: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.get("augmentation", {}).items()
        }
        return cls(**{**values, "augmentation": AugmentationSettings(**augmentation)})

    def same_run(self, other: "TrainingSettings") -> bool:
        """Whether two settings describe the same run."""
        return json.dumps(self.to_json(), sort_keys=True) == json.dumps(other.to_json(), sort_keys=True)
