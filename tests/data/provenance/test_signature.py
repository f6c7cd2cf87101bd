"""Likeness of strips: known shifts and mirrorings are found, and undone before anything is compared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part
from casting_core.data.provenance.signature import (
    BLOCK,
    align,
    coarse_similarity,
    coarse_strip,
    detail_similarity,
    detail_strip,
)
from casting_core.data.synthetic.casting import Rendered
from casting_core.errors import SettingsError

seeds = st.integers(0, 2**32 - 1)


def smooth(seed: int, shape: tuple[int, int] = (24, 256)) -> np.ndarray:
    """A random strip without structure finer than about 6 steps of the angle, float32."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    return ndimage.gaussian_filter1d(noise, 3, axis=1, mode="wrap").astype(np.float32)


def normalised(strip: np.ndarray) -> np.ndarray:
    strip = strip - strip.mean(1, keepdims=True)
    return strip / np.linalg.norm(strip)


def turned(strip: np.ndarray, shift: int, mirrored: bool) -> np.ndarray:
    """The strip of the same part turned by `shift` steps, after mirroring it at 12 o'clock."""
    return np.roll(np.roll(strip[:, ::-1], 1, axis=1) if mirrored else strip, shift, axis=1)


def similarity(strips: list[np.ndarray]) -> np.ndarray:
    ((_, _, matrix),) = coarse_similarity(np.stack(strips))
    return matrix


@settings(max_examples=30)
@given(seeds, st.integers(0, 127), st.booleans())
def test_a_turned_and_mirrored_strip_is_the_same(seed: int, half_shift: int, mirrored: bool) -> None:
    strip = normalised(smooth(seed))
    matrix = similarity([strip, turned(strip, 2 * half_shift, mirrored), normalised(smooth(seed + 1))])
    assert matrix[0, 1] == pytest.approx(1, abs=1e-4)
    assert matrix[0, 2] < 0.6
    assert (matrix[np.tril_indices(3)] == -1).all()


def test_similarity_by_hand() -> None:
    """Two strips that share one of their two waves, of equal strength: half of the power agrees."""
    turn = np.arange(256) * 2 * np.pi / 256
    waves = [np.cos(4 * turn), np.cos(7 * turn), np.cos(9 * turn)]
    one = normalised(np.tile(waves[0] + waves[1], (24, 1)))
    other = normalised(np.tile(waves[0] + waves[2], (24, 1)))
    assert similarity([one, other])[0, 1] == pytest.approx(0.5, abs=1e-4)


def test_a_flat_strip_resembles_nothing() -> None:
    matrix = similarity([np.zeros((24, 256), np.float32), normalised(smooth(0)), np.zeros((24, 256), np.float32)])
    np.testing.assert_allclose(matrix[np.triu_indices(3, 1)], 0, atol=1e-6)


def test_all_pairs_come_once_whatever_the_blocks() -> None:
    count = BLOCK + 3
    strips = np.stack([normalised(smooth(seed)) for seed in range(count)])
    matrix = np.full((count, count), np.nan, np.float32)
    for rows, columns, block in coarse_similarity(strips):
        assert np.isnan(matrix[rows, columns]).all()
        matrix[rows, columns] = block
    upper = np.triu_indices(count, 1)
    assert (matrix[upper] > -1).all()
    for i, j in ((0, 1), (0, count - 1), (BLOCK - 1, BLOCK), (count - 2, count - 1)):
        assert matrix[i, j] == pytest.approx(similarity([strips[i], strips[j]])[0, 1], abs=1e-5)


def test_one_strip_alone_is_refused() -> None:
    with pytest.raises(SettingsError, match="shape"):
        next(coarse_similarity(np.zeros((24, 256), np.float32)))


@settings(max_examples=15)
@given(seeds, st.integers(0, 511), st.booleans())
def test_align_finds_what_was_done(seed: int, shift: int, mirrored: bool) -> None:
    first = smooth(seed, (64, 512))
    second = turned(first, shift, mirrored)
    found, reversed_ = align(first, second)
    np.testing.assert_array_equal(turned(second, found, reversed_), first)
    assert detail_similarity(first, second) > 0.95
    assert detail_similarity(second, first) > 0.95


def test_detail_ignores_light_and_shape() -> None:
    """Brightness, contrast and a slow wave around the part change the coarse strip, not the detail."""
    first = smooth(1, (64, 512))
    slow = np.cos(np.arange(512) * 2 * np.pi / 512)
    assert detail_similarity(first, 40 + 0.5 * first + 2 * slow) > 0.95
    assert abs(detail_similarity(first, smooth(2, (64, 512)))) < 0.3


@pytest.mark.parametrize("row", [-1, 0, 1])
@pytest.mark.parametrize("column", [-2, -1, 0, 1, 2])
def test_detail_may_lie_a_few_steps_beside_what_was_aligned(row: int, column: int) -> None:
    """A slow wave, whose phase goes around once over the rows, decides how strips are aligned; it is no detail."""
    noise = np.random.default_rng(4).standard_normal((64, 512))
    fine = ndimage.gaussian_filter1d(noise, 1, axis=1, mode="wrap")
    fine /= fine.std()
    slow = 130 * np.cos(np.arange(512) * 2 * np.pi / 512 + np.arange(64)[:, None] * 2 * np.pi / 64)
    first, second = slow + fine, slow + np.roll(fine, (row, column), axis=(0, 1))
    assert align(first, second) == (0, False)
    assert detail_similarity(first, second) > 0.9


def test_detail_of_a_flat_strip_is_no_likeness() -> None:
    assert detail_similarity(np.ones((64, 512), np.float32), smooth(1, (64, 512))) == pytest.approx(0, abs=1e-6)


def test_strips_of_a_casting(castings: tuple[Rendered, ...]) -> None:
    casting = castings[0]
    before = casting.pixels.copy()
    coarse, detail = coarse_strip(casting.pixels, casting.part), detail_strip(casting.pixels, casting.part)
    assert (coarse.shape, coarse.dtype) == ((24, 256), np.float32)
    assert (detail.shape, detail.dtype) == ((64, 512), np.float32)
    assert np.linalg.norm(coarse) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(coarse.mean(1), 0, atol=1e-6)
    np.testing.assert_array_equal(casting.pixels, before)


def test_detail_is_taken_from_half_an_opening_to_one_and_three_quarters() -> None:
    """Each pixel of the picture is as bright as it is far from the centre of a round opening."""
    opening = Ellipse(x=100, y=100, major=50, minor=50, angle=0)
    y, x = np.mgrid[:201, :201]
    strip = detail_strip(np.hypot(x - 100, y - 100), Part(disc=opening, opening=opening))
    np.testing.assert_allclose(strip, np.tile(np.linspace(25, 87.5, 64)[:, None], (1, 512)), atol=0.1)


def test_a_strip_ignores_gain_and_offset(castings: tuple[Rendered, ...]) -> None:
    part: Part = castings[0].part
    pixels = castings[0].pixels.astype(np.float32)
    np.testing.assert_allclose(coarse_strip(pixels, part), coarse_strip(0.5 * pixels + 30, part), atol=1e-4)


def test_a_flat_picture_has_a_strip_of_zeros(castings: tuple[Rendered, ...]) -> None:
    assert (coarse_strip(np.full((96, 96), 77, np.uint8), castings[0].part) == 0).all()
