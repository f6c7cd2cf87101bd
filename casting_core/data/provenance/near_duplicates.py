"""Which pictures are copies of one photograph, whatever they show: turned, mirrored, brightened, shifted, compressed.

Pictures of parts that lie in one pose under one light are all alike at a glance. So a glance
only says where to look, and fine detail decides:

1. Every picture is shrunk to a square, its slow changes are taken away, and what remains is
   divided by its local strength (local contrast normalisation, after N. Pinto, D. Cox and
   J. DiCarlo, "Why is real-world visual object recognition hard?", 2008,
   https://doi.org/10.1371/journal.pcbi.0040027). Brightness and contrast so drop out, and the
   grain of a flat face counts as much as the edges that all parts of one product share.
2. At 24 × 24 pixels all pictures are compared in all eight orientations. Each is looked at
   again beside its most alike ones of other groups.
3. The look: at 64 × 64 pixels the best orientation and shift, at 192 × 192 the correlation in
   each of 121 tiles. The median tile decides: one defect, or one stain on the lens, does not.
4. Pairs that agree join their groups, from the most alike downwards, and the search is done
   again between the groups, until nothing joins any more.

Only what was turned by quarters is found, so a picture turned by an angle in between counts as another.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import fft, ndimage

from casting_core.data.samples import Progress, by_first_appearance, unreported
from casting_core.errors import SettingsError

ORIENTATIONS = 8
GLANCE, MIDDLE, FINE = 24, 64, 192  # sides in pixels
STEP = FINE // MIDDLE
SLACK = 4  # largest shift at 64 × 64, in pixels: 6 % of the side
TILE = 16
CANDIDATE = 0.5  # least similarity at a glance of a pair that is looked at
CLOSE = 0.3  # least correlation at 64 × 64 of a pair that is looked at finely
LINK = 0.6  # least agreement of a pair that is one photograph
TRIES = 3  # pairs looked at before two groups are held to be different
ROUNDS = 6
BLOCK = 128
LEVELS = 31  # steps a unit in which fine detail is kept


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """What is kept of a picture: `glance` float32 (24, 24) of norm 1 or 0, `detail` int8 (192, 192)."""

    glance: np.ndarray
    detail: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Source photographs of N pictures.

    Attributes
    ----------
    source : int (N,), numbered from 0 by first appearance.
    accepted, refused : how alike the pairs are that were looked at, float32 in [-1, 1].
    """

    source: np.ndarray
    accepted: np.ndarray
    refused: np.ndarray


def look(pixels: np.ndarray) -> Look:
    """Reduce a picture, uint8 (H, W), to what it is compared by.

    Raises `SettingsError` where the array is not uint8 (H, W).
    """
    if pixels.ndim != 2 or pixels.dtype != np.uint8:
        raise SettingsError(f"look expects a gray picture, uint8 (H, W); got {pixels.dtype} {pixels.shape}.")
    fine = np.asarray(Image.fromarray(pixels).resize((FINE, FINE), Image.Resampling.BILINEAR), np.float32)
    small = fine.reshape(GLANCE, FINE // GLANCE, GLANCE, FINE // GLANCE).mean(axis=(1, 3))
    glance = _evened(small, 3.0, 3.0)
    glance -= glance.mean()
    norm = float(np.linalg.norm(glance))
    detail = np.clip(np.rint(_evened(fine, 2.0, 2.0) * LEVELS), -127, 127).astype(np.int8)
    return Look(glance=glance / norm if norm > 1e-3 else glance * 0, detail=detail)


def _evened(values: np.ndarray, slow: float, reach: float) -> np.ndarray:
    """Without what changes slower than `slow`, divided by its strength within `reach` pixels; same shape."""
    rest = values - ndimage.gaussian_filter(values, slow, truncate=3)
    return rest / np.sqrt(ndimage.gaussian_filter(rest * rest, reach, truncate=2) + np.float32(0.25))


def oriented(values: np.ndarray, orientation: int) -> np.ndarray:
    """Pictures (..., S, S) in one of the eight orientations, 0 to 7; from 4 on mirrored."""
    turned = np.rot90(values, orientation % 4, axes=(-2, -1))
    return np.swapaxes(turned, -2, -1) if orientation >= 4 else turned


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """How far two details int8 (192, 192) agree when one is laid onto the other, -1 to 1.

    The median, over tiles, of the correlation. 0 where nothing fits even roughly, or where hardly a
    tile shows anything.
    """
    orientation, down, right, likeness = _align(_shrunk(first), _shrunk(second))
    if likeness < CLOSE:
        return 0.0
    left = first.astype(np.float32)
    turned = np.ascontiguousarray(oriented(second, orientation), dtype=np.float32)
    return _tiles(left, _shifted(left, turned, STEP * down, STEP * right))


def orientation(first: Look, second: Look) -> int:
    """In which of the eight orientations of `oriented` the second picture lies most like the first."""
    return _align(_shrunk(first.detail), _shrunk(second.detail))[0]


def _shrunk(detail: np.ndarray) -> np.ndarray:
    return detail.reshape(MIDDLE, STEP, MIDDLE, STEP).mean(axis=(1, 3), dtype=np.float32)


def _align(first: np.ndarray, second: np.ndarray) -> tuple[int, int, int, float]:
    """Orientation of `second`, float32 (64, 64), the shift (down, right) that lays it onto `first`, and how well."""
    turned = np.stack([oriented(second, k) for k in range(ORIENTATIONS)])
    correlation = fft.irfft2(fft.rfft2(first) * fft.rfft2(turned).conj(), s=first.shape)  # (8, 64, 64)
    steps = np.arange(-SLACK, SLACK + 1)
    near = correlation[:, steps[:, None], steps]  # (8, 9, 9)
    orientation, row, column = np.unravel_index(int(near.argmax()), near.shape)
    norm = float(np.linalg.norm(first) * np.linalg.norm(second)) + 1e-6
    return int(orientation), int(steps[row]), int(steps[column]), float(near.max()) / norm


def _shifted(first: np.ndarray, second: np.ndarray, down: int, right: int) -> np.ndarray:
    """`second`, float32 (192, 192), shifted onto `first`: by about (down, right), and a fraction of a pixel."""
    spectrum = fft.rfft2(second)
    correlation = fft.irfft2(fft.rfft2(first) * spectrum.conj(), s=first.shape)
    rows, columns = (np.arange(start - STEP, start + STEP + 1) for start in (down, right))
    near = correlation[rows[:, None], columns]
    i, j = np.unravel_index(int(near.argmax()), near.shape)
    row, column = int(rows[i]), int(columns[j])
    y = row + _vertex(correlation[[row - 1, row, row + 1], column])
    x = column + _vertex(correlation[row, [column - 1, column, column + 1]])
    phase = fft.fftfreq(FINE)[:, None] * y + fft.rfftfreq(FINE) * x
    turn = np.exp(-2j * np.pi * phase).astype(np.complex64)
    return np.asarray(fft.irfft2(spectrum * turn, s=second.shape))


def _vertex(values: np.ndarray) -> float:
    """Where the parabola through three neighbours has its top, -0.5 to 0.5 from the middle one."""
    before, middle, after = values
    bend = 2 * middle - before - after
    return float(np.clip((after - before) / (2 * bend), -0.5, 0.5)) if bend > 1e-9 else 0.0


def _tiles(first: np.ndarray, second: np.ndarray) -> float:
    border, count = TILE // 2, FINE // TILE - 1  # the border is what a shift brought in from the other side

    def cut(values: np.ndarray) -> np.ndarray:
        inner = values[border:-border, border:-border].reshape(count, TILE, count, TILE)
        return inner.transpose(0, 2, 1, 3).reshape(count * count, -1)  # (121, 256)

    left, right = cut(first), cut(second)
    power = np.stack([(left * left).sum(1), (right * right).sum(1)])
    told = power.min(0) > 0.05 * LEVELS**2 * TILE**2
    if told.sum() < 0.1 * len(told):
        return 0.0
    return float(np.median((left * right).sum(1)[told] / np.sqrt(power.prod(0)[told])))


def group_copies(looks: Sequence[Look], hashes: Sequence[str], progress: Progress = unreported) -> Groups:
    """Group N pictures by the photograph they were made from.

    Pictures of the same hash are one photograph without a look. `progress` is called with (done, total).
    """
    group = np.unique(np.asarray(hashes), return_inverse=True)[1]  # (N,)
    glances = np.stack([each.glance for each in looks])  # (N, 24, 24)
    neighbours = int(np.clip(8000 // max(len(looks), 1), 3, 32))
    accepted: list[float] = []
    refused: list[float] = []
    seen: dict[tuple[int, int], float] = {}
    progress(0, 1)
    for turn in range(ROUNDS):
        pairs = _neighbours(glances, group, neighbours)
        tries: Counter[tuple[int, int]] = Counter()
        joined = 0
        for done, (one, other) in enumerate(pairs):
            progress(turn * len(pairs) + done, ROUNDS * len(pairs))
            left, right = int(group[one]), int(group[other])
            between = (min(left, right), max(left, right))
            if left == right or tries[between] >= TRIES:
                continue
            known = seen.get((one, other))
            value = agreement(looks[one].detail, looks[other].detail) if known is None else known
            seen[one, other] = value
            if value < LINK:
                tries[between] += 1
                if known is None:
                    refused.append(value)
                continue
            accepted.append(value)
            group[group == right] = left
            joined += 1
        if not joined:
            break
    progress(1, 1)
    return Groups(
        source=by_first_appearance(group),
        accepted=np.array(accepted, np.float32),
        refused=np.array(refused, np.float32),
    )


def _neighbours(glances: np.ndarray, group: np.ndarray, count: int) -> list[tuple[int, int]]:
    """Pairs (i < j) of different groups, one among the `count` most alike of the other, most alike first."""
    flat = glances.reshape(len(glances), -1)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(flat), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(flat)))
        turned = np.stack([oriented(glances[rows], k) for k in range(ORIENTATIONS)])  # (8, b, 24, 24)
        alike = (turned.reshape(-1, flat.shape[1]) @ flat.T).reshape(ORIENTATIONS, len(rows), -1).max(0)
        alike[group[rows][:, None] == group[None, :]] = -1.0
        best = np.argpartition(-alike, min(count, len(flat) - 1), axis=1)[:, :count]
        for row, columns in zip(rows.tolist(), best.tolist(), strict=True):
            for column in columns:
                if (value := float(alike[row - start, column])) >= CANDIDATE:
                    found[min(row, column), max(row, column)] = value
    return sorted(found, key=lambda pair: (-found[pair], pair))
