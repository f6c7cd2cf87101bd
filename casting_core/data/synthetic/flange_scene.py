"""What a rendered photograph of a pipe flange shows: outline, holes, pose, light, all drawn from one seed.

The flange is a round or a square plate with a bore in its middle, a raised face around the
bore and four to eight bolt holes, seen from above. Lengths are in units of half the plate's
width; directions are angles in radians, clockwise on the screen from +x.
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part
from casting_core.data.synthetic.scene import Shot


@dataclass(frozen=True, kw_only=True)
class FlangeScene(Shot):
    """Geometry and light of one rendered photograph of a flange; `tilt` shifts what lies one thickness lower."""

    x: float  # centre, pixels
    y: float
    matrix: np.ndarray  # float (2, 2), map of plate coordinates to pixels
    corner: float  # radius of a square plate's corners, or 1 where the plate is round
    face: float  # radii
    bolt: float
    holes: np.ndarray  # float (bolts, 2), centres of the bolt holes in plate coordinates
    gleam: float  # 0 to 1, how strongly turned metal reflects

    @property
    def part(self) -> Part:
        """The bore as `opening`, and as `disc` the round outline or the largest circle inside the square one."""
        return Part(disc=self.ellipse((0.0, 0.0), 1.0), opening=self.ellipse((0.0, 0.0), self.bore))

    def pixel(self, point: np.ndarray | tuple[float, float]) -> tuple[float, float]:
        """Where a point of the plate, (2,), lies in the picture."""
        x, y = self.matrix @ point
        return float(self.x + x), float(self.y + y)

    def ellipse(self, centre: np.ndarray | tuple[float, float], radius: float) -> Ellipse:
        """How a circle on the plate looks in the picture."""
        return Ellipse.from_spread(*self.pixel(centre), radius**2 * self.matrix @ self.matrix.T)

    def outside(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Distance from the plate's outline, in plate units, positive outside; shape of `u` and `v`."""
        straight = 1 - self.corner
        p, q = np.abs(u) - straight, np.abs(v) - straight
        return np.hypot(np.maximum(p, 0), np.maximum(q, 0)) + np.minimum(np.maximum(p, q), 0) - self.corner


def draw_flange(rng: np.random.Generator, *, size: int) -> FlangeScene:
    """Return a random scene: round and square flanges, at any angle, on tables from dark to bright.

    `size`: side of the picture in pixels, at least 64.
    """
    is_round = rng.random() < 0.6
    half = size * (rng.uniform(0.36, 0.44) if is_round else rng.uniform(0.29, 0.335))
    turn, lean = rng.uniform(0, 2 * np.pi, 2)
    stretch = min(1 + abs(rng.normal(0, 0.02)), 1.06)
    direction = np.array([np.cos(lean), np.sin(lean)])
    squeeze = np.eye(2) + (stretch - 1) * np.outer(direction, direction)
    low = rng.uniform(0, 2 * np.pi)
    bore = rng.uniform(0.26, 0.4)
    face = bore + rng.uniform(0.16, 0.24)
    bolt = rng.uniform(0.07, 0.1)
    metal, table = rng.uniform(105, 195), rng.uniform(55, 225)
    if abs(table - metal) < 25:  # the outline must be seen
        table = metal + (45 if metal < 150 else -45)
    return FlangeScene(
        size=size,
        x=float((size - 1) / 2 + size * np.clip(rng.normal(0, 0.012), -0.025, 0.025)),
        y=float((size - 1) / 2 + size * np.clip(rng.normal(0, 0.012), -0.025, 0.025)),
        matrix=half * squeeze @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]),
        tilt=(rng.uniform(0.01, 0.06) * np.cos(low), rng.uniform(0.01, 0.06) * np.sin(low)),
        corner=1.0 if is_round else rng.uniform(0.16, 0.4),
        bore=bore,
        face=face,
        bolt=min(bolt, 0.36 * (1 - face)) if is_round else bolt,
        holes=_holes(rng.uniform(0.5, 0.6) * (1 - face) + face, int(rng.integers(4, 9)))
        if is_round
        else _holes(rng.uniform(0.96, 1.02), 4),
        light=rng.uniform(0, 2 * np.pi),
        table=table,
        metal=metal,
        dark=rng.uniform(10, 34),
        gleam=rng.uniform(0.2, 1.0),
        blur=rng.uniform(0.05, 0.18),
        noise=rng.uniform(0.6, 1.6),
    )


def _holes(circle: float, count: int) -> np.ndarray:
    turn = (np.arange(count) + 0.5) * (2 * np.pi / count)
    return circle * np.stack([np.cos(turn), np.sin(turn)], axis=1)
