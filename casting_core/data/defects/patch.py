"""A small window of a picture in which something is painted, and the noise to paint it with.

Defects and decoys are small beside their picture, so all work is done on a window around
their place: it holds its own coordinates, its distance from an edge of the part, and how
bright and how noisy the metal is there. Outlines and surfaces are made from a few random
harmonics and from smooth random fields (value noise, after K. Perlin, *An image
synthesizer*, 1985, https://doi.org/10.1145/325165.325247).
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.finder import Ellipse


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A window of a gray picture around a place.

    `rows`, `columns`: where it lies in the picture. `base`: float32 (h, w), gray levels
    0 to 255, a copy. `dx`, `dy`: float32 (1, w) and (h, 1), pixels from the place.
    """

    rows: slice
    columns: slice
    base: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    x: float
    y: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.base.shape[0], self.base.shape[1]


def cut(pixels: np.ndarray, x: float, y: float, reach: float) -> Patch:
    """Return the window of `reach` pixels to each side of (x, y), clipped to the picture uint8 (H, W)."""
    height, width = pixels.shape
    left, right = max(0, int(x - reach)), min(width, int(x + reach) + 2)
    top, bottom = max(0, int(y - reach)), min(height, int(y + reach) + 2)
    rows, columns = slice(top, bottom), slice(left, right)
    return Patch(
        rows=rows,
        columns=columns,
        base=pixels[rows, columns].astype(np.float32),
        dx=(np.arange(left, right, dtype=np.float32) - np.float32(x))[None, :],
        dy=(np.arange(top, bottom, dtype=np.float32) - np.float32(y))[:, None],
        x=x,
        y=y,
    )


def paste(pixels: np.ndarray, patch: Patch, values: np.ndarray) -> np.ndarray:
    """Return a copy of the picture with `values`, float (h, w), rounded and clipped, in the patch's window."""
    painted = pixels.copy()
    painted[patch.rows, patch.columns] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return painted


def along_edge(patch: Patch, ellipse: Ellipse) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates along and across an ellipse that passes near the place.

    Returns
    -------
    `along`: float32 (h, w), pixels along the tangent, 0 at the place.
    `outward`: float32 (h, w), pixels from the ellipse, positive outside.
    """
    inverse = np.linalg.inv(ellipse.matrix).astype(np.float32)
    x, y = patch.dx + np.float32(patch.x - ellipse.x), patch.dy + np.float32(patch.y - ellipse.y)
    u, v = inverse[0, 0] * x + inverse[0, 1] * y, inverse[1, 0] * x + inverse[1, 1] * y
    radius = np.sqrt(u * u + v * v) + np.float32(1e-6)
    centre = inverse @ np.array([patch.x - ellipse.x, patch.y - ellipse.y], np.float32)
    gradient = inverse @ (centre / (np.hypot(*centre) + 1e-6))  # of the radius, per pixel
    slope = float(np.hypot(*gradient)) + 1e-9
    along = (-gradient[1] * patch.dx + gradient[0] * patch.dy) / slope
    return along.astype(np.float32), ((radius - 1) / slope).astype(np.float32)


def turned(along: np.ndarray, across: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates turned about the place by an angle in radians."""
    cosine, sine = np.cos(turn), np.sin(turn)
    return along * cosine + across * sine, across * cosine - along * sine


def from_place(patch: Patch, outward: np.ndarray) -> np.ndarray:
    """Return distances from an edge, float (h, w), measured from the place instead."""
    return outward - outward[int(np.abs(patch.dy).argmin()), int(np.abs(patch.dx).argmin())]


def smooth_curve(knots: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Values between knots, float (K,), at positions from 0 to below K - 1, of any shape."""
    index = position.astype(np.intp)
    share = position - index
    share = share * share * (3 - 2 * share)
    return knots[index] * (1 - share) + knots[index + 1] * share


def field(rng: np.random.Generator, shape: tuple[int, int], grain: float) -> np.ndarray:
    """Return a smooth random surface, float32 (h, w): mean 0, deviation about 1, bumps of `grain` pixels."""
    grain = max(grain, 1.0)
    coarse = rng.standard_normal([int(side / grain) + 3 for side in shape], dtype=np.float32)
    rows = _interpolation(shape[0], coarse.shape[0], grain, rng.random())
    columns = _interpolation(shape[1], coarse.shape[1], grain, rng.random())
    return (rows @ coarse @ columns.T) * np.float32(1.5)


def _interpolation(side: int, count: int, grain: float, shift: float) -> np.ndarray:
    """Weights float32 (side, count) that interpolate `count` coarse samples at `side` pixels."""
    distance = np.abs(np.arange(side)[:, None] / grain + shift - np.arange(count))
    linear = np.clip(1 - distance, 0, None)
    return (linear * linear * (3 - 2 * linear)).astype(np.float32)


def outline(rng: np.random.Generator, angle: np.ndarray, roughness: float) -> np.ndarray:
    """Radius of an irregular closed outline at the angles given (radians), mean about 1.

    `roughness`: 0 is a circle, 0.5 is ragged. Same shape as `angle`.
    """
    radius = np.ones_like(angle)
    for order in (2, 3, 4, 5, 7):
        size = roughness * rng.uniform(0.3, 1.0) / order
        radius += np.float32(size) * np.cos(order * angle + np.float32(rng.uniform(0, 2 * np.pi)))
    return np.clip(radius, 0.25, None)


def soft(distance: np.ndarray, width: float) -> np.ndarray:
    """Coverage of a pixel, 0 to 1, that lies `distance` pixels inside an edge blurred over `width` pixels."""
    ramp = np.clip(distance / (2 * width) + 0.5, 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def blur(values: np.ndarray, weight: float) -> np.ndarray:
    """3 × 3 blur with edges repeated: (weight, 1 - 2 weight, weight) along rows and columns."""
    padded = np.pad(values, 1, mode="edge")
    padded = weight * (padded[:-2] + padded[2:]) + (1 - 2 * weight) * padded[1:-1]
    return weight * (padded[:, :-2] + padded[:, 2:]) + (1 - 2 * weight) * padded[:, 1:-1]


def noise_like(rng: np.random.Generator, patch: Patch) -> np.ndarray:
    """Noise float32 (h, w) as strong as that of the patch.

    The strength is the median absolute deviation of the patch from its own blur, which
    lines and edges hardly move; the noise is blurred a little, as that of a JPEG is.
    """
    rest = np.abs(patch.base - blur(patch.base, 0.25))
    strength = 1.4826 * float(np.median(rest)) * 1.6
    return blur(rng.standard_normal(patch.shape, dtype=np.float32), 0.15) * np.float32(min(strength, 12.0))
