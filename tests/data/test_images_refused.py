"""Decoding: what is refused and how, the limits, and thousands of broken files."""

import contextlib
import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from casting_core.data import images
from casting_core.data.images import ImageLimits, Picture, decode
from casting_core.errors import ImageError, SettingsError
from tests.data.pictures import GRAY, saved, tiff_gray
from tests.faults.mutants import mutants, originals

# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        *((b"", "empty"), (b"hello, I am a text", "none of these"), (b"GIF89a" + bytes(20), "GIF")),
        *((b"%PDF-1.7", "PDF"), (bytes(4) + b"ftypheic" + bytes(20), "HEIC"), (b"RIFF\0\0\0\0WEBP", "WEBP")),
        *((b"RIFF\0\0\0\0WAVEfmt ", "none of these"), (b"BM", "BMP"), (b"II*\0", "TIFF")),
        *((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG")),
    ],
)
def test_no_picture(data, message, tmp_path):
    path = tmp_path / "part.jpg"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
        with pytest.raises(ImageError, match=message):
            decode(source)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_truncated(kind):
    data = saved(np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8), kind)
    with pytest.raises(ImageError, match="damaged"):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "GIF"])
def test_several_frames(kind):
    data = saved(Image.fromarray(GRAY), kind, save_all=True, append_images=[Image.fromarray(255 - GRAY)])
    for source in (data, Image.open(io.BytesIO(data))):
        with pytest.raises(ImageError, match="GIF" if (kind, source) == ("GIF", data) else "several frames"):
            decode(source)  # a GIF comes only from Pillow


def test_the_preview_in_a_phone_picture_is_passed_over():
    first, second = Image.new("L", (32, 24), 40), Image.new("L", (32, 24), 200)
    data = saved(first, "MPO", save_all=True, append_images=[second])
    assert np.unique(decode(data).pixels).tolist() == [40]
    assert np.unique(decode(Image.open(io.BytesIO(data))).pixels).tolist() == [40]


def test_too_many_scans_are_refused(monkeypatch):
    data = saved(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    scans = data.count(b"\xff\xda")
    for most in (scans, scans - 1):
        monkeypatch.setattr("casting_core.data.images.MOST_SCANS", most)
        if most == scans:
            assert decode(data).width == 64
        else:
            with pytest.raises(ImageError, match=f"more than {most} scans"):
                decode(data)


def test_what_looks_like_a_scan_in_a_comment_is_none():
    data = saved(Image.new("L", (64, 64), 128), "JPEG", progressive=True, comment=b"\xff\xda" * 200)
    assert data.count(b"\xff\xda") > 200
    assert decode(data).width == 64


# --- limits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_limit_of_pixels(kind):
    data = saved(Image.new("L", (20, 10)), kind)
    assert decode(data, limits=ImageLimits(max_pixels=200)).pixels.shape == (10, 20)
    for source in (data, Image.open(io.BytesIO(data)), np.zeros((10, 20), np.uint8)):
        with pytest.raises(ImageError, match=r"20 × 10 = 200 pixels.*limit of 199"):
            decode(source, limits=ImageLimits(max_pixels=199))


WEBP = pytest.mark.parametrize(
    ("chunk", "header", "options"),
    [
        (b"VP8 ", 30, {}),
        (b"VP8L", 25, {"lossless": True}),
        (b"VP8X", 30, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}),
    ],
)


@WEBP
def test_no_canvas_is_made_for_a_webp_that_is_too_large(chunk, header, options, monkeypatch):
    """Its decoder takes the memory as soon as it is made, so the size is read beforehand, however it is stored."""
    data = saved(Image.new("RGB", (20, 10)), "WEBP", **options)
    assert data[12:16] == chunk
    assert decode(data, limits=ImageLimits(max_pixels=200)).pixels.shape == (10, 20)
    monkeypatch.setattr(images, "WebPImageFile", lambda stream: pytest.fail("the decoder was made"))
    with pytest.raises(ImageError, match=r"20 × 10 = 200 pixels.*limit of 199"):
        decode(data, limits=ImageLimits(max_pixels=199))


@WEBP
@pytest.mark.parametrize(("size", "text"), [((20, 10), "20 × 10 = 200 pixels"), ((21, 11), "21 × 11 = 231 pixels")])
def test_the_size_of_a_webp_is_known_as_soon_as_its_header_is_whole(chunk, header, options, size, text):
    data = saved(Image.new("RGB", size), "WEBP", **options)
    with pytest.raises(ImageError, match=text):
        decode(data[:header], limits=ImageLimits(max_pixels=199))
    with pytest.raises(ImageError, match="header holds no size"):
        decode(data[: header - 1], limits=ImageLimits(max_pixels=199))


def huge(kind: str) -> bytes:
    """A small file whose header promises 16,000 × 16,000 pixels."""
    data = bytearray(saved(Image.new("L", (20, 10)), kind))
    if kind == "PNG":
        data[16:24] = struct.pack(">II", 16_000, 16_000)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    elif kind == "BMP":
        data[18:26] = struct.pack("<ii", 16_000, 16_000)
    elif kind == "WEBP":
        data[26:30] = struct.pack("<HH", 16_000, 16_000)
    elif kind == "JPEG":
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", 16_000, 16_000)
    else:
        data = bytearray(tiff_gray(np.zeros((16_000, 1), np.uint8), 8))
        data = data.replace(struct.pack("<HHII", 256, 4, 1, 1), struct.pack("<HHII", 256, 4, 1, 16_000))
    return bytes(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_decompression_bomb_is_seen_in_the_header(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ImageError, match="256,000,000 pixels"):
            decode(huge(kind))


def test_limits_are_checked():
    assert ImageLimits() == ImageLimits(max_bytes=32 * 2**20, max_pixels=50_000_000)
    assert ImageLimits(max_bytes=1, max_pixels=1).max_bytes == 1
    with pytest.raises(SettingsError, match="max_bytes"):
        ImageLimits(max_bytes=0)
    for pixels in (0, 200_000_000):
        with pytest.raises(SettingsError, match="max_pixels"):
            ImageLimits(max_pixels=pixels)


# --- broken files --------------------------------------------------------------------------------------


def test_mutated_files_give_a_picture_or_an_image_error(capfd):
    pictures, messages = 0, []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _, data in mutants(3000, seed=20):
            try:
                picture = decode(data, limits=ImageLimits(max_pixels=1_000_000))
            except ImageError as error:
                messages.append(str(error))
            else:
                pictures += 1
                assert isinstance(picture, Picture)
                assert (picture.pixels.dtype, picture.pixels.ndim) == (np.uint8, 2)
                assert 1 <= picture.width * picture.height <= 1_000_000
    assert min(pictures, len(messages)) > 300  # both ways are walked
    assert max(map(len, messages)) < 500
    assert [str(warning.message) for warning in caught] == []
    assert capfd.readouterr().out == ""  # libtiff writes a line to standard error here and there


@pytest.mark.parametrize("action", ["error", "always", "default", "module", "once"])
def test_pillow_warns_of_nothing_whatever_others_ask_of_warnings(action):
    """EXIF that is cut off, which Pillow warns of; the filter that silences it goes before one that was set later."""
    data = saved(GRAY, "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        decode(data)
    assert [str(warning.message) for warning in caught] == []


def test_every_truncation_gives_a_picture_or_an_image_error():
    for data in (each for files in originals().values() for each in files):
        for length in range(0, len(data), 7):
            with contextlib.suppress(ImageError):
                decode(data[:length])
