"""What a rendered photograph of a pipe flange shows: outline, holes, pose, light, all drawn from one seed.

The flange is a round or a square plate with a bore in its middle, a raised face around the
bore and four to eight bolt holes, seen from above. Lengths are in units of half the plate's
width; directions are angles in radians, clockwise on the screen from +x.
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part
from casting_core.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class FlangeScene:
    """Geometry and light of one rendered photograph of a flange.

    Pose: `x`, `y` (pixels) the centre, `matrix` float (2, 2) the map of plate coordinates to
    pixels, `tilt` the shift (x, y) of what lies one thickness below the top. Shape: `corner`
    the radius of a square plate's corners, or 1 where the plate is round; radii `bore`,
    `face`, `circle` (of the bolts), `bolt`; `bolts` how many. Light: `light` the direction
    it comes from, gray levels `table`, `metal`, `dark`; `gleam` (0 to 1) how strongly turned
    metal reflects. Camera: `blur` (0 to 0.25) and `noise` (gray levels).
    """

    size: int
    x: float
    y: float
    matrix: np.ndarray
    tilt: tuple[float, float]
    corner: float
    bore: float
    face: float
    circle: float
    bolt: float
    bolts: int
    light: float
    table: float
    metal: float
    dark: float
    gleam: float
    blur: float
    noise: float

    @property
    def scale(self) -> float:
        """Pixels a unit of length."""
        return float(np.sqrt(np.linalg.det(self.matrix)))

    @property
    def round(self) -> bool:
        """Whether the plate is a disc; else it is a square with rounded corners."""
        return self.corner >= 1

    @property
    def holes(self) -> np.ndarray:
        """Centres of the bolt holes in plate coordinates, float (bolts, 2)."""
        turn = (np.arange(self.bolts) + 0.5) * (2 * np.pi / self.bolts)
        return self.circle * np.stack([np.cos(turn), np.sin(turn)], axis=1)

    @property
    def part(self) -> Part:
        """The bore as `opening`, and as `disc` the round outline or the largest circle inside the square one."""
        return Part(disc=self.ellipse(0.0, 0.0, 1.0), opening=self.ellipse(0.0, 0.0, self.bore))

    def ellipse(self, u: float, v: float, radius: float) -> Ellipse:
        """How a circle in plate coordinates looks in the picture."""
        dx, dy = self.matrix @ (u, v)
        return Ellipse.from_spread(self.x + dx, self.y + dy, radius**2 * self.matrix @ self.matrix.T)

    def outside(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Distance from the plate's outline, in plate units, positive outside; shape of `u` and `v`."""
        straight = 1 - self.corner
        p, q = np.abs(u) - straight, np.abs(v) - straight
        return np.hypot(np.maximum(p, 0), np.maximum(q, 0)) + np.minimum(np.maximum(p, q), 0) - self.corner


def draw_flange(rng: np.random.Generator, *, size: int) -> FlangeScene:
    """A random scene: round and square flanges, at any angle, on tables from dark to bright.

    Raises `SettingsError` where `size`, the side of the picture, is under 64 pixels.
    """
    if size < 64:
        raise SettingsError(f"size is the side of the picture, at least 64 pixels; got {size}.")
    is_round = rng.random() < 0.6
    half = size * (rng.uniform(0.36, 0.44) if is_round else rng.uniform(0.29, 0.335))
    turn, lean = rng.uniform(0, 2 * np.pi, 2)
    stretch = 1 + abs(rng.normal(0, 0.02))
    cosine, sine = np.cos(turn), np.sin(turn)
    direction = np.array([np.cos(lean), np.sin(lean)])
    squeeze = np.eye(2) + (min(stretch, 1.06) - 1) * np.outer(direction, direction)
    low = rng.uniform(0, 2 * np.pi)
    bore = rng.uniform(0.26, 0.4)
    face = bore + rng.uniform(0.16, 0.24)
    bolt = rng.uniform(0.07, 0.1)
    metal = rng.uniform(105, 195)
    table = rng.uniform(55, 225)
    if abs(table - metal) < 25:  # the outline must be seen
        table = metal + (45 if metal < 150 else -45)
    return FlangeScene(
        size=size,
        x=float((size - 1) / 2 + size * np.clip(rng.normal(0, 0.012), -0.025, 0.025)),
        y=float((size - 1) / 2 + size * np.clip(rng.normal(0, 0.012), -0.025, 0.025)),
        matrix=half * squeeze @ np.array([[cosine, -sine], [sine, cosine]]),
        tilt=(float(rng.uniform(0.01, 0.06) * np.cos(low)), float(rng.uniform(0.01, 0.06) * np.sin(low))),
        corner=1.0 if is_round else float(rng.uniform(0.16, 0.4)),
        bore=float(bore),
        face=float(face),
        circle=float(rng.uniform(0.5, 0.6) * (1 - face) + face if is_round else rng.uniform(0.96, 1.02)),
        bolt=float(min(bolt, 0.36 * (1 - face)) if is_round else bolt),
        bolts=int(rng.integers(4, 9)) if is_round else 4,
        light=float(rng.uniform(0, 2 * np.pi)),
        table=float(table),
        metal=float(metal),
        dark=float(rng.uniform(10, 34)),
        gleam=float(rng.uniform(0.2, 1.0)),
        blur=float(rng.uniform(0.05, 0.18)),
        noise=float(rng.uniform(0.6, 1.6)),
    )
