"""Repair: put sound metal of the same ring in place of what was marked.

1. A hole is the marked place and a margin around it; holes that touch are one.
2. For every hole several pieces of sound metal are offered (`explanation.patches`). Each is laid in, for all holes at
   once, and the judge looks: a piece can bring a fault of its own along, or an edge that does not meet. For every hole
   the piece is kept under which the judge's map is darkest.

The idea of judging a picture again without a part of it is that of M. D. Zeiler and R. Fergus, "Visualizing and
Understanding Convolutional Networks", ECCV 2014, https://arxiv.org/abs/1311.2901.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from casting_core.data.part.finder import Part
from casting_core.explanation.patches import Patch, find_patches
from casting_core.explanation.regions import Region

MARGIN = 0.025  # of the part's diameter, around what is marked
OFFERED = 3  # pieces from different places of the ring for each hole
LARGEST = 0.3  # of the disc's area that may be replaced

Look = Callable[[np.ndarray], tuple[float, np.ndarray]]  # pixels → probability, heatmap (H, W)


@dataclass(frozen=True, kw_only=True, eq=False)
class Repaired:
    """A picture with holes filled.

    Attributes
    ----------
    pixels : uint8 (H, W).
    replaced : bool (H, W), True where it was changed.
    probability, heatmap : what the judge says of it, float and (H, W).
    """

    pixels: np.ndarray
    replaced: np.ndarray
    probability: float
    heatmap: np.ndarray


def repair(
    pixels: np.ndarray, part: Part, holes: Sequence[np.ndarray], look: Look, *, keep_off: np.ndarray | None = None
) -> Repaired:
    """Fill holes with sound metal of the same ring.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    part : where the part lies.
    holes : bool (H, W) each; those that overlap or touch are filled as one.
    look : judges a picture of that shape.
    keep_off : bool (H, W), True where no metal may be taken from beside the holes themselves.

    Returns
    -------
    The picture, what was replaced of it, and the judge's word on it. A hole for which the ring has no sound metal, or
    that would make the replaced area larger than 30 % of the disc's, is left as it is.
    """
    union = np.zeros(pixels.shape, bool)
    for each in holes:
        union |= each
    forbidden = union if keep_off is None else union | keep_off
    labels, count = ndimage.label(union, structure=np.ones((3, 3)))
    most = LARGEST * np.pi * part.disc.major * part.disc.minor
    replaced = np.zeros(pixels.shape, bool)
    filled: list[tuple[np.ndarray, list[Patch]]] = []  # each hole, and what fits into it
    for index in range(1, count + 1):
        hole = labels == index
        if replaced.sum() + hole.sum() > most:
            continue
        if patches := find_patches(pixels, part, hole, forbidden, most=OFFERED):
            filled.append((hole, patches))
            replaced |= hole

    def seen(patches: Iterable[Patch]) -> Repaired:
        picture = pixels.copy()
        for patch in patches:
            picture[patch.rows, patch.columns] = np.rint(patch.values).clip(0, 255).astype(np.uint8)
        probability, heatmap = look(picture)
        return Repaired(pixels=picture, replaced=replaced, probability=probability, heatmap=heatmap)

    # every hole's first piece, then every hole's second, …; its last where it has no more
    choices = max((len(patches) for _, patches in filled), default=1)
    variants = [seen(patches[min(choice, len(patches) - 1)] for _, patches in filled) for choice in range(choices)]
    if len(filled) > 1:  # of a single hole the piece that is chosen has been seen
        chosen = []
        for hole, patches in filled:
            heat = [float(variant.heatmap[hole].max()) for variant in variants[: len(patches)]]
            chosen.append(patches[int(np.argmin(heat))])
        variants.append(seen(chosen))
    return min(variants, key=lambda variant: variant.probability)


def hole(region: Region, heatmap: np.ndarray, part: Part, *, level: float) -> np.ndarray:
    """Return what is replaced for a region of a map (H, W), bool (H, W): its places from the level on, and a margin."""
    marked = np.zeros(heatmap.shape, bool)
    box = slice(region.y, region.y + region.height), slice(region.x, region.x + region.width)
    marked[box] = heatmap[box] >= level
    return np.asarray(ndimage.distance_transform_edt(~marked) <= MARGIN * part.diameter) & marked.any()
