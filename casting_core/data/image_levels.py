"""Levels of gray and colour of any picture as 8 bits, opaque: the last step of `data.images`."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION

from casting_core.errors import ImageError

STRIP = 2**20  # pixels that are made at a time
DEEPEST = 16  # bits
DEPTHS = (8, 10, 12, 14)  # bits that cameras have, and files of 16 bits hold
MAX_SAMPLE_VALUE = 281  # tag of a TIFF


def is_deep(image: Image.Image) -> bool:
    """Whether it is gray of more than 8 bits, in whole numbers."""
    return image.mode == "I" or image.mode.startswith("I;16")


def white_level(image: Image.Image, bits: int | None) -> tuple[int, str | None]:
    """Return the level of a deep gray image that is white, and what a person should know of how it was told.

    `bits` : as the file says beside its depth, None where it does not; a TIFF says it in tags. Where nothing is said
    and only the levels of a camera's 8 to 14 bits are used, white is the last of these.

    Raises `ImageError` for levels below 0 and above 65,535.
    """
    values = np.asarray(image)
    low, high = int(values.min()), int(values.max())
    if low < 0:
        raise ImageError(f"Expected gray levels from 0, got {low}: signed numbers. Save the picture without a sign.")
    if high >= 1 << DEEPEST:
        raise ImageError(f"Expected gray levels of up to 16 bits, got {high}. Save the picture with 8 or 16 bits.")
    tags = getattr(image, "tag_v2", {})
    told = [tags.get(MAX_SAMPLE_VALUE, 0), 4095 if tags.get(BITSPERSAMPLE) == (12,) else 0, (1 << (bits or 0)) - 1]
    if stated := [white for value in told if (white := int(np.max(value))) >= max(high, 1)]:
        return min(stated), None
    used = next((depth for depth in DEPTHS if high < 1 << depth), DEEPEST)
    white = (1 << used) - 1
    if used == DEEPEST:
        return white, None
    return white, f"Of 16 bits only {used} are used, so gray level {white:,} was taken for white."


def levels(image: Image.Image, mode: str, *, shrink: int = 1, white: int = 65535) -> np.ndarray:
    """Return uint8 (H, W) or (H, W, 3), opaque over white, as `mode` "L" or "RGB" asks. Raises `ImageError`.

    Made strip by strip, for a large picture takes up to 4 bytes a pixel in each mode that it goes through.
    `shrink`: each square of so many pixels becomes one, their mean. `white`: that level of deep gray.
    """
    width, height = image.size
    least, most = image.getchannel("A").getextrema() if image.mode in ("LA", "RGBA") else (0, 1)
    make = partial(
        _flattened,
        mode=mode,
        tags=getattr(image, "tag_v2", {}),
        shrink=shrink,
        white=white,
        opaque=least == most,  # transparency that is the same everywhere tells nothing
    )
    rows = max(STRIP // (width * shrink), 1) * shrink
    if height <= rows:
        return np.array(make(image))
    shape = -(-height // shrink), -(-width // shrink)
    pixels = np.empty(shape if mode == "L" else (*shape, 3), np.uint8)
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        pixels[top // shrink : (top + rows) // shrink] = np.asarray(make(strip))
    return pixels


def _flattened(
    image: Image.Image, *, mode: str, tags: Mapping[int, Any], shrink: int, white: int, opaque: bool
) -> Image.Image:
    if image.mode == "F":
        image = Image.fromarray(from_unit(np.asarray(image)))
    elif is_deep(image):
        image = _eight_bits(image, tags, white)
    elif image.has_transparency_data and not opaque:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    elif image.mode == "LAB":
        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB")
        assert converted is not None  # None only in place
        image = converted
    elif image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    image = image if image.mode == mode else image.convert(mode)
    return image.reduce(shrink) if shrink > 1 else image


def _eight_bits(image: Image.Image, tags: Mapping[int, Any], white: int) -> Image.Image:
    """Scales deep gray to 8 bits, each level rounded to the nearest. `tags`: of a TIFF."""
    values = np.asarray(image)  # (H, W), uint16 or int32
    scaled = ((values.astype(np.uint32) * 255 + white // 2) // white).astype(np.uint8)
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
