"""Augmentation for a part that lies at any angle, under any light, before any camera.

For every picture drawn from its own random generator:

1. one defect or several are inserted into some of the sound pictures at known places (`data.defects`), so that
   the map can be supervised there, and harmless decoys into some others;
2. the background is brightened or darkened, or cluttered (`data.defects.background_clutter`), the part left as it is;
3. rotation by any angle, mirroring, scale, shift, a stretch in any direction and a slight perspective,
   in one resampling;
4. gain, gamma, an uneven light, blur or sharpening, noise.

Of a real defective picture only the label is known, not where the defect is; but what lies far beyond the rim is no
casting and so no defect, and the map is told that too.

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

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.data.defects.background_clutter import insert_clutter
from casting_core.data.defects.distractors import insert_decoy
from casting_core.data.defects.insertion import insert_defect
from casting_core.data.part.finder import Part
from casting_core.data.part.polar import disc_mask

SHARPENED = 0.9  # px of the input, standard deviation of the details that sharpening strengthens
MAX_INSERTED = 6
OFF_PART = 1.2  # radii of the disc, from where on not even flash is expected


@dataclass(frozen=True, kw_only=True)
class Example:
    """One training picture.

    `pixels` uint8 (H, W); `mask` bool (H, W), True where a defect is; `known` bool (H, W), False where the mask
    may be wrong; `target` 0 or 1; `inserted`: whether its defect was painted in.
    """

    pixels: np.ndarray
    mask: np.ndarray
    known: np.ndarray
    target: float
    inserted: bool


def _between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return math.exp(rng.uniform(math.log(bounds[0]), math.log(bounds[1])))


def compose(
    pixels: np.ndarray, *, defective: bool, part: Part | None, rng: np.random.Generator, settings: AugmentationSettings
) -> Example:
    """Take steps 1 and 2 on uint8 (H, W).

    A sound picture's mask is known, empty or of the inserted defect; a defective one's is known beyond the rim only.
    """
    mask, target, inserted = np.zeros(pixels.shape, bool), float(defective), False
    if defective:
        known = mask if part is None else ~disc_mask(part, pixels.shape, scale=OFF_PART)
    else:
        known, draw = ~mask, rng.random()
        if part is not None and draw < settings.defect_share:
            for _ in range(min(int(rng.geometric(1 / settings.pieces)), MAX_INSERTED)):
                painted, where, _ = insert_defect(pixels, rng, part=part, contrast=settings.defect_contrast)
                if where.sum() >= settings.smallest_defect:
                    pixels, mask, target, inserted = painted, mask | where, 1.0, True
        elif part is not None and draw < settings.defect_share + settings.decoy_share:
            for _ in range(min(int(rng.geometric(1 / settings.pieces)), MAX_INSERTED)):
                pixels = insert_decoy(pixels, rng, part=part)
    if part is not None and rng.random() < settings.background_share:
        pixels = _other_background(pixels, part, rng)
    if part is not None and rng.random() < settings.clutter_share:
        pixels = insert_clutter(pixels, rng, part=part)
    return Example(pixels=pixels, mask=mask, known=known, target=target, inserted=inserted)


def _other_background(pixels: np.ndarray, part: Part, rng: np.random.Generator) -> np.ndarray:
    """Blend what lies beyond the rim (from 1.04 of its radius) towards another brightness."""
    beyond = ~disc_mask(part, pixels.shape, scale=1.07)
    soft = ndimage.uniform_filter(beyond.astype(np.float32), 9)
    level, strength = rng.uniform(40, 255), rng.uniform(0.2, 1.0)
    return (pixels + soft * strength * (level - pixels)).round().clip(0, 255).astype(np.uint8)


def _matrix(rng: np.random.Generator, settings: AugmentationSettings) -> np.ndarray:
    """Projective map from output to input in normalised coordinates, float (3, 3)."""
    turn, axis = rng.uniform(0, 2 * math.pi, 2)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    scale, stretch = _between(rng, settings.scale), math.sqrt(_between(rng, settings.stretch))
    along = np.array([[math.cos(axis), -math.sin(axis)], [math.sin(axis), math.cos(axis)]])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    linear = along @ np.diag([stretch, 1 / stretch]) @ along.T @ rotation @ np.diag([mirror, 1.0]) / scale
    shift = rng.uniform(-2 * settings.shift, 2 * settings.shift, 2)
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = linear, shift
    matrix[2, :2] = rng.uniform(-settings.perspective, settings.perspective, 2)
    return matrix


def _grid(matrix: np.ndarray, size: int) -> Tensor:
    """Where every pixel of the output lies in the input: float32 (1, size, size, 2), normalised coordinates."""
    line = (torch.arange(size, dtype=torch.float32) + 0.5) * (2 / size) - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    places = torch.stack([x, y, torch.ones_like(x)], dim=-1) @ torch.from_numpy(matrix.T).float()
    return (places[..., :2] / places[..., 2:]).unsqueeze(0)


def warp(
    examples: list[Example], size: int, rngs: list[np.random.Generator], settings: AugmentationSettings
) -> tuple[Tensor, Tensor]:
    """Step 3: float32 (B, 1, size, size) in [0, 1], and masks (B, 1, size, size), NaN where unknown."""
    inputs, masks = [], []
    for example, rng in zip(examples, rngs, strict=True):
        grid = _grid(_matrix(rng, settings), size)
        picture = torch.from_numpy(example.pixels).float().div(255.0)[None, None]
        inputs.append(F.grid_sample(picture, grid, padding_mode="border", align_corners=False))
        mask = torch.from_numpy(np.stack([example.mask, ~example.known])).float()[None]  # (1, 2, H, W)
        mask, unknown = F.grid_sample(mask, grid, padding_mode="border", align_corners=False).split(1, dim=1)
        masks.append(mask.masked_fill(unknown > 0, math.nan))
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
        elif rng.random() < settings.sharpen_share:
            smooth = torch.from_numpy(ndimage.gaussian_filter(lit.numpy(), (0, SHARPENED, SHARPENED)))
            lit = lit + rng.uniform(0.2, settings.sharpen) * (lit - smooth)
        noise = rng.standard_normal(lit.shape, dtype=np.float32) * rng.uniform(0, settings.noise)
        result.append((lit + torch.from_numpy(noise)).clamp(0, 1))
    return torch.stack(result)
