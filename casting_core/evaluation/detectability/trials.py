"""`detectability.csv`: what a model said of every sound casting, and of the same with one defect of known size.

One row a trial; all figures of detectability can be computed from it. It holds no picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.files import read_records, write_records
from casting_core.errors import DataError
from casting_core.labels import Verdict

FILE = "detectability.csv"  # in a model's folder
PUBLIC, RENDERED = "public", "rendered"
SOUND, HARMLESS = "sound", "harmless"  # in place of the kind of defect, where there is none
KINDS = (SOUND, HARMLESS, *map(str, DefectKind))
COLUMNS: tuple[str, ...] = ("base", "picture", "photograph", "kind", "pixels", "percent", "contrast", "probability")
COLUMNS += ("verdict", "hit", "marked")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One row. Raises `DataError` where it contradicts itself.

    Attributes
    ----------
    base : `public` or `rendered`.
    picture, photograph : path of the sound picture in the public set and its source photograph, or twice the seed that
        it was rendered from.
    kind : of the defect, `sound` for the picture as it is, or `harmless` with a change that is no defect.
    pixels, percent : the defect's longest line, in pixels and of the part's diameter, 0 without a defect.
    contrast : gray levels by which it changed its pixels.
    probability : of *defective*, None where a gate refused the picture.
    marked : a place on the defect is marked that was not before, and without a defect, any place.
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

    def __post_init__(self) -> None:
        if self.base not in (PUBLIC, RENDERED) or self.kind not in KINDS:
            raise DataError(f"Unknown base {self.base!r} or kind {self.kind!r}.")
        sized = self.kind not in (SOUND, HARMLESS)
        if not all(math.isfinite(size) and (size > 0) is sized for size in (self.pixels, self.percent)):
            raise DataError(f"A {self.kind} of {self.pixels} pixels, {self.percent} % on {self.picture} cannot be.")

    @property
    def hit(self) -> bool:
        """The part is not passed."""
        return self.verdict is not Verdict.OK


def as_written(value: float) -> float:
    """Return a number as it is written: what is computed before and after writing must be the same."""
    return float(f"{value:.6g}")


def write_trials(file: Path, trials: Sequence[Trial]) -> None:
    """Write all rows, 6 significant digits, atomically."""
    write_records(file, Trial, trials, columns=COLUMNS, digits=6)


def read_trials(file: Path) -> list[Trial]:
    """Read all rows. Raises `DataError` where the file is missing or of another form, or a row contradicts itself."""
    remedy = "restore it, or measure anew with: evaluate MODEL --detectability --save"
    return read_records(file, Trial, what="trials of detectability", remedy=remedy, columns=COLUMNS)
