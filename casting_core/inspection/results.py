"""What an inspection says of one picture."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casting_core.explanation.regions import Region
from casting_core.labels import Verdict
from casting_core.system.json_records import to_json


@dataclass(frozen=True, kw_only=True, eq=False)
class Inspection:
    """The verdict on one picture, and what it rests on.

    `probability` is calibrated, of *defective*, in [0, 1]; None for an unusable picture. `heatmap` is
    float32 (H, W) in [0, 1], local evidence for a defect as a probability, at the size of the picture
    that was given (after EXIF rotation); None for an unusable picture, for a model without a map, and
    where it was not asked for. `regions` are sorted by score, highest first. `reason` says in words why
    the verdict is *review* or *unusable*, else it is None; `note` what was assumed of a file that does not
    tell. `sha256` is of the bytes given, or of the
    decoded array; None where nothing could be read. `width` and `height` are None where no picture could
    be decoded. `seconds` has one entry a stage, and their sum as `total`.
    """

    sha256: str | None = None
    verdict: Verdict
    reason: str | None = None
    note: str | None = None
    probability: float | None = None
    threshold_pass: float
    threshold_reject: float
    model: str
    device: str
    heatmap: np.ndarray | None = None
    regions: tuple[Region, ...] = ()
    width: int | None = None
    height: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain values that strict JSON can hold; the heatmap is left out."""
        seconds = {stage: round(s, 6) for stage, s in self.seconds.items() if math.isfinite(s)}
        return {name: to_json(value) for name, value in vars(self).items() if name != "heatmap"} | {"seconds": seconds}
