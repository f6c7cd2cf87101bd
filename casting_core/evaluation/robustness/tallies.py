"""`robustness.csv`: what became of the verdicts of every photograph's pictures, at every level of every disturbance.

One row a photograph and level, with counts; all figures of robustness can be computed from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casting_core.data.files import read_records, write_records
from casting_core.data.samples import Sample
from casting_core.errors import DataError
from casting_core.inspection.results import Inspection
from casting_core.labels import Label, Verdict

FILE = "robustness.csv"  # in a model's folder
UNDISTURBED = "none"  # the disturbance of pictures as they are; its level is 0


@dataclass(frozen=True, kw_only=True)
class CorruptionCounts:
    """One row: what was said of the pictures of one photograph at one level of a disturbance, in its `unit`.

    Attributes
    ----------
    fold : whose network judged.
    judged, wrong : pictures with a probability, and of these, those on the wrong side of 0.5.
    missed, false_alarms : defective with verdict ok, and ok with verdict defective.
    flips : with another verdict than undisturbed.
    """

    disturbance: str
    level: float
    unit: str
    fold: int
    photograph: int
    label: Label
    pictures: int
    judged: int
    wrong: int
    missed: int
    false_alarms: int
    reviews: int
    unusable: int
    flips: int

    def __post_init__(self) -> None:
        counts = (self.judged, self.wrong, self.missed, self.false_alarms, self.reviews, self.unusable, self.flips)
        if not all(0 <= count <= self.pictures for count in counts):
            raise DataError(f"More of {self.disturbance} {self.level:g} than the {self.pictures} pictures: {counts}.")


def tally(
    sample: Sample,
    before: Sequence[Inspection],
    after: Sequence[Inspection],
    *,
    disturbance: str = UNDISTURBED,
    level: float = 0.0,
    unit: str = "",
) -> CorruptionCounts:
    """Count what was said of the pictures of one photograph, undisturbed `before` and disturbed `after`.

    `sample`: any of them, for photograph, label and fold.
    """
    positive = sample.label.positive
    verdicts = [each.verdict for each in after]
    probabilities = [each.probability for each in after if each.probability is not None]
    return CorruptionCounts(
        disturbance=disturbance,
        level=level,
        unit=unit,
        fold=sample.fold,
        photograph=sample.source,
        label=sample.label,
        pictures=len(after),
        judged=len(probabilities),
        wrong=sum((p >= 0.5) != positive for p in probabilities),
        missed=verdicts.count(Verdict.OK) if positive else 0,
        false_alarms=0 if positive else verdicts.count(Verdict.DEFECTIVE),
        reviews=verdicts.count(Verdict.REVIEW),
        unusable=verdicts.count(Verdict.UNUSABLE),
        flips=sum(old.verdict is not new for old, new in zip(before, verdicts, strict=True)),
    )


def write_tallies(file: Path, tallies: Sequence[CorruptionCounts]) -> None:
    """Write all rows, atomically."""
    write_records(file, CorruptionCounts, tallies, digits=6)


def read_tallies(file: Path) -> list[CorruptionCounts]:
    """Read all rows. Raises `DataError` where the file is missing or of another form, or counts contradict."""
    remedy = "restore it, or measure anew with: evaluate MODEL --robustness --save"
    return read_records(file, CorruptionCounts, what="counts of robustness", remedy=remedy)
