"""Insert a defect of known kind, place and size into a picture, and say which pixels it took.

A network that learns from marked-up defects needs more of them than anybody has drawn by
hand. Here a sound picture gets one:

1. Choose kind, size and place: holes and scratches on bright metal, chips and flash along
   the rim of the disc, of its groove or of the opening.
2. Paint outline and surface in a small window (`textures`).
3. Blend: soft edges, noise and sharpness of the surroundings, and at least enough contrast
   for the defect to be visible.

The idea of learning from defects that were painted in is that of CutPaste (Li et al. 2021,
https://arxiv.org/abs/2104.04015) and DRAEM (Zavrtanik et al. 2021,
https://arxiv.org/abs/2108.07610). To keep a network from learning the brush instead of the
defect, `casting_core.data.defects.distractors` alters pictures in the same way without a defect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from casting_core.data.defects import textures
from casting_core.data.defects.patch import Patch, blur, cut, noise_like, paste
from casting_core.data.defects.placement import edge_site, metal_site
from casting_core.data.part.finder import Ellipse, Part

MIN_CONTRAST = 14.0  # gray levels, mean over the defect


class DefectKind(StrEnum):
    """What goes wrong with a casting.

    blow hole   gas trapped in the metal: a pit with a rounded, irregular outline
    pinhole     the same, small and round
    shrinkage   metal that shrank while it set: a cluster of torn cavities
    chipping    metal broken away from an edge
    burr        flash that was left standing on an edge
    scratch     a furrow in the machined face
    """

    BLOW_HOLE = "blow hole"
    PINHOLE = "pinhole"
    SHRINKAGE = "shrinkage"
    CHIPPING = "chipping"
    BURR = "burr"
    SCRATCH = "scratch"


# kind: share of random defects, and the range of their sizes (fraction of the disc's diameter)
CHANCES: dict[DefectKind, tuple[float, float, float]] = {
    DefectKind.BLOW_HOLE: (0.25, 0.012, 0.09),
    DefectKind.PINHOLE: (0.15, 0.008, 0.025),
    DefectKind.SHRINKAGE: (0.15, 0.02, 0.12),
    DefectKind.CHIPPING: (0.23, 0.012, 0.12),
    DefectKind.BURR: (0.13, 0.025, 0.25),
    DefectKind.SCRATCH: (0.09, 0.03, 0.15),
}


# kind: how often it sits on the rim of the disc, of the groove, of the opening
ON_EDGES: dict[DefectKind, tuple[float, float, float]] = {
    DefectKind.CHIPPING: (0.5, 0.3, 0.2),
    DefectKind.BURR: (0.92, 0.0, 0.08),
}


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A defect in a picture: `x`, `y`, `width`, `height` of its box and `area`, all in pixels."""

    kind: DefectKind
    x: int
    y: int
    width: int
    height: int
    area: int


def insert_defect(
    pixels: np.ndarray,
    rng: np.random.Generator,
    *,
    part: Part,
    kind: DefectKind | None = None,
    size: float | None = None,
    place: tuple[float, float] | None = None,
    contrast: float = MIN_CONTRAST,
) -> tuple[np.ndarray, np.ndarray, Defect]:
    """Paint one defect into a copy of a picture.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    rng : decides everything that is not given; the same state gives the same defect.
    part : where the part lies in the picture.
    kind : at random, most often holes and chips, when None.
    size : longest extent as a fraction of the disc's diameter, 0.004 to 0.5; when None
        log-uniform in the range of the kind, 0.008 to 0.12 (flash and scratches longer).
        No defect is shorter than two pixels.
    place : centre (x, y) in pixels. Chips and flash sit on the edge of the part, so
        theirs moves to the nearest edge. At random where the kind occurs when None.
    contrast : the least a defect changes its pixels by, gray levels on average, 1 to 100.

    Returns
    -------
    The picture, uint8 (H, W); the mask of the defect, bool (H, W), never empty (up to
    four pixels around it are blended and differ a little too); and the defect.
    """
    kind = kind or random_kind(rng)
    diameter = part.diameter
    if size is None:
        _, low, high = CHANCES[kind]
        size = log_uniform(rng, low, high)
    extent = max(size * diameter, 2.0)
    if kind in ON_EDGES:
        x, y, edge = edge_site(pixels.shape, rng, part, extent, shares=ON_EDGES[kind], place=place)
    else:
        x, y, edge = metal_site(pixels, rng, part, extent, place=place)
    patch = cut(pixels, x, y, extent / 2 + 5)
    coverage, surface = _paint(patch, rng, part, kind, extent, edge)
    painted, mask = _blend(patch, rng, coverage, surface, contrast)
    full = np.zeros(pixels.shape, dtype=bool)
    full[patch.rows, patch.columns] = mask
    return paste(pixels, patch, painted), full, _describe(kind, patch, mask)


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a random number between two positive bounds, each octave as often as any other."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def random_kind(rng: np.random.Generator, among: Sequence[DefectKind] = tuple(DefectKind)) -> DefectKind:
    """One of the kinds, as often as real ones occur."""
    shares = np.array([CHANCES[kind][0] for kind in among])
    return among[int(rng.choice(len(among), p=shares / shares.sum()))]


def _paint(
    patch: Patch, rng: np.random.Generator, part: Part, kind: DefectKind, extent: float, edge: Ellipse
) -> textures.Painting:
    rim = edge is part.disc
    match kind:
        case DefectKind.BLOW_HOLE | DefectKind.PINHOLE:
            return textures.pit(patch, rng, extent, round_=kind is DefectKind.PINHOLE)
        case DefectKind.SHRINKAGE:
            return textures.shrinkage(patch, rng, extent, edge)
        case DefectKind.CHIPPING:
            return textures.chip(patch, rng, extent, edge, inward=rim)
        case DefectKind.BURR:
            return textures.burr(patch, rng, extent, edge, outside=rim)
        case DefectKind.SCRATCH:
            return textures.scratch(patch, rng, extent)


def _blend(
    patch: Patch, rng: np.random.Generator, coverage: np.ndarray, surface: np.ndarray, contrast: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the patch with the defect in it, float32 (h, w), and the defect's mask, bool (h, w)."""
    coverage = coverage.astype(np.float32)
    mask = coverage >= min(0.3, 0.8 * float(coverage.max()))
    coverage = np.where(_grown(mask), coverage, 0)  # no faint crumbs far from what is marked
    change = coverage * (np.clip(surface, 4, 252) + noise_like(rng, patch) - patch.base)
    change = blur(change, rng.uniform(0.08, 0.2))
    wanted = contrast * rng.uniform(1.0, 1.6)
    if float(np.abs(change[mask]).mean()) < wanted:
        change = change + _push(patch, blur(coverage, 0.15), mask, float(change[mask].mean()), wanted)
    return patch.base + change, mask


def _grown(mask: np.ndarray) -> np.ndarray:
    """Return the mask, bool (h, w), and two pixels around it."""
    return blur(blur(mask.astype(np.float32), 0.25), 0.25) > 0


def _push(patch: Patch, coverage: np.ndarray, mask: np.ndarray, mean: float, wanted: float) -> np.ndarray:
    """Return what makes a hardly visible defect visible: darker or brighter, whichever it is and has room for."""
    level = float(patch.base[mask].mean()) + mean
    darker = (mean <= 0 and level > 40) or level > 215
    missing = wanted + mean if darker else wanted - mean
    return coverage * (max(missing, 0.0) * (-1 if darker else 1) / float(coverage[mask].mean()))


def _describe(kind: DefectKind, patch: Patch, mask: np.ndarray) -> Defect:
    rows, columns = np.nonzero(mask)
    return Defect(
        kind=kind,
        x=int(columns.min()) + patch.columns.start,
        y=int(rows.min()) + patch.rows.start,
        width=int(np.ptp(columns)) + 1,
        height=int(np.ptp(rows)) + 1,
        area=int(mask.sum()),
    )
