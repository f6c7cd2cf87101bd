"""`detectability.csv`: what a model said of every sound casting, and of the same with one defect of known size.

One row a trial; all figures of detectability can be computed from it. It holds no picture.
"""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.files import read_rows, write_atomically
from casting_core.errors import DataError
from casting_core.labels import Verdict

FILE = "detectability.csv"  # in a model's folder
PUBLIC, RENDERED = "public", "rendered"
SOUND, HARMLESS = "sound", "harmless"  # in place of the kind of defect, where there is none
KINDS = (SOUND, HARMLESS, *map(str, DefectKind))
COLUMNS = (
    "base",
    "picture",
    "photograph",
    "kind",
    "pixels",
    "percent",
    "contrast",
    "probability",
    "verdict",
    "hit",
    "marked",
)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One row.

    `base`: `public` or `rendered`. `picture`: path of the sound picture in the public set, or the seed it was rendered
    from; `photograph`: its source photograph, or that seed. `kind`: of the defect, `sound` for the picture as it is, or
    `harmless` with a change that is no defect. `pixels`, `percent`: the defect's longest line, in pixels and of the
    part's diameter, 0 without a defect; `contrast`: gray levels by which it changed its pixels. `probability`: of
    *defective*, None where a gate refused the picture. `hit`: not passed; `marked`: a place on the defect is marked
    that was not before, and without a defect, any place.
    """

    base: str
    picture: str
    photograph: int
    kind: str
    pixels: float
    percent: float
    contrast: float
    probability: float | None
    verdict: Verdict
    marked: bool

    @property
    def hit(self) -> bool:
        """The part is not passed."""
        return self.verdict is not Verdict.OK


def round_to_file_precision(value: float) -> float:
    """A number as it is written: what is computed before and after writing must be the same."""
    return float(f"{value:.6g}")


def write_trials(file: Path, trials: Sequence[Trial]) -> None:
    """Write all rows, 6 significant digits, atomically."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in trials:
        sizes = [f"{value:.6g}" for value in (t.pixels, t.percent, t.contrast)]
        probability = "" if t.probability is None else f"{t.probability:.6g}"
        row = [t.base, t.picture, t.photograph, t.kind, *sizes, probability, t.verdict, int(t.hit), int(t.marked)]
        writer.writerow(row)
    write_atomically(file, stream.getvalue().encode())


def read_trials(file: Path) -> list[Trial]:
    """Read all rows. Raises `DataError` where the file is missing or of another form, or a row contradicts itself."""
    try:
        return [_parsed(row) for row in read_rows(file, COLUMNS)]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"{file} cannot be read as trials of detectability ({error}); restore it, or measure anew with: "
            "evaluate MODEL --detectability --save"
        ) from error


def _parsed(row: dict[str, str]) -> Trial:
    trial = Trial(
        base=row["base"],
        picture=row["picture"],
        photograph=int(row["photograph"]),
        kind=row["kind"],
        pixels=float(row["pixels"]),
        percent=float(row["percent"]),
        contrast=float(row["contrast"]),
        probability=float(row["probability"]) if row["probability"] else None,
        verdict=Verdict(row["verdict"]),
        marked={"0": False, "1": True}[row["marked"]],
    )
    if trial.base not in (PUBLIC, RENDERED) or trial.kind not in KINDS:
        raise ValueError(f"unknown base {trial.base!r} or kind {trial.kind!r}")
    if {"0": False, "1": True}[row["hit"]] is not trial.hit:
        raise ValueError(f"hit {row['hit']} with the verdict {trial.verdict} on {trial.picture}")
    sized = trial.kind not in (SOUND, HARMLESS)
    if not all(math.isfinite(size) and (size > 0) is sized for size in (trial.pixels, trial.percent)):
        raise ValueError(f"{trial.kind} of {trial.pixels} pixels, {trial.percent} % on {trial.picture}")
    return trial
