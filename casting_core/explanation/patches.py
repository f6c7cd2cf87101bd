"""Pieces of sound metal that fit into a hole in the picture of a part.

1. The part is turned about its centre, in the frame of its elliptic outline, so that another piece of the same ring
   comes to lie under the hole. Turns whose piece leaves the picture or touches a forbidden place are left out; of the
   others those are taken whose surroundings fit best, and each is shifted a little in angle and radius until its edges
   meet those around the hole.
2. Where a ring is marked nearly all around, the median of its free places stands in: metal as the ring has it.
3. The piece's brightness is bent so that it meets the surroundings without a seam: the membrane of P. Pérez et al.,
   "Poisson Image Editing", SIGGRAPH 2003, https://doi.org/10.1145/1201775.882269.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import diags_array, kronsum
from scipy.sparse.linalg import spsolve

from casting_core.data.part.finder import Part
from casting_core.data.part.polar import turned

STEP = 3.0  # degrees between the turns that are tried
APART = 12.0  # degrees, at least, between two pieces that are offered
NEARBY = (-1.0, 0.0, 1.0)  # degrees, and
SCALES = (0.98, 0.99, 1.0, 1.01, 1.02)  # of the radius, that are tried around a turn that fits
RIM = 0.015  # of the part's diameter: how far around the hole the surroundings are compared
COMPARED = 600  # places of the surroundings, at most, that are compared
LEAST = 6  # turns that show free metal, for a median of the ring


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """What a hole is filled with.

    Attributes
    ----------
    rows, columns : int (K,), the hole's places.
    values : float32 (K,), their new brightness.
    """

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


def find_patches(pixels: np.ndarray, part: Part, hole: np.ndarray, forbidden: np.ndarray, *, most: int) -> list[Patch]:
    """Find fillings for a hole, the one that fits best first; none where the ring shows too little that is free.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    part : where the part lies.
    hole : bool (H, W), what is to be filled.
    forbidden : bool (H, W), True where no metal may be taken from; the hole itself among it.
    most : pieces, at most, from different places of the ring; the ring's median may come on top.
    """
    values = pixels.astype(np.float32)
    reach = max(2, round(RIM * part.diameter))
    around = _grown(hole, reach) & ~forbidden
    if not hole.any() or not around.any():
        return []
    rows, columns = np.nonzero(ndimage.binary_dilation(hole))  # the piece overlaps its surroundings by a pixel
    near_rows, near_columns = (each[:: max(1, len(each) // COMPARED)] for each in np.nonzero(around))
    surroundings = values[near_rows, near_columns]

    def misfit(degrees: float, scale: float) -> float:
        """Variance of the difference between the piece's surroundings and the hole's; infinite if not usable."""
        if not usable(*turned(part.disc, columns, rows, np.deg2rad(degrees), scale), forbidden):
            return float("inf")
        near = turned(part.disc, near_columns, near_rows, np.deg2rad(degrees), scale)
        return float(np.var(_sample(values, *near) - surroundings))

    chosen: list[float] = []
    for cost, degrees in sorted((misfit(degrees, 1.0), degrees) for degrees in np.arange(STEP, 360.0, STEP)):
        apart = all(abs((degrees - other + 180) % 360 - 180) >= APART for other in chosen)
        if np.isfinite(cost) and len(chosen) < most and apart:
            chosen.append(float(degrees))
    fillings = []
    for degrees in chosen:
        _, turn, scale = min((misfit(degrees + more, s), degrees + more, s) for more in NEARBY for s in SCALES)
        fillings.append(_sample(values, *turned(part.disc, columns, rows, np.deg2rad(turn), scale)))
    median = _of_the_ring(values, columns, rows, part, forbidden)
    if median is not None:
        fillings.append(median)
    return [_seamless(values, rows, columns, filling, hole) for filling in fillings]


def usable(x: np.ndarray, y: np.ndarray, forbidden: np.ndarray) -> bool:
    """Whether places x, y (K,) all lie in the picture, and none is forbidden, bool (H, W)."""
    height, width = forbidden.shape
    if x.min() < 0 or y.min() < 0 or x.max() > width - 1 or y.max() > height - 1:
        return False
    return not forbidden[np.rint(y).astype(np.intp), np.rint(x).astype(np.intp)].any()


def _grown(mask: np.ndarray, reach: float) -> np.ndarray:
    return np.asarray(ndimage.distance_transform_edt(~mask) <= reach) if mask.any() else mask


def _sample(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ndimage.map_coordinates(values, [y, x], order=1, mode="nearest")


def _of_the_ring(
    values: np.ndarray, x: np.ndarray, y: np.ndarray, part: Part, forbidden: np.ndarray
) -> np.ndarray | None:
    """For places (K,) the median of what is free on their rings; None where one has too little of it."""
    everywhere = [turned(part.disc, x, y, np.deg2rad(degrees)) for degrees in np.arange(STEP, 360.0, STEP)]
    across, down = (np.stack(each) for each in zip(*everywhere, strict=True))  # (turns, K)
    height, width = values.shape
    free = (across >= 0) & (down >= 0) & (across <= width - 1) & (down <= height - 1)
    free &= ~forbidden[
        np.rint(down).clip(0, height - 1).astype(np.intp), np.rint(across).clip(0, width - 1).astype(np.intp)
    ]
    if (free.sum(0) < LEAST).any():
        return None
    return np.asarray(np.nanmedian(np.where(free, _sample(values, across, down), np.nan), axis=0), np.float32)


def _seamless(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, filling: np.ndarray, hole: np.ndarray
) -> Patch:
    """Add to the piece the membrane: the smoothest correction that is, on the hole's edge, what it lacks there."""
    piece = values.copy()
    piece[rows, columns] = filling
    inside = hole.copy()
    inside[[0, -1], :] = inside[:, [0, -1]] = False  # the frame of the picture is edge
    rows, columns = np.nonzero(inside)
    if not len(rows):
        return Patch(rows=rows, columns=columns, values=np.zeros(0, np.float32))
    box = slice(rows.min() - 1, rows.max() + 2), slice(columns.min() - 1, columns.max() + 2)
    within = inside[box].ravel()
    down, across = (diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n)) for n in inside[box].shape)
    laplacian = kronsum(across, down, format="csr")[within]  # of a picture's rows, one after the other
    edge = laplacian[:, ~within] @ (piece - values)[box].ravel()[~within]
    correction = spsolve(laplacian[:, within], edge)
    return Patch(rows=rows, columns=columns, values=piece[inside] + correction.astype(np.float32))
