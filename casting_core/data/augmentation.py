"""Augmentation for a part that lies at any angle, under any light, before any camera.

For every picture drawn from its own random generator:

1. a defect is inserted into some of the sound pictures at a known place (`data.defects`), so that
   the map can be supervised there, and a harmless decoy into some others;
2. the background is brightened or darkened, the part left as it is;
3. rotation by any angle, mirroring, scale, shift and a stretch in any direction, in one resampling;
4. gain, gamma, an uneven light, blur, noise.

The order of draws is fixed and each picture's generator is seeded by (seed, epoch, place in the
epoch), so an epoch can be repeated exactly, whatever ran before it.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

from casting_core.data.decoys import insert_decoy
from casting_core.data.defects import insert_defect
from casting_core.data.part import Part
from casting_core.data.polar import disc_mask


@dataclass(frozen=True, kw_only=True)
class AugmentationSettings:
    """Ranges of the augmentation; factors are drawn log-uniform between their bounds."""

    defect_share: float = 0.35  # of sound pictures that get a defect
    defect_contrast: float = 20.0  # gray levels that it differs by, at least, on average
    smallest_defect: int = 12  # px of the picture; a smaller one is left out, nobody could see it
    decoy_share: float = 0.2  # of sound pictures that get a decoy
    background_share: float = 0.5
    scale: tuple[float, float] = (0.8, 1.15)
    stretch: tuple[float, float] = (0.8, 1.25)
    shift: float = 0.06  # of the side, either way
    gain: tuple[float, float] = (0.7, 1.25)
    gamma: tuple[float, float] = (0.75, 1.35)
    uneven: float = 0.15  # largest brightness difference over the picture
    blur_share: float = 0.2
    blur: float = 0.8  # largest standard deviation, px of the input
    noise: float = 0.012  # largest standard deviation


@dataclass(frozen=True, kw_only=True)
class Example:
    """One training picture.

    `pixels` uint8 (H, W); `mask` bool (H, W), None where unknown; `target` 0 or 1; `inserted`: whether its
    defect was painted in.
    """

    pixels: np.ndarray
    mask: np.ndarray | None
    target: float
    inserted: bool


def _between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return math.exp(rng.uniform(math.log(bounds[0]), math.log(bounds[1])))


def compose(
    pixels: np.ndarray, *, defective: bool, part: Part | None, rng: np.random.Generator, settings: AugmentationSettings
) -> Example:
    """Steps 1 and 2 on uint8 (H, W). A sound picture has a known mask, empty or of the inserted defect."""
    mask, target, inserted = None, float(defective), False
    if not defective:
        mask, draw = np.zeros(pixels.shape, bool), rng.random()
        if part is not None and draw < settings.defect_share:
            painted, where, _ = insert_defect(pixels, rng, part=part, contrast=settings.defect_contrast)
            if where.sum() >= settings.smallest_defect:
                pixels, mask, target, inserted = painted, where, 1.0, True
        elif part is not None and draw < settings.defect_share + settings.decoy_share:
            pixels = insert_decoy(pixels, rng, part=part)
    if part is not None and rng.random() < settings.background_share:
        pixels = _other_background(pixels, part, rng)
    return Example(pixels=pixels, mask=mask, target=target, inserted=inserted)


def _other_background(pixels: np.ndarray, part: Part, rng: np.random.Generator) -> np.ndarray:
    """Blend what lies beyond the rim (from 1.04 of its radius) towards another brightness."""
    beyond = ~disc_mask(part, pixels.shape, scale=1.07)
    soft = ndimage.uniform_filter(beyond.astype(np.float32), 9)
    level, strength = rng.uniform(40, 255), rng.uniform(0.2, 1.0)
    return (pixels + soft * strength * (level - pixels)).round().clip(0, 255).astype(np.uint8)


def _matrix(rng: np.random.Generator, settings: AugmentationSettings) -> np.ndarray:
    """Affine map from output to input in normalised coordinates, float (2, 3)."""
    turn, axis = rng.uniform(0, 2 * math.pi, 2)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    scale, stretch = _between(rng, settings.scale), math.sqrt(_between(rng, settings.stretch))
    along = np.array([[math.cos(axis), -math.sin(axis)], [math.sin(axis), math.cos(axis)]])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    linear = along @ np.diag([stretch, 1 / stretch]) @ along.T @ rotation @ np.diag([mirror, 1.0]) / scale
    shift = rng.uniform(-2 * settings.shift, 2 * settings.shift, 2)
    return np.column_stack([linear, shift])


def warp(
    examples: list[Example], size: int, rngs: list[np.random.Generator], settings: AugmentationSettings
) -> tuple[Tensor, Tensor]:
    """Step 3: float32 (B, 1, size, size) in [0, 1], and masks (B, 1, size, size), NaN where unknown."""
    inputs, masks = [], []
    for example, rng in zip(examples, rngs, strict=True):
        theta = torch.from_numpy(_matrix(rng, settings)).float().unsqueeze(0)
        grid = F.affine_grid(theta, [1, 1, size, size], align_corners=False)
        picture = torch.from_numpy(example.pixels).float().div(255.0)[None, None]
        inputs.append(F.grid_sample(picture, grid, padding_mode="border", align_corners=False))
        if example.mask is None:
            masks.append(torch.full((1, 1, size, size), math.nan))
        elif not example.mask.any():
            masks.append(torch.zeros(1, 1, size, size))
        else:
            mask = torch.from_numpy(example.mask).float()[None, None]
            masks.append(F.grid_sample(mask, grid, align_corners=False))
    return torch.cat(inputs), torch.cat(masks)


def relight(inputs: Tensor, rngs: list[np.random.Generator], settings: AugmentationSettings) -> Tensor:
    """Step 4 on float32 (B, 1, S, S); the result is in [0, 1]."""
    side = torch.linspace(-0.5, 0.5, inputs.shape[-1])
    result = []
    for picture, rng in zip(inputs, rngs, strict=True):
        angle, uneven = rng.uniform(0, 2 * math.pi), rng.uniform(0, settings.uneven)
        ramp = side[:, None] * math.sin(angle) + side[None, :] * math.cos(angle)
        lit = picture.clamp(0, 1) ** _between(rng, settings.gamma) * _between(rng, settings.gain) + uneven * ramp
        if rng.random() < settings.blur_share:
            deviation = rng.uniform(0.3, settings.blur)
            lit = torch.from_numpy(ndimage.gaussian_filter(lit.numpy(), (0, deviation, deviation)))
        noise = rng.standard_normal(lit.shape, dtype=np.float32) * rng.uniform(0, settings.noise)
        result.append((lit + torch.from_numpy(noise)).clamp(0, 1))
    return torch.stack(result)
