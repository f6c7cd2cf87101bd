"""What a card says of images whose defects are known: where the map points, and whether the verdict rests on it.

The names are those of the file. A share of nothing is None, and so is what was not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casting_core.estimate import Estimate


@dataclass(frozen=True, kw_only=True)
class Quantiles:
    """Of values of images: the median, and what 95 % of them do not exceed."""

    median: float
    p95: float

    @classmethod
    def of(cls, values: np.ndarray | Sequence[float]) -> "Quantiles | None":
        """Those of values, (N,); None where N is 0."""
        return cls(median=float(np.median(values)), p95=float(np.quantile(values, 0.95))) if len(values) else None


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of how many."""

    count: int
    of: int


@dataclass(frozen=True, kw_only=True)
class BySize:
    """A share of defects, or of marked regions, by their size (`evaluation.localization.region_matching`)."""

    all: Estimate | None
    small: Estimate | None
    medium: Estimate | None
    large: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The first figures to look at of images whose defects are known.

    Attributes
    ----------
    roc_auc : of the verdict.
    missed_at_half : of the defective parts, those below a probability of 0.5.
    passed, rejected : of the defective parts those with verdict ok, of the sound ones those with verdict defective.
    peak_on_defect : of the defective parts with a mask, those where the strongest place of the map lies on a defect.
    """

    pictures: int
    defective_pictures: int
    photographs: int
    roc_auc: float | None
    missed_at_half: Estimate | None
    passed: Estimate | None
    rejected: Estimate | None
    peak_on_defect: Estimate | None


@dataclass(frozen=True, kw_only=True)
class LocalizationFigures(Headline):
    """All figures of images whose defects are known, by `evaluation.localization.measures`.

    Attributes
    ----------
    right : of all, those on the right side of a probability of 0.5.
    false_at_half : of the sound parts, those at or above it.
    heat_inside : share of a map's heat on defects, mean over images.
    pixel_auroc, aupro_30 : areas under the curves of the map's pixels.
    peak_of_sound, peak_of_defective : strength of a map's strongest place.
    sound_without_marked_place : of the sound parts.
    region_recall : of the drawn defects, those that a marked place touches.
    region_precision : of the marked places, those that touch a drawn defect.
    known_photographs, new_photographs : of images whose photograph the public set holds, or not.
    found_by_kind : by kind of defect, of the parts with it alone those at or above 0.5.
    """

    right: Estimate | None
    false_at_half: Estimate | None
    heat_inside: float | None
    pixel_auroc: Estimate | None
    aupro_30: Estimate | None
    peak_of_sound: Quantiles | None
    peak_of_defective: Quantiles | None
    sound_without_marked_place: Estimate | None
    region_recall: BySize
    region_precision: BySize
    known_photographs: Headline | None
    new_photographs: Headline | None
    found_by_kind: Mapping[str, Count] | None = None

    def at(self, path: str) -> Any:
        """Return the figure at a path such as `region_recall.all`; None where there is none."""
        found: Any = self
        for name in path.split("."):
            found = getattr(found, name, None)
        return found


@dataclass(frozen=True, kw_only=True)
class MethodFigures:
    """A way to make a map: some of the figures of `LocalizationFigures`, faithfulness and time.

    Attributes
    ----------
    faithful_on : images on which the two falls were measured.
    drop, control_drop : mean fall of the probability when what the map names is removed, or as much elsewhere.
    milliseconds : median of a map.
    """

    pictures: int
    defective_pictures: int
    photographs: int
    peak_on_defect: Estimate | None
    heat_inside: float | None
    pixel_auroc: Estimate | None
    aupro_30: Estimate | None
    peak_of_sound: Quantiles | None
    sound_without_marked_place: Estimate | None
    faithful_on: int
    drop: Estimate | None
    control_drop: Estimate | None
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class RepairFigures:
    """What repairing the marked places of flagged defective parts does.

    Attributes
    ----------
    pictures, photographs : parts that were flagged.
    without_marked_place : of these, where nothing was marked.
    falls : those that pass with all marked places repaired.
    control_moves : of the repairs at sound places, those after which the verdict is another.
    without_control : marked places for which no sound place was free.
    before, after : probability as given, and with all marked places repaired.
    control_shift : how far a control moved the probability.
    replaced : share of the disc's area.
    """

    pictures: int
    photographs: int
    without_marked_place: int
    falls: Estimate | None
    control_moves: Estimate | None
    without_control: int
    before: Quantiles | None
    after: Quantiles | None
    control_shift: Quantiles | None
    replaced: Quantiles | None
