"""Where a map points on a picture whose defects are known, and on which pictures of many it does best and worst.

1. A picture with known defects is judged, and its map measured (`localization`, `region_matching`): does its strongest
   place lie on a defect, how many of the defects does a marked place touch, how much of the map's heat lies on them.
2. Pictures are ranked by these three, in this order: one whose strongest place lies beside all defects is worse than
   any other.
3. Of a set only the best and the worst are kept with their pixels, so that memory does not grow with it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casting_core.data.masked_set import LabelledImage
from casting_core.evaluation.localization.measures import TOLERANCE, peak_on_defect
from casting_core.evaluation.localization.region_matching import match
from casting_core.labels import Verdict

Judge = Callable[[np.ndarray], tuple[float, np.ndarray, Verdict]]  # pixels uint8 (H, W) → probability, map, verdict


@dataclass(frozen=True, kw_only=True, eq=False)
class PointingResult:
    """A defective part and what its map made of it.

    Attributes
    ----------
    heatmap : float32 (H, W) in [0, 1].
    place : (x, y) of its strongest place, pixels.
    on_defect : whether that lies on a defect.
    defects, touched : how many there are, and how many of them a marked place touches.
    heat_inside : share of the heat on defects, in [0, 1].
    """

    known: LabelledImage
    heatmap: np.ndarray
    probability: float
    verdict: Verdict
    place: tuple[int, int]
    on_defect: bool
    defects: int
    touched: int
    heat_inside: float

    @cached_property
    def digest(self) -> str:
        """SHA-256 of picture, mask and map: what is drawn of them can be kept by it."""
        found = hashlib.sha256(str((self.known.pixels.shape, self.place)).encode())
        for array in (self.known.pixels, self.known.mask, self.heatmap):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    @property
    def rank(self) -> tuple[bool, float, float]:
        """What pictures are ordered by, the best highest."""
        return self.on_defect, self.touched / self.defects, self.heat_inside


def point(known: LabelledImage, judge: Judge) -> PointingResult | None:
    """Judge a picture and measure where its map points; None of a sound part, or where no defect is marked."""
    if not known.defective or not known.mask.any():
        return None
    probability, heatmap, verdict = judge(known.pixels)
    matched = match(heatmap, known.mask, tolerance=TOLERANCE * max(known.mask.shape))
    y, x = np.unravel_index(int(np.argmax(heatmap)), heatmap.shape)
    total = float(heatmap.sum())
    return PointingResult(
        known=known,
        heatmap=heatmap,
        probability=probability,
        verdict=verdict,
        place=(int(x), int(y)),
        on_defect=peak_on_defect(heatmap, known.mask),
        defects=len(matched.defects),
        touched=int(matched.found.sum()),
        heat_inside=float(heatmap[known.mask].sum()) / total if total > 0 else 0.0,
    )


class BestAndWorst:
    """The best and the worst of many pictures.

    Attributes
    ----------
    keep : how many of each are kept.
    seen, hits : defective parts so far, and of them those whose strongest place lies on a defect.
    worst : the worst, the very worst first.
    """

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.seen = self.hits = 0
        self.worst: list[PointingResult] = []
        self._best: list[PointingResult] = []

    def add(self, pointed: PointingResult) -> None:
        """Take one more into account."""
        self.seen += 1
        self.hits += pointed.on_defect
        # copies are made, never changed: a page may be looking at them
        self._best = sorted([*self._best, pointed], key=lambda each: each.rank, reverse=True)[: self.keep]
        self.worst = sorted([*self.worst, pointed], key=lambda each: each.rank)[: self.keep]

    @property
    def best(self) -> list[PointingResult]:
        """The best, the very best first; none that is among the worst."""
        return [each for each in self._best if each not in self.worst]
