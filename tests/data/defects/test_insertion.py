"""Inserted defects: known place, size and kind, and nothing else in the picture changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from casting_core.data.defects.insertion import CHANCES, DefectKind, insert_defect, random_kind
from casting_core.data.part.finder import Ellipse, Part
from tests.data.defects.drawn_part import DIAMETER, PART, plain_part


def extent(mask: np.ndarray) -> float:
    """Longest extent of a mask in any direction, pixels."""
    angles = np.linspace(0, np.pi, 36, endpoint=False)
    along = np.argwhere(mask) @ np.stack([np.sin(angles), np.cos(angles)])
    return float(np.ptp(along, axis=0).max()) + 1


@pytest.mark.parametrize("kind", list(DefectKind))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_only_the_defect_and_its_margin_change(kind: DefectKind, seed: int) -> None:
    pixels = plain_part()
    before = pixels.copy()
    painted, mask, defect = insert_defect(pixels, np.random.default_rng(seed), part=PART, kind=kind)
    changed = painted != pixels
    assert np.array_equal(pixels, before)
    assert painted.shape == mask.shape == pixels.shape
    assert (painted.dtype, mask.dtype) == (np.uint8, bool)
    assert mask.any()
    assert not changed[ndimage.distance_transform_edt(~mask) > 4.5].any()
    assert changed[mask].mean() > 0.5
    rows, columns = np.nonzero(mask)
    assert (defect.x, defect.y) == (columns.min(), rows.min())
    assert (defect.width, defect.height) == (np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert (defect.kind, defect.area) == (kind, mask.sum())


@pytest.mark.parametrize("kind", list(DefectKind))
@pytest.mark.parametrize("size", [0.03, 0.06, 0.12])
def test_size_is_what_was_asked(kind: DefectKind, size: float) -> None:
    rng = np.random.default_rng(5)
    extents = []
    for _ in range(20):
        _, mask, _ = insert_defect(plain_part(), rng, part=PART, kind=kind, size=size)
        extents.append(extent(mask))
    asked = size * DIAMETER
    assert np.median(extents) == pytest.approx(asked, rel=0.25, abs=3)
    assert max(extents) < 1.7 * asked + 2
    assert min(extents) > 0.35 * asked


def test_random_sizes_stay_in_the_range_of_their_kind() -> None:
    rng = np.random.default_rng(1)
    for kind in DefectKind:
        _, low, high = CHANCES[kind]
        for _ in range(20):
            _, mask, _ = insert_defect(plain_part(), rng, part=PART, kind=kind)
            assert 0.3 * low * DIAMETER - 1 < extent(mask) < 1.7 * high * DIAMETER + 2


def test_the_same_generator_gives_the_same_defect() -> None:
    one, two = (insert_defect(plain_part(), np.random.default_rng(9), part=PART) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert one[2] == two[2]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), shift=st.integers(-120, 120), level=st.integers(0, 255))
def test_parts_cut_by_the_frame_and_flat_pictures_are_no_trouble(seed: int, shift: int, level: int) -> None:
    part = Part(
        disc=Ellipse(x=152.0 + shift, y=148.0, major=126.0, minor=118.0, angle=0.6),
        opening=Ellipse(x=150.0 + shift, y=150.0, major=70.0, minor=66.0, angle=0.6),
    )
    flat = np.full((280, 300), level, np.uint8)
    painted, mask, _ = insert_defect(flat, np.random.default_rng(seed), part=part)
    assert painted.shape == mask.shape == flat.shape
    assert mask.any()
    assert (painted != flat).any()


def test_random_kinds_come_as_often_as_stated() -> None:
    rng = np.random.default_rng(0)
    drawn = [random_kind(rng) for _ in range(4000)]
    for kind in DefectKind:
        assert drawn.count(kind) / 4000 == pytest.approx(CHANCES[kind][0], abs=0.03)
    assert sum(chance for chance, _, _ in CHANCES.values()) == pytest.approx(1)
