"""What renders are painted on: a picture that knows where its pixels lie on the part.

Surfaces of a turned part are painted unrolled, as tables over angle and radius (rows are
`ANGLES` steps around the axis), and then looked up at every pixel.
"""

import copy

import numpy as np

from casting_core.data.defects.patch import blur, smooth_curve, soft
from casting_core.data.synthetic.scene import Scene

ANGLES = 720
TURNS = np.arange(ANGLES) * (2 * np.pi / ANGLES)  # radians


class Sheet:
    """The picture being painted, float32 (size, size), and where its pixels lie on the part.

    Parameters
    ----------
    size : side of the picture in pixels.
    scale : pixels a unit of length on the part.
    matrix : float (2, 2), map of coordinates on the part to pixels.
    x, y : where these coordinates are 0, in pixels.
    """

    def __init__(self, size: int, scale: float, matrix: np.ndarray, x: float, y: float) -> None:
        self.size, self.scale, self.matrix, self.centre = size, scale, matrix, (x, y)
        self.inverse = np.linalg.inv(matrix).astype(np.float32)
        dx = np.arange(size, dtype=np.float32)[None, :] - np.float32(x)
        dy = np.arange(size, dtype=np.float32)[:, None] - np.float32(y)
        self.u = self.inverse[0, 0] * dx + self.inverse[0, 1] * dy
        self.v = self.inverse[1, 0] * dx + self.inverse[1, 1] * dy
        self.values = np.zeros((size, size), np.float32)

    def around(self, u: float, v: float, reach: float) -> "Sheet":
        """Return the window of the sheet that holds all within `reach` of a point; painting it paints the sheet."""
        pixels = reach * float(np.linalg.norm(self.matrix, 2)) + 3
        middle = self.centre + self.matrix @ (u, v)
        columns, rows = (slice(max(0, int(each - pixels)), max(0, int(each + pixels) + 2)) for each in middle)
        window = copy.copy(self)
        window.u, window.v, window.values = (each[rows, columns] for each in (self.u, self.v, self.values))
        return window

    def away(self, u: float, v: float) -> np.ndarray:
        """Distance from a point of the part, in its own units."""
        return np.hypot(self.u - np.float32(u), self.v - np.float32(v))

    def lean(self, distance: np.ndarray, light: float) -> np.ndarray:
        """How far the slope of a distance faces a light from an angle on the screen, -1 to 1."""
        down, right = np.gradient(distance)
        steep = np.hypot(down, right) + np.float32(1e-6)
        return (right * np.cos(light) + down * np.sin(light)).astype(np.float32) / steep

    def inside(
        self, distance: np.ndarray, limit: float | np.floating | np.ndarray = 0.0, width: float = 0.8
    ) -> np.ndarray:
        """Coverage 0 to 1 of what has a distance below `limit`; edge `width` in pixels at size 300."""
        return soft((limit - distance) * np.float32(self.scale), width * max(1.0, self.size / 300))

    def lay(self, values: np.ndarray | float, coverage: np.ndarray) -> None:
        """Blend gray levels into the picture, by a coverage of 0 to 1."""
        self.values += coverage * (values - self.values)


class Canvas(Sheet):
    """A sheet for a casting, in opening radii."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.size, scene.scale, scene.opening.matrix, scene.opening.x, scene.opening.y)
        self.scene = scene

    def radius(self, height: float) -> np.ndarray:
        """Distance from the axis, in opening radii, of what lies `height` above the opening (disc: -1)."""
        tilt_x, tilt_y = self.scene.tilt
        return np.hypot(self.u + np.float32(height * tilt_x), self.v + np.float32(height * tilt_y))

    def angle(self, height: float) -> np.ndarray:
        """Angle around the axis in table rows, 0 to ANGLES."""
        tilt_x, tilt_y = self.scene.tilt
        angle = np.arctan2(self.v + np.float32(height * tilt_y), self.u + np.float32(height * tilt_x))
        return (angle * np.float32(ANGLES / (2 * np.pi))) % np.float32(ANGLES)


def ripple(rng: np.random.Generator, count: int, grain: float) -> np.ndarray:
    """Return a smooth random curve that closes, float32 (count,), deviation about 1, bumps of `grain` samples."""
    knots = max(3, round(count / grain))
    values = rng.standard_normal(knots)
    values = np.append(values, values[0])
    position = np.linspace(0, knots, count, endpoint=False)
    return smooth_curve(values, position).astype(np.float32) * np.float32(1.3)


def look_up(table: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Bilinear look-up in a table float32 (ANGLES, N) that closes over its rows; columns are clipped."""
    column = np.clip(column, 0, table.shape[1] - 1.001)
    i, j = row.astype(np.int32) % ANGLES, column.astype(np.int32)
    down, right = row - np.floor(row), column - j
    below = (i + 1) % ANGLES
    flat, width = table.ravel(), table.shape[1]
    upper = flat[i * width + j] * (1 - right) + flat[i * width + j + 1] * right
    lower = flat[below * width + j] * (1 - right) + flat[below * width + j + 1] * right
    return upper * (1 - down) + lower * down


def around(values: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Values of a closed curve float32 (ANGLES,) at the angles `turn`, in rows."""
    index = turn.astype(np.int32) % ANGLES
    share = turn - np.floor(turn)
    return values[index] * (1 - share) + values[(index + 1) % ANGLES] * share


def develop(values: np.ndarray, blurred: float) -> np.ndarray:
    """Gray levels float (H, W), noise included, as the camera gives them: uint8 (H, W)."""
    return np.clip(np.rint(blur(values, blurred)), 0, 255).astype(np.uint8)
