"""Repair: what is covered, with what, and that nothing else changes."""

import numpy as np
import pytest

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting
from casting_core.explanation.regions import find_regions
from casting_core.explanation.repair import hole, repair
from tests.explanation.test_patches import DEGREES, PART, SIZE, disc, rings


def look(pixels: np.ndarray) -> tuple[float, np.ndarray]:
    """The darkest place decides; the map is 1 where a pixel is as dark as no ring is."""
    heatmap = (pixels < 40).astype(np.float32)
    return float(heatmap.max()) * 0.9 + 0.05, heatmap


SPOT, OTHER = disc(99.5, 44), disc(80, 150)


def test_spots_on_perfect_rings_vanish():
    sound, spoiled = rings(), rings()
    spoiled[40:48, 96:104] = 0
    spoiled[147:153, 77:83] = 0
    before = spoiled.copy()
    repaired = repair(spoiled, PART, [SPOT, OTHER], look)
    np.testing.assert_array_equal(spoiled, before)
    assert np.abs(repaired.pixels.astype(int) - sound).max() <= 4
    np.testing.assert_array_equal(repaired.replaced, SPOT | OTHER)
    np.testing.assert_array_equal(repaired.pixels[~repaired.replaced], spoiled[~repaired.replaced])
    assert repaired.probability == pytest.approx(0.05)
    np.testing.assert_array_equal(repaired.heatmap, look(repaired.pixels)[1])


def test_brightness_that_differs_around_the_part_leaves_no_seam():
    """A light that falls off to one side: the piece from elsewhere is bent to the brightness at the hole."""
    lit = rings() * np.linspace(0.7, 1.1, SIZE)[None, :]
    sound = lit.clip(0, 255).round().astype(np.uint8)
    spoiled = sound.copy()
    spoiled[40:48, 96:104] = 255
    assert np.abs(repair(spoiled, PART, [SPOT], look).pixels.astype(int) - sound).max() <= 12


def test_nothing_to_repair_changes_nothing():
    repaired = repair(rings(), PART, [], look)
    np.testing.assert_array_equal(repaired.pixels, rings())
    assert not repaired.replaced.any()
    assert repaired.probability == pytest.approx(0.05)


def test_metal_is_never_taken_from_a_marked_place():
    """All of the ring is marked but for the hole's surroundings, and perhaps a piece at three o'clock."""
    around, at_three = np.abs(DEGREES) < 15, np.abs(DEGREES - 90) < 20
    assert repair(rings(), PART, [SPOT], look, keep_off=~(around | at_three)).replaced.any()
    nowhere = repair(rings(), PART, [SPOT], look, keep_off=~around)
    assert not nowhere.replaced.any()
    np.testing.assert_array_equal(nowhere.pixels, rings())


def test_the_piece_is_kept_under_which_the_map_is_darkest():
    """The rings at three o'clock fit best, but the judge minds them there; those at nine it does not."""
    pixels = np.where(np.abs(DEGREES) > 115, 255 - rings() // 4, rings())
    right, left = np.abs(DEGREES - 90) < 25, np.abs(DEGREES + 90) < 25
    pixels[right] += 1  # tells what comes from there
    pixels[left] += 2
    elsewhere = ~((np.abs(DEGREES) < 15) | right | left)

    def minds(picture: np.ndarray) -> tuple[float, np.ndarray]:
        heatmap = np.zeros(picture.shape, np.float32)
        heatmap[SPOT] = 0.9 if seen else 0.2  # the first look is at the first piece
        seen.append(picture)
        return float(heatmap.max()), heatmap

    seen: list[np.ndarray] = []
    liked = repair(pixels, PART, [SPOT], minds, keep_off=elsewhere)
    assert len(seen) >= 2
    np.testing.assert_array_equal(liked.pixels, seen[0])

    def minds_the_first(picture: np.ndarray) -> tuple[float, np.ndarray]:
        probability, heatmap = minds(picture)
        return 1.1 - probability, 1.1 - heatmap

    seen = []
    liked = repair(pixels, PART, [SPOT], minds_the_first, keep_off=elsewhere)
    np.testing.assert_array_equal(liked.pixels, seen[1])


def test_too_much_is_left_as_it_is():
    repaired = repair(rings(), PART, [disc(99.5, 99.5, 60)], look)
    assert not repaired.replaced.any()
    np.testing.assert_array_equal(repaired.pixels, rings())


def test_a_hole_is_the_marked_place_and_its_margin():
    """2.5 % of a diameter of 160 are 4 pixels."""
    heatmap = np.zeros((SIZE, SIZE), np.float32)
    heatmap[60:66, 50:62] = 0.8
    heatmap[60, 50:56] = 0.6
    heatmap[120, 120] = 0.9  # another region
    regions = find_regions(heatmap, PART)
    covered = hole(regions[1], heatmap, PART, level=0.5)
    rows, columns = np.nonzero(covered)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (56, 69, 46, 65)
    assert not hole(regions[1], heatmap, PART, level=0.7)[56, 52]  # the weak half of the first row is left out
    assert not covered[120, 120]


@pytest.mark.parametrize("kind", [DefectKind.BLOW_HOLE, DefectKind.PINHOLE, DefectKind.SHRINKAGE])
def test_a_rendered_defect_becomes_what_the_sound_part_shows(kind):
    sound, spoiled = render_casting(seed=31, size=300), render_casting(seed=31, size=300, defects=[kind])
    mask = spoiled.defect_mask

    def knows(pixels: np.ndarray) -> tuple[float, np.ndarray]:
        return 0.5, np.zeros(pixels.shape, np.float32)  # all the same to this judge: the best fit stays

    region = find_regions(mask.astype(np.float32), spoiled.part)[0]
    repaired = repair(
        spoiled.pixels, spoiled.part, [hole(region, mask.astype(np.float32), spoiled.part, level=0.5)], knows
    )
    before = np.abs(spoiled.pixels[mask].astype(float) - sound.pixels[mask]).mean()
    assert np.abs(repaired.pixels[mask].astype(float) - sound.pixels[mask]).mean() < 0.35 * before
