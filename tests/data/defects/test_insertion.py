"""Inserted defects: known place, size and kind, and nothing else in the picture changes."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from casting_core.data.defects.distractors import DecoyKind, insert_decoy
from casting_core.data.defects.insertion import CHANCES, DefectKind, insert_defect, random_kind
from casting_core.data.part.finder import Ellipse, Part
from casting_core.errors import SettingsError

PART = Part(
    disc=Ellipse(x=152.0, y=148.0, major=126.0, minor=118.0, angle=0.6),
    opening=Ellipse(x=150.0, y=150.0, major=70.0, minor=66.0, angle=0.6),
)
DIAMETER = 2 * np.sqrt(126.0 * 118.0)


@functools.cache
def _plain_part() -> np.ndarray:
    """A gray table, a bright disc, a dark opening: uint8 (300, 300)."""
    pixels = np.full((300, 300), 160, np.uint8)
    pixels[radius(PART.disc) < 1] = 200
    pixels[radius(PART.opening) < 1] = 20
    pixels[radius(PART.opening) < 0.55] = 190
    return pixels


def plain_part() -> np.ndarray:
    """A picture of its own for every caller."""
    return _plain_part().copy()


@functools.cache
def radius(ellipse: Ellipse) -> np.ndarray:
    """Of every pixel, 1 on the ellipse: float64 (300, 300)."""
    y, x = np.mgrid[:300, :300]
    u = np.linalg.solve(ellipse.matrix, np.stack([x.ravel() - ellipse.x, y.ravel() - ellipse.y]))
    return np.hypot(*u).reshape(300, 300)


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
    assert painted.dtype == np.uint8
    assert mask.dtype == bool
    assert mask.any()
    assert not changed[ndimage.distance_transform_edt(~mask) > 4.5].any()
    assert changed[mask].mean() > 0.5
    rows, columns = np.nonzero(mask)
    assert (defect.x, defect.y) == (columns.min(), rows.min())
    assert (defect.width, defect.height) == (np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert (defect.kind, defect.area) == (kind, mask.sum())


@pytest.mark.parametrize("kind", list(DefectKind))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_defect_can_be_seen(kind: DefectKind, seed: int) -> None:
    pixels = plain_part()
    painted, mask, _ = insert_defect(pixels, np.random.default_rng(seed), part=PART, kind=kind)
    assert np.abs(painted.astype(float) - pixels)[mask].mean() > 10


@pytest.mark.parametrize("kind", list(DefectKind))
def test_contrast_is_at_least_what_was_asked(kind: DefectKind) -> None:
    rng, pixels = np.random.default_rng(6), plain_part()
    for _ in range(20):
        painted, mask, _ = insert_defect(pixels, rng, part=PART, kind=kind, size=0.05, contrast=40)
        assert np.abs(painted.astype(float) - pixels)[mask].mean() > 34


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


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (DefectKind.BLOW_HOLE, 0.0, 1.0),
        (DefectKind.PINHOLE, 0.0, 1.0),
        (DefectKind.SHRINKAGE, 0.0, 1.0),
        (DefectKind.SCRATCH, 0.0, 1.0),
        (DefectKind.CHIPPING, 0.5, 1.02),
    ],
)
def test_centres_lie_on_the_disc(kind: DefectKind, low: float, high: float) -> None:
    rng, of_disc = np.random.default_rng(2), radius(PART.disc)
    for _ in range(40):
        _, mask, _ = insert_defect(plain_part(), rng, part=PART, kind=kind)
        assert low <= of_disc[mask].mean() <= high


def test_flash_stands_outside_the_disc_or_inside_the_opening() -> None:
    rng, of_disc, of_opening = np.random.default_rng(3), radius(PART.disc), radius(PART.opening)
    for _ in range(40):
        _, mask, _ = insert_defect(plain_part(), rng, part=PART, kind=DefectKind.BURR)
        beyond = (of_disc > 0.98) | (of_opening < 1.04)
        assert beyond[mask].mean() > 0.9


def test_holes_go_where_they_are_put_and_chips_to_the_nearest_edge() -> None:
    place = (230.0, 160.0)
    for kind in (DefectKind.BLOW_HOLE, DefectKind.PINHOLE, DefectKind.SCRATCH):
        _, mask, _ = insert_defect(plain_part(), np.random.default_rng(4), part=PART, kind=kind, size=0.05, place=place)
        assert np.hypot(*(np.argwhere(mask).mean(axis=0) - place[::-1])) < 6
    rng, place = np.random.default_rng(4), (265.0, 160.0)
    _, mask, _ = insert_defect(plain_part(), rng, part=PART, kind=DefectKind.CHIPPING, size=0.05, place=place)
    assert 0.9 < radius(PART.disc)[mask].mean() < 1.02


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


@pytest.mark.parametrize(
    "arguments",
    [
        {"size": 0.0},
        {"size": 0.9},
        {"size": float("nan")},
        {"place": (-1.0, 5.0)},
        {"place": (5.0, 300.0)},
        {"contrast": 0.0},
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict) -> None:
    with pytest.raises(SettingsError):
        insert_defect(plain_part(), np.random.default_rng(0), part=PART, **arguments)


def test_other_arrays_are_refused() -> None:
    with pytest.raises(SettingsError, match="uint8"):
        insert_defect(np.zeros((300, 300, 3), np.uint8), np.random.default_rng(0), part=PART)
    with pytest.raises(SettingsError, match="float64"):
        insert_defect(np.zeros((300, 300)), np.random.default_rng(0), part=PART)


def test_random_kinds_come_as_often_as_stated() -> None:
    rng = np.random.default_rng(0)
    drawn = [random_kind(rng) for _ in range(4000)]
    for kind in DefectKind:
        assert drawn.count(kind) / 4000 == pytest.approx(CHANCES[kind][0], abs=0.03)
    assert sum(chance for chance, _, _ in CHANCES.values()) == pytest.approx(1)


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
