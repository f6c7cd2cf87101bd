"""Sound castings with one defect of known kind, size and place: the targets on which detectability is measured.

1. Every kind is tried in sizes spread evenly_spaced_indices over the logarithm, from what nobody could see to what
   nobody could miss. On the pictures of one sound photograph, and over the rendered castings, it is tried once in every
   stretch of its range: no size has more of the easy photographs than another.
2. The defect is painted into the picture as it is decoded (`data.defects`). All else stays as it was, so what changes
   in the verdict, the defect has changed.
3. Its size is measured afterwards, on its mask: the longest straight line in it.
4. As a control, a change that is no defect is painted in likewise (`data.defects.distractors`): a model that minds any
   change would seem to see small defects.

Every draw has a generator of its own, seeded by what it is drawn for: no trial depends on another.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist

from casting_core.data.defects.distractors import insert_decoy
from casting_core.data.defects.insertion import MIN_CONTRAST, DefectKind, insert_defect
from casting_core.data.part.finder import Part

SEED = 0
EACH = 24  # pictures of every sound photograph
CASTINGS = 200  # that are rendered
FIRST_CASTING = 2_000_000  # their first seed, far from all others
CONTRAST = MIN_CONTRAST  # gray levels that a defect differs by, at least, on average

# Extents that are asked for, as a share of the disc's diameter. The lower ends are two pixels: no defect is smaller.
RANGES: dict[DefectKind, tuple[float, float]] = {
    DefectKind.BLOW_HOLE: (0.007, 0.15),
    DefectKind.PINHOLE: (0.007, 0.08),
    DefectKind.SHRINKAGE: (0.007, 0.15),
    DefectKind.CHIPPING: (0.007, 0.15),
    DefectKind.BURR: (0.012, 0.4),
    DefectKind.SCRATCH: (0.012, 0.4),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """A sound picture with one defect.

    Attributes
    ----------
    pixels, mask : uint8 (H, W), and bool (H, W), True on the defect, never empty.
    extent, percent : its longest line, in pixels and of the part's diameter.
    contrast : gray levels by which it changed its pixels, on average.
    """

    kind: DefectKind
    pixels: np.ndarray
    mask: np.ndarray
    extent: float
    percent: float
    contrast: float


def sizes(kind: DefectKind, count: int, *seed: int) -> np.ndarray:
    """Sizes to try, shares of the disc's diameter, float (count,), in an order that `seed` decides.

    There is one in each of `count` stretches of the range of the kind, which are equal in the logarithm.
    """
    rng = _generator(0, kind, *seed)
    low, high = np.log(RANGES[kind])
    return np.exp(low + (high - low) * (rng.permutation(count) + rng.random(count)) / count)


def insert(pixels: np.ndarray, part: Part, kind: DefectKind, size: float, *seed: int) -> Target:
    """Paint one defect into a sound picture, uint8 (H, W), which is not changed. `seed` decides all but its size."""
    rng = _generator(1, kind, *seed)
    painted, mask, _ = insert_defect(pixels, rng, part=part, kind=kind, size=size, contrast=CONTRAST)
    extent = extent_of(mask)
    return Target(
        kind=kind,
        pixels=painted,
        mask=mask,
        extent=extent,
        percent=100 * extent / part.diameter,
        contrast=float(np.abs(painted[mask].astype(float) - pixels[mask]).mean()),
    )


def insert_harmless(pixels: np.ndarray, part: Part, *seed: int) -> np.ndarray:
    """Paint one change that is no defect into a sound picture, uint8 (H, W), which is not changed."""
    return insert_decoy(pixels, _generator(2, None, *seed), part=part)


def extent_of(mask: np.ndarray) -> float:
    """Measure the longest straight line in a mask, bool (H, W), not empty, in pixels between far sides."""
    rows, columns = np.nonzero(mask)
    ends: dict[int, tuple[int, int]] = {}  # first and last pixel of every row: no other ends the longest line
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        low, high = ends.get(row, (column, column))
        ends[row] = min(low, column), max(high, column)
    corners = np.array([(row, column) for row, span in ends.items() for column in span], float)
    return float(pdist(corners).max()) + 1


def _generator(use: int, kind: DefectKind | None, *seed: int) -> np.random.Generator:
    """Return a generator for one use of one kind, so that no two draws share their numbers."""
    return np.random.default_rng([SEED, use, 0 if kind is None else 1 + tuple(DefectKind).index(kind), *seed])
