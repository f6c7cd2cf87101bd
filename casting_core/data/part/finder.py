"""Find the cast part: a disc seen from above, with a dark opening and a bright hub in its middle.

1. Shrink the picture until its long side is about 160 pixels.
2. Look for the opening: the dark blob that is most like an ellipse.
3. Refine its outline: on each ray from its centre the step from dark to bright.
4. Refuse what has no bright hub, dark ring and brighter face, from the centre outwards.
5. Look for the rim of the face: of many circles around the opening the one along which
   the brightness changes most, whichever way it changes (the part may be brighter or
   darker than what it lies on). Refine it in the same way, to an ellipse.
6. Let it grow onto what stands out below the face, a rim or flash, which is part of the disc.
7. Where the disc leaves room, look for the openings of further parts.

The ellipses lie on rays and are fitted robustly, see `casting_core.data.part.ellipse`. The whole
is a Hough transform narrowed by the one thing that all castings share, the dark opening.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from casting_core.data.part.ellipse import (
    ANGLES,
    DIRECTIONS,
    RAYS,
    Ellipse,
    along_rays,
    fit_ellipse,
    median,
    outer_peaks,
)
from casting_core.data.part.filters import fill, filter_matrix, gaussian, percentiles, shrink

__all__ = ["Ellipse", "Part", "find_part"]

WORKING_SIZE = 160
SMALLEST_SIDE = 32
MIN_CONTRAST = 12  # gray levels between opening and face
FLATTEST = 0.4  # minor to major axis
SMALLEST_OPENING = 6  # its minor semi-axis in pixels of the shrunken picture
CLOSE_ENOUGH = 0.3  # of the disc's radius to the picture's long side
LARGEST_SHIFT = 0.3  # of the face's centre from the opening's, in radii of the opening
MIN_SEEN = 1 / 3  # of the rim, inside the frame
RATIOS = (1.4, 2.4)  # of the disc's radius to the opening's
LARGEST_FLASH = 0.1  # of the disc's radius
ALONE = 0.45  # of the picture's area that the disc covers: beside a larger one there is no room for another

# In units of the opening's radius: the radii at which the rim is looked for, the circles
# (radius, x, y) that are tried, and where each meets every second ray, as a flat index of
# samples (RAYS, GRID), one row a ray.
SPACING = 0.03
GRID = np.arange(1.3, 2.7, SPACING)
CIRCLES = np.stack(
    np.meshgrid(np.arange(1.44, 2.35, 0.06), np.arange(-4, 5) * 0.07, np.arange(-4, 5) * 0.07), axis=-1
).reshape(-1, 3)
OUTLINES = CIRCLES[:, :1] + CIRCLES[:, 1:] @ DIRECTIONS[:, ::2]
OUTLINES = np.rint((OUTLINES - GRID[0]) / SPACING).clip(0, len(GRID) - 1).astype(np.intp)
OUTLINES = np.ascontiguousarray((OUTLINES + np.arange(0, RAYS, 2) * len(GRID)).T)
WAVE = np.stack([np.ones(RAYS), np.cos(ANGLES), np.sin(ANGLES)], axis=1)  # (RAYS, 3): growth and shift of a circle


@dataclass(frozen=True, kw_only=True)
class Part:
    """Where the part lies in its picture: the outline of the disc, and of its dark opening.

    `others`: openings of further parts in the same picture that stand out as clearly.
    """

    disc: Ellipse
    opening: Ellipse
    others: tuple[Ellipse, ...] = ()

    @property
    def diameter(self) -> float:
        """Of the disc, in pixels: the geometric mean of its two axes, where it is seen as an ellipse."""
        return 2 * float(np.sqrt(self.disc.major * self.disc.minor))


def find_part(pixels: np.ndarray) -> Part | None:
    """Find the part in a gray picture.

    Parameters
    ----------
    pixels : uint8 (H, W). It is not changed.

    Returns
    -------
    The part, in pixels of the given picture; None where there is none: a flat, tiny
    (a side under 32 pixels) or other picture, or one that shows less than a third of
    the rim, or whose long side is more than about seven times the disc's width.
    """
    if min(pixels.shape) < SMALLEST_SIDE:
        return None
    part = _search(pixels)
    if part is None or part.disc.major > CLOSE_ENOUGH * max(pixels.shape):
        return part
    # The part is small in its picture: look again, closer.
    left, top = (max(0, int(centre - 1.4 * part.disc.major)) for centre in (part.disc.x, part.disc.y))
    side = int(2.8 * part.disc.major)
    window = pixels[top : top + side, left : left + side]
    closer = _search(window) if min(window.shape) >= SMALLEST_SIDE else None
    if closer is None:
        return part
    disc, opening = (each.moved(x=left, y=top) for each in (closer.disc, closer.opening))
    return Part(disc=disc, opening=opening, others=part.others)


def _search(pixels: np.ndarray) -> Part | None:
    small, scale, offset = shrink(pixels, WORKING_SIZE)
    if min(small.shape) < 2 * SMALLEST_OPENING:
        return None
    blobs = _dark_blobs(small)
    for blob in blobs:
        opening, contrast = _opening(small, blob)
        face = None if opening is None else _find_face(small, opening, contrast)
        if opening is None or face is None:
            continue
        disc = _with_rim(small, face)
        others = _others(small, disc, blobs) if disc.area < ALONE * small.size else []
        disc, opening, *others = (each.rescaled(scale, offset) for each in (disc, opening, *others))
        return Part(disc=disc, opening=opening, others=tuple(others))
    return None


def _others(small: np.ndarray, disc: Ellipse, blobs: Iterator[Ellipse]) -> list[Ellipse]:
    """Return openings among the blobs that lie neither on the disc nor around another of them."""
    found: list[Ellipse] = []
    for blob in blobs:
        if any(known.holds(blob.x, blob.y) for known in (disc, *found)):
            continue
        opening, _ = _opening(small, blob)
        if opening is not None:
            found.append(opening)
    return found


def _opening(small: np.ndarray, blob: Ellipse) -> tuple[Ellipse | None, float]:
    """Return the outline of a blob that is the opening of a part, and its contrast to the face; else None and 0."""
    opening = _refine_opening(small, blob)
    contrast = None if opening is None else _contrast(small, opening)
    return (None, 0.0) if contrast is None else (opening, contrast)


def _dark_blobs(small: np.ndarray) -> Iterator[Ellipse]:
    """Ellipses of dark blobs: at once those that are hardly more or less than one, at the end four others."""
    dark, bright = percentiles(small[::2, ::2], 1, 60)
    if bright - dark < MIN_CONTRAST:
        return
    others: list[tuple[float, Ellipse]] = []
    for level in (0.2, 0.35, 0.5, 0.65):
        labels, _ = ndimage.label(small < dark + level * (bright - dark))
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        boxes = ndimage.find_objects(labels)
        for label in np.argsort(sizes)[:-4:-1]:
            if sizes[label] < 0.004 * small.size:
                break
            rows, columns = boxes[label - 1]
            likeness, ellipse = _blob_ellipse(fill(labels[rows, columns] == label))
            ellipse = ellipse.moved(x=columns.start, y=rows.start)
            if likeness > 0.93:
                yield ellipse
            elif likeness > 0.75:
                others.append((likeness, ellipse))
    others.sort(key=lambda item: -item[0])
    for _, ellipse in others[:4]:
        yield ellipse


def _blob_ellipse(blob: np.ndarray) -> tuple[float, Ellipse]:
    """How much a blob, bool (h, w), overlaps the ellipse of its second moments (0 to 1), and that ellipse."""
    values = blob.astype(np.float64)
    x, y = np.arange(float(blob.shape[1])), np.arange(float(blob.shape[0]))
    columns, rows = values.sum(axis=0), values.sum(axis=1)
    count = float(rows.sum())
    x_mean, y_mean = float(columns @ x) / count, float(rows @ y) / count
    x, y = x - x_mean, y - y_mean
    xx, yy = columns @ (x * x) / count + 1 / 12, rows @ (y * y) / count + 1 / 12  # 1/12: of one pixel
    xy = y @ (values @ x) / count
    spread = 4 * np.array([[xx, xy], [xy, yy]])
    ellipse = Ellipse.from_spread(x_mean, y_mean, spread)
    if ellipse.minor < FLATTEST * ellipse.major:
        return 0.0, ellipse
    precision = np.linalg.inv(spread)
    across = 2 * precision[0, 1] * y[:, None] * x  # (h, w)
    within = across + precision[0, 0] * x * x + (precision[1, 1] * y * y)[:, None] <= 1
    both = np.count_nonzero(within & blob)
    return both / (np.pi * ellipse.major * ellipse.minor + count - both), ellipse


def _refine_opening(small: np.ndarray, blob: Ellipse) -> Ellipse | None:
    ellipse = blob
    for reach in (0.25, 0.15):
        step = 0.5 / ellipse.major
        radii = np.arange(1 - reach - step, 1 + reach + step, step)
        values, inside = along_rays(small, ellipse, radii)
        edge = gaussian(values, 2.0, order=1)
        edge *= inside * (1 - 0.5 * ((radii - 1) / reach) ** 2)
        found, heights = outer_peaks(edge, radii)
        fitted = fit_ellipse(ellipse, found, 1.0 * (heights > 0.2 * median(heights)), tolerance=0.06)
        if fitted is None:
            return None
        ellipse, agree = fitted
        if ellipse.minor < FLATTEST * ellipse.major or not 0.5 < ellipse.major / blob.major < 2:
            return None
    return ellipse if ellipse.minor >= SMALLEST_OPENING and agree.mean() >= 0.5 else None


def _contrast(small: np.ndarray, opening: Ellipse) -> float | None:
    """Bright hub, evenly dark ring, bright face; and nothing in the picture is much darker than the ring."""
    radii = np.linspace(0, 1.3, 27)
    values, inside = along_rays(small, opening, radii)
    if inside.mean() < 0.75:
        return None
    hub = values[:, radii < 0.55].max(axis=1)
    samples = values[:, (radii > 0.6) & (radii < 0.9)]
    ring = median(samples)
    face = values[:, radii > 1.02].max(axis=1)
    contrast = median(face) - median(ring)
    if contrast < MIN_CONTRAST or median(ring) - small.min() > 0.5 * contrast:
        return None
    darkest, brightest = percentiles(samples, 10, 90)
    looks_right = (
        brightest - darkest < 0.45 * contrast
        and np.mean(hub - ring > 0.3 * contrast) > 0.8
        and np.mean(face - ring > 0.3 * contrast) > 0.85
    )
    return float(contrast) if looks_right else None


def _changes(small: np.ndarray, ellipse: Ellipse, radii: np.ndarray, *, blur: float) -> tuple[np.ndarray, np.ndarray]:
    """How fast the brightness changes along the rays, ≥ 0, 0 outside the frame; and what lies inside."""
    values, inside = along_rays(small, ellipse, radii)
    changes = filter_matrix(RAYS, 1.0, 0, "wrap").T @ gaussian(values, blur, order=1)
    np.abs(changes, out=changes)
    return changes if inside.all() else changes * inside, inside


def _find_face(small: np.ndarray, opening: Ellipse, contrast: float) -> Ellipse | None:
    """Return the outline of the face around the opening, or None where most of it has no edge."""
    outlines = [_refine_face(small, opening, start) for start in _rough_faces(small, opening, contrast)]
    agreement, best = max(outlines, key=lambda outline: outline[0])
    return best if agreement >= 0.5 else None


def _rough_faces(small: np.ndarray, opening: Ellipse, contrast: float) -> list[Ellipse]:
    """Return the scaled and shifted opening along whose outline the brightness changes most.

    How strong a change may count at most is open: the rim is mostly the strongest edge
    around, but a border of the picture or a shadow can be stronger. So two limits are
    tried, and where they lead to different places, both are given.
    """
    edge, inside = _changes(small, opening, GRID, blur=1.5)
    seen = inside.take(OUTLINES).mean(axis=0) if not inside.all() else 1.0  # (rays, circles) -> (circles,)
    circles: list[np.ndarray] = []
    for limit in (0.5 * median(edge.max(axis=1)), 0.02 * contrast):
        capped = gaussian(np.minimum(edge, np.float32(limit)), 1.0)
        means = capped.take(OUTLINES).mean(axis=0)
        circle = CIRCLES[np.argmax(means / np.maximum(seen, MIN_SEEN))]
        if all(np.abs(circle - other).max() > 0.1 for other in circles):
            circles.append(circle)
    starts = []
    for scale, *shift in circles:
        x, y = opening.matrix @ shift
        starts.append(opening.moved(x=x, y=y, scale=scale))
    return starts


def _refine_face(small: np.ndarray, opening: Ellipse, start: Ellipse) -> tuple[float, Ellipse]:
    """Return the edge near `start` as an ellipse, and the share (0 to 1) of the visible rays that agree with it."""
    ellipse, agreement = start, 0.0
    for reach in (0.12, 0.07):
        step = 0.5 / ellipse.major
        radii = np.arange(1 - reach - step, 1 + reach + step, step)
        edge, inside = _changes(small, ellipse, radii, blur=1.5)
        found, heights = outer_peaks(edge * (1 - 0.5 * ((radii - 1) / reach) ** 2), radii)
        seen = inside.all(axis=1)
        if seen.mean() < MIN_SEEN:
            return 0.0, start
        clear = seen & (heights > max(0.3 * median(heights[seen]), 0.5))
        fitted = fit_ellipse(ellipse, found, 1.0 * clear, tolerance=0.03)
        if fitted is None:
            return 0.0, start
        ellipse, agree = fitted
        agreement = float(np.mean((agree & clear)[seen]))
        ratio = np.sqrt(ellipse.major * ellipse.minor / (opening.major * opening.minor))
        shift = np.linalg.solve(opening.matrix, (ellipse.x - opening.x, ellipse.y - opening.y))
        if (
            ellipse.minor < FLATTEST * ellipse.major
            or not RATIOS[0] < ratio < RATIOS[1]
            or np.hypot(*shift) > LARGEST_SHIFT
        ):
            return 0.0, start
    return agreement, ellipse


def _with_rim(small: np.ndarray, face: Ellipse) -> Ellipse:
    """Return the face's outline, scaled and shifted onto the outermost clear edge: the rim below it, or flash.

    A least-squares fit of three numbers, without robustness, on purpose: flash belongs
    to the disc, on however few rays.
    """
    step = 0.5 / face.major
    radii = np.arange(0.95, 1.02 + LARGEST_FLASH, step)
    edge, inside = _changes(small, face, radii, blur=1.0)
    found, _ = outer_peaks(edge, radii, share=0.4)
    seen = inside.all(axis=1)
    if np.count_nonzero(seen) < RAYS * MIN_SEEN:
        return face
    growth = np.clip(found - 1, -0.02, LARGEST_FLASH)
    terms = WAVE[seen]
    larger, *shift = np.linalg.solve(terms.T @ terms, terms.T @ growth[seen])
    x, y = face.matrix @ shift
    return face.moved(x=x, y=y, scale=1 + larger)
