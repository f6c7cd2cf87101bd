"""The file of an image: its format, told by its first bytes, and what its header says that Pillow passes over.

Sources: PNG, https://www.w3.org/TR/png-3/; TIFF 6.0, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf;
DNG 1.7, https://helpx.adobe.com/camera-raw/digital-negative.html; WebP,
https://developers.google.com/speed/webp/docs/riff_container.
"""

from collections.abc import Iterator

import numpy as np
import simplejpeg
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION, TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from casting_core.errors import ImageError

PNG = b"\x89PNG\r\n\x1a\n"
READERS: dict[bytes, type[ImageFile]] = {  # by the first bytes of a file
    b"\xff\xd8\xff": JpegImageFile,
    PNG: PngImageFile,
    b"BM": BmpImageFile,
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), TiffImageFile),
}
FOREIGN = {b"GIF8": "a GIF", b"%PDF": "a PDF document", b"PK\x03\x04": "a ZIP archive or office document"}
RAW = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb")  # Fujifilm, Panasonic, Olympus, Sigma
ISO = {b"avif": "", b"avis": "", b"crx ": "raw", b"heic": "a HEIC picture", b"heix": "a HEIC picture"}  # by brand
TEXTS = (b"tEXt", b"zTXt", b"iTXt")  # chunks of a PNG
# tags of a TIFF
SUBFILE, SUB_IFDS, MAX_SAMPLE, DNG_VERSION = 254, 330, 281, 50706
REDUCED, COLOR_FILTERS = 1, 32803  # a page that is a smaller copy; pixels that each have one color
MOST_PAGES = 32  # among which the one that is meant is looked for

IS_RAW = (
    "This is a camera raw file, of which only a small preview could be read. Develop it and save it as TIFF or PNG, or "
    "let the camera save JPEG as well."
)
SEVERAL_PAGES = "Expected one picture, but the file holds several frames or pages. Save the one that is meant."
DAMAGED = (
    "This JPEG picture is damaged: a part of its data is missing or was altered, and what it shows from there on is "
    "not what the camera saw. Copy it again from the camera."
)


def reader_of(data: bytes) -> type[ImageFile]:
    """Return Pillow's reader for a file. Raises `ImageError` where there is none.

    The readers are used directly: `Image.open` would warn of size before the size can be checked, and would take a
    phone's appended previews for frames.
    """
    for start, reader in READERS.items():
        if data.startswith(start) and data[8:10] != b"CR":  # as Canon marks the TIFF that its raw files are
            return reader
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImageFile
    found = next((name for start, name in FOREIGN.items() if data.startswith(start)), "none of these")
    if data[4:8] == b"ftyp":
        found = ISO.get(data[8:12], "a video, or a HEIC picture")
    if not found:
        return AvifImageFile
    if found == "raw" or data.startswith(RAW) or data[8:10] == b"CR":
        raise ImageError(IS_RAW)
    raise ImageError(
        f"Expected a JPEG, PNG, BMP, TIFF, WebP or AVIF picture, but the file is {found}. "
        "Save the picture as JPEG or PNG."
    )


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of the canvas, in pixels. Raises `ImageError` where the header does not tell."""
    chunk, number = data[12:16], int.from_bytes
    if chunk == b"VP8X" and len(data) >= 30:
        return number(data[24:27], "little") + 1, number(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = number(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        return number(data[26:28], "little") & 0x3FFF, number(data[28:30], "little") & 0x3FFF
    raise ImageError("This WEBP picture is damaged or incomplete: its header holds no size. Copy it again.")


def luminance(data: bytes) -> np.ndarray | None:
    """Decode a JPEG to its luminance, uint8 (H, W); None where its colors are others than gray and YCbCr.

    Pillow decodes the same to the same levels, but passes over what the decoder complains of. Raises `ImageError` where
    a part is missing or altered.
    """
    try:
        *_, colors, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None  # of a kind that Pillow may know
    if colors not in ("Gray", "YCbCr"):
        return None
    try:
        return simplejpeg.decode_jpeg(data, "GRAY", strict=True)[:, :, 0]
    except ValueError as error:
        raise ImageError(DAMAGED) from error


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the chunks of a PNG up to its pixels: their kind, and where they begin and end in the file."""
    start, kind = len(PNG), b""
    while kind != b"IDAT" and start + 12 <= len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4], "big")
        kind = data[start + 4 : start + 8]
        yield kind, start, end
        start = end


def without_texts(data: bytes) -> bytes:
    """Return a PNG without the texts before its pixels: Pillow reads them all, and refuses long ones."""
    texts = [(start, end) for kind, start, end in chunks(data) if kind in TEXTS]
    for start, end in reversed(texts):
        data = data[:start] + data[end:]
    return data


def significant_bits(data: bytes) -> int | None:
    """Return how many bits of each gray level mean something, as a PNG tells in its chunk sBIT; None where not."""
    return next((data[start + 8] for kind, start, end in chunks(data) if kind == b"sBIT" and end <= len(data)), None)


def turn_to_page(image: TiffImageFile) -> None:
    """Turn to the one page that is no smaller copy. Raises `ImageError` where there are several, and for a raw file."""
    tags = image.tag_v2
    if DNG_VERSION in tags or tags.get(PHOTOMETRIC_INTERPRETATION) == COLOR_FILTERS:
        raise ImageError(IS_RAW)
    pages = []
    for page in range(min(image.n_frames, MOST_PAGES)):
        image.seek(page)
        if not image.tag_v2.get(SUBFILE, 0) & REDUCED:
            pages.append(page)
    if not pages and SUB_IFDS in tags:
        raise ImageError(IS_RAW)
    if len(pages) > 1 or image.n_frames > MOST_PAGES:
        raise ImageError(SEVERAL_PAGES)
    image.seek(pages[0] if pages else 0)
