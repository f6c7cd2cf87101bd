"""Rendered pipe flanges: a second product, to try the software on a part it was not made for.

As with `synthetic`, a picture is decided by its seed: the scene is drawn (`flange_scene`),
the sound flange rendered (`flange_render`), and defects are painted in (`defects`), so a sound
and a defective picture of one seed differ in nothing but the defects. The painters know a disc
with an opening; each is told of the one edge that its defect sits on as if it were one.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from casting_core.data.defects.insertion import Defect, DefectKind, insert_defect
from casting_core.data.part.finder import Part
from casting_core.data.synthetic.casting import CONTRAST, DISC_FLAG, FLAGS, Rendered
from casting_core.data.synthetic.flange_render import render_sound_flange
from casting_core.data.synthetic.flange_scene import FlangeScene, draw_flange
from casting_core.errors import SettingsError
from casting_core.labels import Label

# kind: share of random defects, and the range of their sizes (fraction of the plate's width)
FLANGE_KINDS: dict[DefectKind, tuple[float, float, float]] = {
    DefectKind.BLOW_HOLE: (0.25, 0.03, 0.07),
    DefectKind.PINHOLE: (0.1, 0.018, 0.028),
    DefectKind.SHRINKAGE: (0.15, 0.05, 0.1),
    DefectKind.CHIPPING: (0.3, 0.045, 0.1),
    DefectKind.SCRATCH: (0.2, 0.1, 0.22),
}
CHIPPED = (0.6, 0.25, 0.15)  # how often a chip sits on the outline, the bore, a bolt hole
STRAIGHT = 6.0  # radius of the circle that stands for a straight edge, in plate units
MARGIN = 0.02  # between a hole or scratch and the edges around, in plate units
TRIES = 60  # until a random place suits


def render_flange(
    seed: int, size: int = 300, defects: Sequence[DefectKind] | Literal["random", "none"] | None = "random"
) -> Rendered:
    """Render one flange.

    Args:
        seed: decides the picture, together with the other arguments; from 0 up.
        size: side of the picture in pixels, at least 64.
        defects: kinds of `FLANGE_KINDS` to paint in; none when "none", None or empty. "random"
            leaves half of the flanges sound and gives the others one or two kinds.

    Returns:
        As for a casting. In the mask, flag 8 is the plate (its holes included); `part` is the bore and
        the plate's circle, see `FlangeScene.part`.

    Raises:
        SettingsError: an argument is out of its range, or a kind does not occur on flanges.
    """
    if seed < 0:
        raise SettingsError(f"seed must be a whole number from 0 up, got {seed}.")
    scene_rng, surface_rng, defect_rng = (np.random.default_rng([seed, stream, 77]) for stream in range(3))
    scene = draw_flange(scene_rng, size=size)
    pixels = render_sound_flange(scene, surface_rng)
    mask = np.where(_plate(scene), np.uint8(DISC_FLAG), np.uint8(0))
    found: list[Defect] = []
    for kind in _kinds(defect_rng, defects):
        pixels, where, defect = _insert(pixels, defect_rng, scene, kind)
        mask[where] |= np.uint8(FLAGS[kind])
        found.append(defect)
    label = Label.DEFECTIVE if found else Label.OK
    return Rendered(pixels=pixels, mask=mask, defects=tuple(found), label=label, part=scene.part)


def _kinds(
    rng: np.random.Generator, asked: Sequence[DefectKind] | Literal["random", "none"] | None
) -> list[DefectKind]:
    if asked is None or asked == "none":
        return []
    if asked == "random":
        kinds, shares = list(FLANGE_KINDS), [share for share, _, _ in FLANGE_KINDS.values()]
        count = 0 if rng.random() < 0.5 else int(rng.choice([1, 2], p=[0.7, 0.3]))
        return [kinds[int(rng.choice(len(kinds), p=shares))] for _ in range(count)]
    strangers = [str(kind) for kind in asked if kind not in FLANGE_KINDS]
    if strangers:
        known = ", ".join(FLANGE_KINDS)
        raise SettingsError(f"Expected defects that flanges have ({known}), got {', '.join(strangers)}.")
    return [DefectKind(kind) for kind in asked]


def _insert(
    pixels: np.ndarray, rng: np.random.Generator, scene: FlangeScene, kind: DefectKind
) -> tuple[np.ndarray, np.ndarray, Defect]:
    _, low, high = FLANGE_KINDS[kind]
    share = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    if kind is DefectKind.CHIPPING:
        part, place = _edge(rng, scene)
        share *= scene.part.diameter / part.diameter
    else:
        part, place = scene.part, _on_metal(rng, scene, share)
    limit = scene.size - 1
    place = (float(np.clip(place[0], 0, limit)), float(np.clip(place[1], 0, limit)))
    return insert_defect(pixels, rng, part=part, kind=kind, size=max(share, 0.004), place=place, contrast=CONTRAST)


def _on_metal(rng: np.random.Generator, scene: FlangeScene, share: float) -> tuple[float, float]:
    """A random place on the plate, clear of its edges by half of the defect where there is room, in pixels."""
    u, v = 0.5 * (1 + scene.bore), 0.0
    for attempt in range(TRIES):
        clear = MARGIN + share * (1 - attempt / TRIES)
        u, v = rng.uniform(-1, 1, 2)
        if (
            scene.outside(np.array(u), np.array(v)) < -clear
            and np.hypot(u, v) > scene.bore + clear
            and np.hypot(*(scene.holes - (u, v)).T).min() > scene.bolt + clear
        ):
            break
    x, y = scene.matrix @ (u, v)
    return float(scene.x + x), float(scene.y + y)


def _edge(rng: np.random.Generator, scene: FlangeScene) -> tuple[Part, tuple[float, float]]:
    """A random place on an edge, in pixels, and a part whose disc or opening has its edge there."""
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    which = int(rng.choice(3, p=CHIPPED))
    if which:
        centre, radius = (np.zeros(2), scene.bore) if which == 1 else (rng.choice(scene.holes), scene.bolt)
        opening = scene.ellipse(float(centre[0]), float(centre[1]), radius)
        return Part(disc=scene.part.disc, opening=opening), _pixel(scene, centre + radius * direction)
    if scene.round:
        return scene.part, _pixel(scene, direction)
    # one of the four straight sides, its ends left out
    side = int(rng.integers(4)) * np.pi / 2
    outward = np.array([np.cos(side), np.sin(side)])
    along = rng.uniform(-1, 1) * 0.9 * (1 - scene.corner)
    place = outward + along * np.array([-outward[1], outward[0]])
    centre = place - STRAIGHT * outward
    disc = scene.ellipse(float(centre[0]), float(centre[1]), STRAIGHT)
    return Part(disc=disc, opening=scene.part.opening), _pixel(scene, place)


def _pixel(scene: FlangeScene, point: np.ndarray) -> tuple[float, float]:
    x, y = scene.matrix @ point
    return float(scene.x + x), float(scene.y + y)


def _plate(scene: FlangeScene) -> np.ndarray:
    """True on the plate and in its holes, bool (size, size)."""
    inverse = np.linalg.inv(scene.matrix)
    dx, dy = np.arange(scene.size)[None, :] - scene.x, np.arange(scene.size)[:, None] - scene.y
    u, v = inverse[0, 0] * dx + inverse[0, 1] * dy, inverse[1, 0] * dx + inverse[1, 1] * dy
    return np.asarray(scene.outside(u, v) <= 0)
