"""What a rendered photograph shows: pose of the part, its shape, light and camera, all drawn from one seed.

The part is a turned impeller on a table, seen from above and a little from the side. Its
circles lie at different heights, so the camera's tilt shifts their centres against each
other. Lengths are in units of the radius of the dark opening, measured on photographs of
such castings; directions are angles in radians, clockwise on the screen from +x.
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.finder import Ellipse, Part


@dataclass(frozen=True, kw_only=True)
class Shot:
    """Light, camera and pose of one rendered photograph of any part."""

    size: int  # side of the picture, pixels
    tilt: tuple[float, float]  # shift (x, y) of circles against each other that lie at different heights
    bore: float  # radius
    light: float  # the direction it comes from
    table: float  # gray levels
    metal: float
    dark: float
    blur: float  # 0 to 0.25
    noise: float  # gray levels


@dataclass(frozen=True, kw_only=True)
class Scene(Shot):
    """Geometry and light of one rendered photograph of a casting; `tilt` shifts the disc against the opening."""

    opening: Ellipse  # pixels
    disc: float  # radii
    groove: float
    ring: float
    hub: float
    vanes: int
    hand: int  # +1 or -1, which way the vanes curve
    shadow: float  # 0 to 1

    @property
    def scale(self) -> float:
        """Pixels a unit of length."""
        return float(np.sqrt(self.opening.major * self.opening.minor))

    @property
    def part(self) -> Part:
        """Where the part lies in the picture."""
        x, y = self.opening.matrix @ self.tilt
        return Part(disc=self.opening.moved(x=x, y=y, scale=self.disc), opening=self.opening)


def draw_scene(
    rng: np.random.Generator, *, size: int, stretch: float | None = None, table: float | None = None
) -> Scene:
    """Return a random scene, as varied as photographs of one product on one table are.

    Parameters
    ----------
    rng : decides all that is not given.
    size : side of the square picture in pixels, at least 64.
    stretch : ratio of the axes of the part's outline, 1 to 2; near 1.04 when None.
    table : gray level of what the part lies on, 40 to 250; 155 to 205 when None.
    """
    stretch = stretch or 1 + float(np.clip(abs(rng.normal(0.0, 0.045)), 0.005, 0.11))
    disc = rng.uniform(1.76, 1.82)
    radius = size * rng.uniform(0.385, 0.45) / disc
    radius = min(radius, 0.47 * size / disc / np.sqrt(stretch))
    lean, amount = rng.uniform(0, 2 * np.pi), rng.uniform(0.015, 0.065)
    x, y = (size - 1) / 2 + size * np.clip(rng.normal(0, 0.012, 2), -0.025, 0.025)
    metal = rng.uniform(162, 205)
    return Scene(
        size=size,
        opening=Ellipse(
            x=float(x),
            y=float(y),
            major=float(radius * np.sqrt(stretch)),
            minor=float(radius / np.sqrt(stretch)),
            angle=float(rng.uniform(0, np.pi)),
        ),
        tilt=(float(amount * np.cos(lean)), float(amount * np.sin(lean))),
        disc=float(disc),
        groove=float(rng.uniform(1.17, 1.2)),
        ring=float(rng.uniform(1.13, 1.155)),
        hub=float(rng.uniform(0.51, 0.54)),
        bore=float(rng.uniform(0.385, 0.425)),
        vanes=int(rng.integers(6, 8)),
        hand=int(rng.choice([-1, 1])),
        light=float(rng.uniform(0, 2 * np.pi)),
        table=float(rng.uniform(155, 205)) if table is None else float(table),
        metal=float(metal),
        dark=float(rng.uniform(10, 22)),
        shadow=float(rng.uniform(0.4, 0.85)),
        blur=float(rng.uniform(0.06, 0.2)),
        noise=float(rng.uniform(0.6, 1.4)),
    )
