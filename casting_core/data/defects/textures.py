"""What each kind of defect looks like: its outline and its gray levels, painted in a patch.

Every function takes the patch, a random generator, the part's edge where it matters, and
the extent of the defect in pixels; it returns

    coverage   float32 (h, w), 0 to 1: how much of each pixel the defect takes
    surface    float32 (h, w), gray levels 0 to 255 where it does

The looks were drawn after defects on photographs of machined castings: a pit is dark with
a lit far wall; a shrinkage is a cluster of torn cavities; a chip is a bite whose broken
face is dark and glints; flash is a thin, dark and glossy lip on the outside of an edge.
"""

import numpy as np

from casting_core.data.defects.patch import Patch, along_edge, field, from_place, outline, smooth_curve, soft, turned
from casting_core.data.part.finder import Ellipse

Painting = tuple[np.ndarray, np.ndarray]


def pit(patch: Patch, rng: np.random.Generator, extent: float, *, round_: bool) -> Painting:
    """Return a hole in the metal; `round_` for the small, drilled look of a pinhole."""
    ratio = rng.uniform(0.8, 1.0) if round_ else rng.uniform(0.45, 1.0)
    roughness = 0.12 if round_ else rng.uniform(0.15, 0.6)
    near, toward = _blob(patch, rng, extent, ratio=ratio, roughness=roughness)
    width = rng.uniform(0.45, 0.9)
    coverage = soft(near, width)
    metal = _metal(patch, coverage)
    grain = max(1.2, extent * rng.uniform(0.12, 0.3))
    # between a bottomless hole and a shallow dimple whose walls are lit from one side
    hole = rng.uniform(0.05, 0.45) if round_ or rng.random() < 0.65 else rng.uniform(0.45, 0.8)
    slope = rng.uniform(0.05, 0.35) * (0.4 if round_ else 1.0)
    surface = metal * (hole + slope * toward + rng.uniform(0.03, 0.16) * field(rng, patch.shape, grain))
    if extent > 5 and rng.random() < 0.5:  # a glint on the far wall or on a grain inside
        surface += metal * _glints(patch, rng, extent)
    if rng.random() < 0.6:  # the rim, raised and bright or rounded and dim
        rim = np.exp(-(((near + 0.6) / 0.9) ** 2)) * soft(toward + rng.uniform(-0.5, 0.8), 0.5)
        surface = np.where(near < 0, metal * rng.choice([1.22, 1.12, 0.86]), surface)
        coverage = np.maximum(coverage, 0.85 * rim * (near < 0))
    return coverage, surface


def shrinkage(patch: Patch, rng: np.random.Generator, extent: float, edge: Ellipse) -> Painting:
    """Return a cluster of torn cavities, often drawn out along the machining marks."""
    along, outward = along_edge(patch, edge)
    across = from_place(patch, outward)
    if rng.random() < 0.35:  # in any direction
        along, across = turned(along, across, rng.uniform(0, np.pi))
    ratio = rng.uniform(0.3, 0.8)
    envelope = 1 - np.hypot(along / (extent / 2), across / (ratio * extent / 2))
    grain = np.clip(extent * rng.uniform(0.1, 0.2), 1.3, 5.0)
    torn = field(rng, patch.shape, grain) + 0.5 * field(rng, patch.shape, grain * 2)
    depth = soft(torn + 2.2 * envelope - rng.uniform(0.2, 1.0), 0.5) * soft(envelope * extent / 2, 0.8)
    heart = soft(1.2 - np.hypot(along, across), 0.8)  # at least one cavity
    coverage = np.maximum(depth, heart)
    metal = _metal(patch, soft(envelope * extent / 2, 1.0))
    surface = metal * (rng.uniform(0.15, 0.6) + rng.uniform(0.06, 0.18) * field(rng, patch.shape, 1.5))
    return coverage, surface


def chip(patch: Patch, rng: np.random.Generator, extent: float, edge: Ellipse, *, inward: bool) -> Painting:
    """Metal broken away from an edge: a bite to the inside of the disc's rim, or out of the opening's."""
    along, outward = along_edge(patch, edge)
    inside = -outward if inward else outward  # pixels into the metal
    half = extent / 2
    depth = np.clip(extent * rng.uniform(0.25, 0.7), 1.6, None)
    shape = np.clip(1 - np.abs(along / half) ** rng.uniform(1.5, 4), 0, None) ** 0.6
    ragged = 1 + rng.uniform(0.1, 0.35) * _profile(rng, along, max(1.5, extent * rng.uniform(0.12, 0.3)))
    bite = depth * shape * np.clip(ragged, 0.3, 1.6) - inside
    width = rng.uniform(0.5, 0.9)
    coverage = soft(bite - 0.3, width) * soft(inside + 1.2, 0.9) * soft(half - np.abs(along), 0.6)
    metal = _metal(patch, soft(inside, 1.0))
    beyond = _mean(patch.base, soft(-inside - 1.5, 0.5), metal * 0.3)
    wall = metal * rng.uniform(0.12, 0.55)  # the broken face, in its own shadow
    gone = soft(bite - depth * rng.uniform(0.2, 1.1), max(1.0, 0.2 * depth)) * rng.uniform(0.3, 1.0)
    surface = wall + (beyond - wall) * gone * (rng.random() < 0.6)
    surface = surface + metal * rng.uniform(0.04, 0.16) * field(rng, patch.shape, max(1.3, 0.15 * extent))
    if rng.random() < 0.5:  # broken metal glints
        surface += metal * _glints(patch, rng, extent)
    return coverage, surface


def burr(patch: Patch, rng: np.random.Generator, extent: float, edge: Ellipse, *, outside: bool) -> Painting:
    """Flash left on an edge: a thin irregular lip outside the rim, or hanging into the opening."""
    along, outward = along_edge(patch, edge)
    out = outward if outside else -outward  # pixels away from the metal
    half = extent / 2
    height = max(extent * rng.uniform(0.06, 0.28), 1.8)
    taper = np.clip(1 - np.abs(along / half) ** rng.uniform(2, 5), 0, None) ** 0.5
    rough = 0.65 + 0.45 * _profile(rng, along, max(2.0, extent * rng.uniform(0.08, 0.25)))
    lip = height * taper * np.clip(rough, 0.15, 1.6) - out
    width = rng.uniform(0.5, 0.9)
    coverage = soft(lip, width) * soft(out + 0.8, 0.8) * soft(half - np.abs(along), 0.6)
    metal = _metal(patch, soft(-out - 1.0, 0.6))
    body = rng.uniform(20, 90) if rng.random() < 0.7 else metal * rng.uniform(0.6, 1.1)
    if not outside:
        body = metal * rng.uniform(0.3, 1.0)
    surface = body + rng.uniform(5, 22) * field(rng, patch.shape, 2.0)
    lit = _profile(rng, along, max(3.0, extent * rng.uniform(0.1, 0.3))) + 0.5 * field(rng, patch.shape, 2.0)
    lit = soft(lit - rng.uniform(0.2, 1.6), 0.4) * soft(lip - rng.uniform(0.5, 1.0) - 0.1 * height, 0.6)
    surface = surface + (min(250.0, metal * rng.uniform(0.9, 1.2)) - surface) * lit
    if outside and rng.random() < 0.7:  # its own dark outline
        surface = surface * (1 - rng.uniform(0.2, 0.6) * (1 - soft(lip - 1.2, 0.8)))
    return coverage, surface


def scratch(patch: Patch, rng: np.random.Generator, extent: float) -> Painting:
    """Return a thin furrow: dark or bright, often with a bright shoulder, fading towards its ends."""
    along, across = turned(patch.dx, patch.dy, rng.uniform(0, np.pi))
    half = extent / 2
    bend = rng.uniform(-0.06, 0.06) * extent
    across = across - bend * (along / half) ** 2 - 0.2 * _profile(rng, along, max(4.0, 0.25 * extent))
    thick = rng.uniform(0.4, 0.9) + 0.004 * extent
    strength = np.clip(0.85 + 0.3 * _profile(rng, along, max(2.0, 0.12 * extent)), 0.45, 1)
    end = soft(half - np.abs(along), rng.uniform(0.6, 1.5))
    coverage = np.exp(-((across / thick) ** 2)) * strength * end
    metal = _metal(patch, soft(half - np.hypot(patch.dx, patch.dy), 1.0))
    dark = rng.random() < 0.6
    level = metal * (rng.uniform(0.25, 0.7) if dark else rng.uniform(1.2, 1.5))
    surface = np.full(patch.shape, level, np.float32)
    if rng.random() < 0.5:  # the shoulder thrown up on one side
        shoulder = np.exp(-(((across - 1.6 * thick) / (0.8 * thick)) ** 2)) * strength * end * 0.6
        surface = np.where(shoulder > coverage, metal * (1.2 if dark else 0.7), surface)
        coverage = np.maximum(coverage, shoulder)
    return coverage, surface


def _blob(
    patch: Patch, rng: np.random.Generator, extent: float, *, ratio: float, roughness: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels inside an irregular blob, and how far each pixel lies towards the light (-1 to 1)."""
    along, across = turned(patch.dx, patch.dy, rng.uniform(0, np.pi))
    across = across / ratio
    radius = outline(rng, np.arctan2(across, along), roughness) * (extent / 2) * ratio**0.15
    distance = np.hypot(along, across) + np.float32(1e-3)
    near = (radius - distance) * np.float32(ratio**0.5)
    light = rng.uniform(0, 2 * np.pi)
    toward = (patch.dx * np.cos(light) + patch.dy * np.sin(light)) / (extent / 2)
    return near.astype(np.float32), np.clip(toward, -1, 1)


def _profile(rng: np.random.Generator, along: np.ndarray, grain: float) -> np.ndarray:
    """Return a smooth random curve over `along`, of its shape: deviation about 1, bumps of `grain` pixels."""
    low, high = float(along.min()), float(along.max())
    knots = rng.standard_normal(max(4, int((high - low) / grain) + 2))
    position = (along - low) / max(high - low, 1e-6) * (len(knots) - 1.001)
    return smooth_curve(knots, position).astype(np.float32)


def _glints(patch: Patch, rng: np.random.Generator, extent: float) -> np.ndarray:
    """Small bright specks, float32 (h, w), 0 to 1."""
    torn = field(rng, patch.shape, rng.uniform(1.3, 2.2))
    torn = torn + 0.6 * field(rng, patch.shape, max(2.0, 0.3 * extent))
    return soft(torn - rng.uniform(1.1, 1.9), 0.5) * np.float32(rng.uniform(0.3, 0.9))


def _metal(patch: Patch, weight: np.ndarray) -> float:
    """Gray level of the metal around a defect: the bright half of what lies under the weight."""
    chosen = patch.base[weight > 0.3]
    return max(float(np.percentile(chosen, 65)), 24.0) if chosen.size else max(float(patch.base.mean()), 24.0)


def _mean(values: np.ndarray, weight: np.ndarray, otherwise: float) -> float:
    total = float(weight.sum())
    return float((values * weight).sum() / total) if total > 1 else otherwise
