"""One pass over the pictures of a folder: what is measured, drawn small, and described by a network.

Features come from one look at each picture as it lies, in batches of pictures of one shape. They barely change when
the part is turned (`Network.describe`), and eight looks would take eight times as long.

The module loads PyTorch: it is imported where an index is made, not where one is shown.
"""

from typing import Any

import numpy as np
import torch
from PIL import Image

from casting_core.data.images import Picture, encoded
from casting_core.data.part.finder import Part
from casting_core.data.part.measures import Measures, measure
from casting_core.data.transforms import to_input, to_tensor
from casting_core.networks.checkpoint import load_model
from casting_core.networks.device import choose_device, fast_dtype

THUMBNAIL = 128  # px, long side
QUALITY = 80
BATCH = 32
MAX_WAITING = 4 * BATCH  # pictures of all shapes that are held


def thumbnail(pixels: np.ndarray) -> bytes:
    """Return a gray picture, uint8 (H, W), as a small JPEG file."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX, reducing_gap=2.0)
    return encoded(picture, "JPEG", quality=QUALITY)


class FeatureExtractor:
    """What is made of pictures that come one by one, by `add`, the hook of `data.collection.reading.gather`.

    `measures`: of every picture. `thumbnails`: JPEG files.
    """

    def __init__(self, model: str) -> None:
        network, self.card = load_model(model)
        self.device = choose_device()
        self.runtime: Any = network.runtime(self.device, fast_dtype(self.device))
        self.measures: list[Measures] = []
        self.thumbnails: list[bytes] = []
        self._waiting: dict[tuple[int, ...], list[tuple[int, np.ndarray]]] = {}
        self._described: dict[int, np.ndarray] = {}

    def add(self, picture: Picture, part: Part | None) -> None:
        """Measure a picture, make its thumbnail, and describe it with the next batch."""
        index = len(self.measures)
        self.measures.append(measure(picture.pixels, part))
        self.thumbnails.append(thumbnail(picture.pixels))
        inputs = to_input(picture.pixels, self.card.input_size)
        waiting = self._waiting.setdefault(inputs.shape, [])
        waiting.append((index, inputs))
        if len(waiting) == BATCH or sum(map(len, self._waiting.values())) >= MAX_WAITING:
            fullest = max(self._waiting, key=lambda shape: len(self._waiting[shape]))
            self._describe(self._waiting.pop(fullest))

    def described(self) -> np.ndarray:
        """Features of all pictures, float32 (N, F); (N, 0) from a network without features."""
        while self._waiting:
            self._describe(self._waiting.popitem()[1])
        rows = [self._described[index] for index in range(len(self._described))]
        return np.stack(rows) if rows else np.zeros((len(self.measures), 0), np.float32)

    def _describe(self, batch: list[tuple[int, np.ndarray]]) -> None:
        x = to_tensor([inputs for _, inputs in batch]).to(self.device, memory_format=torch.channels_last)
        with torch.inference_mode():
            features = self.runtime.describe(x)
        if features is None:
            return
        flat = features.float().flatten(1).cpu().numpy()  # (B, F)
        self._described |= {index: row for (index, _), row in zip(batch, flat, strict=True)}
