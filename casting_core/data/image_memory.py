"""What decoding a picture takes in memory, and one budget for all that are being decoded at the same time.

A file of 40 bytes may hold 50 megapixels, which its decoder lays out in 800 MB. So what a picture takes is told from
its header. Pictures up to `ALONE` share `SHARED` bytes, and wait for each other where these are taken; larger ones are
decoded one at a time, beside the small ones, which wait for none of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from casting_core.data.image_levels import STRIP
from casting_core.system.memory import return_freed_memory

SHARED = 256 * 2**20  # bytes
ALONE = 96 * 2**20  # bytes, from which on a picture is a large one

_CELL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # bytes a pixel in Pillow; 4 in all other modes
_WEBP = 16  # the canvas of its decoder, the one before it, a copy that is handed over, and the picture
_TIFF = 8  # and where all rows are one strip, what is in it
_LEVELS = 12  # of each pixel whose levels are made at a time, see `image_levels`


class Budget:
    """Memory that work takes; safe to use from any thread.

    `shared`: bytes that all smaller pieces of work may take at once. `alone`: bytes, up to `shared`; what takes more
    goes one at a time.
    """

    def __init__(self, *, shared: int, alone: int) -> None:
        self._free, self._alone = shared, alone
        self._changed, self._large = threading.Condition(), threading.Lock()

    @contextmanager
    def taking(self, count: int) -> Iterator[None]:
        """Wait until `count` bytes may be taken, and take them until the end."""
        if count > self._alone:
            with self._large:
                try:
                    yield
                finally:
                    return_freed_memory()
            return
        with self._changed:
            self._changed.wait_for(lambda: self._free >= count)
            self._free -= count
        try:
            yield
        finally:
            with self._changed:
                self._free += count
                self._changed.notify_all()


BUDGET = Budget(shared=SHARED, alone=ALONE)


def needed(image: Image.Image, full: tuple[int, int], *, channels: int) -> int:
    """Return the bytes that it takes at most to decode a picture into uint8 (H, W, channels), told by its header.

    `full`: its size in the file, which may be scaled while it is decoded.
    """
    cell, once = _CELL.get(image.mode, 4), 0
    if isinstance(image, WebPImageFile):
        cell = _WEBP
    elif isinstance(image, TiffImageFile):
        cell += _TIFF
    elif "progressive" in image.info:  # the decoder holds the coefficients of all scans, 16 bits each
        once = 2 * getattr(image, "layers", 4)
    pixels = prod(image.size)
    return pixels * (cell + channels) + min(pixels, STRIP) * _LEVELS + prod(full) * once
