"""Small pictures for the tests of decoding, and two file formats written without Pillow."""

import struct
import zlib

import numpy as np

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


def tiff_gray(values: np.ndarray, bits: int, photometric: int = 1, sample_format: int = 1) -> bytes:
    """An uncompressed little-endian gray TIFF by the specification, written without Pillow."""
    height, width = values.shape
    body = values.tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric)]
    tags += [(273, 8), (277, 1), (278, height), (279, len(body)), (339, sample_format)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + struct.pack("<H", len(tags)) + entries + bytes(4)
