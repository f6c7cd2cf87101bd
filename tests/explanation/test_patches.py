"""Pieces for a hole: what is offered, from where, and how it meets what is around."""

import numpy as np

from casting_core.data.part.finder import Ellipse, Part
from casting_core.explanation.patches import find_patches

SIZE = 200
CIRCLE = Ellipse(x=99.5, y=99.5, major=80, minor=80, angle=0)
PART = Part(disc=CIRCLE, opening=Ellipse(x=99.5, y=99.5, major=40, minor=40, angle=0))
Y, X = np.mgrid[:SIZE, :SIZE] - 99.5
DEGREES = np.degrees(np.arctan2(X, -Y))  # 0 at twelve o'clock, clockwise
NOWHERE = np.zeros((SIZE, SIZE), bool)


def rings() -> np.ndarray:
    """A picture that looks the same however it is turned about its centre."""
    return (140 + 60 * np.cos(np.hypot(X, Y) / 9)).round().astype(np.uint8)


def disc(x: float, y: float, radius: float = 7) -> np.ndarray:
    return np.hypot(X + 99.5 - x, Y + 99.5 - y) <= radius


HOLE = disc(99.5, 44)


def filled(pixels: np.ndarray, patch) -> np.ndarray:
    result = pixels.astype(float)
    result[patch.rows, patch.columns] = patch.values
    return result


def test_every_piece_of_perfect_rings_fits():
    pixels = rings()
    spoiled = np.where(HOLE, 0, pixels).astype(np.uint8)
    before = spoiled.copy()
    patches = find_patches(spoiled, PART, HOLE, HOLE, most=3)
    assert len(patches) == 4  # three pieces, and the ring's median
    for patch in patches:
        assert np.abs(filled(spoiled, patch) - pixels).max() <= 4
        np.testing.assert_array_equal(np.sort(patch.rows * SIZE + patch.columns), np.flatnonzero(HOLE))
    np.testing.assert_array_equal(spoiled, before)


def test_pieces_come_from_different_places():
    """Each turn of the part has a brightness of its own pattern: no two pieces are the same."""
    pixels = (rings() * 0.5 + 40 * np.cos(np.radians(DEGREES) * 31)).clip(0, 255).astype(np.uint8)
    values = [patch.values for patch in find_patches(pixels, PART, HOLE, HOLE, most=3)[:3]]
    assert all(np.abs(values[a] - values[b]).max() > 1 for a, b in ((0, 1), (0, 2), (1, 2)))


def test_the_best_fitting_piece_comes_first():
    """All the ring is noise but for the hole's surroundings, and their copy at three o'clock."""
    noise = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE))
    at_three = np.abs(DEGREES - 90) < 25
    pixels = np.where((np.abs(DEGREES) < 25) | at_three, rings(), noise).astype(np.uint8)
    best = find_patches(pixels, PART, HOLE, HOLE, most=3)[0]
    assert np.abs(filled(pixels, best) - rings())[HOLE].max() <= 4


def test_edges_that_lie_a_little_further_out_are_met():
    """The ring is wider by 2 % everywhere but around the hole; the piece is scaled to meet it."""
    narrow = 140 + 60 * np.sign(np.cos(np.hypot(X, Y) / 9))
    wide = 140 + 60 * np.sign(np.cos(np.hypot(X, Y) / 1.02 / 9))
    pixels = np.where(np.abs(DEGREES) < 25, narrow, wide).clip(0, 255).astype(np.uint8)
    best = find_patches(np.where(HOLE, 0, pixels).astype(np.uint8), PART, HOLE, HOLE | (np.abs(DEGREES) < 25), most=1)
    assert best == []  # its surroundings are all forbidden
    best = find_patches(np.where(HOLE, 0, pixels).astype(np.uint8), PART, HOLE, HOLE, most=1)
    assert np.abs(filled(pixels, best[0]) - narrow)[HOLE].mean() < 10


def test_a_ring_marked_nearly_all_around_gives_its_median_and_no_free_metal_nothing():
    """Only slits of 4 degrees are free, too narrow for a piece: their median is all there is."""
    around = np.abs(DEGREES) < 12
    slits = (DEGREES % 12 < 4) & ~around
    patches = find_patches(rings(), PART, HOLE, ~(around | slits) | HOLE, most=3)
    assert len(patches) == 1
    assert np.abs(filled(rings(), patches[0]) - rings()).max() <= 4
    assert find_patches(rings(), PART, HOLE, ~around | HOLE, most=3) == []
    assert find_patches(rings(), PART, NOWHERE, NOWHERE, most=3) == []
