"""Small pictures for a table."""

from PIL import Image

from casting_core.data.images import decode
from casting_core.errors import ImageError
from pages.shared.marked import as_uri

SIDE = 72  # px, long side


def thumbnail(data: bytes) -> str | None:
    """A picture, given as the bytes of its file, small and gray as a data URI; None where it cannot be decoded."""
    try:
        picture = Image.fromarray(decode(data).pixels)
    except ImageError:
        return None
    picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    return as_uri(picture)
