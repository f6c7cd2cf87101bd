"""Rendered pipe flanges: a second product, to try the software on a part it was not made for.

As with `casting`, a picture is decided by its seed: the scene is drawn (`flange_scene`),
the sound flange rendered (`flange_render`), and defects are painted in (`defects`), so a sound
and a defective picture of one seed differ in nothing but the defects. The painters know a disc
with an opening; each is told of the one edge that its defect sits on as if it were one.
"""

from collections.abc import Sequence

import numpy as np

from casting_core.data.defects.insertion import DefectKind, log_uniform
from casting_core.data.part.finder import Part
from casting_core.data.part.polar import frame
from casting_core.data.synthetic.casting import Rendered, paint
from casting_core.data.synthetic.flange_render import render_sound_flange
from casting_core.data.synthetic.flange_scene import FlangeScene, draw_flange

FLANGE_KINDS: dict[DefectKind, tuple[float, float]] = {  # range of sizes, fraction of the plate's width
    DefectKind.BLOW_HOLE: (0.03, 0.07),
    DefectKind.PINHOLE: (0.018, 0.028),
    DefectKind.SHRINKAGE: (0.05, 0.1),
    DefectKind.CHIPPING: (0.045, 0.1),
    DefectKind.SCRATCH: (0.1, 0.22),
}
CHIPPED = (0.6, 0.25, 0.15)  # how often a chip sits on the outline, the bore, a bolt hole
STRAIGHT = 6.0  # radius of the circle that stands for a straight edge, in plate units
MARGIN = 0.02  # between a hole or scratch and the edges around, in plate units
TRIES = 60  # until a random place suits


def render_flange(seed: int, size: int = 300, defects: Sequence[DefectKind] = ()) -> Rendered:
    """Render one flange.

    Parameters
    ----------
    seed : decides the picture, together with the other arguments; from 0 up.
    size : side of the picture in pixels, at least 64.
    defects : kinds of `FLANGE_KINDS` to paint in.

    Returns
    -------
    As for a casting. In the mask, flag 8 is the plate (its holes included); `part` is the bore and
    the plate's circle, see `FlangeScene.part`.
    """
    scene_rng, surface_rng, rng = (np.random.default_rng([seed, stream, 77]) for stream in range(3))
    scene = draw_flange(scene_rng, size=size)
    pixels = render_sound_flange(scene, surface_rng)
    plate = scene.outside(*frame(scene.matrix, scene.x, scene.y, pixels.shape)) <= 0
    return paint(pixels, plate, scene.part, rng, ((kind, *_place(scene, rng, kind)) for kind in defects))


def _place(scene: FlangeScene, rng: np.random.Generator, kind: DefectKind) -> tuple[float, Part, tuple[float, float]]:
    """Size of a random defect, the part that it sits on as the painters know it, and its place in pixels."""
    share = log_uniform(rng, *FLANGE_KINDS[kind])
    if kind is DefectKind.CHIPPING:
        part, point = _edge(scene, rng)
        share *= scene.part.diameter / part.diameter
    else:
        part, point = scene.part, _on_metal(scene, rng, share)
    x, y = np.clip(scene.pixel(point), 0, scene.size - 1)
    return max(share, 0.004), part, (float(x), float(y))


def _on_metal(scene: FlangeScene, rng: np.random.Generator, share: float) -> np.ndarray:
    """Return a random place on the plate, clear of its edges by half of the defect where there is room."""
    for attempt in range(TRIES):
        clear = MARGIN + share * (1 - attempt / TRIES)
        point = rng.uniform(-1, 1, 2)
        to_holes = np.hypot(*(scene.holes - point).T).min() - scene.bolt
        if min(-scene.outside(*point), np.hypot(*point) - scene.bore, to_holes) > clear:
            break
    return point


def _edge(scene: FlangeScene, rng: np.random.Generator) -> tuple[Part, np.ndarray]:
    """Return a random place on an edge, and a part whose disc or opening has its edge there."""
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    which = int(rng.choice(3, p=CHIPPED))
    if which:
        centre, radius = (np.zeros(2), scene.bore) if which == 1 else (rng.choice(scene.holes), scene.bolt)
        return Part(disc=scene.part.disc, opening=scene.ellipse(centre, radius)), centre + radius * direction
    if scene.corner == 1:
        return scene.part, direction
    # one of the four straight sides, its ends left out
    side = int(rng.integers(4)) * np.pi / 2
    outward = np.array([np.cos(side), np.sin(side)])
    along = rng.uniform(-1, 1) * 0.9 * (1 - scene.corner)
    point = outward + along * np.array([-outward[1], outward[0]])
    return Part(disc=scene.ellipse(point - STRAIGHT * outward, STRAIGHT), opening=scene.part.opening), point
