"""Regions: the connected places of the evidence map that speak for a defect.

1. Places at or above a level of local probability are joined to 8-connected components.
2. Each becomes a box in pixels of the given picture, with the largest evidence in it as its score.
3. Where the part was found, its place is told as an operator would: by the clock and by the
   distance from the centre; and its size as a fraction of the part's diameter, which becomes
   millimetres once somebody says how large the part is.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from casting_core.data.part.finder import Part
from casting_core.data.part.polar import to_clock

LEVEL = 0.5  # of local probability, from which a place belongs to a region
MOST = 20  # regions that are listed


@dataclass(frozen=True, kw_only=True)
class Region:
    """One place that speaks for a defect.

    Attributes
    ----------
    x, y, width, height : box in pixels of the given picture.
    area : pixels at or above the level.
    score : the largest evidence in it, in [0, 1].
    clock : hours in (0, 12], 12 at the top; None where no part was found, as the next two are.
    radius : 0 at the part's centre, 1 at its rim.
    extent : longest side of the box as a fraction of the part's diameter.
    share : of the evidence in all regions, in [0, 1].
    """

    x: int
    y: int
    width: int
    height: int
    area: int
    score: float
    clock: float | None
    radius: float | None
    extent: float | None = None
    share: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def find_regions(
    heatmap: np.ndarray, part: Part | None = None, *, shape: tuple[int, int] | None = None, level: float = LEVEL
) -> tuple[Region, ...]:
    """Regions of a map, float32 (h, w) in [0, 1], highest score first, at most 20.

    `shape`: (H, W) of the picture in whose pixels regions are told and `part` was found; the map's own
    when None. A map that stays below the level everywhere has no regions.
    """
    if heatmap.max() < level:
        return ()
    labels, _ = ndimage.label(heatmap >= level, structure=np.ones((3, 3)))
    height, width = shape or heatmap.shape
    tall, wide = height / heatmap.shape[0], width / heatmap.shape[1]  # pixels of the picture a place
    total = float(heatmap[labels > 0].sum())
    regions = []
    for index, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        inside = labels[rows, columns] == index
        evidence = np.where(inside, heatmap[rows, columns], 0.0)
        left, right = round(columns.start * wide), round(columns.stop * wide)
        top, bottom = round(rows.start * tall), round(rows.stop * tall)
        box_width, box_height = max(1, right - left), max(1, bottom - top)
        clock, radius, extent = None, None, None
        if part is not None:
            row, column = ndimage.center_of_mass(evidence)
            x, y = (columns.start + column + 0.5) * wide - 0.5, (rows.start + row + 0.5) * tall - 0.5
            clock, radius = to_clock(part, x, y)
            extent = max(box_width, box_height) / part.diameter
        regions.append(
            Region(
                x=left,
                y=top,
                width=box_width,
                height=box_height,
                area=max(1, round(float(inside.sum()) * wide * tall)),
                score=float(evidence.max()),
                clock=clock,
                radius=radius,
                extent=extent,
                share=float(evidence.sum()) / total,
            )
        )
    regions.sort(key=lambda region: (-region.score, -region.area, region.y, region.x))
    return tuple(regions[:MOST])
