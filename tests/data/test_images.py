"""Decoding: every format, mode, orientation and source against values worked out by hand."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from casting_core.data.images import decode, decode_rgb, decode_shown, encoded, read, shown_size
from casting_core.errors import ImageError
from tests.data.pictures import BLUE, COLOURS, GRAY, GREEN, LUMA, RED, saved

# --- formats and modes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_gray_and_colour(kind):
    assert np.array_equal(decode(saved(GRAY, kind)).pixels, GRAY)
    assert np.array_equal(decode(saved(COLOURS, kind)).pixels, LUMA)
    assert np.array_equal(decode_rgb(saved(COLOURS, kind)), COLOURS)
    assert np.array_equal(decode_rgb(saved(GRAY, kind)), np.stack([GRAY] * 3, axis=-1))


def test_what_is_encoded_is_decoded():
    assert np.array_equal(decode(encoded(Image.fromarray(GRAY), "PNG", optimize=True)).pixels, GRAY)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiff(compression):
    assert np.array_equal(decode(saved(COLOURS, "TIFF", compression=compression)).pixels, LUMA)


def test_lossless_webp():
    assert np.array_equal(decode(saved(COLOURS, "WEBP", lossless=True)).pixels, LUMA)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_lossy_flat_gray(kind, mode):
    picture = decode(saved(Image.new("L", (31, 17), 128).convert(mode), kind, quality=95))
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
    data = bytearray(saved(Image.new("CMYK", (16, 16), (luminance, 127, 127, 0)), "JPEG", quality=100))
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
    assert np.rint(picture.pixels[8::16, 8::16] / 40).astype(int).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.array_equal(decode(Image.open(io.BytesIO(data))).pixels, picture.pixels)
    assert decode_rgb(data).shape == (32, 48, 3)


@pytest.mark.parametrize("orientation", [0, 9, None])
def test_broken_exif_does_not_cost_the_picture(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    broken = b"Exif\0\0MM\0*\xff\xff\xff\xff" if orientation is None else exif
    assert np.array_equal(decode(saved(GRAY, "PNG", exif=broken)).pixels, GRAY)


def test_a_picture_is_turned_though_the_rest_of_its_exif_cannot_be_written_anew():
    exif = Image.Exif()
    exif[0x0112] = 3
    image = Image.fromarray(GRAY)
    image.info["exif"] = exif.tobytes()
    image.getexif()[0x010E] = object()
    assert np.array_equal(decode(image).pixels, GRAY[::-1, ::-1])
    assert np.array_equal(np.asarray(image), GRAY)


# --- as a page shows it ---------------------------------------------------------------------------------

SIDES = (640, 1024)


@pytest.mark.parametrize(
    ("size", "shown"),
    [((300, 300), (640, 640)), ((320, 640), (320, 640)), ((800, 600), (800, 600)), ((4000, 3000), (1024, 768))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_shown_in_a_fitting_size(kind: str, size: tuple[int, int], shown: tuple[int, int]) -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, size[0], dtype=np.uint8)[None, :, None], (size[1], size[0], 3))
    data = saved(np.ascontiguousarray(ramp), kind)
    pixels = decode_shown(data, SIDES)
    assert shown_size(size, SIDES) == shown == pixels.shape[1::-1]
    whole = Image.fromarray(decode_rgb(data)).resize(shown, Image.Resampling.BICUBIC, reducing_gap=2.0)
    assert np.abs(pixels.astype(int) - np.asarray(whole)).max() <= 2


def test_what_is_shown_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.new("RGB", (3000, 1000), "white")
    stored.paste("black", (0, 0, 1500, 1000))  # at the top, once it is turned
    pixels = decode_shown(saved(stored, "JPEG", exif=exif), SIDES)
    assert pixels.shape == (1024, 341, 3)
    assert (pixels[:500].max(), pixels[524:].min()) == (0, 255)


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1)])
def test_a_line_of_pixels_is_shown_as_one(size: tuple[int, int]) -> None:
    assert decode_shown(saved(Image.new("RGB", size), "PNG"), SIDES).shape[:2] == shown_size(size, SIDES)[::-1]


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


def test_arrays():
    assert np.array_equal(decode(GRAY).pixels, GRAY)
    assert np.array_equal(decode(COLOURS).pixels, LUMA)
    assert np.array_equal(decode((COLOURS / 255).astype(np.float32)).pixels, LUMA)
    assert decode(np.array([[0, 0.5, 1]], np.float32)).pixels.tolist() == [[0, 128, 255]]
    assert np.array_equal(decode(COLOURS[::-1, ::-1]).pixels, LUMA[::-1, ::-1])  # views, not contiguous
    assert np.array_equal(decode_rgb(COLOURS), COLOURS)


def test_the_source_is_neither_changed_nor_shared():
    array = GRAY.copy()
    decode(array).pixels[:] = 7
    assert np.array_equal(array, GRAY)
    image = Image.fromarray(COLOURS)
    decode(image)
    assert (image.mode, image.size) == ("RGB", (3, 2))


@pytest.mark.parametrize(
    "array",
    [
        *(np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 1), np.uint8), np.zeros((2, 3, 3, 1), np.uint8)),
        *(np.zeros(5, np.uint8), np.zeros((2, 3)), np.zeros((2, 3), np.int64), np.zeros((2, 3), bool)),
        *(np.array([["a"]]), np.array([[None]])),
    ],
)
def test_other_arrays_are_refused_with_their_shape_and_type(array):
    with pytest.raises(ImageError, match="uint8 or float32") as caught:
        decode(array)
    assert str(array.dtype) in str(caught.value)
    assert str(array.shape) in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0, 3)])
def test_arrays_without_pixels(shape):
    with pytest.raises(ImageError, match="no pixels"):
        decode(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1)])
def test_one_pixel_across_is_a_picture(shape):
    assert np.array_equal(decode(np.full(shape, 9, np.uint8)).pixels, np.full(shape, 9))


def test_many_threads_give_the_same():
    files = [saved(np.full((40, 50), level, np.uint8), "JPEG") for level in range(0, 250, 10)]
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(decode, files * 8))
    assert [int(p.pixels[0, 0]) for p in pictures] == list(range(0, 250, 10)) * 8
