"""Repair: what is covered, with what, and that nothing else changes."""

import numpy as np
import pytest

from casting_core.data.defects import DefectKind
from casting_core.data.part import Ellipse, Part
from casting_core.data.synthetic import render_casting
from casting_core.explanation.regions import Region
from casting_core.explanation.repair import hole, repair

SIZE = 200
CIRCLE = Ellipse(x=99.5, y=99.5, major=80, minor=80, angle=0)
PART = Part(disc=CIRCLE, opening=Ellipse(x=99.5, y=99.5, major=40, minor=40, angle=0))


def region(x: int, y: int, width: int = 8, height: int = 8) -> Region:
    return Region(x=x, y=y, width=width, height=height, area=width * height, score=0.9, clock=None, radius=None)


def rings() -> np.ndarray:
    """A picture that looks the same however it is turned about its centre."""
    y, x = np.mgrid[:SIZE, :SIZE] - 99.5
    return (140 + 60 * np.cos(np.hypot(x, y) / 9)).round().astype(np.uint8)


def test_a_spot_on_perfect_rings_vanishes():
    sound, spoiled = rings(), rings()
    spoiled[40:48, 96:104] = 0
    before = spoiled.copy()
    repaired = repair(spoiled, PART, [region(96, 40)])
    np.testing.assert_array_equal(spoiled, before)
    assert np.abs(repaired.pixels.astype(int) - sound).max() <= 4
    assert repaired.replaced[40:48, 96:104].all()
    np.testing.assert_array_equal(repaired.pixels[~repaired.replaced], spoiled[~repaired.replaced])


def test_brightness_that_differs_around_the_part_leaves_no_seam():
    """A light that falls off to one side: the piece from elsewhere is bent to the brightness at the hole."""
    lit = rings() * np.linspace(0.7, 1.1, SIZE)[None, :]
    sound = lit.clip(0, 255).round().astype(np.uint8)
    spoiled = sound.copy()
    spoiled[40:48, 96:104] = 255
    repaired = repair(spoiled, PART, [region(96, 40)])
    assert np.abs(repaired.pixels.astype(int) - sound).max() <= 12


def test_nothing_to_repair_changes_nothing():
    pixels = rings()
    repaired = repair(pixels, PART, [])
    np.testing.assert_array_equal(repaired.pixels, pixels)
    assert not repaired.replaced.any()


def test_metal_is_never_taken_from_a_marked_place():
    """All of the ring is marked but for the hole's surroundings, and perhaps a piece at three o'clock."""
    y, x = np.mgrid[:SIZE, :SIZE] - 99.5
    degrees = np.degrees(np.arctan2(x, -y))
    around, at_three = np.abs(degrees) < 15, np.abs(degrees - 90) < 20
    pixels = rings()
    assert repair(pixels, PART, [region(96, 40)], keep_off=~(around | at_three)).replaced.any()
    nowhere = repair(pixels, PART, [region(96, 40)], keep_off=~around)
    assert not nowhere.replaced.any()
    np.testing.assert_array_equal(nowhere.pixels, pixels)


def test_too_much_is_left_as_it_is():
    pixels = rings()
    repaired = repair(pixels, PART, [region(30, 30, 140, 140)])
    assert not repaired.replaced.any()
    np.testing.assert_array_equal(repaired.pixels, pixels)


def test_a_hole_covers_its_box():
    covered = hole(region(50, 60, 12, 6), PART, (SIZE, SIZE))
    assert covered[60:66, 50:62].all()
    assert covered.sum() < 0.02 * SIZE * SIZE


@pytest.mark.parametrize("kind", [DefectKind.BLOW_HOLE, DefectKind.PINHOLE, DefectKind.SHRINKAGE])
def test_a_rendered_defect_becomes_what_the_sound_part_shows(kind):
    sound, spoiled = render_casting(seed=31, size=300), render_casting(seed=31, size=300, defects=[kind])
    found = spoiled.defects[0]
    repaired = repair(spoiled.pixels, spoiled.part, [region(found.x, found.y, found.width, found.height)])
    mask = spoiled.defect_mask
    before = np.abs(spoiled.pixels[mask].astype(float) - sound.pixels[mask]).mean()
    after = np.abs(repaired.pixels[mask].astype(float) - sound.pixels[mask]).mean()
    assert after < 0.35 * before
