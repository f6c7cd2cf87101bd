"""How many defects the marked regions find, and how many regions mark a defect: by size.

1. A drawn defect is a connected place of the mask, a region a connected place of the map at or above the level from
   which places are marked (`explanation.regions`); both 8-connected.
2. They touch where some pixel of the one lies at most the tolerance away from a pixel of the other. Pixels, not boxes:
   the box around a long arc holds much that is not marked.
3. Recall is the share of defects that a region touches, precision the share of regions that touch a defect.

Both are told for all and by size: by the area of the defect, or of the region, as a share of the picture. A region is
larger than its defect, as the map is coarse, so the classes of the two are not each other's.

Source: lesion-level (free-response) scoring, as in J. C. Egan et al., "Operating characteristics, signal detectability,
and the method of free response", JASA 33(8), 1961, at one operating point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from casting_core.explanation.regions import LEVEL

SIZES = ("small", "medium", "large")
EDGES = (0.002, 0.005)  # of the picture's area: small below the first, large above the second


@dataclass(frozen=True, kw_only=True, eq=False)
class Matching:
    """The drawn defects and the marked regions of one picture.

    `defects`, `regions` float (n,): areas as shares of the picture; `found` bool (n,): defects that a region touches;
    `right` bool (n,): regions that touch a defect.
    """

    defects: np.ndarray
    found: np.ndarray
    regions: np.ndarray
    right: np.ndarray


def match(heatmap: np.ndarray, mask: np.ndarray, *, tolerance: float, level: float = LEVEL) -> Matching:
    """Match the regions of a map, float32 (H, W) in [0, 1], with the defects of a mask, bool (H, W).

    `tolerance`: pixels. Without regions nothing is found; without defects no region is right.
    """
    marked = heatmap >= level
    defects, found = _touched(mask, marked, tolerance)
    regions, right = _touched(marked, mask, tolerance)
    return Matching(defects=defects, found=found, regions=regions, right=right)


def size_of(areas: np.ndarray) -> np.ndarray:
    """Index into `SIZES` for areas (n,) as shares of the picture; the edges themselves are medium."""
    return (areas >= EDGES[0]).astype(np.intp) + (areas > EDGES[1])


def by_size(areas: Sequence[np.ndarray], hits: Sequence[np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For `all` and every size: the hits, bool (n,), and the index of the picture of each, int (n,).

    `areas`, `hits`: one array a picture, of equal lengths.
    """
    picture = np.repeat(np.arange(len(areas)), [len(each) for each in areas])
    area = np.concatenate([*areas, np.zeros(0)])
    hit = np.concatenate([*hits, np.zeros(0, bool)]).astype(bool)
    size = size_of(area)
    result = {"all": (hit, picture)}
    for index, name in enumerate(SIZES):
        result[name] = hit[size == index], picture[size == index]
    return result


def _touched(places: np.ndarray, others: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Areas of the connected places, shares of the picture, and whether `others` come within the tolerance of each."""
    labels, count = ndimage.label(places, structure=np.ones((3, 3)))
    if not count:
        return np.zeros(0), np.zeros(0, bool)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:] / places.size
    if not others.any():
        return areas, np.zeros(count, bool)
    distance = ndimage.distance_transform_edt(~others)
    nearest = ndimage.minimum(distance, labels, np.arange(1, count + 1))
    return areas, np.asarray(nearest) <= tolerance
