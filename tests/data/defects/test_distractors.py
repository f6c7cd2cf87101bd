"""Distractors: what looks like a defect and is none."""

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.defects.distractors import DecoyKind, insert_decoy
from tests.data.defects.drawn_part import DIAMETER, PART, plain_part


def test_a_glint_only_brightens_and_only_on_the_groove_or_the_rim() -> None:
    rng, changed = np.random.default_rng(3), 0
    pixels = ndimage.gaussian_filter(plain_part(), 0.8)
    for _ in range(30):
        altered = insert_decoy(pixels, rng, part=PART, kind=DecoyKind.GLINT).astype(int)
        assert (altered >= pixels).all()
        rows, columns = np.nonzero(altered - pixels > 20)
        changed += len(rows) > 0
        if len(rows):
            assert max(np.ptp(rows), np.ptp(columns)) < 0.16 * DIAMETER + 12
            from_centre = np.hypot(columns - PART.disc.x, rows - PART.disc.y)
            groove = from_centre < 1.5 * PART.opening.major
            assert (groove | (from_centre > 0.8 * PART.disc.minor)).all()
    assert changed > 20


@pytest.mark.parametrize("kind", [kind for kind in DecoyKind if kind is not DecoyKind.GLINT])
def test_decoys_are_faint_and_local(kind: DecoyKind) -> None:
    rng = np.random.default_rng(7)
    waves = 8 * np.sin(np.arange(300) / 9) + rng.normal(0, 2, (300, 300))
    soft = ndimage.gaussian_filter(plain_part().astype(float), 0.8)  # as sharp as photographs are
    pixels = np.clip(soft + waves, 0, 255).astype(np.uint8)
    before = pixels.copy()
    for _ in range(30):
        altered = insert_decoy(pixels, rng, part=PART, kind=kind)
        difference = np.abs(altered.astype(float) - pixels)
        assert np.array_equal(pixels, before)
        assert altered.dtype == np.uint8
        rows, columns = np.nonzero(difference)
        reach = 0.6 * DIAMETER if kind is DecoyKind.STREAKS else 0.16 * DIAMETER + 12  # rays cross the whole face
        assert (difference > 0).mean() < (0.2 if kind is DecoyKind.STREAKS else 0.05)
        if len(rows):
            assert max(np.ptp(rows), np.ptp(columns)) < reach
        if kind is DecoyKind.SLIT:  # it is dark, but lies in the groove and nowhere else
            dark = np.nonzero(difference > 14)
            radius = np.hypot(dark[1] - PART.opening.x, dark[0] - PART.opening.y) / PART.opening.major
            assert ((radius > 0.9) & (radius < 1.4)).all()
        else:  # a defect changes its pixels by 14 gray levels and more on average
            assert difference.sum() <= 14 * np.count_nonzero(difference)
