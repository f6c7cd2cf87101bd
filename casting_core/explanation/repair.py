"""Repair proof: put sound metal of the same ring in place of what was marked, and judge the part again.

If the verdict falls when a place is made sound, that place was the reason; if the same repair at sound places
of the same ring leaves it alone, the repair itself is not. For one place:

1. The hole is the place's box, widened, as an ellipse.
2. The part is turned about its centre, in the frame of its elliptic outline, so that another piece of the same ring
   comes to lie under the hole. Of all turns whose piece is inside the picture and touches no marked place, the one is
   taken whose surroundings fit best.
3. The piece is laid into the hole, its brightness bent so that it meets the surroundings without a seam: the membrane
   of P. Pérez et al., "Poisson Image Editing", SIGGRAPH 2003, https://doi.org/10.1145/1201775.882269.

The idea of judging a picture again without a part of it is that of M. D. Zeiler and R. Fergus, "Visualizing and
Understanding Convolutional Networks", ECCV 2014, https://arxiv.org/abs/1311.2901.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.linalg import spsolve

from casting_core.data.part import Part
from casting_core.explanation.regions import Region

WIDENED = 1.35  # of the box's sides
MARGIN = 0.018  # of the part's diameter, added on each side
STEP = 3.0  # degrees between the turns that are tried
RIM = 0.015  # of the part's diameter: how far around the hole the surroundings are compared
LARGEST = 0.15  # of the disc's area that may be replaced


@dataclass(frozen=True, kw_only=True, eq=False)
class Repaired:
    """A picture with holes filled: `pixels` uint8 (H, W); `replaced` bool (H, W), True where it was changed."""

    pixels: np.ndarray
    replaced: np.ndarray


def repair(
    pixels: np.ndarray, part: Part, regions: Sequence[Region], *, keep_off: np.ndarray | None = None
) -> Repaired:
    """Replace the regions by sound metal of the same ring.

    Args:
        pixels: uint8 (H, W), not changed.
        part: where the part lies.
        regions: what is replaced, one after the other, in the order given.
        keep_off: bool (H, W), True where no metal may be taken from beside the regions themselves.

    Returns:
        The picture and what was replaced of it. A region for which no piece of its ring will do, or that would make
        the replaced area larger than 15 % of the disc's, is left as it is.
    """
    result = pixels.astype(np.float32)
    holes = [hole(region, part, pixels.shape) for region in regions]
    forbidden = np.zeros(pixels.shape, bool) if keep_off is None else keep_off.copy()
    for each in holes:
        forbidden |= each
    replaced = np.zeros(pixels.shape, bool)
    most = LARGEST * np.pi * part.disc.major * part.disc.minor
    for each in holes:
        if (replaced | each).sum() > most:
            continue
        filled = _fill(result, each, part, forbidden)
        if filled is not None:
            result, replaced = filled, replaced | each
    return Repaired(pixels=np.rint(result).clip(0, 255).astype(np.uint8), replaced=replaced)


def hole(region: Region, part: Part, shape: tuple[int, ...]) -> np.ndarray:
    """What is replaced for a region: an ellipse around its widened box, bool (H, W)."""
    margin = MARGIN * 2 * np.sqrt(part.disc.major * part.disc.minor)
    across, down = region.width / 2 * WIDENED + margin, region.height / 2 * WIDENED + margin
    x, y = region.x + (region.width - 1) / 2, region.y + (region.height - 1) / 2
    dx, dy = np.arange(shape[1])[None, :] - x, np.arange(shape[0])[:, None] - y
    return np.asarray((dx / across) ** 2 + (dy / down) ** 2 <= 1)


def _fill(values: np.ndarray, inside: np.ndarray, part: Part, forbidden: np.ndarray) -> np.ndarray | None:
    """Values float32 (H, W) with the hole filled from the best piece of its ring; None where there is none."""
    diameter = 2 * np.sqrt(part.disc.major * part.disc.minor)
    around = ndimage.binary_dilation(inside, iterations=max(2, round(RIM * diameter))) & ~forbidden
    if not inside.any() or not around.any():
        return None
    grown = ndimage.binary_dilation(inside)  # the piece overlaps its surroundings by a pixel, to be joined there
    rows, columns = np.nonzero(grown)
    near_rows, near_columns = np.nonzero(around)
    surroundings = values[near_rows, near_columns]
    best: tuple[float, np.ndarray] | None = None
    for degrees in np.arange(STEP, 360.0, STEP):
        x, y = _turned(part, degrees, columns, rows)
        if not _usable(x, y, values.shape, forbidden):
            continue
        near = _sample(values, *_turned(part, degrees, near_columns, near_rows))
        difference = near - surroundings
        misfit = float(np.mean((difference - difference.mean()) ** 2))
        if best is None or misfit < best[0]:
            best = misfit, _sample(values, x, y)
    if best is None:
        return None
    piece = values.copy()
    piece[grown] = best[1]
    return _seamless(values, piece, inside)


def _turned(part: Part, degrees: float, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where pixels come from when the part is turned in the frame of its outline."""
    disc, angle = part.disc, np.deg2rad(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = disc.matrix @ rotation @ np.linalg.inv(disc.matrix)
    dx, dy = x - disc.x, y - disc.y
    return matrix[0, 0] * dx + matrix[0, 1] * dy + disc.x, matrix[1, 0] * dx + matrix[1, 1] * dy + disc.y


def _usable(x: np.ndarray, y: np.ndarray, shape: tuple[int, ...], forbidden: np.ndarray) -> bool:
    if x.min() < 0 or y.min() < 0 or x.max() > shape[1] - 1 or y.max() > shape[0] - 1:
        return False
    return not forbidden[np.rint(y).astype(np.intp), np.rint(x).astype(np.intp)].any()


def _sample(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ndimage.map_coordinates(values, [y, x], order=1, mode="nearest")


def _seamless(values: np.ndarray, piece: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The piece plus the membrane: the smoothest correction that is, on the hole's edge, what it lacks there."""
    inside = inside.copy()
    inside[[0, -1], :] = inside[:, [0, -1]] = False  # the frame of the picture is edge
    count = int(inside.sum())
    result = values.copy()
    if not count:
        return result
    number = np.full(inside.shape, -1)
    number[inside] = np.arange(count)
    rows, columns = np.nonzero(inside)
    edge = np.zeros(count)
    entries, positions = [np.full(count, 4.0)], [np.stack([np.arange(count), np.arange(count)])]
    lack = values - piece
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        neighbour = number[rows + down, columns + right]
        inner = neighbour >= 0
        entries.append(np.full(int(inner.sum()), -1.0))
        positions.append(np.stack([np.flatnonzero(inner), neighbour[inner]]))
        edge[~inner] += lack[rows + down, columns + right][~inner]
    system = csr_array((np.concatenate(entries), np.concatenate(positions, axis=1)), shape=(count, count))
    result[inside] = piece[inside] + spsolve(system, edge).astype(np.float32)
    return result
