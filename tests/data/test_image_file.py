"""What a file holds beside its pixels: damage, raw data, smaller copies, texts; and formats by their first bytes."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffTags
from PIL.TiffImagePlugin import AppendingTiffWriter, ImageFileDirectory_v2

from casting_core.data.image_file import DAMAGED, IS_RAW, luminance
from casting_core.data.images import decode
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import ImageError
from tests.data.pictures import COLOURS, saved, with_chunk

CASTING = render_casting(seed=2, size=200).pixels


def by_pillow(data: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(data))
    image.draft("L", image.size)
    return np.asarray(image.convert("L"))


@pytest.mark.parametrize(
    "options",
    [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 5}, {"restart_marker_rows": 1}, {"dpi": (9, 9)}],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_luminance_of_a_jpeg_is_that_of_pillow(options: dict[str, object], channels: int) -> None:
    pixels = CASTING if channels == 1 else np.dstack([CASTING, CASTING[::-1], CASTING.T])
    data = saved(pixels, "JPEG", **options)
    found = luminance(data)
    assert found is not None
    np.testing.assert_array_equal(found, by_pillow(data))


@pytest.mark.parametrize("mode", ["CMYK", "RGB"])
def test_a_jpeg_of_other_colors_is_left_to_pillow(mode: str) -> None:
    image = Image.fromarray(np.dstack([CASTING] * 3)).convert(mode)
    data = saved(image, "JPEG", **({"keep_rgb": True} if mode == "RGB" else {}))
    assert luminance(data) is None
    assert np.abs(decode(data).pixels.astype(int) - CASTING).mean() < 3


def test_altered_data_of_a_jpeg_are_mostly_named() -> None:
    """With ten bits turned most are named; a bit of a level that throws nothing out of step can only be seen."""
    data, rng, named = saved(CASTING, "JPEG", quality=80), np.random.default_rng(0), 0
    start = data.rindex(b"\xff\xda") + 10
    for _ in range(100):
        altered = bytearray(data)
        for place in rng.integers(start, len(data) - 2, 10):
            altered[place] ^= 1 << int(rng.integers(8))
        try:
            assert decode(bytes(altered)).pixels.shape == CASTING.shape
        except ImageError:
            named += 1
    assert named > 50


def test_a_cut_jpeg_is_damaged_and_bytes_after_its_end_are_not() -> None:
    data = saved(CASTING, "JPEG")
    assert np.array_equal(decode(data + b"maker's notes" * 99).pixels, decode(data).pixels)
    for cut in (len(data) // 2, len(data) - 40, len(data) - 2):
        with pytest.raises(ImageError) as told:
            decode(data[:cut])
        assert str(told.value) == DAMAGED


def tiff_pages(*pages: tuple[np.ndarray, int], tag: int | None = None) -> bytes:
    """A TIFF of pages, each with its NewSubfileType, and one more tag in the first."""
    stream = io.BytesIO()
    with AppendingTiffWriter(stream) as writer:
        for number, (pixels, kind) in enumerate(pages):
            tags = ImageFileDirectory_v2()
            tags[254] = kind
            if tag and number == 0:
                tags[tag], tags.tagtype[tag] = 8, TiffTags.LONG
            Image.fromarray(pixels).save(writer, "TIFF", tiffinfo=tags)
            writer.newFrame()
    return stream.getvalue()


SMALL = CASTING[::5, ::5].copy()


def test_smaller_copies_in_a_tiff_are_no_pages() -> None:
    for pages in (((CASTING, 0), (SMALL, 1)), ((SMALL, 1), (CASTING, 0)), ((SMALL, 1),), ((CASTING, 0),)):
        whole = next((pixels for pixels, kind in pages if not kind), SMALL)
        np.testing.assert_array_equal(decode(tiff_pages(*pages)).pixels, whole)
    with pytest.raises(ImageError, match="several frames or pages"):
        decode(tiff_pages((CASTING, 0), (CASTING, 0)))
    with pytest.raises(ImageError, match="several frames or pages"):
        decode(tiff_pages(*[(SMALL, 0)], *[(SMALL, 1)] * 40))


@pytest.mark.parametrize(
    "data",
    [
        tiff_pages((SMALL, 1), tag=50706),
        tiff_pages((SMALL, 1), tag=330),
        b"II*\0\x10\0\0\0CR\x02\0" + bytes(40),
        b"FUJIFILMCCD-RAW 0201" + bytes(40),
        b"IIU\0" + bytes(40),
        bytes(4) + b"ftypcrx " + bytes(40),
    ],
    ids=["DNG", "preview", "CR2", "RAF", "RW2", "CR3"],
)
def test_a_camera_raw_file_is_named(data: bytes) -> None:
    with pytest.raises(ImageError) as told:
        decode(data)
    assert str(told.value) == IS_RAW


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_in_a_png_are_passed_over_however_long(name: bytes) -> None:
    texts = {
        b"tEXt": b"Comment\0" + b"x" * 3_000_000,
        b"zTXt": b"Comment\0\0" + zlib.compress(bytes(200_000_000)),
        b"iTXt": b"Comment\0\0\0\0\0" + b"x" * 3_000_000,
    }
    data = with_chunk(with_chunk(saved(CASTING, "PNG"), name, texts[name]), name, b"Author\0\0\0\0\0")
    np.testing.assert_array_equal(decode(data).pixels, CASTING)


def test_a_png_of_a_false_length_is_refused() -> None:
    data = saved(CASTING, "PNG")
    for length in (b"\xff\xff\xff\xff", b"\x7f\0\0\0"):
        with pytest.raises(ImageError):
            decode(data[:33] + length + b"tEXt" + data[33:])


def test_avif_is_read_and_heic_named() -> None:
    pixels = decode(saved(np.dstack([CASTING] * 3), "AVIF", quality=95)).pixels
    assert np.abs(pixels.astype(int) - CASTING).mean() < 3
    with pytest.raises(ImageError, match="HEIC"):
        decode(bytes(4) + b"ftypheic" + bytes(40))


def test_no_message_shows_bytes_or_the_name_of_a_library(tmp_path: Path) -> None:
    whole = {kind: saved(COLOURS, kind) for kind in ("PNG", "BMP", "TIFF", "WEBP")}
    for data in (b"hello", *(content[: len(content) // 2] for content in whole.values())):
        with pytest.raises(ImageError) as told:
            decode(data)
        assert not any(word in str(told.value).lower() for word in ("pil", "pillow", "0x", "jpeg_", "(it begins"))
