"""A part drawn with two ellipses, for the tests of what is painted on it."""

import functools

import numpy as np

from casting_core.data.part.finder import Ellipse, Part

PART = Part(
    disc=Ellipse(x=152.0, y=148.0, major=126.0, minor=118.0, angle=0.6),
    opening=Ellipse(x=150.0, y=150.0, major=70.0, minor=66.0, angle=0.6),
)


DIAMETER = 2 * np.sqrt(126.0 * 118.0)


@functools.cache
def _plain_part() -> np.ndarray:
    """A gray table, a bright disc, a dark opening: uint8 (300, 300)."""
    pixels = np.full((300, 300), 160, np.uint8)
    pixels[radius(PART.disc) < 1] = 200
    pixels[radius(PART.opening) < 1] = 20
    pixels[radius(PART.opening) < 0.55] = 190
    return pixels


def plain_part() -> np.ndarray:
    """A picture of its own for every caller."""
    return _plain_part().copy()


@functools.cache
def radius(ellipse: Ellipse) -> np.ndarray:
    """Of every pixel, 1 on the ellipse: float64 (300, 300)."""
    y, x = np.mgrid[:300, :300]
    u = np.linalg.solve(ellipse.matrix, np.stack([x.ravel() - ellipse.x, y.ravel() - ellipse.y]))
    return np.hypot(*u).reshape(300, 300)
