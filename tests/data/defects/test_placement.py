"""Where defects lie: each kind on the surface or edge on which it occurs."""

import numpy as np
import pytest

from casting_core.data.defects.insertion import DefectKind, insert_defect
from tests.data.defects.test_insertion import PART, plain_part, radius


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
