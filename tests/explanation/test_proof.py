"""The proof with a judge whose reasons are known: it looks for dark pixels."""

import numpy as np
import pytest

from casting_core.explanation.proof import prove
from tests.explanation.test_repair import PART, rings


def look(pixels: np.ndarray) -> tuple[float, np.ndarray]:
    """The darkest place decides; the map is 1 where a pixel is as dark as no ring is."""
    heatmap = (pixels < 40).astype(np.float32)
    return float(heatmap.max()) * 0.9 + 0.05, heatmap


def spoiled() -> np.ndarray:
    pixels = rings()
    pixels[40:48, 96:104] = 0
    pixels[150:156, 80:88] = 10
    return pixels


def test_the_marked_places_were_the_reason():
    pixels = spoiled()
    before = pixels.copy()
    proof = prove(pixels, PART, look, enough=0.3)
    assert proof is not None
    np.testing.assert_array_equal(pixels, before)
    assert proof.before == pytest.approx(0.95)
    assert proof.after == pytest.approx(0.05)
    assert proof.alone == (pytest.approx(0.95), pytest.approx(0.95))  # the other place is still there
    assert proof.control == (pytest.approx(0.95), pytest.approx(0.95))
    assert proof.largest_control == pytest.approx(0)
    assert 0 < proof.replaced < 0.1


def test_a_judge_with_another_reason_is_found_out():
    """It marks a place but judges by the mean: repairing the place changes nothing."""
    proof = prove(spoiled(), PART, lambda pixels: (0.8, look(pixels)[1]), enough=0.3)
    assert proof is not None
    assert proof.after == pytest.approx(0.8)


def test_nothing_marked_needs_no_proof():
    assert prove(rings(), PART, look, enough=0.3) is None


def test_the_same_seed_gives_the_same_controls():
    one, other = (prove(spoiled(), PART, look, enough=0.3, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert one.control == other.control
