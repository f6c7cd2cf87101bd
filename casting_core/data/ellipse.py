"""An ellipse in a picture, and how one is laid along an edge.

1. `along_rays` samples the picture on rays from an ellipse's centre, so that the
   ellipse itself becomes the straight line "radius 1".
2. `outer_peaks` picks one point of the edge on each ray.
3. `fit_ellipse` lays an ellipse through these points: least squares on the conic,
   reweighted with Tukey's biweight (Beaton & Tukey 1974,
   https://doi.org/10.1080/00401706.1974.10489171), so that chips, flash and cast
   shadows, which move the edge on some rays only, do not move the ellipse.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from casting_core.errors import SettingsError

RAYS = 72
ANGLES = np.arange(RAYS) * (2 * np.pi / RAYS)
DIRECTIONS = np.stack([np.cos(ANGLES), np.sin(ANGLES)])  # (2, RAYS)


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """An ellipse in a picture. Pixel centres lie on whole numbers, y points down.

    `x`, `y`: centre in pixels. `major` ≥ `minor`: semi-axes in pixels. `angle`: of the
    major axis from +x, clockwise on the screen, radians in [0, π).
    """

    x: float
    y: float
    major: float
    minor: float
    angle: float

    def __post_init__(self) -> None:
        if not self.major >= self.minor > 0:
            raise SettingsError(
                f"An ellipse needs major >= minor > 0, got major={self.major}, minor={self.minor}."
            )

    @classmethod
    def from_spread(cls, x: float, y: float, spread: np.ndarray) -> "Ellipse":
        """From its centre and the matrix `matrix @ matrix.T`, float (2, 2), pixels squared."""
        values, vectors = np.linalg.eigh(spread)
        minor, major = np.sqrt(values)
        angle = float(np.arctan2(vectors[1, 1], vectors[0, 1])) % np.pi
        return cls(
            x=float(x),
            y=float(y),
            major=float(major),
            minor=float(minor),
            angle=angle if angle < np.pi else 0.0,  # a tiny negative angle rounds up to π
        )

    @cached_property
    def matrix(self) -> np.ndarray:
        """Map of the unit circle onto the ellipse, float64 (2, 2), symmetric, pixels.

        Symmetric means that the map stretches and does not turn: what is at the top of
        the unit circle is at the top of the ellipse.
        """
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        turn = np.array([[cosine, -sine], [sine, cosine]])
        matrix = (turn * (self.major, self.minor)) @ turn.T
        matrix.flags.writeable = False  # it is kept, and shared
        return matrix

    def moved(self, *, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> "Ellipse":
        """The same shape, `scale` times as large, with its centre moved by (x, y) pixels."""
        return Ellipse(
            x=float(self.x + x),
            y=float(self.y + y),
            major=float(self.major * scale),
            minor=float(self.minor * scale),
            angle=self.angle,
        )

    def rescaled(self, scale: float, offset: float) -> "Ellipse":
        """The ellipse in a picture whose coordinates are `scale * coordinate + offset`."""
        return Ellipse(
            x=float(self.x * scale + offset),
            y=float(self.y * scale + offset),
            major=float(self.major * scale),
            minor=float(self.minor * scale),
            angle=self.angle,
        )


def along_rays(picture: np.ndarray, ellipse: Ellipse, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Brightness on rays from the ellipse's centre.

    Args:
        picture: float32 (H, W).
        radii: float (R,), in units of the ellipse: 1 lies on it.

    Returns:
        The bilinear samples, float32 (RAYS, R), and which of them lie inside the frame,
        bool (RAYS, R). Ray k leaves at `ANGLES[k]` from +x, clockwise on the screen.
    """
    x, y = (ellipse.matrix @ DIRECTIONS)[:, :, None] * radii  # 2 × (RAYS, R)
    x += ellipse.x
    y += ellipse.y
    height, width = picture.shape
    inside = (x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5)
    return ndimage.map_coordinates(picture, (y, x), order=1, mode="nearest"), inside


def outer_peaks(edge: np.ndarray, radii: np.ndarray, *, share: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """One peak on each ray: the outermost of those that reach `share` of the ray's highest.

    Args:
        edge: float (RAYS, R), R ≥ 3.
        radii: float (R,), evenly spaced.

    Returns:
        The peaks' radii, float (RAYS,), finer than the spacing by a parabola, and their heights.
    """
    middle = edge[:, 1:-1]
    if share < 1:
        top = (middle >= edge[:, :-2]) & (middle >= edge[:, 2:])
        top &= middle >= share * middle.max(axis=1, keepdims=True)
        best = middle.shape[1] - top[:, ::-1].argmax(axis=1)
    else:
        best = middle.argmax(axis=1) + 1
    rays = np.arange(len(edge))
    before, height, after = edge[rays, best - 1], edge[rays, best], edge[rays, best + 1]
    bend = 2 * height - before - after
    shift = np.divide(after - before, 2 * bend, out=np.zeros_like(bend), where=bend > 1e-6)
    return radii[best] + np.clip(shift, -1, 1) * (radii[1] - radii[0]), height


def fit_ellipse(
    frame: Ellipse, radii: np.ndarray, weights: np.ndarray, *, tolerance: float
) -> tuple[Ellipse, np.ndarray] | None:
    """Lay an ellipse through one point a ray, with little regard to points that lie off it.

    Args:
        frame: the ellipse that the rays belong to.
        radii: float (RAYS,), in units of `frame`.
        weights: float (RAYS,), 0 for a ray without a point.
        tolerance: in the same unit, the distance from which on a point no longer counts.

    Returns:
        The ellipse, and which rays agree with it, bool (RAYS,); None where fewer than
        twelve do, or where the conic through the points is no ellipse.
    """
    if np.count_nonzero(weights) < 12:
        return None
    typical = float(np.median(radii[weights > 0]))
    x, y = DIRECTIONS * (radii / typical)
    # x² + y² = p (x² - y²) + 2 q x y + d x + e y + f: near the unit circle, half the
    # residual of this equation is the distance from the ellipse.
    terms = np.stack([x * x - y * y, 2 * x * y, x, y, np.ones_like(x)])  # (5, RAYS)
    square = x * x + y * y
    last = tolerance / typical
    shares = weights
    for reach in (*(last * np.array([2.5, 1.6, 1.0, 1.0])), None):
        weighted = terms * shares
        try:
            p, q, d, e, f = np.linalg.solve(weighted @ terms.T, weighted @ square)
        except np.linalg.LinAlgError:
            return None
        if reach is not None:
            residuals = (square - np.array([p, q, d, e, f]) @ terms) / 2
            shares = weights * np.clip(1 - (residuals / reach) ** 2, 0, None) ** 2
            if np.count_nonzero(shares) < 12:
                return None
    shape = np.array([[1 - p, -q], [-q, 1 + p]])
    if (1 - p) * (1 + p) - q * q < 0.1:
        return None
    inverse = np.linalg.inv(shape)
    centre = inverse @ (d, e) / 2
    level = f + centre @ shape @ centre
    if not level > 0:
        return None
    matrix = frame.matrix * typical
    dx, dy = matrix @ centre
    fitted = Ellipse.from_spread(frame.x + dx, frame.y + dy, level * matrix @ inverse @ matrix.T)
    return fitted, shares > 0.2 * weights
