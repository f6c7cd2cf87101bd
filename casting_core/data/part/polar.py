"""Polar coordinates of a part: the clock on its face, unwrapping it to a strip and back.

The frame is the part's own. The affine map of its ellipse carries the unit circle, seen
with 12 o'clock at the top and turning clockwise, onto the picture; a part that was
photographed askew, or a picture that was stretched, so becomes round again. Radius 0 is
the centre, 1 the ellipse: the disc's outline, or that of the opening where
`unit="opening"` asks for it.

A rotation of the part becomes a shift along the strip's angles, a mirroring a reversal.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import ndimage

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part
from casting_core.errors import SettingsError

Unit = Literal["disc", "opening"]


def to_clock(part: Part, x: float, y: float) -> tuple[float, float]:
    """Where on the disc a point of the picture lies.

    Args:
        x, y: pixels.

    Returns:
        The clock in hours, in (0, 12], and the radius, 0 at the centre, 1 at the outline.
        At the centre itself the clock is 12.
    """
    u, v = np.linalg.solve(part.disc.matrix, (x - part.disc.x, y - part.disc.y))
    hours = float(np.arctan2(u, -v) * 6 / np.pi) % 12.0
    return hours if 0 < hours < 12 and (u or v) else 12.0, float(np.hypot(u, v))


def from_clock(part: Part, clock: float, radius: float) -> tuple[float, float]:
    """The point of the picture, (x, y) in pixels, at a clock in hours and a radius of the disc."""
    angle = clock * np.pi / 6
    x, y = part.disc.matrix @ (np.sin(angle), -np.cos(angle)) * radius
    return float(part.disc.x + x), float(part.disc.y + y)


def unwrap(
    pixels: np.ndarray, part: Part, *, radii: Sequence[float] | np.ndarray, angles: int, unit: Unit = "disc"
) -> np.ndarray:
    """Unwrap a picture around its part into a polar strip, bilinear.

    Args:
        pixels: (H, W), integers or floats. Points outside the frame take the nearest pixel.
        radii: R radii in units of the disc's, or of the opening's, outline.
        angles: A; column a lies at `12 * a / angles` hours, clockwise from the top.
        unit: the ellipse that gives centre, shape and the unit of the radii.

    Returns:
        float32 (R, A), in the unit of the pixels.
    """
    if pixels.ndim != 2:
        raise SettingsError(f"unwrap expects one channel, (H, W); got shape {pixels.shape}.")
    if angles < 1:
        raise SettingsError(f"unwrap expects at least one angle, got {angles}.")
    ellipse = _ellipse(part, unit)
    turn = np.arange(angles) * (2 * np.pi / angles)
    x, y = ellipse.matrix @ np.stack([np.sin(turn), -np.cos(turn)])  # (A,) each
    radius = np.asarray(radii, np.float64)[:, None]  # (R, 1)
    points = (ellipse.y + radius * y, ellipse.x + radius * x)
    return ndimage.map_coordinates(pixels, points, order=1, mode="nearest", output=np.float32)


def wrap(
    strip: np.ndarray,
    part: Part,
    shape: tuple[int, int],
    *,
    radii: Sequence[float] | np.ndarray,
    unit: Unit = "disc",
    outside: float = 0.0,
) -> np.ndarray:
    """Lay a polar strip back onto a picture, bilinear: the inverse of `unwrap`.

    Args:
        strip: (R, A), integers or floats, as `unwrap` gives it.
        shape: (H, W) of the picture.
        radii: the strip's R ≥ 2 radii, strictly increasing.
        unit: as given to `unwrap`.
        outside: the value where the strip does not reach.

    Returns:
        float32 (H, W).
    """
    steps = np.asarray(radii, np.float64)
    if strip.ndim != 2 or len(steps) != len(strip) or len(steps) < 2 or not np.all(np.diff(steps) > 0):
        raise SettingsError(
            f"wrap expects a strip (R, A) and R >= 2 increasing radii; got {strip.shape} and {steps.shape}."
        )
    angles = strip.shape[1]
    ellipse = _ellipse(part, unit)
    u, v = frame(ellipse.matrix, ellipse.x, ellipse.y, shape)
    radius = np.hypot(u, v)
    columns = np.arctan2(u, -v) * (angles / (2 * np.pi)) % angles
    rows = np.interp(radius, steps, np.arange(len(steps)))
    closed = np.concatenate([strip, strip[:, :1]], axis=1)  # the last angle meets the first
    picture = ndimage.map_coordinates(closed, (rows, columns), order=1, mode="nearest", output=np.float32)
    picture[(radius < steps[0]) | (radius > steps[-1])] = outside
    return picture


def disc_mask(part: Part, shape: tuple[int, int], *, scale: float = 1.0) -> np.ndarray:
    """Which pixels of a picture (H, W) lie on the disc, or on one `scale` times as large: bool (H, W)."""
    u, v = frame(part.disc.matrix, part.disc.x, part.disc.y, shape)
    return u * u + v * v <= scale * scale


def _ellipse(part: Part, unit: Unit) -> Ellipse:
    if unit not in ("disc", "opening"):
        raise SettingsError(f"The unit of radii is 'disc' or 'opening', got {unit!r}.")
    return part.disc if unit == "disc" else part.opening


def frame(matrix: np.ndarray, x0: float, y0: float, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of all pixels in the frame that `matrix`, float (2, 2), maps to the picture around (x0, y0).

    Two float64 (H, W), for `shape` (H, W).
    """
    inverse = np.linalg.inv(matrix)
    x = np.arange(shape[1]) - x0
    y = np.arange(shape[0])[:, None] - y0
    return inverse[0, 0] * x + inverse[0, 1] * y, inverse[1, 0] * x + inverse[1, 1] * y
