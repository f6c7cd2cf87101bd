"""From picture to input and back: shapes by hand and by property, values kept."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from casting_core.data.transforms import input_shape, to_input, to_picture, to_tensor


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (300, 300, (320, 320)),
        (480, 640, (320, 432)),  # 426.7, and 432 is the nearest multiple of 16
        (640, 480, (432, 320)),
        (100, 900, (320, 640)),  # squeezed to twice the short side
        (1, 1, (320, 320)),
    ],
)
def test_input_shape_by_hand(height: int, width: int, expected: tuple[int, int]) -> None:
    assert input_shape(height, width, 320) == expected


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 40).map(lambda n: 16 * n))
def test_input_shape_by_property(height: int, width: int, size: int) -> None:
    rows, columns = input_shape(height, width, size)
    assert input_shape(width, height, size) == (columns, rows)
    assert rows % 16 == columns % 16 == 0
    assert min(rows, columns) == size
    assert max(rows, columns) <= 2 * size
    assert abs(max(rows, columns) - size * min(2.0, max(height, width) / min(height, width))) <= 8


def test_to_input_keeps_what_has_the_shape() -> None:
    pixels = np.arange(64 * 80, dtype=np.uint32).reshape(64, 80).astype(np.uint8)
    np.testing.assert_array_equal(to_input(pixels, 64), pixels)


def test_to_input_averages_when_it_shrinks() -> None:
    pixels = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (64, 64))  # a checkerboard of single pixels
    result = to_input(pixels, 64)
    assert (result.shape, result.dtype) == ((64, 64), np.uint8)
    assert abs(result.astype(int) - 100).max() <= 2  # the corners see one row and column less


@settings(max_examples=30)
@given(st.integers(0, 255), st.integers(1, 200), st.integers(1, 200))
def test_a_flat_picture_stays_flat(level: int, height: int, width: int) -> None:
    result = to_input(np.full((height, width), level, np.uint8), 64)
    assert result.shape == input_shape(height, width, 64)
    assert (result == level).all()
    assert (to_picture(np.full((8, 8), level / 255, np.float32), height, width) == np.float32(level / 255)).all()


def test_to_tensor_stacks_and_scales() -> None:
    tensor = to_tensor([np.full((2, 3), level, np.uint8) for level in (0, 51, 255)])
    assert (tensor.shape, tensor.dtype) == ((3, 1, 2, 3), torch.float32)
    assert tensor[:, 0, 0, 0].tolist() == pytest.approx([0, 0.2, 1])


@settings(max_examples=30)
@given(arrays(np.float32, (5, 7), elements=st.floats(0, 1, width=32)), st.integers(1, 60), st.integers(1, 60))
def test_to_picture_keeps_values_in_their_range(heatmap: np.ndarray, height: int, width: int) -> None:
    result = to_picture(heatmap, height, width)
    assert (result.shape, result.dtype) == ((height, width), np.float32)
    assert heatmap.min() - 1e-6 <= result.min()
    assert result.max() <= heatmap.max() + 1e-6


def test_to_picture_puts_a_place_where_it_was() -> None:
    heatmap = np.zeros((4, 8), np.float32)
    heatmap[1, 6] = 1
    result = to_picture(heatmap, 40, 80)
    row, column = np.unravel_index(result.argmax(), result.shape)
    assert 10 <= row < 20
    assert 60 <= column < 70


@pytest.mark.parametrize(("places", "shape"), [((40, 40), (300, 301)), ((5, 9), (100, 70)), ((40, 30), (20, 31))])
def test_smoothed_as_pillow_does(places: tuple[int, int], shape: tuple[int, int]) -> None:
    heatmap = np.random.default_rng(0).normal(size=places).astype(np.float32)
    before = heatmap.copy()
    expected = Image.fromarray(heatmap).resize(shape[::-1], Image.Resampling.BICUBIC)
    result = to_picture(heatmap, *shape, smooth=True)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, np.asarray(expected), atol=1e-5)
    np.testing.assert_array_equal(heatmap, before)
