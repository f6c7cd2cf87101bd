"""Alter a sound picture in a way that is no defect: what a network must not take for one.

A network that sees painted defects only could learn the brush: the blended outline, the
changed noise, the lost sharpness. A decoy has the place, the size and the blending of a
defect but leaves the casting sound. All are faint but the reflections and shadows of edges, glint and slit, which lie
where metal is turned or ends:

    stain       a smooth, faint mark, darker or brighter
    shade       brightness that drifts from one side to the other
    tool mark   a few faint grooves along the direction of turning
    highlight   a broad soft reflection on bright metal
    glint       a small, hard reflection that follows the groove or the rim
    slit        a short dark gap in the groove, where the light does not reach
    streaks     rays of light across the face, as turned metal shows them towards the lamp, plain or in a moiré
    noise       stronger grain
    blur        lost sharpness
    transplant  a piece of the same picture's face, turned in place around the part
"""

from enum import StrEnum

import numpy as np
from scipy import ndimage

from casting_core.data.defects.insertion import log_uniform
from casting_core.data.defects.patch import (
    Patch,
    along_edge,
    blur,
    cut,
    field,
    from_place,
    noise_like,
    outline,
    paste,
    soft,
    turned,
)
from casting_core.data.defects.placement import within
from casting_core.data.part import polar
from casting_core.data.part.finder import Part


class DecoyKind(StrEnum):
    """What may be altered without harm; see the module."""

    STAIN = "stain"
    SHADE = "shade"
    TOOL_MARK = "tool mark"
    HIGHLIGHT = "highlight"
    GLINT = "glint"
    SLIT = "slit"
    STREAKS = "streaks"
    NOISE = "noise"
    BLUR = "blur"
    TRANSPLANT = "transplant"


# kinds that real sound castings show most often and that are most easily mistaken for defects
LIKELIER = (DecoyKind.GLINT, DecoyKind.SLIT, DecoyKind.STREAKS)
# kind: its share of random decoys
CHANCES = {kind: 0.2 if kind in LIKELIER else 0.4 / (len(DecoyKind) - len(LIKELIER)) for kind in DecoyKind}


def insert_decoy(
    pixels: np.ndarray, rng: np.random.Generator, *, part: Part, kind: DecoyKind | None = None
) -> np.ndarray:
    """Return a copy of a picture with one harmless change on the part.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    rng : decides place, size (0.8 % to 15 % of the disc's diameter) and strength.
    part : where the part lies in the picture.
    kind : at random when None.

    Returns
    -------
    uint8 (H, W).
    """
    kind = kind or tuple(CHANCES)[int(rng.choice(len(CHANCES), p=list(CHANCES.values())))]
    if kind is DecoyKind.STREAKS:
        return _streaks(pixels, rng, part)
    diameter = part.diameter
    extent = max(3.0, log_uniform(rng, 0.008, 0.15) * diameter)
    if kind in (DecoyKind.STAIN, DecoyKind.HIGHLIGHT):  # a small one would be a defect
        extent = max(extent, 0.06 * diameter)
    if kind is DecoyKind.SLIT:
        extent = rng.uniform(0.02, 0.12) * diameter
    if kind in (DecoyKind.GLINT, DecoyKind.SLIT):  # a dark slit on the rim would be a chip
        x, y = _on_edge(pixels, rng, part, groove=0.7 if kind is DecoyKind.GLINT else 1.0)
    else:
        x, y = _place(pixels, rng, part)
    patch = cut(pixels, x, y, extent / 2 + 4)
    coverage = _footprint(patch, rng, extent)
    change = _change(pixels, rng, patch, part, kind, coverage)
    return paste(pixels, patch, patch.base + change)


def _place(pixels: np.ndarray, rng: np.random.Generator, part: Part) -> tuple[float, float]:
    angle = rng.uniform(0, 2 * np.pi)
    direction = (np.cos(angle), np.sin(angle))
    inner = part.opening.matrix @ direction + (part.opening.x, part.opening.y)
    outer = part.disc.matrix @ direction + (part.disc.x, part.disc.y)
    return within(pixels.shape, *(inner + rng.uniform(0.0, 1.05) * (outer - inner)))


def _on_edge(pixels: np.ndarray, rng: np.random.Generator, part: Part, *, groove: float) -> tuple[float, float]:
    """Return a place on the groove (1.02 to 1.25 of the opening's radius), as often as told, else on the rim."""
    angle = rng.uniform(0, 2 * np.pi)
    ellipse, radius = (part.opening, rng.uniform(1.02, 1.25)) if rng.random() < groove else (part.disc, 0.99)
    place = radius * ellipse.matrix @ (np.cos(angle), np.sin(angle)) + (ellipse.x, ellipse.y)
    return within(pixels.shape, *place)


def _footprint(patch: Patch, rng: np.random.Generator, extent: float) -> np.ndarray:
    """Coverage of an irregular blob, float32 (h, w), 0 to 1, with edges as sharp as a defect's or softer."""
    turn, ratio = rng.uniform(0, np.pi), rng.uniform(0.4, 1.0)
    along, across = turned(patch.dx, patch.dy, turn)
    across = across / ratio
    radius = outline(rng, np.arctan2(across, along), 0.3) * (extent / 2)
    return soft(radius - np.hypot(along, across), rng.uniform(0.6, 1.5)).astype(np.float32)


def _change(
    pixels: np.ndarray, rng: np.random.Generator, patch: Patch, part: Part, kind: DecoyKind, coverage: np.ndarray
) -> np.ndarray:
    """Return what is added to the patch, float (h, w), gray levels."""
    reach = float(max(patch.shape)) / 2
    bell = np.exp(-((patch.dx / (0.4 * reach)) ** 2) - (patch.dy / (0.4 * reach)) ** 2)
    match kind:
        case DecoyKind.STAIN:
            cloud = 1 + 0.3 * field(rng, patch.shape, reach / 2)
            return patch.base * bell * cloud * rng.uniform(-0.12, 0.08)
        case DecoyKind.SHADE:
            turn = rng.uniform(0, 2 * np.pi)
            slope = (patch.dx * np.cos(turn) + patch.dy * np.sin(turn)) / reach
            return patch.base * coverage * slope * rng.uniform(0.02, 0.07)
        case DecoyKind.TOOL_MARK:
            _, outward = along_edge(patch, part.disc)
            waves = np.sin(outward * (2 * np.pi / rng.uniform(2.0, 5.0)) + rng.uniform(0, 2 * np.pi))
            return bell * waves * rng.uniform(2.0, 6.0) * (patch.base > 90)
        case DecoyKind.HIGHLIGHT:
            room = 250 - np.minimum(patch.base, 250)
            return room * bell * rng.uniform(0.1, 0.45) * (patch.base / 255)
        case DecoyKind.GLINT:
            along, outward = along_edge(patch, part.opening)
            length, breadth = rng.uniform(0.3, 0.7) * reach, max(0.8, rng.uniform(0.06, 0.2) * reach)
            shine = np.exp(-((along / length) ** 4) - (from_place(patch, outward) / breadth) ** 2)
            return (252 - np.minimum(patch.base, 252)) * shine * rng.uniform(0.5, 1.0)
        case DecoyKind.SLIT:
            along, outward = along_edge(patch, part.opening)
            along, outward = turned(along, outward, rng.normal(0.0, 0.35))
            length, breadth = rng.uniform(0.5, 0.9) * reach, rng.uniform(0.8, 2.8)
            dark = np.exp(-((along / length) ** 4) - (from_place(patch, outward) / breadth) ** 2)
            return (rng.uniform(15, 90) - np.maximum(patch.base, 90)) * dark * rng.uniform(0.5, 1.0)
        case DecoyKind.NOISE:
            return coverage * noise_like(rng, patch) * rng.uniform(0.7, 1.6)
        case DecoyKind.BLUR:
            smooth = blur(blur(patch.base, 0.25), rng.uniform(0.1, 0.25))
            return coverage * (smooth - patch.base)
        case _:  # a transplant
            change = _turned(pixels, rng, patch, part) - patch.base
            return coverage * np.clip(change, -8, 8)  # where edges do not meet, no step may appear


def _turned(pixels: np.ndarray, rng: np.random.Generator, patch: Patch, part: Part) -> np.ndarray:
    """Return the patch as it looks a few degrees further around the disc, matched in mean brightness."""
    angle = rng.choice([-1, 1]) * rng.uniform(0.1, 0.5)
    u, v = polar.turned(part.disc, patch.dx + patch.x, patch.dy + patch.y, angle)
    places = np.clip(v, 0, pixels.shape[0] - 1.001), np.clip(u, 0, pixels.shape[1] - 1.001)
    values = ndimage.map_coordinates(pixels, places, order=1, output=np.float64)
    return values + (patch.base.mean() - values.mean())


def _streaks(pixels: np.ndarray, rng: np.random.Generator, part: Part) -> np.ndarray:
    """Return the picture, uint8 (H, W), with rays of light in a sector of the face, a fan from the disc's centre."""
    disc, radius = part.disc, part.diameter / 2
    inner = part.opening.major / disc.major
    angle = rng.uniform(0, 2 * np.pi)
    middle = disc.matrix @ (np.cos(angle), np.sin(angle)) * (1 + inner) / 2 + (disc.x, disc.y)
    patch = cut(pixels, float(middle[0]), float(middle[1]), 0.6 * radius)
    inverse = np.linalg.inv(disc.matrix)
    x, y = patch.dx + (patch.x - disc.x), patch.dy + (patch.y - disc.y)
    u, v = inverse[0, 0] * x + inverse[0, 1] * y, inverse[1, 0] * x + inverse[1, 1] * y  # (h, w)
    distance = np.hypot(u, v)  # 0 at the centre, 1 at the rim
    away = (np.arctan2(v, u) - angle + np.pi) % (2 * np.pi) - np.pi
    arc = away * radius * 0.75  # px along the middle of the face
    width = rng.uniform(0.04, 0.22) * radius
    knots = np.arange(-3 * width, 3 * width, rng.uniform(1.2, 5.0))
    rays = np.interp(arc, knots, rng.normal(0.0, 1.0, len(knots)))
    if rng.random() < 0.4:  # the grooves of turning, seen through the camera's own grid
        period, slope = rng.uniform(2.5, 6.0), rng.uniform(-1.0, 1.0)
        rays = 0.4 * rays + np.cos((distance * radius + slope * arc) * (2 * np.pi / period))
    start = rng.uniform(1.02, 1.3) * inner
    fan = np.exp(-((arc / width) ** 2)) * soft((distance - start) * radius, 3.0) * soft((1.0 - distance) * radius, 1.5)
    change = rays * fan * rng.uniform(5.0, 22.0) * np.clip((patch.base - 60) / 60, 0, 1)
    return paste(pixels, patch, patch.base + change)
