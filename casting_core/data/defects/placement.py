"""Where on a part a defect goes: holes and scratches on bright metal, chips and flash along an edge."""

import numpy as np

from casting_core.data.part.finder import Ellipse, Part

GROOVE = 1.18  # radius of the groove around the opening, in units of the opening's
TRIES = 12  # until a random place suits

Site = tuple[float, float, Ellipse]  # x, y in pixels, and the edge of the part that the defect follows


def edges(part: Part) -> tuple[Ellipse, Ellipse, Ellipse]:
    """Return the three edges where chips and flash occur: rim of the disc, of the groove, of the opening."""
    return part.disc, part.opening.moved(scale=GROOVE), part.opening


def edge_site(
    shape: tuple[int, ...],
    rng: np.random.Generator,
    part: Part,
    extent: float,
    *,
    shares: tuple[float, float, float],
    place: tuple[float, float] | None = None,
) -> Site:
    """Return a place on an edge: the nearest to `place`, else a random one inside a picture of shape (H, W).

    `shares`: how often each of the three `edges` is chosen; an edge of share 0 never is.
    """
    rims = edges(part)
    if place is not None:
        among = [rim for rim, share in zip(rims, shares, strict=True) if share > 0]
        _, x, y, edge = min((_nearest(rim, *place) for rim in among), key=lambda item: item[0])
        return *within(shape, x, y), edge
    for _ in range(TRIES):
        angle = rng.uniform(0, 2 * np.pi)
        edge = rims[int(rng.choice(3, p=shares))]
        x, y = _point(edge, angle)
        if _fits(shape, x, y, extent):
            break
    return *within(shape, x, y), edge


def metal_site(
    pixels: np.ndarray, rng: np.random.Generator, part: Part, extent: float, *, place: tuple[float, float] | None = None
) -> Site:
    """`place`, else a random place on bright metal of the picture uint8 (H, W)."""
    if place is not None:
        near = min((_nearest(rim, *place) for rim in (part.disc, part.opening)), key=lambda item: item[0])
        return *place, near[3]
    for _ in range(TRIES):
        x, y = _on_metal(rng, part, rng.uniform(0, 2 * np.pi))
        if _fits(pixels.shape, x, y, extent) and pixels[int(y), int(x)] > 70:
            break
    return *within(pixels.shape, x, y), part.opening


def _fits(shape: tuple[int, ...], x: float, y: float, extent: float) -> bool:
    margin = min(extent / 2, 6.0)
    return margin <= x < shape[1] - margin and margin <= y < shape[0] - margin


def within(shape: tuple[int, ...], x: float, y: float) -> tuple[float, float]:
    """Move a point to the nearest one inside a picture of shape (H, W)."""
    return float(np.clip(x, 0, shape[1] - 1)), float(np.clip(y, 0, shape[0] - 1))


def _on_metal(rng: np.random.Generator, part: Part, angle: float) -> tuple[float, float]:
    """Return a point on bright metal: the face, the ring around the opening (a fifth), the hub (a twelfth)."""
    choice = rng.random()
    if choice < 0.08:
        opening = part.opening
        scale = rng.uniform(0.43, 0.48)
        dx, dy = opening.matrix @ (np.cos(angle), np.sin(angle)) * scale
        return float(opening.x + dx), float(opening.y + dy)
    share = rng.uniform(0.04, 0.22) if choice < 0.28 else rng.uniform(0.24, 0.94)
    inner, outer = np.array(_point(part.opening, angle)), np.array(_point(part.disc, angle))
    x, y = inner + share * (outer - inner)
    return float(x), float(y)


def _point(ellipse: Ellipse, angle: float) -> tuple[float, float]:
    dx, dy = ellipse.matrix @ (np.cos(angle), np.sin(angle))
    return float(ellipse.x + dx), float(ellipse.y + dy)


def _nearest(ellipse: Ellipse, x: float, y: float) -> tuple[float, float, float, Ellipse]:
    """Distance, in pixels, from a point to an ellipse along the ray from its centre; where they meet."""
    u, v = np.linalg.solve(ellipse.matrix, (x - ellipse.x, y - ellipse.y))
    px, py = _point(ellipse, float(np.arctan2(v, u)))
    return float(np.hypot(px - x, py - y)), px, py, ellipse
