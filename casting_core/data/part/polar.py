"""Polar coordinates of a part: the clock on its face, and unwrapping it to a strip.

The frame is the part's own. The affine map of its ellipse carries the unit circle, seen
with 12 o'clock at the top and turning clockwise, onto the picture; a part that was
photographed askew, or a picture that was stretched, so becomes round again. Radius 0 is
the centre, 1 the ellipse: the outline of the disc, or of the opening.

A rotation of the part becomes a shift along the strip's angles, a mirroring a reversal.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part


def to_clock(part: Part, x: float, y: float) -> tuple[float, float]:
    """Tell where on the disc a point of the picture lies, `x` and `y` in pixels.

    Returns
    -------
    The clock in hours, in (0, 12], and the radius, 0 at the centre, 1 at the outline. At the centre itself the clock
    is 12.
    """
    u, v = np.linalg.solve(part.disc.matrix, (x - part.disc.x, y - part.disc.y))
    hours = float(np.arctan2(u, -v) * 6 / np.pi) % 12.0
    return hours if 0 < hours < 12 and (u or v) else 12.0, float(np.hypot(u, v))


def turned(
    ellipse: Ellipse, x: np.ndarray, y: np.ndarray, angle: float, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Where places x, y come to lie when turned by `angle`, radians, in the ellipse's frame, and scaled."""
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = ellipse.matrix @ rotation @ np.linalg.inv(ellipse.matrix)
    dx, dy = x - ellipse.x, y - ellipse.y
    return matrix[0, 0] * dx + matrix[0, 1] * dy + ellipse.x, matrix[1, 0] * dx + matrix[1, 1] * dy + ellipse.y


def unwrap(pixels: np.ndarray, ellipse: Ellipse, *, radii: Sequence[float] | np.ndarray, angles: int) -> np.ndarray:
    """Unwrap a picture around an ellipse into a polar strip, bilinear.

    Parameters
    ----------
    pixels : (H, W), integers or floats. Points outside the frame take the nearest pixel.
    ellipse : gives centre, shape and the unit of the radii.
    radii : R radii.
    angles : A; column a lies at `12 * a / angles` hours, clockwise from the top.

    Returns
    -------
    float32 (R, A), in the unit of the pixels.
    """
    turn = np.arange(angles) * (2 * np.pi / angles)
    x, y = ellipse.matrix @ np.stack([np.sin(turn), -np.cos(turn)])  # (A,) each
    radius = np.asarray(radii, np.float64)[:, None]  # (R, 1)
    points = (ellipse.y + radius * y, ellipse.x + radius * x)
    return ndimage.map_coordinates(pixels, points, order=1, mode="nearest", output=np.float32)


def disc_mask(part: Part, shape: tuple[int, int], *, scale: float = 1.0) -> np.ndarray:
    """Mark the pixels of a picture (H, W) that lie on the disc, or on one `scale` times as large: bool (H, W)."""
    u, v = frame(part.disc.matrix, part.disc.x, part.disc.y, shape)
    return u * u + v * v <= scale * scale


def frame(matrix: np.ndarray, x0: float, y0: float, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Give the coordinates of all pixels in the frame that `matrix`, float (2, 2), maps to the picture around (x0, y0).

    Two float64 (H, W), for `shape` (H, W).
    """
    inverse = np.linalg.inv(matrix)
    x = np.arange(shape[1]) - x0
    y = np.arange(shape[0])[:, None] - y0
    return inverse[0, 0] * x + inverse[0, 1] * y, inverse[1, 0] * x + inverse[1, 1] * y
