"""The one door through which pictures enter: safe decoding to 8-bit luminance.

Steps, in the order of what they cost:

1. the bytes are counted before they are read, then read once and hashed once;
2. the format is told by the first bytes, never by the file's name;
3. width, height and number of frames are taken from the header and checked
   before any pixel is decoded;
4. the pixels are decoded, reduced to 8 bits, laid over white where they are
   transparent, and turned upright as EXIF asks.

Decided here, for every way in which a picture may come:

- JPEG, PNG, BMP, TIFF and WebP are read; a name that does not fit does no harm.
- Luminance is that of ITU-R BT.601 as Pillow computes it,
  (19595 R + 38470 G + 7471 B + 32768) >> 16. A colour JPEG gives its own
  luminance channel, which is the same quantity a level or so apart.
- Transparent pixels become white, as a browser shows them on a plain page.
- 16-bit gray is scaled from 0…65535 to 0…255 (12-bit TIFF from 0…4095), never
  clipped; floating point must lie in [0, 1].
- Colour profiles are not applied. EXIF that cannot be read is ignored.
- More than one frame or page is an error, because it is open which one is
  meant. The previews that phones append to a JPEG (MPO) are not frames.

Every failure is an `ImageError`. The functions may be called from many threads.
"""

import hashlib
import io
import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageCms
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from casting_core.errors import ImageError, SettingsError

Source = str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | Image.Image | np.ndarray

MAX_PIXELS = 89_478_485  # where Pillow itself begins to suspect a decompression bomb

_CHUNK = 1 << 20  # bytes read at a time
_MOST_SCANS = 100  # of a progressive JPEG; encoders write about ten, libtiff allows as many as here
_SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")  # marker, length, components
_ORIENTATION, _BITS_PER_SAMPLE, _PHOTOMETRIC = 274, 258, 262  # tags of EXIF and TIFF
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLUGINS = r"PIL\.\w+ImagePlugin"
_SILENCE = ("ignore", None, UserWarning, re.compile(_PLUGINS), 0)  # as `warnings.filters` holds it
_FOREIGN = {b"GIF8": "a GIF", b"%PDF": "a PDF document", b"PK\x03\x04": "a ZIP archive or office document"}


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
    """

    pixels: np.ndarray
    sha256: str

    @property
    def width(self) -> int:
        """Columns, in pixels, after turning upright."""
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        """Rows, in pixels, after turning upright."""
        return self.pixels.shape[0]


def read(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> bytes | Image.Image | np.ndarray:
    """Reads a path or file object into bytes, once; bytes, arrays and PIL images are given back.

    What comes back is a source for `decode`, and its bytes are at hand where decoding fails. Raises `ImageError`.
    """
    return source if isinstance(source, np.ndarray | Image.Image) else _read(source, limits)


def decode(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> Picture:
    """Decodes a picture to luminance.

    `source`: a path, the bytes of a file, a binary file object (read from its
    start where it can seek), a PIL image, or an array: uint8 (H, W) or (H, W, 3)
    from 0 to 255, or float32 of these shapes in [0, 1]. The limit of bytes does
    not apply to arrays and PIL images. Raises `ImageError`.
    """
    image, data = _open(source, "L", limits)
    pixels = np.array(image)  # (H, W)
    digest = hashlib.sha256(pixels.data if data is None else data).hexdigest()
    return Picture(pixels=pixels, sha256=digest)


def decode_rgb(source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> np.ndarray:
    """The same picture for display: uint8 (H, W, 3). Sources, rules and errors as in `decode`."""
    return np.array(_open(source, "RGB", limits)[0])


def _open(source: Source, mode: str, limits: ImageLimits) -> tuple[Image.Image, bytes | None]:
    """The picture in `mode` ("L" or "RGB"), and its bytes where it came as bytes."""
    _silence()
    if isinstance(source, np.ndarray):
        return _from_array(source, limits).convert(mode), None
    if isinstance(source, Image.Image):
        _check_size(source.size, limits)
        with _explained("picture"):
            return _finish(source, mode), None
    data = _read(source, limits)
    kind = _kind(data)
    if kind is WebPImageFile:  # its decoder allocates the canvas as soon as it is made
        _check_size(_webp_size(data), limits)
    with _explained(f"{kind.format} picture"):
        image = kind(io.BytesIO(data))
        _check_size(image.size, limits)
        if isinstance(image, JpegImageFile):
            _check_scans(data)
            image.draft(mode, image.size)  # decodes luminance only, at full size
        return _finish(image, mode), data


def _silence() -> None:
    """Pillow warns of odd metadata; what matters becomes an `ImageError`.

    One lasting filter at the head of the list, because `warnings.catch_warnings`
    around each picture would not be safe with threads.
    """
    if not warnings.filters or warnings.filters[0] != _SILENCE:
        warnings.filterwarnings("ignore", category=UserWarning, module=_PLUGINS)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turns into an `ImageError` whatever Pillow raises on broken bytes: nearly any built-in exception."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        detail = str(error)[:160] or type(error).__name__
        raise ImageError(
            f"This {what} is damaged, incomplete or of an unusual variant ({detail}). "
            "Copy it again from the camera, or save it anew as an 8-bit JPEG or PNG."
        ) from error


def _read(source: Any, limits: ImageLimits) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        _check_bytes(source.nbytes if isinstance(source, memoryview) else len(source), limits)
        data = bytes(source)
    elif isinstance(source, str | os.PathLike):
        data = _read_path(source, limits)
    elif hasattr(source, "read"):
        with _explained("file object"):
            if source.seekable():
                source.seek(0)
            data = _read_bounded(source, limits)
    else:
        raise ImageError(
            f"Expected a path, bytes, a binary file object, a PIL image or a NumPy array, got {type(source).__name__}."
        )
    if not data:
        raise ImageError("The file is empty (0 bytes). Copy it again from the camera.")
    return data


def _read_path(path: str | os.PathLike, limits: ImageLimits) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(f"Expected a picture, but {path} is a folder. Name the pictures in it.")
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"Expected a picture, but {path} is no regular file.")
        _check_bytes(status.st_size, limits)
        with open(path, "rb", buffering=0) as file:
            return _read_bounded(file, limits)
    except FileNotFoundError as error:
        raise ImageError(f"There is no file {path}. Check the name and the folder.") from error
    except PermissionError as error:
        raise ImageError(f"{path} may not be read. Ask its owner for permission to read it.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"{path!r} cannot be read ({error}).") from error


def _read_bounded(file: Any, limits: ImageLimits) -> bytes:
    """All that `file` holds; a raw file may give less at a time than it was asked for."""
    chunks: list[bytes] = []
    count = 0
    while chunk := file.read(min(_CHUNK, limits.max_bytes + 1 - count)):
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise ImageError("Expected a file opened in binary mode ('rb'), got one opened as text.")
        chunks.append(bytes(chunk))
        count += len(chunk)
        _check_bytes(count, limits)
    return b"".join(chunks)


def _check_bytes(count: int, limits: ImageLimits) -> None:
    if count > limits.max_bytes:
        raise ImageError(
            f"The file is larger than the limit of {limits.max_bytes / 2**20:,.3g} MiB. "
            "Save the picture as JPEG, or with fewer pixels."
        )


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
    """A scan of a hundred bytes makes the decoder pass over all pixels again: a bomb of time, not of size."""
    if data.count(b"\xff\xda") > _MOST_SCANS and len(_SCAN.findall(data)) > _MOST_SCANS:
        raise ImageError(f"This JPEG picture has more than {_MOST_SCANS} scans. Save it anew as JPEG or PNG.")


def _kind(data: bytes) -> type[ImageFile]:
    """Pillow's reader for these bytes, told by their beginning.

    The readers are used directly: `Image.open` would warn of size before the
    size can be checked, and would take a phone's appended previews for frames.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return JpegImageFile
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if data.startswith(b"BM"):
        return BmpImageFile
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return TiffImageFile
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImageFile
    found = next((name for start, name in _FOREIGN.items() if data.startswith(start)), None)
    if data[4:8] == b"ftyp":
        found = "a HEIC, AVIF or video file"
    raise ImageError(
        f"Expected a JPEG, PNG, BMP, TIFF or WebP picture, but the file is {found or 'none of these'} "
        f"(it begins with {data[:8].hex(' ')}). Save the picture as JPEG or PNG."
    )


def _webp_size(data: bytes) -> tuple[int, int]:
    """Canvas in pixels, as https://developers.google.com/speed/webp/docs/riff_container lays it out."""
    chunk, number = data[12:16], int.from_bytes
    if chunk == b"VP8X" and len(data) >= 30:
        return number(data[24:27], "little") + 1, number(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = number(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        return number(data[26:28], "little") & 0x3FFF, number(data[28:30], "little") & 0x3FFF
    raise ImageError("This WEBP picture is damaged or incomplete: its header holds no size. Copy it again.")


def _finish(image: Image.Image, mode: str) -> Image.Image:
    """One frame, decoded, in `mode`, upright. The given image keeps its pixels and its mode."""
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise ImageError(
            "Expected one picture, but the file holds several frames or pages. Save the one that is meant."
        )
    image.load()
    flat = _flatten(image, mode)
    try:
        turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # EXIF is a guest in the file: where it is broken, the pixels still count
        turn = None
    return flat if turn is None else flat.transpose(turn)


def _flatten(image: Image.Image, mode: str) -> Image.Image:
    """8 bits, opaque over white, in `mode` ("L" or "RGB")."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image)
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
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scales deep gray (modes "I;16…", "I", "F") to 8 bits, each level rounded to the nearest."""
    values = np.asarray(image)  # (H, W), uint16, int32 or float32
    if values.dtype.kind == "f":
        return Image.fromarray(_from_unit(values))
    tags = getattr(image, "tag_v2", {})
    top = 4095 if tags.get(_BITS_PER_SAMPLE) == (12,) else 65535
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > top:
        raise ImageError(
            f"Expected gray values from 0 to {top}, got {low} to {high}. Save the picture with 8 or 16 bits."
        )
    scaled = ((values.astype(np.uint32) * 255 + top // 2) // top).astype(np.uint8)
    if tags.get(_PHOTOMETRIC) == 0:  # TIFF where 0 is white; Pillow turns only shallower ones
        scaled = 255 - scaled
    clear = image.info.get("transparency")
    if isinstance(clear, int):  # PNG: this one level is transparent
        scaled[values == clear] = 255
    return Image.fromarray(scaled)


def _from_array(array: np.ndarray, limits: ImageLimits) -> Image.Image:
    shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if not shaped or array.dtype not in (np.uint8, np.float32):
        raise ImageError(
            "Expected an array of uint8 or float32 with shape (H, W) or (H, W, 3), "
            f"got {array.dtype} with shape {array.shape}."
        )
    _check_size((array.shape[1], array.shape[0]), limits)
    values = np.ascontiguousarray(array if array.dtype == np.uint8 else _from_unit(array))
    return Image.fromarray(values)


def _from_unit(values: np.ndarray) -> np.ndarray:
    """float32 in [0, 1] to uint8 of the same shape, rounded to the nearest level."""
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        raise ImageError(
            f"Expected floating-point values in [0, 1], got {low:g} to {high:g}. "
            "Divide by the largest value that the camera can give."
        )
    return np.rint(values * 255).astype(np.uint8)
