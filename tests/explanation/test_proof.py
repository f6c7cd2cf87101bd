"""The proof with a judge whose reasons are known: it looks for dark pixels."""

import json

import numpy as np
import pytest

from casting_core.explanation.proof import prove
from tests.explanation.test_patches import PART, rings


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
    assert (proof.before, proof.after) == (pytest.approx(0.95), pytest.approx(0.05))
    assert proof.alone == (pytest.approx(0.95), pytest.approx(0.95))  # the other place is still there
    assert (proof.control, proof.largest_control) == ((pytest.approx(0.95), pytest.approx(0.95)), pytest.approx(0))
    assert 0 < proof.replaced < 0.1
    assert json.loads(json.dumps(proof.to_json(), allow_nan=False))["control"] == list(proof.control)


def test_a_judge_with_another_reason_is_found_out():
    """It marks a place but judges by the mean: repairing the place changes nothing."""
    proof = prove(spoiled(), PART, lambda pixels: (0.8, look(pixels)[1]), enough=0.3)
    assert proof.after == pytest.approx(0.8)


def test_nothing_marked_needs_no_proof():
    assert prove(rings(), PART, look, enough=0.3) is None


def test_the_same_seed_gives_the_same_controls():
    one, other = (prove(spoiled(), PART, look, enough=0.3, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert one.control == other.control


def test_what_stands_out_only_then_is_repaired_next():
    """A weak mark that the first round leaves alone, as it lies below the level, goes in the second."""

    def graded(pixels: np.ndarray) -> tuple[float, np.ndarray]:
        heatmap = np.where(pixels < 20, 0.9, np.where(pixels < 40, 0.2, 0.0)).astype(np.float32)
        return float(heatmap.max()), heatmap

    pixels = rings()
    pixels[40:48, 96:104] = 0
    pixels[150:156, 80:88] = 30
    proof = prove(pixels, PART, graded, enough=0.1)
    assert proof.after == 0
    assert np.abs(proof.pixels.astype(int) - rings()).max() <= 4
    enough = prove(pixels, PART, graded, enough=0.3)  # the first round brings it below this
    assert enough.after == pytest.approx(0.2)
    np.testing.assert_array_equal(enough.pixels[150:156, 80:88], 30)


def test_a_repair_that_makes_it_worse_is_undone():
    """A judge that minds every change: the part is left as it was."""
    pixels = spoiled()

    def stubborn(picture: np.ndarray) -> tuple[float, np.ndarray]:
        return (0.8 if np.array_equal(picture, pixels) else 0.9), look(pixels)[1]

    proof = prove(pixels, PART, stubborn, enough=0.3)
    assert proof.after == proof.before == pytest.approx(0.8)
    assert proof.replaced == 0
    np.testing.assert_array_equal(proof.pixels, pixels)
    assert proof.alone == (pytest.approx(0.9), pytest.approx(0.9))


def test_no_free_place_no_control():
    """Marked all around: a control would have to lie on a marked place."""
    pixels = rings()
    y, x = np.mgrid[:200, :200] - 99.5
    pixels[np.abs(np.hypot(x, y) - 56) < 6] = 0
    proof = prove(pixels, PART, look, enough=0.3)
    assert proof.control == (None,)
    assert proof.largest_control is None
