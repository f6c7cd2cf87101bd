"""An ellipse in a picture, and how one is laid along an edge.

1. `along_rays` samples the picture on rays from an ellipse's centre, so that the
   ellipse itself becomes the straight line "radius 1".
2. `outer_peaks` picks one point of the edge on each ray.
3. `fit_ellipse` lays an ellipse through these points: least squares on the conic,
   reweighted with Tukey's biweight (Beaton & Tukey 1974,
   https://doi.org/10.1080/00401706.1974.10489171), so that chips, flash and cast
   shadows, which move the edge on some rays only, do not move the ellipse.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

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
            raise SettingsError(f"An ellipse needs major >= minor > 0, got major={self.major}, minor={self.minor}.")

    @classmethod
    def from_spread(cls, x: float, y: float, spread: np.ndarray) -> "Ellipse":
        """From its centre and the matrix `matrix @ matrix.T`, float (2, 2), pixels squared."""
        xx, xy, yy = float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])
        middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)  # of the two eigenvalues
        angle = 0.5 * math.atan2(2 * xy, xx - yy) % math.pi
        return cls(
            x=float(x),
            y=float(y),
            major=math.sqrt(middle + half),
            minor=math.sqrt(max(middle - half, 0.0)),
            angle=angle if angle < math.pi else 0.0,  # a tiny negative angle rounds up to π
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

    @property
    def area(self) -> float:
        """In pixels."""
        return math.pi * self.major * self.minor

    def holds(self, x: float, y: float) -> bool:
        """Whether a place, in pixels, lies inside."""
        return bool(np.hypot(*np.linalg.solve(self.matrix, (x - self.x, y - self.y))) <= 1)

    def moved(self, *, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> "Ellipse":
        """Return the same shape, `scale` times as large, with its centre moved by (x, y) pixels."""
        major, minor = float(self.major * scale), float(self.minor * scale)
        return Ellipse(x=float(self.x + x), y=float(self.y + y), major=major, minor=minor, angle=self.angle)

    def rescaled(self, scale: float, offset: float) -> "Ellipse":
        """Return the ellipse in a picture whose coordinates are `scale * coordinate + offset`."""
        x, y = float(self.x * scale + offset), float(self.y * scale + offset)
        return Ellipse(x=x, y=y, major=float(self.major * scale), minor=float(self.minor * scale), angle=self.angle)


def sample(picture: np.ndarray, points: np.ndarray, *, inside: bool = False) -> np.ndarray:
    """Brightness between pixels, bilinear; beyond the frame that of the nearest pixel.

    The same as scipy's `map_coordinates`, for so few points in a fraction of the time.

    Parameters
    ----------
    picture : uint8 or float32 (H, W), both at least 2.
    points : float32 or float64 (2, …), x and y in pixels.
    inside : whether all points are known to lie from 0 up to, but not on, the last row and column.

    Returns
    -------
    float32 (…).
    """
    height, width = picture.shape
    if not inside:
        last = np.array([width - 1, height - 1], points.dtype).reshape(2, *[1] * (points.ndim - 1))
        points = np.minimum(np.maximum(points, 0), last)
    cells = points.astype(np.intp)  # towards zero
    if not inside:
        cells = np.minimum(cells, last.astype(np.intp) - 1)
    right, low = (points - cells).astype(np.float32, copy=False)  # shares of the later pixel
    flat, place = picture.reshape(-1), cells[1] * width + cells[0]
    corners = (flat[start:].take(place) for start in (0, 1, width, width + 1))
    a, b, c, d = (corner.astype(np.float32, copy=False) for corner in corners)
    upper, lower = a + (b - a) * right, c + (d - c) * right
    return upper + (lower - upper) * low


def along_rays(picture: np.ndarray, ellipse: Ellipse, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Brightness on rays from the ellipse's centre.

    Parameters
    ----------
    picture : float32 (H, W).
    radii : float (R,), at least 0, in units of the ellipse: 1 lies on it.

    Returns
    -------
    The bilinear samples, float32 (RAYS, R), and which of them lie inside the frame,
    bool (RAYS, R). Ray k leaves at `ANGLES[k]` from +x, clockwise on the screen.
    """
    matrix, centre = ellipse.matrix, np.array([ellipse.x, ellipse.y])
    points = (matrix @ DIRECTIONS)[:, :, None] * radii  # (2, RAYS, R)
    points += centre[:, None, None]
    height, width = picture.shape
    reach = float(radii.max())
    across, down = math.hypot(*matrix[0].tolist()) * reach, math.hypot(*matrix[1].tolist()) * reach
    if across < ellipse.x < width - 1.001 - across and down < ellipse.y < height - 1.001 - down:
        return sample(picture, points, inside=True), np.ones(points.shape[1:], bool)
    x, y = points
    inside = (x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5)
    return sample(picture, points), inside


def median(values: np.ndarray) -> np.ndarray:
    """Along the last axis, (…, N) → (…): the same as NumPy's, which takes far longer for few values."""
    ordered = np.sort(values, axis=-1)
    count = values.shape[-1]
    return (ordered[..., (count - 1) // 2] + ordered[..., count // 2]) / 2


def outer_peaks(edge: np.ndarray, radii: np.ndarray, *, share: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """One peak on each ray: the outermost of those that reach `share` of the ray's highest.

    Parameters
    ----------
    edge : float (RAYS, R), R ≥ 3.
    radii : float (R,), evenly spaced.

    Returns
    -------
    The peaks' radii, float (RAYS,), finer than the spacing by a parabola, and their heights.
    """
    middle = edge[:, 1:-1]
    if share < 1:
        top = (middle >= edge[:, :-2]) & (middle >= edge[:, 2:])
        top &= middle >= share * middle.max(axis=1, keepdims=True)
        best = middle.shape[1] - top[:, ::-1].argmax(axis=1)
    else:
        best = middle.argmax(axis=1) + 1
    place = best + np.arange(0, edge.size, edge.shape[1])
    before, height, after = edge.take(place - 1), edge.take(place), edge.take(place + 1)
    bend = 2 * height - before - after
    shift = np.divide(after - before, 2 * bend, out=np.zeros_like(bend), where=bend > 1e-6)
    return radii[best] + np.minimum(np.maximum(shift, -1), 1) * (radii[1] - radii[0]), height


def fit_ellipse(
    frame: Ellipse, radii: np.ndarray, weights: np.ndarray, *, tolerance: float
) -> tuple[Ellipse, np.ndarray] | None:
    """Lay an ellipse through one point a ray, with little regard to points that lie off it.

    Parameters
    ----------
    frame : the ellipse that the rays belong to.
    radii : float (RAYS,), in units of `frame`.
    weights : float (RAYS,), 0 for a ray without a point.
    tolerance : in the same unit, the distance from which on a point no longer counts.

    Returns
    -------
    The ellipse, and which rays agree with it, bool (RAYS,); None where fewer than
    twelve do, or where the conic through the points is no ellipse.
    """
    if np.count_nonzero(weights) < 12:
        return None
    typical = float(median(radii[weights > 0]))
    x, y = DIRECTIONS * (radii / typical)
    # x² + y² = p (x² - y²) + 2 q x y + d x + e y + f: near the unit circle, half the
    # residual of this equation is the distance from the ellipse.
    xx, yy = x * x, y * y
    equations = np.stack([xx - yy, 2 * x * y, x, y, np.ones_like(x), xx + yy])  # (6, RAYS)
    terms, square = equations[:5], equations[5]
    last = tolerance / typical
    shares = weights
    for reach in (2.5 * last, 1.6 * last, last, last, None):
        normal = (terms * shares) @ equations.T  # (5, 6)
        try:
            solution = np.linalg.solve(normal[:, :5], normal[:, 5])
        except np.linalg.LinAlgError:
            return None
        if reach is not None:
            residuals = (square - solution @ terms) * (0.5 / reach)
            shares = np.maximum(1 - residuals * residuals, 0)
            shares = weights * (shares * shares)
            if np.count_nonzero(shares) < 12:
                return None
    p, q, d, e, f = solution.tolist()
    determinant = (1 - p) * (1 + p) - q * q
    if determinant < 0.1:
        return None
    inverse = np.array([[1 + p, q], [q, 1 - p]]) / determinant
    centre = inverse @ (d / 2, e / 2)
    level = f + (centre[0] * d + centre[1] * e) / 2
    if not level > 0:
        return None
    matrix = frame.matrix * typical
    dx, dy = (matrix @ centre).tolist()
    fitted = Ellipse.from_spread(frame.x + dx, frame.y + dy, level * matrix @ inverse @ matrix.T)
    return fitted, shares > 0.2 * weights
