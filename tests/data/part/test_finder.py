"""Finding the part: drawn parts of known shape, symmetries, other pictures, and the two real captures."""

import csv
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from casting_core.data.part.finder import Ellipse, Part, find_part
from casting_core.errors import SettingsError


def draw(
    shape: tuple[int, int],
    disc: Ellipse,
    *,
    background: float = 150,
    face: float = 205,
    opening_radius: float = 0.55,
    noise: float = 2.0,
) -> np.ndarray:
    """A plain casting, uint8 (H, W): background, face, dark opening and a bright hub with a bore."""
    fine = 3
    y, x = (np.mgrid[: shape[0] * fine, : shape[1] * fine] + 0.5) / fine - 0.5
    u, v = np.tensordot(np.linalg.inv(disc.matrix), np.stack([x - disc.x, y - disc.y]), axes=1)
    radius = np.hypot(u, v)
    picture = np.full(radius.shape, background, float)
    for limit, gray in ((1.0, face), (opening_radius, 25), (0.25, 215), (0.16, 110)):
        picture[radius <= limit] = gray
    picture = picture.reshape(shape[0], fine, shape[1], fine).mean(axis=(1, 3))
    picture = ndimage.gaussian_filter(picture, 0.6)
    picture += np.random.default_rng(0).normal(0, noise, shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def distance(one: Ellipse, other: Ellipse) -> float:
    """The largest distance of the two outlines along 16 directions, as a fraction of the diameter."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    gap = one.matrix @ circle - other.matrix @ circle + [[one.x - other.x], [one.y - other.y]]
    return float(np.hypot(*gap).max() / (2 * other.major))


ROUND = Ellipse(x=149.3, y=152.8, major=120, minor=117, angle=0.4)


@pytest.mark.parametrize("beside", [np.hstack, np.vstack])
@pytest.mark.parametrize("size", [1.0, 0.7])
def test_further_parts_are_found_where_they_lie(beside: Callable[..., np.ndarray], size: float) -> None:
    other = ROUND.moved(scale=size)
    part = find_part(beside([draw((300, 300), ROUND), draw((300, 300), other, face=150)]))
    assert part is not None
    (found,) = part.others
    across, down = (300, 0) if beside is np.hstack else (0, 300)
    assert distance(found, replace(other.moved(scale=0.55), x=other.x + across, y=other.y + down)) < 0.05
    assert not part.disc.holds(found.x, found.y)
    assert part.disc.holds(part.opening.x, part.opening.y)


def test_a_part_alone_has_no_others_however_small_it_is() -> None:
    small = find_part(np.pad(draw((300, 300), ROUND), 200, mode="edge"))
    assert small is not None
    assert small.others == ()


def test_ellipse_maps_its_axes() -> None:
    ellipse = Ellipse(x=0, y=0, major=5, minor=2, angle=math.pi / 6)
    along = np.array([math.cos(math.pi / 6), math.sin(math.pi / 6)])
    across = np.array([-along[1], along[0]])
    np.testing.assert_allclose(ellipse.matrix @ along, 5 * along)
    np.testing.assert_allclose(ellipse.matrix @ across, 2 * across)
    again = Ellipse.from_spread(0, 0, ellipse.matrix @ ellipse.matrix.T)
    assert (again.major, again.minor, again.angle) == pytest.approx((5, 2, math.pi / 6))


@pytest.mark.parametrize(("major", "minor"), [(1, 2), (1, 0), (1, -1), (math.nan, 1)])
def test_ellipse_refuses_impossible_axes(major: float, minor: float) -> None:
    with pytest.raises(SettingsError, match="major >= minor"):
        Ellipse(x=0, y=0, major=major, minor=minor, angle=0)


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(-12, 12),
    y=st.floats(-12, 12),
    major=st.floats(95, 135),
    flatness=st.floats(0.68, 1),
    angle=st.floats(0, 3.14),
    background=st.sampled_from([60.0, 150.0, 250.0]),
)
def test_finds_a_drawn_part_to_a_hundredth(
    x: float, y: float, major: float, flatness: float, angle: float, background: float
) -> None:
    disc = Ellipse(x=150 + x, y=150 + y, major=major, minor=major * flatness, angle=angle)
    part = find_part(draw((300, 300), disc, background=background))
    assert distance(part.disc, disc) < 0.01
    assert distance(part.opening, disc.moved(scale=0.55)) < 0.01
    assert 0 <= part.disc.angle < math.pi


def centred(height: int, width: int, *size: float, angle: float, at: tuple[float, float] = (0.5, 0.5)) -> Ellipse:
    return Ellipse(x=at[0] * width, y=at[1] * height, major=size[0], minor=size[1], angle=angle)


def marred() -> np.ndarray:
    """With flash beyond its rim, and a chip."""
    picture = draw((300, 300), ROUND)
    picture[20:60, 180:215], picture[200:230, 235:262] = 90, 60
    return picture


PLAIN, BORDER = draw((300, 300), ROUND), ((30, 30), (70, 70))
SMALL = Ellipse(x=700, y=400, major=130, minor=120, angle=0.3)
TWELVE_MEGAPIXELS = np.kron(draw((150, 200), centred(150, 200, 62, 60, angle=0)), np.ones((20, 20), np.uint8))
FOUND = {  # picture, disc, how far off its outline may be
    **{
        f"{n} pixels": (draw((n, n), disc), disc, 0.012)
        for n in (100, 161, 300, 512, 1200)
        for disc in (centred(n, n, 0.42 * n, 0.36 * n, angle=2.5, at=(0.52, 0.49)),)
    },
    **{
        f"not square: {shape}": (draw(shape, disc), disc, 0.015)
        for shape in ((300, 420), (420, 300), (900, 301))
        for disc in (centred(*shape, 120, 110, angle=1),)
    },
    "small": (draw((900, 1200), SMALL), SMALL, 0.012),
    "twelve megapixels": (TWELVE_MEGAPIXELS, Ellipse(x=2009.5, y=1509.5, major=1240, minor=1200, angle=0), 0.015),
    **{f"cut by {n}": (np.ascontiguousarray(PLAIN[n:, : 300 - n]), ROUND.moved(y=-n), 0.02) for n in (20, 45, 75)},
    "flash and a chip": (marred(), ROUND, 0.02),
    **{
        f"in a border of {gray}": (np.pad(PLAIN, BORDER, constant_values=gray), ROUND.moved(x=70, y=30), 0.012)
        for gray in (0, 255)
    },
    "uneven light": (np.clip(PLAIN * np.linspace(0.5, 1.2, 300), 0, 255).astype(np.uint8), ROUND, 0.015),
}


@pytest.mark.parametrize("name", FOUND)
def test_finds_the_part(name: str) -> None:
    picture, disc, off = FOUND[name]
    assert distance(find_part(picture).disc, disc) < off


def turned(ellipse: Ellipse, side: int) -> Ellipse:
    """The ellipse in the picture that `np.rot90` gives, counter-clockwise on the screen."""
    return replace(ellipse, x=ellipse.y, y=side - 1 - ellipse.x, angle=(ellipse.angle - math.pi / 2) % math.pi)


def mirrored(ellipse: Ellipse, side: int) -> Ellipse:
    return replace(ellipse, x=side - 1 - ellipse.x, angle=-ellipse.angle % math.pi)


def test_turns_and_mirrors_with_the_picture() -> None:
    picture = draw((300, 300), Ellipse(x=141, y=158, major=125, minor=105, angle=0.7))
    part = find_part(picture)
    turned_part = find_part(np.ascontiguousarray(np.rot90(picture)))
    mirrored_part = find_part(np.ascontiguousarray(picture[:, ::-1]))
    assert distance(turned_part.disc, turned(part.disc, 300)) < 0.004
    assert distance(mirrored_part.disc, mirrored(part.disc, 300)) < 0.004


def test_brightness_and_contrast_hardly_matter() -> None:
    picture = draw((300, 300), ROUND, noise=0)
    part, dim = find_part(picture), find_part((picture // 3 + 40).astype(np.uint8))
    assert distance(dim.disc, part.disc) < 0.003


def test_changes_nothing_and_repeats_itself() -> None:
    picture = draw((300, 300), ROUND)
    before = picture.copy()
    picture.flags.writeable = False
    assert find_part(picture) == find_part(picture)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize("gray", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (31, 300), (300, 300), (33, 4000)])
def test_nothing_in_a_flat_picture(gray: int, shape: tuple[int, int]) -> None:
    assert find_part(np.full(shape, gray, np.uint8)) is None


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), blur=st.floats(0, 20), size=st.integers(32, 320))
def test_nothing_in_noise(seed: int, blur: float, size: int) -> None:
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), blur)
    noise = (noise - noise.min()) / np.ptp(noise)
    assert find_part((noise * 255).astype(np.uint8)) is None


@pytest.mark.parametrize("shape", [(32, 20_000), (20_000, 32), (33, 4000)])
def test_nothing_in_a_noisy_strip(shape: tuple[int, int]) -> None:
    assert find_part(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)) is None


def others() -> dict[str, np.ndarray]:
    y, x = np.mgrid[:300, :300]
    radius = np.hypot(x - 150, y - 150)
    bars = np.where((x // 20) % 2, 220, 30)
    return {
        "ramp": x * 255 // 299,
        "glow": 255 - radius,
        "dark disc": np.where(radius < 60, 20, 200),
        "bright disc": np.where(radius < 120, 220, 60),
        "disc with a plain hole": np.where(radius < 120, np.where(radius < 60, 20, 210), 120),
        "ring without a face": np.where((radius > 30) & (radius < 65), 20, 200),
        "bars": bars,
        "checks": np.where(((x // 25) + (y // 25)) % 2, 230, 20),
        "squares": np.where(np.maximum(abs(x - 150), abs(y - 150)) < 60, 20, 200),
        "wave": 128 + 100 * np.sin(radius / 6),
    }


@pytest.mark.parametrize("name", sorted(others()))
def test_nothing_in_other_pictures(name: str) -> None:
    assert find_part(others()[name].astype(np.uint8)) is None


def test_nothing_in_photographs_of_other_things() -> None:
    pictures = pytest.importorskip("sklearn.datasets").load_sample_images().images
    for picture in pictures:
        gray = np.array(Image.fromarray(picture).convert("L"))
        for top in range(0, 300, 60):
            for left in range(0, 500, 60):
                assert find_part(np.ascontiguousarray(gray[top : top + 200, left : left + 200])) is None


def pictures_of(variable: str, pattern: str) -> list[Path]:
    root = os.environ.get(variable)
    files = sorted(Path(root).rglob(pattern)) if root else []
    if not files:
        pytest.skip(f"{variable} names no folder with pictures")
    return files


def gray(path: Path) -> np.ndarray:
    return np.array(Image.open(path).convert("L"))


def test_finds_nearly_every_part_of_the_benchmark() -> None:
    files = pictures_of("CASTING_DATA", "*.jpeg")[::20]
    parts = [find_part(gray(file)) for file in files]
    found = [part for part in parts if part is not None]
    assert len(found) >= 0.99 * len(files)
    ratios = [part.disc.major / part.opening.major for part in found]
    assert 1.6 < min(ratios) <= max(ratios) < 2.0


def outline(mask: np.ndarray) -> Ellipse:
    """The ellipse with the second moments of a mask, bool (H, W)."""
    y, x = np.nonzero(mask)
    return Ellipse.from_spread(x.mean(), y.mean(), 4 * np.cov(x, y))


def within_tolerance(part: Part | None, mask: np.ndarray) -> bool:
    """Centre within 2 % of the diameter, both axes within 4 %."""
    if part is None:
        return False
    drawn, found = outline(mask), part.disc
    diameter = 2 * math.sqrt(drawn.major * drawn.minor)
    return (
        math.hypot(found.x - drawn.x, found.y - drawn.y) <= 0.02 * diameter
        and abs(found.major - drawn.major) * 2 <= 0.04 * diameter
        and abs(found.minor - drawn.minor) * 2 <= 0.04 * diameter
    )


def test_agrees_with_the_discs_that_people_drew() -> None:
    table = pictures_of("CASTING_MASKS", "labels.csv")[0]
    with table.open(newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines)]
    good = 0
    for name in names:
        mask = np.array(Image.open(table.parent / "masks" / Path(name).with_suffix(".png"))) & 8
        good += within_tolerance(find_part(gray(table.parent / "images" / name)), mask > 0)
    assert good >= 0.95 * len(names)
