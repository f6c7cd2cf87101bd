"""Disturbances: by hand on tiny pictures, none at their level of none, harder from level to level."""

import numpy as np
import pytest

from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS, OIL, Corruption

NAMED = {each.name: each for each in CORRUPTIONS.values()}
by_disturbance = pytest.mark.parametrize("disturbance", CORRUPTIONS.values(), ids=lambda each: each.name)
GRAYS = np.array([[0, 100], [200, 250]], np.uint8)


@pytest.fixture(scope="module")
def casting() -> Rendered:
    return render_casting(seed=16, size=200)


def test_names_differ_and_levels_rise_without_that_of_none():
    assert len(NAMED) == len(CORRUPTIONS)
    for each in CORRUPTIONS.values():
        assert list(each.levels) == sorted(set(each.levels)), each.name
        assert each.none not in each.levels
        assert each.trained is None or each.trained[0] <= each.none <= each.trained[1]


@by_disturbance
def test_a_disturbed_picture_has_the_form_of_the_given_one(casting: Rendered, disturbance: Corruption):
    wide = np.ascontiguousarray(casting.pixels[:160])
    before = wide.copy()
    for level in disturbance.levels:
        disturbed = disturbance.apply(wide, level, 1, 2)
        assert (disturbed.shape, disturbed.dtype) == (wide.shape, np.uint8)
    assert np.array_equal(wide, before)
    assert disturbance.apply(wide, disturbance.none, 1, 2) is wide


@by_disturbance
def test_the_same_seed_disturbs_in_the_same_way(casting: Rendered, disturbance: Corruption):
    hardest = max(disturbance.levels, key=lambda level: abs(level - disturbance.none))
    first, again = (disturbance.apply(casting.pixels, hardest, 4, 5, part=casting.part) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("name", [name for name in NAMED if name not in ("rotation", "shift")])
def test_further_from_none_is_harder(casting: Rendered, name: str):
    """Each side by itself; in mean difference from the given picture. A turned or shifted disc may look like itself."""
    disturbance = NAMED[name]

    def change(level: float) -> float:
        disturbed = disturbance.apply(casting.pixels, level, 1, part=casting.part)
        return float(np.abs(disturbed.astype(float) - casting.pixels).mean())

    below = [change(level) for level in disturbance.levels if level < disturbance.none]
    above = [change(level) for level in disturbance.levels if level > disturbance.none]
    assert (below, above) == (sorted(below, reverse=True), sorted(above))
    assert min(below + above) > 0


def test_light_by_hand():
    assert NAMED["brightness"].apply(GRAYS, 1.2).tolist() == [[0, 120], [240, 255]]
    assert NAMED["brightness"].apply(GRAYS, 0.5).tolist() == [[0, 50], [100, 125]]
    # about the mean, 137.5
    assert NAMED["contrast"].apply(GRAYS, 0.4).tolist() == [[82, 122], [162, 182]]
    assert NAMED["gamma"].apply(GRAYS, 2.0).tolist() == [[0, 39], [157, 245]]


def test_noise_has_the_deviation_that_is_asked_for():
    flat = np.full((200, 200), 128, np.uint8)
    for level in (3.0, 12.0):
        assert NAMED["noise"].apply(flat, level, 1).std() == pytest.approx(level, rel=0.05)


def test_blur_keeps_the_light_and_spreads_a_dot():
    dot = np.zeros((41, 41), np.uint8)
    dot[20, 20] = 255
    blurred = NAMED["blur"].apply(dot, 1.0).astype(float)
    assert blurred[20, 20] == pytest.approx(255 / (2 * np.pi), abs=3)  # the peak of a Gaussian of deviation 1
    assert blurred.sum() == pytest.approx(255, abs=15)


def test_a_right_angle_moves_pixels_and_changes_none(casting: Rendered):
    turned = NAMED["rotation"].apply(casting.pixels, 90.0, 1)
    assert any(np.array_equal(turned, np.rot90(casting.pixels, turns)) for turns in (1, -1))
    assert np.array_equal(NAMED["rotation"].apply(casting.pixels, 180.0, 1), np.rot90(casting.pixels, 2))


def test_the_part_moves_grows_and_stretches_as_told(casting: Rendered):
    given = find_part(casting.pixels)
    assert given is not None

    def part(name: str, level: float):
        found = find_part(NAMED[name].apply(casting.pixels, level, 3))
        assert found is not None
        return found

    for factor in (0.75, 1.1):
        assert part("scale", factor).diameter == pytest.approx(factor * given.diameter, rel=0.02)
    moved = part("shift", 6.0).disc
    assert np.hypot(moved.x - given.disc.x, moved.y - given.disc.y) == pytest.approx(0.06 * 200, abs=1)
    stretched = part("stretch", 1.5)
    assert stretched.opening.major / stretched.opening.minor == pytest.approx(1.5, rel=0.08)  # it was not quite round
    assert stretched.diameter == pytest.approx(given.diameter, rel=0.03)


def test_what_covers_the_part_lies_on_its_face(casting: Rendered):
    for seed in range(8):
        covered = NAMED["occlusion"].apply(casting.pixels, 12.0, seed, part=casting.part)
        rows, columns = np.nonzero((covered != casting.pixels) & (covered == OIL))
        diameter = 2 * np.sqrt(len(rows) / np.pi)
        assert diameter == pytest.approx(0.12 * casting.part.diameter, rel=0.12)
        disc = casting.part.disc
        u, v = np.linalg.solve(disc.matrix, (columns.mean() - disc.x, rows.mean() - disc.y))
        assert 0.5 < np.hypot(u, v) < 1
    anywhere = NAMED["occlusion"].apply(casting.pixels, 12.0, 1)  # no part is known
    assert 0.05 * 200 < np.sqrt((anywhere != casting.pixels).sum()) < 0.2 * 200
