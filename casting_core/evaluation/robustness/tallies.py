"""`robustness.csv`: what became of the verdicts of every photograph's pictures, at every level of every disturbance.

One row a photograph and level, with counts; all figures of robustness can be computed from it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from casting_core.data.files import read_rows, write_atomically
from casting_core.data.samples import Sample
from casting_core.errors import DataError
from casting_core.labels import Label, Verdict

FILE = "robustness.csv"  # in a model's folder
UNDISTURBED = "none"  # the disturbance of pictures as they are; its level is 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was said of one picture; `probability` None where it is unusable."""

    verdict: Verdict
    probability: float | None


@dataclass(frozen=True, kw_only=True)
class CorruptionCounts:
    """One row: what was said of the pictures of one photograph at one level of a disturbance, in its `unit`.

    `fold`: whose network judged; `pictures`; `judged`: those with a probability; `wrong`: of these, at 0.5; `missed`:
    defective with verdict ok; `false_alarms`: ok with verdict defective; `reviews`; `unusable`; `flips`: with another
    verdict than undisturbed.
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


COUNTS = ("pictures", "judged", "wrong", "missed", "false_alarms", "reviews", "unusable", "flips")


def tally(
    sample: Sample,
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    *,
    disturbance: str = UNDISTURBED,
    level: float = 0.0,
    unit: str = "",
) -> CorruptionCounts:
    """Count what was said of the pictures of one photograph, undisturbed `before` and disturbed `after`.

    `sample`: any of them, for photograph, label and fold.
    """
    positive = sample.label.positive
    verdicts = [outcome.verdict for outcome in after]
    probabilities = [outcome.probability for outcome in after if outcome.probability is not None]
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
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [field.name for field in fields(CorruptionCounts)]
    writer.writerow(names)
    for each in tallies:
        writer.writerow([f"{value:g}" if isinstance(value := getattr(each, n), float) else value for n in names])
    write_atomically(file, stream.getvalue().encode())


def read_tallies(file: Path) -> list[CorruptionCounts]:
    """Read all rows. Raises `DataError` where the file is missing or of another form, or counts contradict."""
    try:
        return [_parsed(row) for row in read_rows(file, [field.name for field in fields(CorruptionCounts)])]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"{file} cannot be read as counts of robustness ({error}); restore it, or measure anew with: "
            "evaluate MODEL --robustness --save"
        ) from error


def _parsed(row: dict[str, str]) -> CorruptionCounts:
    counts = {name: int(row[name]) for name in COUNTS}
    if any(not 0 <= count <= counts["pictures"] for count in counts.values()):
        raise ValueError(f"more of {row['disturbance']} {row['level']} than pictures: {counts}")
    return CorruptionCounts(
        disturbance=row["disturbance"],
        level=float(row["level"]),
        unit=row["unit"],
        fold=int(row["fold"]),
        photograph=int(row["photograph"]),
        label=Label(row["label"]),
        **counts,
    )
