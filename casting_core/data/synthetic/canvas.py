"""What renders are painted on: a picture that knows where its pixels lie on the part.

Surfaces of a turned part are painted unrolled, as tables over angle and radius (rows are
`ANGLES` steps around the axis), and then looked up at every pixel.
"""

import numpy as np

from casting_core.data.defects.patch import soft
from casting_core.data.synthetic.scene import Scene

ANGLES = 720


class Canvas:
    """The picture being painted, float32 (size, size), and where its pixels lie on the part."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        inverse = np.linalg.inv(scene.opening.matrix).astype(np.float32)
        dx = np.arange(scene.size, dtype=np.float32)[None, :] - np.float32(scene.opening.x)
        dy = np.arange(scene.size, dtype=np.float32)[:, None] - np.float32(scene.opening.y)
        self.u = inverse[0, 0] * dx + inverse[0, 1] * dy
        self.v = inverse[1, 0] * dx + inverse[1, 1] * dy
        self.values = np.zeros((scene.size, scene.size), np.float32)

    def radius(self, height: float) -> np.ndarray:
        """Distance from the axis, in opening radii, of what lies `height` above the opening (disc: -1)."""
        tilt_x, tilt_y = self.scene.tilt
        return np.hypot(self.u + np.float32(height * tilt_x), self.v + np.float32(height * tilt_y))

    def angle(self, height: float) -> np.ndarray:
        """Angle around the axis in table rows, 0 to ANGLES."""
        tilt_x, tilt_y = self.scene.tilt
        angle = np.arctan2(self.v + np.float32(height * tilt_y), self.u + np.float32(height * tilt_x))
        return (angle * np.float32(ANGLES / (2 * np.pi))) % np.float32(ANGLES)

    def inside(self, radius: np.ndarray, limit: float | np.ndarray, width: float = 0.8) -> np.ndarray:
        """Coverage 0 to 1 of what is nearer to the axis than `limit`; edge `width` in pixels at size 300."""
        return soft((limit - radius) * np.float32(self.scene.scale), width * max(1.0, self.scene.size / 300))

    def lay(self, values: np.ndarray | float, coverage: np.ndarray) -> None:
        self.values += coverage * (values - self.values)


def ripple(rng: np.random.Generator, count: int, grain: float) -> np.ndarray:
    """A smooth random curve that closes, float32 (count,), deviation about 1, bumps of `grain` samples."""
    knots = max(3, round(count / grain))
    values = rng.standard_normal(knots)
    values = np.append(values, values[0])
    position = np.linspace(0, knots, count, endpoint=False)
    index = position.astype(np.intp)
    share = position - index
    share = share * share * (3 - 2 * share)
    return (values[index] * (1 - share) + values[index + 1] * share).astype(np.float32) * np.float32(1.3)


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
