"""Levels of gray and colour of any picture as 8 bits, opaque: the last step of `data.images`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION

from casting_core.errors import ImageError

STRIP = 2**20  # pixels that are made at a time


def levels(image: Image.Image, mode: str, *, shrink: int = 1) -> np.ndarray:
    """Return uint8 (H, W) or (H, W, 3), opaque over white, as `mode` "L" or "RGB" asks. Raises `ImageError`.

    Made strip by strip, for a large picture takes up to 4 bytes a pixel in each mode that it goes through.
    `shrink`: each square of so many pixels becomes one, their mean.
    """
    width, height = image.size
    tags = getattr(image, "tag_v2", {})
    rows = max(STRIP // (width * shrink), 1) * shrink
    if height <= rows:
        return np.array(_flattened(image, mode, tags, shrink))
    shape = -(-height // shrink), -(-width // shrink)
    pixels = np.empty(shape if mode == "L" else (*shape, 3), np.uint8)
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        pixels[top // shrink : (top + rows) // shrink] = np.asarray(_flattened(strip, mode, tags, shrink))
    return pixels


def _flattened(image: Image.Image, mode: str, tags: Mapping[int, Any], shrink: int) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image, tags)
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    elif image.mode == "LAB":
        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB")
        assert converted is not None  # None only in place
        image = converted
    elif image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    image = image if image.mode == mode else image.convert(mode)
    return image.reduce(shrink) if shrink > 1 else image


def _eight_bits(image: Image.Image, tags: Mapping[int, Any]) -> Image.Image:
    """Scales deep gray (modes "I;16…", "I", "F") to 8 bits, each level rounded to the nearest. `tags`: of a TIFF."""
    values = np.asarray(image)  # (H, W), uint16, int32 or float32
    if values.dtype.kind == "f":
        return Image.fromarray(from_unit(values))
    top = 4095 if tags.get(BITSPERSAMPLE) == (12,) else 65535
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > top:
        raise ImageError(
            f"Expected gray values from 0 to {top}, got {low} to {high}. Save the picture with 8 or 16 bits."
        )
    scaled = ((values.astype(np.uint32) * 255 + top // 2) // top).astype(np.uint8)
    if tags.get(PHOTOMETRIC_INTERPRETATION) == 0:  # TIFF where 0 is white; Pillow turns only shallower ones
        scaled = 255 - scaled
    clear = image.info.get("transparency")
    if isinstance(clear, int):  # PNG: this one level is transparent
        scaled[values == clear] = 255
    return Image.fromarray(scaled)


def from_unit(values: np.ndarray) -> np.ndarray:
    """float32 in [0, 1], of any shape with values in it, to uint8 of that shape, rounded to the nearest level.

    Raises `ImageError` where a value lies outside, or is NaN.
    """
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        raise ImageError(
            f"Expected floating-point values in [0, 1], got {low:g} to {high:g}. "
            "Divide by the largest value that the camera can give."
        )
    return np.rint(values * 255).astype(np.uint8)
