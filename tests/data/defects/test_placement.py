"""Where defects lie: each kind on the surface or edge on which it occurs."""

import numpy as np
import pytest

from casting_core.data.defects.insertion import DefectKind, insert_defect
from casting_core.data.defects.placement import GROOVE, edge_site, edges, metal_site
from casting_core.data.part.finder import Ellipse, Part
from tests.data.defects.drawn_part import PART, plain_part, radius


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


CIRCLES = Part(  # rims at 100, 59 and 50 pixels from the middle
    disc=Ellipse(x=150.0, y=150.0, major=100.0, minor=100.0, angle=0.0),
    opening=Ellipse(x=150.0, y=150.0, major=50.0, minor=50.0, angle=0.0),
)


def test_the_nearest_edge_of_those_asked_for_is_taken() -> None:
    rng, place = np.random.default_rng(0), (210.0, 150.0)  # a pixel beyond the groove
    disc, groove, opening = edges(CIRCLES)
    assert groove.major == 50 * GROOVE
    for shares, edge, x in (((0.2, 0.4, 0.4), groove, 209), ((0.5, 0, 0.5), opening, 200), ((1, 0, 0), disc, 250)):
        site = edge_site((300, 300), rng, CIRCLES, 10.0, shares=shares, place=place)
        assert (site[:2], site[2]) == (pytest.approx((x, 150)), edge)


def test_random_places_lie_on_the_one_edge_with_a_share() -> None:
    rng = np.random.default_rng(1)
    for number, reach in enumerate((100, 50 * GROOVE, 50)):
        shares = tuple(float(n == number) for n in range(3))
        for _ in range(20):
            x, y, edge = edge_site((300, 300), rng, CIRCLES, 10.0, shares=shares)
            assert (edge, np.hypot(x - 150, y - 150)) == (edges(CIRCLES)[number], pytest.approx(reach))


def test_random_places_are_bright_metal() -> None:
    pixels, rng = np.full((300, 300), 20, np.uint8), np.random.default_rng(2)
    pixels[:, 150:] = 200
    assert sum(metal_site(pixels, rng, CIRCLES, 10.0)[0] >= 150 for _ in range(60)) >= 59  # half of them by chance


def test_a_part_that_is_nowhere_in_the_picture_gets_its_defect_at_the_frame() -> None:
    away, rng = Part(disc=CIRCLES.disc.moved(x=900), opening=CIRCLES.opening.moved(x=900)), np.random.default_rng(3)
    pixels = np.full((300, 300), 200, np.uint8)
    assert metal_site(pixels, rng, away, 10.0)[0] == 299
    assert edge_site(pixels.shape, rng, away, 10.0, shares=(1.0, 0.0, 0.0))[0] == 299
