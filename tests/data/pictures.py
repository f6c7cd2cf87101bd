"""Small pictures for the tests of decoding, and three file formats written without Pillow."""

import struct
import zlib

import numpy as np
from PIL import Image

from tests.factories import encoded

saved = encoded
GRAY = np.array([[0, 50, 100], [150, 200, 255]], np.uint8)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
COLOURS = np.array([[RED, GREEN, BLUE], [(255, 255, 255), (0, 0, 0), (100, 150, 200)]], np.uint8)
# 0.299 R + 0.587 G + 0.114 B: 76.245, 149.685, 29.07; 255, 0; 29.9 + 88.05 + 22.8 = 140.75
LUMA = np.array([[76, 150, 29], [255, 0, 141]], np.uint8)


def png16(values: np.ndarray, extra: bytes = b"") -> bytes:
    """A 16-bit gray PNG by the specification, written without Pillow."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    height, width = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk after its header, 33 bytes on."""
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return png[:33] + chunk + png[33:]


def tiff_gray(values: np.ndarray, bits: int, photometric: int = 1, sample_format: int = 1) -> bytes:
    """An uncompressed little-endian gray TIFF by the specification, written without Pillow."""
    height, width = values.shape
    body = values.tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric)]
    tags += [(273, 8), (277, 1), (278, height), (279, len(body)), (339, sample_format)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + struct.pack("<H", len(tags)) + entries + bytes(4)


def webp_bomb(width: int, height: int) -> bytes:
    """A WebP of 34 bytes of one colour, half transparent: each of its five codes knows one symbol, and takes no bits.

    By https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification, without a transform, a
    cache of colours or further codes.
    """
    fields = [(width - 1, 14), (height - 1, 14), (1, 1), (0, 3), (0, 3)]  # alpha is used; version 0; nothing more
    for symbol in (0, 0, 0, 127, 0):  # of green, red, blue, alpha and distance, of 8 bits
        fields += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    bits = "".join(f"{value:0{length}b}"[::-1] for value, length in fields)
    body = b"\x2f" + int(bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")
    body += bytes(len(body) % 2)
    chunk = b"WEBPVP8L" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG of one colour, with alpha."""
    return saved(Image.new("RGBA", (width, height), (9, 9, 9, 99)), "PNG")
