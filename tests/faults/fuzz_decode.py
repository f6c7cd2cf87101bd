"""Coverage-guided fuzzing of the door for pictures; run by hand, never by the test suite.

    pip install atheris
    python tests/faults/fuzz_decode.py FOLDER -max_total_time=300

FOLDER is made where it is missing, filled with small pictures of every format, and keeps what was found worth
keeping. `decode` and `decode_rgb` must give a picture or raise an `ImageError`; the run stops at anything else, and at
a picture that takes longer than 20 s or 2 GiB, and leaves the bytes that caused it in the current folder.
"""

import io
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from PIL import Image

    from casting_core.data.images import ImageLimits, decode, decode_rgb
    from casting_core.errors import ImageError

LIMITS = ImageLimits(max_pixels=1_000_000)


def seeds() -> dict[str, bytes]:
    """Small pictures, one for each way through the decoder."""
    made: dict[str, bytes] = {}
    gray = Image.linear_gradient("L").resize((17, 13))
    pictures = {mode: gray.convert(mode) for mode in ("L", "RGB", "RGBA", "P", "1", "I;16", "CMYK")}
    modes = {
        "JPEG": ("L", "RGB", "CMYK"),
        "PNG": ("L", "RGB", "RGBA", "P", "1", "I;16"),
        "BMP": ("L", "RGB", "1", "P"),
        "TIFF": ("L", "RGB", "RGBA", "P", "1", "I;16", "CMYK"),
        "WEBP": ("RGB", "RGBA"),
    }
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation
    for form, each in modes.items():
        for mode in each:
            stream = io.BytesIO()
            further = {"exif": exif} if form in ("JPEG", "PNG", "WEBP") else {}
            pictures[mode].save(stream, form, **further)
            made[f"{form}-{mode.replace(';', '')}"] = stream.getvalue()
    for compression in ("tiff_lzw", "jpeg", "tiff_deflate", "packbits", "group4"):
        stream = io.BytesIO()
        pictures["1" if compression == "group4" else "RGB"].save(stream, "TIFF", compression=compression)
        made[f"TIFF-{compression}"] = stream.getvalue()
    return made


def try_one(data: bytes) -> None:
    """A picture, or an `ImageError`."""
    try:
        picture = decode(data, limits=LIMITS)
    except ImageError:
        return
    assert picture.pixels.ndim == 2
    assert picture.pixels.size <= LIMITS.max_pixels
    try:
        assert decode_rgb(data, limits=LIMITS).shape == (*picture.pixels.shape, 3)
    except ImageError:
        return


if __name__ == "__main__":
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for name, content in seeds().items():
        (corpus / name).write_bytes(content)
    atheris.Setup([sys.argv[0], *sys.argv[1:], "-timeout=20", "-rss_limit_mb=2048", "-max_len=4096"], try_one)
    atheris.Fuzz()
