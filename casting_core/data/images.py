"""The one door through which pictures enter: safe decoding to 8-bit luminance.

Steps, in the order of what they cost:

1. the bytes are counted before they are read, then read once and hashed once;
2. the format is told by the first bytes, never by the file's name;
3. width, height and number of frames are taken from the header and checked
   before any pixel is decoded;
4. the pixels are decoded as soon as the memory that they take is free
   (`image_memory`), reduced to 8 bits, laid over white where they are
   transparent, and turned upright as EXIF asks.

Decided here, for every way in which a picture may come:

- JPEG, PNG, BMP, TIFF, WebP and AVIF are read; a name that does not fit does no harm.
- Luminance is that of ITU-R BT.601 as Pillow computes it,
  (19595 R + 38470 G + 7471 B + 32768) >> 16. A colour JPEG gives its own
  luminance channel, which is the same quantity a level or so apart.
- Transparent pixels become white, as a browser shows them on a plain page; where
  all are equally transparent, that is passed over.
- Gray of more than 8 bits is scaled to 0…255 and never clipped: from the range
  that the file states, else from that of the bits that are used, and then it is
  said (`Picture.note`). Floating point must lie in [0, 1].
- A JPEG whose decoder complains of its data is damaged, a camera raw file is no
  picture yet.
- Colour profiles are not applied. EXIF that cannot be read is ignored.
- More than one frame or page is an error, because it is open which one is
  meant. The previews that phones append to a JPEG (MPO) are not frames, and
  smaller copies in a TIFF are no pages.

Every failure is an `ImageError`. The functions may be called from many threads.
"""

import hashlib
import io
import os
import re
import struct
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from casting_core.data.image_file import (
    SEVERAL_PAGES,
    luminance,
    reader_of,
    significant_bits,
    turn_to_page,
    webp_size,
    without_texts,
)
from casting_core.data.image_levels import from_unit, is_deep, levels, white_level
from casting_core.data.image_memory import BUDGET, needed
from casting_core.data.image_source import explained, read_bytes
from casting_core.errors import ImageError, SettingsError

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Image.Image | np.ndarray
# By the number that EXIF gives: whether rows are stored as columns, and which way rows and columns are then read.
_ORIENTATIONS = {
    number: (number > 4, *steps) for number, steps in enumerate(((1, 1), (1, -1), (-1, -1), (-1, 1)) * 2, start=1)
}
# What EXIF raises that is not there, breaks off or contradicts itself; anything else is an unreadable picture.
BROKEN_EXIF = (SyntaxError, struct.error, ValueError, TypeError, KeyError, IndexError, OSError)

MAX_PIXELS = 89_478_485  # where Pillow itself begins to suspect a decompression bomb

MOST_SCANS = 100  # of a progressive JPEG; encoders write about ten, libtiff allows as many as here
_SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")  # marker, length, components
_PLUGINS = r"PIL\.\w+ImagePlugin"
_SILENCE = ("ignore", None, UserWarning, re.compile(_PLUGINS), 0)  # as `warnings.filters` holds it


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What a picture may cost at most.

    `max_bytes`: size of the file as it comes, at least 1. `max_pixels`: width
    times height, from 1 to `MAX_PIXELS`. Raises `SettingsError`.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_pixels: int = 50_000_000

    def __post_init__(self) -> None:
        if self.max_bytes < 1:
            raise SettingsError(f"max_bytes must be at least 1, got {self.max_bytes}")
        if not 1 <= self.max_pixels <= MAX_PIXELS:
            raise SettingsError(f"max_pixels must be from 1 to {MAX_PIXELS:,}, got {self.max_pixels:,}")


DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A decoded picture.

    `pixels`: uint8 (H, W), luminance from 0 (black) to 255 (white), upright; an
    own copy, never shared with the source. `sha256`: hexadecimal digest of the
    bytes given, or of `pixels` in C order where an array or a PIL image was given.
    `note`: what was assumed of the file, in words, where it does not tell.
    """

    pixels: np.ndarray
    sha256: str
    note: str | None = None

    @property
    def width(self) -> int:
        """Columns, in pixels, after turning upright."""
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        """Rows, in pixels, after turning upright."""
        return self.pixels.shape[0]


def read(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> bytes | Image.Image | np.ndarray:
    """Read a path or file object into bytes, once; bytes, arrays and PIL images are given back.

    What comes back is a source for `decode`, and its bytes are at hand where decoding fails. Raises `ImageError`.
    """
    return source if isinstance(source, np.ndarray | Image.Image) else read_bytes(source, limits.max_bytes)


def decode(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> Picture:
    """Decode a picture to luminance.

    `source`: a path, the bytes of a file, a binary file object (read from its
    start where it can seek), a PIL image, or an array: uint8 (H, W) or (H, W, 3)
    from 0 to 255, or float32 of these shapes in [0, 1]. The limit of bytes does
    not apply to arrays and PIL images. Raises `ImageError`.

    Examples
    --------
    >>> picture = decode(np.full((48, 64, 3), 200, np.uint8))
    >>> picture.pixels.shape, picture.pixels.dtype.name, int(picture.pixels[0, 0])
    ((48, 64), 'uint8', 200)
    """
    pixels, data, note = _decoded(source, "L", limits)
    digest = hashlib.sha256(pixels.data if data is None else data).hexdigest()
    return Picture(pixels=pixels, sha256=digest, note=note)


def decode_rgb(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> np.ndarray:
    """Return the same picture for display: uint8 (H, W, 3). Sources, rules and errors as in `decode`."""
    return _decoded(source, "RGB", limits)[0]


def decode_shown(source: Source, sides: tuple[int, int], *, limits: ImageLimits = DEFAULT_LIMITS) -> np.ndarray:
    """Return the same picture as `decode_rgb`, of the size `shown_size`; a large one is scaled while it is decoded."""
    return _decoded(source, "RGB", limits, sides)[0]


def shown_size(size: tuple[int, int], sides: tuple[int, int]) -> tuple[int, int]:
    """Return width and height with the long side at least and at most as long as `sides` say, all in pixels."""
    scale = min(max(*size, sides[0]), sides[1]) / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the content of a file of that kind, such as `JPEG`; `options` are Pillow's."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _decoded(
    source: Source, mode: str, limits: ImageLimits, sides: tuple[int, int] | None = None
) -> tuple[np.ndarray, bytes | None, str | None]:
    """Return the pixels in `mode` ("L" or "RGB"), upright, the picture's bytes where it came as bytes, and a note."""
    _silence()
    image, data = _open(source, limits)
    with explained(f"{image.format} picture" if data else "picture"):
        full = image.size
        size = full if sides is None else shown_size(full, sides)
        if isinstance(image, JpegImageFile) and data:
            _check_scans(data)
            # decodes luminance only, and no more pixels than are of use
            image.draft(mode, full if sides is None else (2 * size[0], 2 * size[1]))
        elif getattr(image, "is_animated", False) and not (image.format == "MPO" or (data and image.format == "TIFF")):
            raise ImageError(SEVERAL_PAGES)
        with BUDGET.taking(needed(image, full, channels=len(mode))):
            pixels, note = _pixels(image, data, mode, shrink=max(1, max(image.size) // (2 * max(size))))
            if sides is not None:
                pixels = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
            pixels = np.ascontiguousarray(_upright(pixels, image))
            del image  # with all that its decoder holds, before the next picture has its turn
        return pixels, data, note


def _pixels(image: Image.Image, data: bytes | None, mode: str, *, shrink: int) -> tuple[np.ndarray, str | None]:
    """Decode: uint8 (H, W) or (H, W, 3), and what was assumed."""
    if data and isinstance(image, JpegImageFile) and mode == "L":
        found = luminance(data)
        if found is not None:
            return found, None
    image.load()
    if not is_deep(image):
        return levels(image, mode, shrink=shrink), None
    white, note = white_level(image, significant_bits(data) if data and isinstance(image, PngImageFile) else None)
    return levels(image, mode, shrink=shrink, white=white), note


def _open(source: Source, limits: ImageLimits) -> tuple[Image.Image, bytes | None]:
    """Return the picture, of which only the header is read where it comes as bytes, and these."""
    if isinstance(source, np.ndarray):
        return _from_array(source, limits), None
    if isinstance(source, Image.Image):
        _check_size(source.size, limits)
        return source, None
    data = read_bytes(source, limits.max_bytes)
    kind = reader_of(data)
    if kind is WebPImageFile:  # its decoder allocates the canvas as soon as it is made
        _check_size(webp_size(data), limits)
    with explained(f"{kind.format} picture"):
        image = kind(io.BytesIO(without_texts(data) if kind is PngImageFile else data))
        if isinstance(image, TiffImageFile):
            turn_to_page(image)
    _check_size(image.size, limits)
    return image, data


def _silence() -> None:
    """Pillow warns of odd metadata; what matters becomes an `ImageError`.

    One lasting filter at the head of the list, because `warnings.catch_warnings`
    around each picture would not be safe with threads.
    """
    if not warnings.filters or warnings.filters[0] != _SILENCE:
        warnings.filterwarnings("ignore", category=UserWarning, module=_PLUGINS)


def _check_size(size: tuple[int, int], limits: ImageLimits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"The picture has no pixels ({width} × {height}). Take or export it again.")
    if width * height > limits.max_pixels:
        raise ImageError(
            f"The picture has {width} × {height} = {width * height:,} pixels, more than the limit of "
            f"{limits.max_pixels:,}. Save it with fewer pixels."
        )


def _check_scans(data: bytes) -> None:
    """Refuse too many scans: each makes the decoder pass over all pixels again, a bomb of time, not of size."""
    if data.count(b"\xff\xda") > MOST_SCANS and len(_SCAN.findall(data)) > MOST_SCANS:
        raise ImageError(f"This JPEG picture has more than {MOST_SCANS} scans. Save it anew as JPEG or PNG.")


def _upright(pixels: np.ndarray, image: Image.Image) -> np.ndarray:
    """`pixels` as the EXIF of `image` asks; where it is broken, as they are: EXIF is a guest, the pixels count."""
    try:
        turned, rows, columns = _ORIENTATIONS[image.getexif()[ExifTags.Base.Orientation]]
    except BROKEN_EXIF:
        return pixels
    return (pixels.swapaxes(0, 1) if turned else pixels)[::rows, ::columns]


def _from_array(array: np.ndarray, limits: ImageLimits) -> Image.Image:
    shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if not shaped or array.dtype not in (np.uint8, np.float32):
        raise ImageError(
            "Expected an array of uint8 or float32 with shape (H, W) or (H, W, 3), "
            f"got {array.dtype} with shape {array.shape}."
        )
    _check_size((array.shape[1], array.shape[0]), limits)
    return Image.fromarray(np.ascontiguousarray(array if array.dtype == np.uint8 else from_unit(array)))
