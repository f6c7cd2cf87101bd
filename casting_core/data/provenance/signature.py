"""How alike two photographs of a part are, at any rotation, mirroring and stretch.

1. The ring around the opening is unwrapped to polar coordinates in the frame of the opening's
   ellipse, which undoes a stretch and a view from the side. Rotation is then a shift along
   the angles, mirroring a reversal.
2. `coarse_similarity`: rows without their mean, normalised; the largest circular
   cross-correlation over all shifts and both mirrorings, by the Fourier transform, for whole
   blocks of pairs at once.
3. `detail_similarity`: for one pair, aligned by 2, the correlation of what changes quickly
   along the angle (machining marks, pits, grain). Light and shape, which different parts of one
   product share, have no part in it.

The method is phase correlation on a log-free polar map: B. S. Reddy and B. N. Chatterji, "An
FFT-based technique for translation, rotation, and scale-invariant image registration", IEEE
Transactions on Image Processing 5(8), 1996; without the whitening of the spectrum.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from casting_core.data.part.finder import Part, find_part
from casting_core.data.part.polar import unwrap
from casting_core.errors import SettingsError

if TYPE_CHECKING:
    from torch import Tensor

COARSE_RADII = np.linspace(0.35, 1.9, 24)  # in units of the opening
COARSE_ANGLES = 256
FREQUENCIES = 48  # of the 128, enough for similarity
DETAIL_RADII = np.linspace(0.5, 1.75, 64)
DETAIL_ANGLES = 512
DETAIL_SCALE = 8.0  # standard deviation along the angle, in steps of 1/512 turn
BLOCK = 256  # rows and columns of pairs at a time

Strips = tuple[np.ndarray, np.ndarray]  # coarse float32 (24, 256), detail float32 (64, 512)


def coarse_strip(pixels: np.ndarray, part: Part) -> np.ndarray:
    """Normalised ring of one picture, uint8 (H, W) → float32 (24, 256) of norm 1 (or 0 if flat)."""
    strip = unwrap(pixels, part.opening, radii=COARSE_RADII, angles=COARSE_ANGLES)
    strip -= strip.mean(1, keepdims=True)
    return strip / max(float(np.linalg.norm(strip)), 1e-6)


def detail_strip(pixels: np.ndarray, part: Part) -> np.ndarray:
    """Fine ring of one picture, uint8 (H, W) → float32 (64, 512)."""
    return unwrap(pixels, part.opening, radii=DETAIL_RADII, angles=DETAIL_ANGLES)


def strips(pixels: np.ndarray) -> Strips | None:
    """Return the coarse and the fine ring of one picture, uint8 (H, W); None where no part is found on it."""
    part = find_part(pixels)
    return None if part is None else (coarse_strip(pixels, part), detail_strip(pixels, part))


def coarse_similarity(rings: np.ndarray) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """All pairs, block by block: rows, columns, similarity float32 (rows, columns) in [-1, 1].

    Parameters
    ----------
    rings : float32 (N, 24, 256) from `coarse_strip`.

    Only blocks on or above the diagonal are given; on the diagonal only pairs i < j are above -1.
    """
    if rings.ndim != 3:
        raise SettingsError(f"Expected rings (N, R, A), got shape {rings.shape}.")
    import torch  # slow to import, and pages that only show what was found need none of it

    spectrum = _spectrum(rings)  # (F, N, R)
    count = spectrum.shape[1]
    for first in range(0, count, BLOCK):
        rows = slice(first, min(first + BLOCK, count))
        for second in range(first, count, BLOCK):
            columns = slice(second, min(second + BLOCK, count))
            turned = _best_shift(spectrum[:, rows], spectrum[:, columns].conj())
            mirrored = _best_shift(spectrum[:, rows], spectrum[:, columns])
            similarity = torch.maximum(turned, mirrored).clamp_(-1, 1).numpy()
            if first == second:
                similarity[np.tril_indices(len(similarity))] = -1.0
            yield rows, columns, similarity


def _spectrum(rings: np.ndarray) -> "Tensor":
    import torch

    spectrum = np.zeros((FREQUENCIES, *rings.shape[:2]), np.complex64)  # (F, N, R)
    for start in range(0, len(rings), BLOCK):  # the whole transform would take twenty times the room
        some = slice(start, start + BLOCK)
        spectrum[:, some] = np.fft.rfft(rings[some], axis=2)[:, :, 1 : FREQUENCIES + 1].transpose(2, 0, 1)
    tensor = torch.from_numpy(spectrum)
    power = tensor.abs().square().sum((0, 2)).mul(2).sqrt().clamp(min=1e-6)  # (N,)
    return tensor / power[None, :, None]


def _best_shift(left: "Tensor", right: "Tensor") -> "Tensor":
    """Largest correlation over shifts: (F, n, R) and (F, m, R) → float32 (n, m)."""
    import torch

    products = torch.matmul(left, right.transpose(1, 2))  # (F, n, m)
    padded = torch.zeros((COARSE_ANGLES // 4 + 1, *products.shape[1:]), dtype=products.dtype)
    padded[1 : FREQUENCIES + 1] = products
    return torch.fft.irfft(padded, n=COARSE_ANGLES // 2, dim=0).mul_(COARSE_ANGLES // 2).amax(0)


def align(first: np.ndarray, second: np.ndarray) -> tuple[int, bool]:
    """Shift (in steps of the angle) and mirroring that lay `second` onto `first`, both (R, A)."""
    left = np.fft.rfft(first - first.mean(1, keepdims=True), axis=1)
    best = (-np.inf, 0, False)
    for mirrored in (False, True):
        strip = _mirror(second) if mirrored else second
        right = np.fft.rfft(strip - strip.mean(1, keepdims=True), axis=1)
        correlation = np.fft.irfft((left * right.conj()).sum(0), first.shape[1])
        shift = int(correlation.argmax())
        best = max(best, (float(correlation[shift]), shift, mirrored))
    return best[1], best[2]


def _mirror(strip: np.ndarray) -> np.ndarray:
    return np.roll(strip[:, ::-1], 1, axis=1)


def detail_similarity(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of the aligned fine detail of two strips float32 (64, 512), in [-1, 1].

    A few steps of slack in radius and angle make up for what the ellipse fit leaves.
    """
    shift, mirrored = align(first, second)
    aligned = np.roll(_mirror(second) if mirrored else second, shift, axis=1)
    left, right = _detail(first)[2:-2], _detail(aligned)
    norm = max(float(np.linalg.norm(left) * np.linalg.norm(right)), 1e-6)
    slack = [(row, column) for row in (-1, 0, 1) for column in (-2, -1, 0, 1, 2)]
    return max(float((left * np.roll(right, step, axis=(0, 1))[2:-2]).sum()) for step in slack) / norm


def _detail(strip: np.ndarray) -> np.ndarray:
    return strip - ndimage.gaussian_filter1d(strip, DETAIL_SCALE, axis=1, mode="wrap")
