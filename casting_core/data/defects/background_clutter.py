"""Clutter beside the part: dirt, streaks and shadows on what it lies on, none of which is a defect.

A part on a clean table is rare in a plant. Specks of dirt have the size and the contrast of pinholes, so a
network that has only seen clean backgrounds takes them for defects. Whatever lies beyond the part's rim and its
flash is altered here, the part itself is not:

    specks    scattered or in a cluster, darker or brighter than the table
    streaks   short lines, as of wipe marks and scratches of the table
    shadow    of the part, displaced to one side, with a soft edge
"""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from casting_core.data.part.finder import Ellipse, Part
from casting_core.data.part.polar import disc_mask

BEYOND = 1.06  # radii of the disc, from where on the table is altered
MAX_SPECKS, MAX_STREAKS = 60, 6


def insert_clutter(pixels: np.ndarray, rng: np.random.Generator, *, part: Part) -> np.ndarray:
    """Return a copy of a picture with dirt, streaks or a shadow beside the part.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    rng : decides what is drawn, and where.
    part : where the part lies in the picture.

    Returns
    -------
    uint8 (H, W); pixels of the part are unchanged.
    """
    coverage = Image.new("L", (pixels.shape[1], pixels.shape[0]))
    draw = ImageDraw.Draw(coverage)
    kinds = rng.random(3) < (0.8, 0.3, 0.4)
    if kinds[0]:
        _specks(draw, rng, pixels.shape)
    if kinds[1]:
        _streaks(draw, rng, pixels.shape)
    soft = np.asarray(coverage.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9))), np.float32) / 255
    level = rng.uniform(10, 140) if rng.random() < 0.75 else rng.uniform(200, 255)
    table = pixels + soft * (level - pixels)
    if kinds[2]:
        table = table * _shadow(rng, part, pixels.shape)
    beyond = ~disc_mask(part, pixels.shape, scale=BEYOND)
    return np.where(beyond, table, pixels).round().clip(0, 255).astype(np.uint8)


def _specks(draw: ImageDraw.ImageDraw, rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    height, width = shape
    centre = rng.uniform(0, 1, 2) * (width, height)
    spread = rng.uniform(0.05, 0.7) * max(shape)
    for x, y in rng.normal(centre, spread, (int(rng.integers(3, MAX_SPECKS)), 2)):
        radius = max(shape) * math.exp(rng.uniform(math.log(0.0015), math.log(0.012)))
        angles = np.linspace(0, 2 * math.pi, 8, endpoint=False)
        reach = radius * rng.uniform(0.5, 1.4, 8)
        corners = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], axis=1)
        draw.polygon([(float(u), float(v)) for u, v in corners], fill=int(rng.integers(60, 256)))


def _streaks(draw: ImageDraw.ImageDraw, rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    height, width = shape
    for _ in range(int(rng.integers(1, MAX_STREAKS))):
        x, y, angle = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * math.pi)
        length = max(shape) * rng.uniform(0.02, 0.2)
        end = (x + length * math.cos(angle), y + length * math.sin(angle))
        draw.line([(x, y), end], fill=int(rng.integers(40, 200)), width=int(rng.integers(1, 3)))


def _shadow(rng: np.random.Generator, part: Part, shape: tuple[int, int]) -> np.ndarray:
    """Return what the light on the table is multiplied by, float32 (H, W)."""
    angle, reach = rng.uniform(0, 2 * math.pi), rng.uniform(0.02, 0.2) * part.disc.major
    disc: Ellipse = part.disc.moved(x=reach * math.cos(angle), y=reach * math.sin(angle))
    shaded = Image.fromarray(disc_mask(Part(disc=disc, opening=part.opening), shape).astype(np.uint8) * 255)
    edge = ImageFilter.BoxBlur(rng.uniform(0.005, 0.03) * max(shape))
    soft = np.asarray(shaded.filter(edge), np.float32) / 255
    return 1 - rng.uniform(0.08, 0.5) * soft
