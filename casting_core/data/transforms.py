"""From a decoded picture to the network's input, and back from its map to the picture.

The short side is scaled to the network's input size, both sides rounded to what the network's
stride divides; the long side is kept, up to twice the short one. No letterbox: the networks take
any size, and borders that are not in the picture would only be one more thing to learn.
"""

from functools import lru_cache

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MULTIPLE = 16  # sides of the input are multiples of the coarsest stride
MAX_ELONGATED = 2.0  # longer pictures are squeezed to this ratio of sides


def input_shape(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width of the network's input for a picture of `height` × `width` pixels."""
    short = min(height, width)
    sides = (min(side / short, MAX_ELONGATED) * size for side in (height, width))
    rows, columns = (max(MULTIPLE, round(side / MULTIPLE) * MULTIPLE) for side in sides)
    return rows, columns


def to_input(pixels: np.ndarray, size: int) -> np.ndarray:
    """Scale uint8 (H, W) to uint8 (h, w) of `input_shape`, bilinear with antialiasing."""
    return _resized(pixels, *input_shape(pixels.shape[0], pixels.shape[1], size))


def to_square_input(pixels: np.ndarray, size: int) -> np.ndarray:
    """Scale uint8 (H, W) to uint8 (size, size), whatever its sides, bilinear with antialiasing."""
    return _resized(pixels, size, size)


def _resized(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    if pixels.shape == (rows, columns):
        return pixels
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((columns, rows), Image.Resampling.BILINEAR, reducing_gap=2.0))


def to_tensor(inputs: list[np.ndarray]) -> Tensor:
    """Stack uint8 (h, w) pictures of one shape into float32 (B, 1, h, w) in [0, 1]."""
    return torch.from_numpy(np.stack(inputs)).unsqueeze(1).float().div_(255.0)


def to_picture(heatmap: np.ndarray, height: int, width: int, *, smooth: bool = False) -> np.ndarray:
    """Scale a map float32 (h, w) to the picture: float32 (H, W).

    Bilinear, which keeps values in their range; `smooth`, bicubic, which keeps a peak between two places, and may go
    a little beyond the range.
    """
    if smooth:
        down, across = _bicubic(heatmap.shape[0], height), _bicubic(heatmap.shape[1], width)
        return (down @ (torch.from_numpy(np.ascontiguousarray(heatmap, np.float32)) @ across.T)).numpy()
    image = Image.fromarray(np.ascontiguousarray(heatmap, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


@lru_cache(maxsize=8)
def _bicubic(places: int, pixels: int) -> Tensor:
    """Return the weights of Pillow's resizing along one side, float32 (pixels, places).

    A few places become many pixels, so two products of matrices cost a tenth of resizing.
    """
    image = Image.fromarray(np.eye(places, dtype=np.float32))  # each row has one place
    return torch.from_numpy(np.array(image.resize((pixels, places), Image.Resampling.BICUBIC))).T.contiguous()
