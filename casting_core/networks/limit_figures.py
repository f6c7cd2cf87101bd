"""What a card says of a model's limits: what disturbances do to its verdicts, and how large a defect must be.

The names are those of the file. A share of nothing is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from casting_core.estimate import Estimate
from casting_core.system.json_records import to_json

NO_SHARE = {"count": 0, "of": 0, "share": None, "low": None, "high": None}  # of nothing, as some figures write it


def with_no_shares(figures: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a dataclass as JSON; those of these `names` that are None as `NO_SHARE`."""
    found = {each.name: to_json(getattr(figures, each.name)) for each in fields(figures)}
    return found | {name: NO_SHARE for name in names if found[name] is None}


@dataclass(frozen=True, kw_only=True)
class LevelFigures:
    """What became of the verdicts at one level of a disturbance.

    Attributes
    ----------
    accuracy : at a probability of 0.5, of the images that were judged.
    missed, false_alarms : of the defective parts those that pass, of the sound ones those that are rejected.
    reviews, unusable, flips : shares of all: sent to a person, refused, with another verdict than undisturbed.
    """

    accuracy: Estimate | None
    missed: Estimate | None
    false_alarms: Estimate | None
    reviews: float
    unusable: float
    flips: float

    @property
    def handed_over(self) -> float:
        """The share of images, in [0, 1], that are sent to a person or get no verdict."""
        return self.reviews + self.unusable

    def share(self, name: str) -> Estimate | None:
        """Return a figure by its name, whether it has an interval or not."""
        found = getattr(self, name)
        return Estimate(value=found) if isinstance(found, float) else found

    def to_json(self) -> dict[str, Any]:
        """By name; shares of nothing as `NO_SHARE`."""
        return with_no_shares(self, ("accuracy", "missed", "false_alarms"))


@dataclass(frozen=True, kw_only=True)
class _Level:
    level: float


@dataclass(frozen=True, kw_only=True)
class DisturbedFigures(LevelFigures, _Level):
    """The same of disturbed images, beside those of the same images undisturbed.

    Attributes
    ----------
    level : in the unit of the disturbance.
    missed_rise, false_alarms_rise : of these shares; None where there are no such parts.
    handed_over_rise : of reviews and of what is refused together.
    errors_hold, holds : whether the errors alone, or all figures, are no worse than the margins allow.
    """

    missed_rise: Estimate | None
    false_alarms_rise: Estimate | None
    handed_over_rise: float
    errors_hold: bool
    holds: bool


@dataclass(frozen=True, kw_only=True)
class HeldRange:
    """Levels around none within which something holds; `to_the_least`, `to_the_most`: at all tried on that side."""

    least: float
    most: float
    to_the_least: bool
    to_the_most: bool


@dataclass(frozen=True, kw_only=True)
class DisturbanceFigures:
    """One disturbance.

    Attributes
    ----------
    unit : of the levels.
    none : the level at which nothing changes.
    trained : from where to where training varies it.
    levels : rising, that of none among them.
    envelope, errors_hold : where all figures hold, and where the errors alone do.
    """

    unit: str
    none: float
    trained: tuple[float, float] | None
    levels: tuple[DisturbedFigures, ...]
    envelope: HeldRange
    errors_hold: HeldRange


@dataclass(frozen=True, kw_only=True)
class RobustnessFigures:
    """What disturbances do to the verdicts, by `evaluation.robustness.summary`."""

    pictures: int
    photographs: int
    sound_photographs: int
    undisturbed: LevelFigures
    disturbances: Mapping[str, DisturbanceFigures]


@dataclass(frozen=True, kw_only=True)
class CensoredSize:
    """A size at which something is reached.

    Attributes
    ----------
    value : in the unit of the sizes that were tried; None where it was not reached among them.
    beyond : where it was not, whether it lies `below` the smallest (or at it) or `above` the largest.
    """

    value: float | None
    beyond: str | None

    @classmethod
    def within(cls, size: float, least: float, most: float) -> "CensoredSize":
        """Return a size, if it lies among those that were tried, from `least` to `most`."""
        if size < least:
            return cls(value=None, beyond="below")
        return cls(value=float(size), beyond=None) if size <= most else cls(value=None, beyond="above")


@dataclass(frozen=True, kw_only=True)
class SizeFigures:
    """From which size on a kind of defect is found; sizes in percent of the part's diameter.

    Attributes
    ----------
    hits : trials in which it was found.
    least, most : the sizes that were tried.
    fit : `likelihood`, `firth` (one size parts all hits from all misses), `all hit`, `none hit` or `no rise`.
    intercept, slope : of the curve, over ln percent.
    a50, a90, a90_95 : sizes found with a chance of one half and nine tenths, and the latter's upper bound.
    """

    hits: int
    least: float
    most: float
    fit: str
    intercept: float | None
    slope: float | None
    a50: CensoredSize
    a90: CensoredSize
    a90_95: CensoredSize

    def size_text(self, name: str) -> str:
        """Return a size by its name in words: `2.3 %`, or `> 14.6 %` and `≤ 0.8 %` beyond what was tried."""
        reached: CensoredSize = getattr(self, name)
        if reached.value is not None:
            return f"{reached.value:.1f} %"
        return f"> {self.most:.1f} %" if reached.beyond == "above" else f"≤ {self.least:.1f} %"


@dataclass(frozen=True, kw_only=True)
class SizeBin:
    """Trials of defects of sizes `from_` to `to`, and in how many it was found."""

    from_: float
    to: float
    trials: int
    hits: int


@dataclass(frozen=True, kw_only=True)
class DetectionCurve:
    """The chance `pod` of being found at sizes in `percent`, and its band over photographs from `low` to `high`."""

    percent: tuple[float, ...]
    pod: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class _Tried:
    trials: int
    photographs: int


@dataclass(frozen=True, kw_only=True)
class KindFigures(SizeFigures, _Tried):
    """One kind of defect, found where the part is not passed.

    Attributes
    ----------
    trials, photographs : defects that were inserted, and photographs that they were inserted into.
    a90_95_photographs : the bound of `a90` from drawing photographs anew.
    bins : hits counted by size, rising.
    marked : the same sizes, found where the map marks a place on the defect.
    """

    a90_95_photographs: CensoredSize
    bins: tuple[SizeBin, ...]
    curve: DetectionCurve
    marked: SizeFigures


@dataclass(frozen=True, kw_only=True)
class DetectabilityFigures:
    """Defects of known size in sound images, by `evaluation.detectability.summary`.

    Attributes
    ----------
    pictures, photographs : sound ones.
    diameter : of the part, px, median over the trials.
    false_calls, false_calls_harmless : images that do not pass as they are, or with a harmless change.
    kinds : by kind of defect.
    """

    pictures: int
    photographs: int
    diameter: float | None
    false_calls: Estimate | None
    false_calls_harmless: Estimate | None
    kinds: Mapping[str, KindFigures]

    def to_json(self) -> dict[str, Any]:
        """By name; shares of nothing as `NO_SHARE`."""
        return with_no_shares(self, ("false_calls", "false_calls_harmless"))
