"""Levels of gray and colour: transparency, deep gray and odd modes against values worked out by hand."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from casting_core.data import image_levels
from casting_core.data.image_levels import levels
from casting_core.data.images import decode, decode_rgb
from casting_core.errors import ImageError
from tests.data.pictures import COLOURS, GRAY, LUMA, png16, saved, tiff_gray, webp_bomb, with_chunk

RAMP = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)  # level k is exactly k × 257
EIGHT = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparent_pixels_become_white(kind):
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = 0, 51, 255  # black at 0, 20 and 100 %
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    data = saved(rgba, kind, **options)
    assert decode(data).pixels.tolist() == [[255, 204, 0]]
    assert decode_rgb(data)[0].tolist() == [[255] * 3, [204] * 3, [0] * 3]


def test_opaque_alpha_changes_nothing():
    alpha = np.full(GRAY.shape, 255, np.uint8)
    assert np.array_equal(decode(saved(np.dstack([COLOURS, alpha]), "PNG")).pixels, LUMA)
    gray_alpha = Image.merge("LA", (Image.fromarray(GRAY), Image.fromarray(alpha)))
    assert np.array_equal(decode(saved(gray_alpha, "PNG")).pixels, GRAY)


def test_one_transparent_gray_level():
    assert decode(saved(GRAY, "PNG", transparency=100)).pixels[0].tolist() == [0, 50, 255]
    clear = struct.pack(">I", 2) + b"tRNS" + struct.pack(">H", 514) + struct.pack(">I", 0)
    clear = clear[:-4] + struct.pack(">I", zlib.crc32(clear[4:-4]))
    assert decode(png16(np.array([[0, 514, 1028, 65535]], np.uint16), clear)).pixels.tolist() == [[0, 255, 4, 255]]


def test_premultiplied_and_other_modes_of_pil():
    rgba = Image.fromarray(np.dstack([COLOURS, np.full(GRAY.shape, 255, np.uint8)]))
    for mode in ("RGBa", "RGBX", "RGBA"):
        assert np.array_equal(decode(rgba.convert(mode)).pixels, LUMA)
    gray = Image.fromarray(GRAY)
    for mode in ("L", "LA", "RGB", "RGBA", "P", "F"):
        image = gray.convert(mode) if mode != "F" else Image.fromarray((GRAY / 255).astype(np.float32))
        assert np.array_equal(decode(image).pixels, GRAY), mode
    for mode in ("HSV", "YCbCr", "CMYK"):
        assert np.abs(decode(gray.convert(mode)).pixels.astype(int) - GRAY).max() <= 1, mode


def test_lab_tiff():
    lab = Image.new("LAB", (4, 3), (255, 128, 128))  # L* = 100, a* = b* = 0: white
    assert decode(saved(lab, "TIFF")).pixels.min() >= 254
    assert decode(Image.new("LAB", (4, 3), (0, 128, 128))).pixels.max() <= 1


def test_sixteen_bit_ramp_is_scaled_not_clipped():
    assert np.array_equal(decode(png16(RAMP)).pixels, EIGHT)
    assert np.array_equal(decode_rgb(png16(RAMP))[..., 1], EIGHT)
    assert np.array_equal(decode(tiff_gray(RAMP, 16)).pixels, EIGHT)
    assert np.array_equal(decode(saved(RAMP, "PNG")).pixels, EIGHT)
    assert np.array_equal(decode(Image.frombytes("I;16B", (16, 16), RAMP.astype(">u2").tobytes())).pixels, EIGHT)
    assert np.array_equal(decode(Image.fromarray(RAMP.astype(np.int32))).pixels, EIGHT)  # mode "I"


def test_sixteen_bits_are_rounded_to_the_nearest_level():
    values = np.array([[0, 128, 129, 385, 386, 65406, 65407, 65535]], np.uint16)
    assert decode(png16(values)).pixels.tolist() == [[0, 0, 1, 1, 2, 254, 255, 255]]


def test_sixteen_bits_without_black_or_white_keep_their_levels():
    assert decode(png16(np.array([[257, 514, 51400]], np.uint16))).pixels.tolist() == [[1, 2, 200]]


def test_sixteen_bit_tiff_where_zero_is_white():
    assert np.array_equal(decode(tiff_gray(RAMP, 16, photometric=0)).pixels, 255 - EIGHT)


def test_twelve_bit_tiff():
    packed = np.frombuffer(bytes.fromhex("000fff"), np.uint8).reshape(1, 3)  # the samples 0x000 and 0xfff
    data = tiff_gray(packed, 12).replace(struct.pack("<HHII", 256, 4, 1, 3), struct.pack("<HHII", 256, 4, 1, 2))
    assert decode(data).pixels.tolist() == [[0, 255]]


def test_thirty_two_bits_are_refused():
    with pytest.raises(ImageError, match="up to 16 bits, got 70000"):
        decode(tiff_gray(np.array([[0, 70_000]], np.int32), 32, sample_format=2))
    with pytest.raises(ImageError, match="got -1: signed"):
        decode(Image.fromarray(np.array([[-1, 5]], np.int32)))


def test_floating_point_tiff_lies_between_zero_and_one():
    unit = np.array([[0, 0.2, 1]], np.float32)
    assert decode(tiff_gray(unit, 32, sample_format=3)).pixels.tolist() == [[0, 51, 255]]
    for wrong in (unit * 255, -unit, np.full((1, 3), np.nan, np.float32)):
        with pytest.raises(ImageError, match=r"\[0, 1\]"):
            decode(tiff_gray(wrong, 32, sample_format=3))


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.01, 1.01, 255])
def test_float_arrays_out_of_range(value):
    with pytest.raises(ImageError, match=r"\[0, 1\]"):
        decode(np.array([[0.5, value]], np.float32))


@pytest.mark.parametrize("shrink", [1, 2, 3, 50])
@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("kind", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "LAB", "I;16", "F", "clear", "negative"])
def test_strips_make_the_picture_that_is_made_at_once(monkeypatch, kind: str, mode: str, shrink: int) -> None:
    random = np.random.default_rng(1)
    image = Image.fromarray(random.integers(0, 256, (23, 17, 4), np.uint8), "RGBA")
    deep = random.integers(0, 65536, (23, 17)).astype(np.uint16)
    if kind in ("I;16", "negative"):
        image = Image.open(io.BytesIO(tiff_gray(deep, 16, photometric=int(kind == "I;16"))))
    elif kind == "F":
        image = Image.fromarray((deep / 65535).astype(np.float32))
    elif kind == "clear":
        image = Image.open(io.BytesIO(saved(image.convert("P"), "PNG", transparency=bytes(range(256)))))
    else:
        image = image.convert("RGB").convert(kind) if kind == "LAB" else image.convert(kind)
    whole = levels(image, mode, shrink=shrink)
    monkeypatch.setattr(image_levels, "STRIP", 80)
    assert np.array_equal(levels(image, mode, shrink=shrink), whole)
    assert whole.shape[:2] == (-(-23 // shrink), -(-17 // shrink))


def test_transparency_that_is_the_same_everywhere_tells_nothing() -> None:
    """Some cameras and tools write an alpha channel of nought; a file of no bits a pixel is half transparent."""
    assert np.unique(decode(webp_bomb(20, 10)).pixels).tolist() == [0]
    ramp = np.arange(200, dtype=np.uint8).reshape(10, 20)
    for alpha in (0, 100, 255):
        clear = np.stack([ramp, np.full_like(ramp, alpha)], axis=2)
        assert np.array_equal(decode(saved(Image.fromarray(clear, "LA"), "PNG")).pixels, ramp)


def deep(values: np.ndarray, kind: str, **options: object) -> bytes:
    return saved(Image.fromarray(values.astype(np.uint16)), kind, **options)


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_levels_of_a_camera_in_sixteen_bits_are_found_and_it_is_said(bits: int, kind: str) -> None:
    values = np.linspace(0, (1 << bits) - 1, 200).round().reshape(10, 20)
    picture = decode(deep(values, kind))
    assert np.abs(picture.pixels - 255 * values / ((1 << bits) - 1)).max() <= 0.5
    assert f"only {bits} are used" in str(picture.note)
    full = decode(deep(values * (65535 // ((1 << bits) - 1)), kind))
    assert np.abs(full.pixels.astype(int) - picture.pixels).max() <= 1
    assert full.note is None


def test_what_a_file_says_of_its_levels_is_believed_where_they_fit() -> None:
    """A dark picture of 12 bits, which uses 9 of them, as a TIFF and a PNG say it; and what does not fit."""
    values = np.linspace(0, 500, 200).round().reshape(10, 20)
    told = {
        "TIFF": deep(values, "TIFF", tiffinfo={281: 4095}),
        "PNG": with_chunk(deep(values, "PNG"), b"sBIT", b"\x0c"),
    }
    for data in told.values():
        picture = decode(data)
        assert (int(picture.pixels.max()), picture.note) == (31, None)  # 500 of 4,095
    left = with_chunk(deep(values * 128, "PNG"), b"sBIT", b"\x0c")  # scaled to 16 bits, as the standard asks
    assert (int(decode(left).pixels.max()), decode(left).note) == (249, None)
