"""Lay a picture onto another one of the same photograph, so that both can be compared place by place.

Where the part is found on both, by the ring around its opening (`data.provenance.signature`): turned, mirrored, moved,
scaled and stretched so that the openings meet. Where it is not, in the best of the eight orientations
(`data.provenance.near_duplicates`).
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from casting_core.data.part.finder import find_part
from casting_core.data.provenance.near_duplicates import look, orientation, oriented
from casting_core.data.provenance.signature import DETAIL_ANGLES, align, detail_similarity, detail_strip


@dataclass(frozen=True, kw_only=True, eq=False)
class Aligned:
    """A picture as it was laid onto another one."""

    pixels: np.ndarray  # uint8 (H, W), of the size of the other
    angle: float  # degrees clockwise by which it was turned, after it was mirrored
    mirrored: bool
    similarity: float | None  # of the fine detail in [-1, 1], None where no part was found


def lay_onto(first: np.ndarray, second: np.ndarray) -> Aligned:
    """Lay `second` onto `first`, both uint8 (H, W) of any size."""
    one, other = find_part(first), find_part(second)
    if one is None or other is None:
        turn = orientation(look(first), look(second))
        height, width = first.shape
        turned = Image.fromarray(np.ascontiguousarray(oriented(second, turn))).resize((width, height))
        # `oriented` turns anticlockwise and then swaps the axes: mirrored, and turned clockwise by one quarter less
        quarters = turn % 4 - 1 if turn >= 4 else -turn
        return Aligned(pixels=np.asarray(turned), angle=90.0 * (quarters % 4), mirrored=turn >= 4, similarity=None)
    strips = detail_strip(first, one), detail_strip(second, other)
    shift, mirrored = align(*strips)
    angle = 2 * np.pi * shift / DETAIL_ANGLES
    cosine, sine = np.cos(angle), np.sin(angle)
    back = np.array([[cosine, sine], [-sine, cosine]])  # what is turned clockwise is looked up where it came from
    if mirrored:
        back[0] *= -1
    matrix = other.opening.matrix @ back @ np.linalg.inv(one.opening.matrix)
    offset = np.array([other.opening.x, other.opening.y]) - matrix @ (one.opening.x, one.opening.y)
    # Pillow counts from the corner of a pixel, ellipses from its centre
    offset += 0.5 - matrix @ (0.5, 0.5)
    size = (first.shape[1], first.shape[0])
    coefficients = (*matrix[0], offset[0], *matrix[1], offset[1])
    laid = Image.fromarray(second).transform(
        size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR, fillcolor=int(np.median(second))
    )
    return Aligned(
        pixels=np.asarray(laid),
        angle=float(np.degrees(angle)),
        mirrored=mirrored,
        similarity=min(detail_similarity(*strips), 1.0),
    )
