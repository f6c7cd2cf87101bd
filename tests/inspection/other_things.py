"""Pictures of things that are no casting of this kind, drawn: what a camera on a line may also see."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage


def shaded(gray: np.ndarray, seed: int) -> np.ndarray:
    """As a camera would show it: light from one side, a soft edge, noise. float (H, W) → uint8 (H, W)."""
    rng = np.random.default_rng(seed)
    height, width = gray.shape
    y, x = np.mgrid[:height, :width]
    turn, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.3)
    light = 1 + strength * ((x / width - 0.5) * np.cos(turn) + (y / height - 0.5) * np.sin(turn))
    grain = ndimage.gaussian_filter(rng.normal(size=gray.shape), 1.0) * rng.uniform(2, 8)
    soft = ndimage.gaussian_filter(gray * light + grain, rng.uniform(0.5, 1.2))
    return (soft + rng.normal(0, 1.2, gray.shape)).clip(0, 255).astype(np.uint8)


def rings(levels: list[tuple[float, float]], *, size: int, back: float, squeeze: float = 1.0) -> np.ndarray:
    """Concentric discs as (radius in parts of half the side, gray), from the outermost in: float (size, size)."""
    y, x = (np.mgrid[:size, :size] - (size - 1) / 2) / (size / 2)
    radius = np.hypot(x, y * squeeze)
    picture = np.full((size, size), float(back))
    for reach, gray in levels:
        picture[radius < reach] = gray
    return picture


def holes(picture: np.ndarray, *, count: int, at: float, radius: float, gray: float, turn: float = 0.0) -> None:
    """Round holes on a circle around the middle, in place; lengths in parts of half the side."""
    size = len(picture)
    y, x = (np.mgrid[:size, :size] - (size - 1) / 2) / (size / 2)
    for k in range(count):
        angle = turn + 2 * np.pi * k / count
        picture[np.hypot(x - at * np.cos(angle), y - at * np.sin(angle)) < radius] = gray


def flange(seed: int, *, size: int = 300) -> np.ndarray:
    """A flange with bolt holes, seen from above: another turned part with a dark bore. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    face, dark, back = rng.uniform(140, 205), rng.uniform(10, 30), rng.choice([15.0, 120.0, 180.0, 250.0])
    disc = rng.uniform(0.72, 0.88)
    bore = disc * rng.uniform(0.25, 0.62)
    neck = bore + (disc - bore) * rng.uniform(0.15, 0.45)
    levels = [(disc, face), (neck, face + rng.uniform(-25, 25)), (neck - 0.02, face + 8), (bore, dark)]
    if seed % 3 == 1:  # a shaft comes through the bore
        levels.append((bore * rng.uniform(0.4, 0.75), face + rng.uniform(-30, 20)))
    if seed % 3 == 2:  # a shaft with a hole of its own, as a hub has
        levels += [(bore * rng.uniform(0.45, 0.6), face - 10), (bore * rng.uniform(0.2, 0.4), dark + 60)]
    picture = rings(levels, size=size, back=back, squeeze=rng.uniform(1.0, 1.08))
    count = int(rng.integers(4, 13))
    at = (neck + disc) / 2
    hole = min(0.4 * (disc - neck), 0.7 * at * np.pi / count) * rng.uniform(0.6, 1.0)
    holes(picture, count=count, at=at, radius=hole, gray=dark, turn=rng.uniform(0, 2 * np.pi))
    return shaded(picture, seed)


def gear(seed: int, *, size: int = 300) -> np.ndarray:
    """A gear wheel with a bore, some with a shaft in it. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:size, :size] - (size - 1) / 2) / (size / 2)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    teeth, back = int(rng.integers(10, 40)), rng.choice([20.0, 150.0, 245.0])
    picture = np.full((size, size), back)
    picture[radius < 0.78 + 0.07 * np.sign(np.sin(teeth * angle))] = 175
    bore = rng.uniform(0.2, 0.5)
    picture[radius < bore] = 20
    if seed % 2:
        picture[radius < bore * 0.6] = 190
        picture[(abs(x) < 0.04) & (radius < bore * 0.75)] = 20
    return shaded(picture, seed)


def wheel(seed: int, *, size: int = 300) -> np.ndarray:
    """A wheel with spokes and a hub. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    y, x = (np.mgrid[:size, :size] - (size - 1) / 2) / (size / 2)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    spokes, tyre = int(rng.integers(3, 12)), rng.uniform(0.6, 0.75)
    picture = np.full((size, size), rng.choice([60.0, 170.0, 240.0]))
    picture[radius < 0.88] = 25 if seed % 2 else 185
    picture[radius < tyre] = 25
    picture[(radius < tyre) & (np.cos(spokes * angle) > rng.uniform(0.2, 0.7))] = 190
    picture[radius < rng.uniform(0.15, 0.3)] = 190
    return shaded(picture, seed)


def clock(seed: int, *, size: int = 300) -> np.ndarray:
    """A clock's face with hands, bright or dark. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    bright = seed % 2 == 0
    face, ink = (225, 25) if bright else (30, 220)
    image = Image.fromarray(rings([(0.88, 160.0), (0.8, face)], size=size, back=rng.uniform(20, 240)).astype(np.uint8))
    draw, middle = ImageDraw.Draw(image), size / 2
    for k in range(12):
        angle = np.pi * k / 6
        ends = [(middle + r * middle * np.cos(angle), middle + r * middle * np.sin(angle)) for r in (0.68, 0.77)]
        draw.line(ends, fill=ink, width=max(1, size // 75))
    for length in (0.4, 0.62):
        angle = rng.uniform(0, 2 * np.pi)
        end = (middle + length * middle * np.cos(angle), middle + length * middle * np.sin(angle))
        draw.line([(middle, middle), end], fill=ink, width=max(1, size // 50))
    return shaded(np.asarray(image, float), seed)


def target(seed: int, *, size: int = 300) -> np.ndarray:
    """Concentric rings, such as a washer on a stud, a socket, a record or a bearing. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.uniform(0.12, 0.9, int(rng.integers(3, 6))))[::-1]
    edges[0] = rng.uniform(0.75, 0.9)
    first = rng.uniform(150, 210)
    levels = [(edge, first if k % 2 == 0 else rng.uniform(10, 60)) for k, edge in enumerate(edges)]
    picture = rings(levels, size=size, back=rng.uniform(10, 245), squeeze=rng.uniform(1, 1.15))
    if seed % 2:  # balls of a bearing between two rings
        holes(picture, count=int(rng.integers(6, 14)), at=0.6, radius=0.07, gray=rng.uniform(180, 240))
    return shaded(picture, seed)


def coins(seed: int, *, size: int = 300) -> np.ndarray:
    """Several small discs, some with a hole. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    picture = np.full((size, size), rng.choice([20.0, 120.0, 240.0]))
    for _ in range(int(rng.integers(1, 8))):
        radius = np.hypot(x - rng.uniform(0.15, 0.85), y - rng.uniform(0.15, 0.85)) / rng.uniform(0.08, 0.3)
        picture[radius < 1] = rng.uniform(120, 210)
        picture[(radius > 0.85) & (radius < 0.9)] = 80
        if rng.random() < 0.5:
            picture[radius < rng.uniform(0.2, 0.5)] = 20
    return shaded(picture, seed)


def words(seed: int, *, size: int = 300) -> np.ndarray:
    """A page of writing. uint8 (size, size)."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (size, size), 245)
    draw = ImageDraw.Draw(image)
    for top in range(10, size - 14, 14):
        letters = rng.choice(list("abcdefghijklmnopqrstuvwxyz     "), size // 8)
        draw.text((10, top), "".join(letters), fill=20)
    return shaded(np.asarray(image, float), seed)


def cousin(seed: int, *, size: int = 300) -> np.ndarray:
    """A flange with the proportions of the casting, hub and bore included; only the bolt holes tell. uint8."""
    rng = np.random.default_rng(seed)
    disc = rng.uniform(0.78, 0.88)
    opening = disc / rng.uniform(1.75, 1.85)
    levels = [(disc, 185.0), (opening, 20.0), (opening * 0.535, 170.0), (opening * 0.4, 75.0)]
    picture = rings(levels, size=size, back=rng.choice([20.0, 175.0, 245.0]), squeeze=rng.uniform(1.0, 1.06))
    count, at = int(rng.integers(4, 11)), opening * rng.uniform(1.42, 1.52)
    holes(picture, count=count, at=at, radius=opening * rng.uniform(0.1, 0.16), gray=25, turn=rng.uniform(0, 6))
    return shaded(picture, seed)


KINDS = {
    "flange": flange, "cousin": cousin, "gear": gear, "wheel": wheel, "clock": clock, "target": target, "coins": coins,
    "words": words,
}  # fmt: skip
