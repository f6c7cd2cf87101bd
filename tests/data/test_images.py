"""Decoding: every format, mode, orientation and source against values worked out by hand."""

import hashlib
import io
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from casting_core.data.images import decode, decode_rgb, read
from casting_core.errors import ImageError
from tests.data.pictures import BLUE, COLOURS, GRAY, GREEN, LUMA, RED, png16, saved, tiff_gray

# --- formats and modes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_gray_and_colour(kind):
    assert np.array_equal(decode(saved(GRAY, kind)).pixels, GRAY)
    assert np.array_equal(decode(saved(COLOURS, kind)).pixels, LUMA)
    assert np.array_equal(decode_rgb(saved(COLOURS, kind)), COLOURS)
    assert np.array_equal(decode_rgb(saved(GRAY, kind)), np.stack([GRAY] * 3, axis=-1))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiff(compression):
    assert np.array_equal(decode(saved(COLOURS, "TIFF", compression=compression)).pixels, LUMA)


def test_lossless_webp():
    assert np.array_equal(decode(saved(COLOURS, "WEBP", lossless=True)).pixels, LUMA)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_lossy_flat_gray(kind, mode):
    image = Image.new("L", (31, 17), 128).convert(mode)
    picture = decode(saved(image, kind, quality=95))
    assert picture.pixels.shape == (17, 31)
    assert np.abs(picture.pixels.astype(int) - 128).max() <= 1


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_luminance_equals_the_way_over_rgb(progressive):
    ramp = np.broadcast_to(np.arange(0, 240, dtype=np.uint8), (40, 240))
    gray = saved(np.stack([ramp] * 3, axis=-1), "JPEG", progressive=progressive)
    assert np.array_equal(decode(gray).pixels, np.asarray(Image.open(io.BytesIO(gray)).convert("L")))
    colour = saved(np.stack([ramp, ramp[:, ::-1], ramp], axis=-1), "JPEG", subsampling=0, quality=95)
    over_rgb = np.asarray(Image.open(io.BytesIO(colour)).convert("L")).astype(int)
    assert np.abs(decode(colour).pixels - over_rgb).max() <= 2


def test_jpeg_coded_as_rgb():
    flat = Image.new("RGB", (16, 16), (100, 150, 200))
    pixels = decode(saved(flat, "JPEG", keep_rgb=True, quality=100)).pixels.astype(int)
    assert np.abs(pixels - 141).max() <= 2


def test_cmyk_jpeg_is_not_inverted():
    # Pillow writes CMYK JPEG the way Adobe does: inverted, with an Adobe marker.
    paper = saved(Image.new("CMYK", (16, 16), (0, 0, 0, 0)), "JPEG", quality=95)
    ink = saved(Image.new("CMYK", (16, 16), (0, 0, 0, 255)), "JPEG", quality=95)
    assert b"Adobe" in paper
    assert decode(paper).pixels.min() >= 253
    assert decode(ink).pixels.max() <= 2


@pytest.mark.parametrize(("luminance", "seen"), [(255, 255), (127, 127), (0, 0)])
def test_ycck_jpeg_is_converted(luminance, seen):
    # Adobe stores inverted CMYK as YCCK: paper is Y = 0, Cb = Cr = 128, K = 255. Pillow inverts once more
    # when it writes, and marks the file as CMYK, which the test changes to YCCK.
    image = Image.new("CMYK", (16, 16), (luminance, 127, 127, 0))
    data = bytearray(saved(image, "JPEG", quality=100))
    transform = data.index(b"Adobe") + 11  # 0: CMYK, 2: YCCK
    assert data[transform] == 0
    data[transform] = 2
    assert np.abs(decode_rgb(bytes(data)).astype(int) - seen).max() <= 2


def test_one_bit():
    bits = np.array([[True, False, True], [False, False, True]])
    for kind in ("PNG", "BMP", "TIFF"):
        assert np.array_equal(decode(saved(Image.fromarray(bits), kind)).pixels, bits * np.uint8(255))


def test_palette():
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    image = image.convert("P")
    image.putpalette([*RED, *GREEN, *BLUE])
    for kind in ("PNG", "BMP", "TIFF"):
        assert decode(saved(image, kind)).pixels.tolist() == [[76, 150, 29]]
    # the first colour fully, the second half transparent: white, and 150 × 127/255 + 255 × 128/255 = 202.6
    clear = saved(image, "PNG", transparency=bytes([0, 127, 255]))
    first, second, third = decode(clear).pixels[0].tolist()
    assert (first, third) == (255, 29)
    assert second == pytest.approx(202.6, abs=1)


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


# --- deep gray -----------------------------------------------------------------------------------------

RAMP = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)  # level k is exactly k × 257
EIGHT = np.arange(256, dtype=np.uint8).reshape(16, 16)


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
    with pytest.raises(ImageError, match="0 to 70000"):
        decode(tiff_gray(np.array([[0, 70_000]], np.int32), 32, sample_format=2))
    with pytest.raises(ImageError, match="-1 to 5"):
        decode(Image.fromarray(np.array([[-1, 5]], np.int32)))


def test_floating_point_tiff_lies_between_zero_and_one():
    unit = np.array([[0, 0.2, 1]], np.float32)
    assert decode(tiff_gray(unit, 32, sample_format=3)).pixels.tolist() == [[0, 51, 255]]
    for wrong in (unit * 255, -unit, np.full((1, 3), np.nan, np.float32)):
        with pytest.raises(ImageError, match=r"\[0, 1\]"):
            decode(tiff_gray(wrong, 32, sample_format=3))


# --- orientation ---------------------------------------------------------------------------------------

# What is stored for [[1, 2, 3], [4, 5, 6]] to be seen, for each value of the EXIF tag.
STORED = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[3, 6], [2, 5], [1, 4]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[4, 1], [5, 2], [6, 3]],
}


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", STORED)
def test_exif_turns_upright(kind, orientation):
    stored = np.kron(np.array(STORED[orientation], np.uint8) * 40, np.ones((16, 16), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True}, "JPEG": {"quality": 100}}[kind]
    data = saved(stored, kind, exif=exif, **options)
    picture = decode(data)
    assert (picture.width, picture.height) == (48, 32)
    seen = np.rint(picture.pixels[8::16, 8::16] / 40).astype(int)
    assert seen.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.array_equal(decode(Image.open(io.BytesIO(data))).pixels, picture.pixels)
    assert decode_rgb(data).shape == (32, 48, 3)


def test_broken_exif_does_not_cost_the_picture():
    data = saved(GRAY, "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert np.array_equal(decode(data).pixels, GRAY)


# --- sources -------------------------------------------------------------------------------------------


def test_every_source_gives_the_same(tmp_path):
    data = saved(np.kron(GRAY, np.ones((8, 8), np.uint8)), "JPEG")
    path = tmp_path / "part.txt"  # the name tells nothing
    path.write_bytes(data)
    at_end = io.BytesIO(data)
    at_end.seek(0, os.SEEK_END)
    expected = decode(data)
    assert expected.sha256 == hashlib.sha256(data).hexdigest()
    for source in (str(path), path, bytearray(data), memoryview(data), at_end, path.open("rb")):
        picture = decode(source)
        assert np.array_equal(picture.pixels, expected.pixels)
        assert picture.sha256 == expected.sha256
    of_image = decode(Image.open(path))
    of_array = decode(expected.pixels)
    assert np.array_equal(of_image.pixels, expected.pixels)
    assert of_image.sha256 == of_array.sha256 == hashlib.sha256(expected.pixels.tobytes()).hexdigest()


def test_reading_gives_bytes_once_and_leaves_what_is_decoded_already(tmp_path):
    data = saved(GRAY, "PNG")
    path = tmp_path / "part.png"
    path.write_bytes(data)
    for source in (str(path), path, data, bytearray(data), io.BytesIO(data)):
        assert read(source) == data
    image = Image.fromarray(GRAY)
    assert read(image) is image
    assert read(GRAY) is GRAY


def test_a_stream_that_gives_little_at_a_time_and_cannot_seek():
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = saved(GRAY, "PNG")

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            part, self.rest = self.rest[:7], self.rest[7:]
            return part

    assert np.array_equal(decode(Pipe()).pixels, GRAY)


def test_arrays():
    assert np.array_equal(decode(GRAY).pixels, GRAY)
    assert np.array_equal(decode(COLOURS).pixels, LUMA)
    assert np.array_equal(decode((COLOURS / 255).astype(np.float32)).pixels, LUMA)
    assert decode(np.array([[0, 0.5, 1]], np.float32)).pixels.tolist() == [[0, 128, 255]]
    assert np.array_equal(decode(COLOURS[::-1, ::-1]).pixels, LUMA[::-1, ::-1])  # views, not contiguous
    assert np.array_equal(decode_rgb(COLOURS), COLOURS)


def test_the_source_is_neither_changed_nor_shared():
    array = GRAY.copy()
    pixels = decode(array).pixels
    pixels[:] = 7
    assert np.array_equal(array, GRAY)
    image = Image.fromarray(COLOURS)
    decode(image)
    assert (image.mode, image.size) == ("RGB", (3, 2))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3, 4), np.uint8),
        np.zeros((2, 3, 1), np.uint8),
        np.zeros((2, 3, 3, 1), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((2, 3)),
        np.zeros((2, 3), np.int64),
        np.zeros((2, 3), bool),
        np.array([["a"]]),
        np.array([[None]]),
    ],
)
def test_other_arrays_are_refused_with_their_shape_and_type(array):
    with pytest.raises(ImageError, match="uint8 or float32") as caught:
        decode(array)
    assert str(array.dtype) in str(caught.value)
    assert str(array.shape) in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.01, 1.01, 255])
def test_float_arrays_out_of_range(value):
    with pytest.raises(ImageError, match=r"\[0, 1\]"):
        decode(np.array([[0.5, value]], np.float32))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0, 3)])
def test_arrays_without_pixels(shape):
    with pytest.raises(ImageError, match="no pixels"):
        decode(np.zeros(shape, np.uint8))


def test_many_threads_give_the_same():
    files = [saved(np.full((40, 50), level, np.uint8), "JPEG") for level in range(0, 250, 10)]
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(decode, files * 8))
    assert [int(p.pixels[0, 0]) for p in pictures] == list(range(0, 250, 10)) * 8
