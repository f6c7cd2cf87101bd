"""What a card says of how good its model is, read and checked once, by the names that the file has.

*Defective* is positive. *Called* defective means a probability of 0.5 or above, and *wrong* that this disagrees with
the label; *missed defects* and *false alarms* are those of the verdicts: defective parts that pass, sound ones that are
rejected. A figure that there is nothing to count on is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from casting_core.estimate import Estimate
from casting_core.networks.limit_figures import DetectabilityFigures, RobustnessFigures, with_no_shares
from casting_core.networks.localization_figures import LocalizationFigures, MethodFigures, RepairFigures
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import from_json, to_json

SHARES = ("wrong", "precision", "recall", "specificity", "missed_defects", "false_alarms", "reviews")
NUMBERS = (
    "accuracy",
    "f1",
    "balanced_accuracy",
    "roc_auc",
    "pr_auc",
    "brier_score",
    "expected_calibration_error",
    "mean_cost",
)


@dataclass(frozen=True, kw_only=True)
class ReliabilityBin:
    """One point of a reliability curve.

    Attributes
    ----------
    from_, to : the bin, probabilities in [0, 1].
    pictures, photographs : images in it, and different photographs.
    probability : mean of the images.
    share, low, high : how many are defective, and the ends of its interval; None where a single photograph has images
        of both labels.
    """

    from_: float
    to: float
    pictures: int
    photographs: int
    probability: float
    share: float
    low: float | None
    high: float | None

    @property
    def estimate(self) -> Estimate:
        """The share with its interval."""
        return Estimate(value=self.share, low=self.low, high=self.high)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one set of images; every interval is over source photographs, not over their copies.

    Attributes
    ----------
    pictures, photographs : images, and different photographs among them.
    defective_pictures, defective_photographs : likewise of defective parts.
    accuracy, wrong : of all images, those called as they are labelled, and the others.
    precision : of those called defective, the defective ones.
    recall, specificity : of the defective and of the sound ones, those called so.
    f1, balanced_accuracy : at a probability of 0.5.
    confusion : images by label and call.
    missed_defects : of the defective parts, those with verdict ok.
    false_alarms : of the sound parts, those with verdict defective.
    reviews : of all parts, those sent to a person.
    verdicts : images by label and verdict.
    mean_cost : per part, in the unit of `costs`: `missed_defect`, `false_alarm`, `review`.
    roc_auc, pr_auc : areas under the ROC curve, and under the precision-recall curve (average precision).
    brier_score, expected_calibration_error : of the probabilities.
    reliability : the curve that the calibration error is read off.
    """

    pictures: int
    photographs: int
    defective_pictures: int
    defective_photographs: int
    accuracy: Estimate | None
    wrong: Estimate | None
    precision: Estimate | None
    recall: Estimate | None
    specificity: Estimate | None
    f1: Estimate | None
    balanced_accuracy: Estimate | None
    confusion: Mapping[str, Mapping[str, int]]
    missed_defects: Estimate | None
    false_alarms: Estimate | None
    reviews: Estimate | None
    verdicts: Mapping[str, Mapping[str, int]]
    mean_cost: Estimate | None
    costs: Mapping[str, float]
    roc_auc: Estimate | None
    pr_auc: Estimate | None
    brier_score: Estimate | None
    expected_calibration_error: Estimate | None
    reliability: tuple[ReliabilityBin, ...]

    @property
    def sound_pictures(self) -> int:
        """Images of sound parts."""
        return self.pictures - self.defective_pictures

    @property
    def sound_photographs(self) -> int:
        """Different photographs of sound parts."""
        return self.photographs - self.defective_photographs

    def to_json(self) -> dict[str, Any]:
        """As a card holds them: shares with their counts; numbers bare, their ends under `intervals`."""
        values = with_no_shares(self, SHARES)
        reliability = values.pop("reliability")
        numbers: dict[str, Estimate | None] = {name: getattr(self, name) for name in NUMBERS}
        intervals = {n: e and e.ends and {"low": e.ends[0], "high": e.ends[1]} for n, e in numbers.items()}
        values |= {name: None if found is None else found.value for name, found in numbers.items()}
        return {**values, "intervals": intervals, "reliability": reliability}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Figures":
        """Read what `to_json` wrote. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        found = {each.name: values[each.name] for each in fields(cls)}
        for name in NUMBERS:
            if found[name] is not None:
                found[name] = Estimate(value=found[name], **(values["intervals"][name] or {}))
        wrong = Estimate.from_json(values["wrong"])
        found |= {name: Estimate.from_json(values[name]) for name in SHARES}
        reliability = from_json(tuple[ReliabilityBin, ...], values["reliability"])
        return cls(**{**found, "accuracy": wrong and wrong.complement(), "reliability": reliability})


@dataclass(frozen=True, kw_only=True)
class SplitFigures:
    """The figures of one split: with the doubted labels as they were filed, and without these images.

    Attributes
    ----------
    folds, thresholds : of the split by source, its folds, and (pass, reject) that each was judged with.
    wrong_pictures : paths of images on the wrong side of a probability of 0.5, sorted.
    """

    folds: tuple[int, ...] | None = None
    thresholds: tuple[tuple[float, float], ...] | None = None
    as_filed: Figures
    without_suspects: Figures
    wrong_pictures: tuple[str, ...]

    def view(self, as_filed: bool) -> Figures:
        """With the doubted labels as filed, or without these images."""
        return self.as_filed if as_filed else self.without_suspects

    def fold_thresholds(self) -> dict[int, Thresholds]:
        """Return what each fold was judged with. Raises `ValueError` where thresholds and folds differ in number."""
        pairs = zip(self.folds or (), self.thresholds or (), strict=True)
        return {fold: Thresholds(passing=low, rejecting=high) for fold, (low, high) in pairs}


@dataclass(frozen=True, kw_only=True)
class SeedFigures:
    """The same design from another random seed, on the official test without the images whose label is doubted.

    Attributes
    ----------
    pictures, wrong, missed_defects, false_alarms, reviews : images.
    margin : how far the defective image that looks soundest lies above the sound one that looks most defective, in raw
        logits; below 0 they overlap. None where one of the labels has no image.
    wrong_pictures : of all images, paths of those on the wrong side of a probability of 0.5, sorted.
    """

    pictures: int
    wrong: int
    missed_defects: int
    false_alarms: int
    reviews: int
    margin: float | None
    wrong_pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """All that a model was measured on; None where it was not.

    Attributes
    ----------
    official_test, by_source : the public test, and castings never seen.
    seeds : by seed.
    second_capture, rendered : images whose defects are known to the pixel.
    repair : whether the verdict falls where what is marked is repaired.
    maps_second_capture : by the way to make a map.
    robustness : what disturbances do to the verdicts.
    detectability : by what the defects were inserted into, `public` or `rendered`.
    """

    official_test: SplitFigures | None = None
    by_source: SplitFigures | None = None
    seeds: Mapping[str, SeedFigures] | None = None
    second_capture: LocalizationFigures | None = None
    rendered: LocalizationFigures | None = None
    repair: RepairFigures | None = None
    maps_second_capture: Mapping[str, MethodFigures] | None = None
    robustness: RobustnessFigures | None = None
    detectability: Mapping[str, DetectabilityFigures] | None = None

    def split(self, unseen: bool) -> SplitFigures | None:
        """On castings never seen, or on the official test."""
        return self.by_source if unseen else self.official_test

    def to_json(self) -> dict[str, Any]:
        """By name, without what was not measured."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: to_json(value) for name, value in found.items() if value is not None}
