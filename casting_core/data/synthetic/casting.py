"""Rendered castings: photographs of a part that nobody cast, with defects that are known to the pixel.

The product shows and tests itself on pictures that it renders, since photographs of real
parts belong to others. A picture is decided by its seed: first a scene is drawn (`scene`),
then the sound casting is rendered (`render`), then defects are painted in (`defects`). So a
sound and a defective picture of the same seed differ in nothing but the defects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from casting_core.data.defects.insertion import Defect, DefectKind, insert_defect, log_uniform, random_kind
from casting_core.data.part.finder import Part
from casting_core.data.part.polar import disc_mask
from casting_core.data.synthetic.render import render_sound
from casting_core.data.synthetic.scene import draw_scene
from casting_core.labels import Label

DISC_FLAG = 8
FLAGS = {DefectKind.CHIPPING: 1, DefectKind.BURR: 2, DefectKind.SCRATCH: 16}
FLAGS |= dict.fromkeys((DefectKind.BLOW_HOLE, DefectKind.PINHOLE, DefectKind.SHRINKAGE), 4)  # all holes

CONTRAST = 32.0  # gray levels, at least, between a rendered defect and the sound metal

# Sizes of rendered defects (fraction of the disc's diameter): those that a look finds. Still smaller than most that
# people have drawn on photographs of such castings.
SIZES: dict[DefectKind, tuple[float, float]] = {
    DefectKind.BLOW_HOLE: (0.035, 0.09),
    DefectKind.PINHOLE: (0.02, 0.03),
    DefectKind.SHRINKAGE: (0.06, 0.13),
    DefectKind.CHIPPING: (0.05, 0.12),
    DefectKind.BURR: (0.08, 0.25),
    DefectKind.SCRATCH: (0.1, 0.22),
}


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A rendered photograph.

    `pixels`: uint8 (H, W). `mask`: uint8 (H, W) of flags: 1 chipping, 2 burr, 4 holes (blow
    hole, pinhole, shrinkage), 8 the disc, 16 scratch. `defects`: one entry each, empty on a
    sound part. `label`: what it shows. `part`: where the part lies.
    """

    pixels: np.ndarray
    mask: np.ndarray
    defects: tuple[Defect, ...]
    label: Label
    part: Part

    @property
    def defect_mask(self) -> np.ndarray:
        """True where a defect is, bool (H, W)."""
        return np.asarray((self.mask & ~np.uint8(DISC_FLAG)) > 0)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A rendered picture with a name: `sentence` says what it shows, `seed` and `defects` make it."""

    name: str
    sentence: str
    seed: int
    defects: tuple[DefectKind, ...]

    def render(self, size: int = 300) -> Rendered:
        """Return the picture, the same every time."""
        return render_casting(size=size, seed=self.seed, defects=self.defects)


def render_casting(
    *,
    seed: int,
    size: int = 300,
    defects: Sequence[DefectKind] | Literal["random"] | None = None,
    stretch: float | None = None,
    table: float | None = None,
) -> Rendered:
    """Render one casting.

    Parameters
    ----------
    seed : decides the picture, together with the other arguments; from 0 up.
    size : side of the picture in pixels, at least 64.
    defects : kinds to paint in; none when None or empty. "random" leaves half of the
        parts sound and gives the others one to three kinds. A kind may appear several
        times; flash comes in two to six pieces along the rim.
    stretch : ratio of the axes of the part's outline, 1 to 2; near 1.04 when None.
    table : gray level of what the part lies on, 40 to 250; 155 to 205 when None.
    """
    scene_rng, surface_rng, defect_rng = (np.random.default_rng([seed, stream]) for stream in range(3))
    scene = draw_scene(scene_rng, size=size, stretch=stretch, table=table)
    pixels, part = render_sound(scene, surface_rng), scene.part
    kinds = _kinds(defect_rng, defects)
    placed = ((kind, log_uniform(defect_rng, *SIZES[kind]), part, None) for kind in kinds)  # drawn one by one
    return paint(pixels, disc_mask(part, pixels.shape), part, defect_rng, placed)


def paint(
    pixels: np.ndarray,
    body: np.ndarray,
    part: Part,
    rng: np.random.Generator,
    defects: Iterable[tuple[DefectKind, float, Part, tuple[float, float] | None]],
) -> Rendered:
    """Paint defects into a sound part.

    Parameters
    ----------
    pixels : uint8 (H, W), the sound part.
    body : bool (H, W), True on the part.
    part : where it lies.
    rng : decides how each defect looks.
    defects : kind, size, the part that it sits on and its place, as for `insert_defect`, one after another.
    """
    mask = np.where(body, np.uint8(DISC_FLAG), np.uint8(0))
    found: list[Defect] = []
    for kind, size, bearer, place in defects:
        pixels, where, defect = insert_defect(
            pixels, rng, part=bearer, kind=kind, size=size, place=place, contrast=CONTRAST
        )
        mask[where] |= np.uint8(FLAGS[kind])
        found.append(defect)
    label = Label.DEFECTIVE if found else Label.OK
    return Rendered(pixels=pixels, mask=mask, defects=tuple(found), label=label, part=part)


def samples() -> tuple[Sample, ...]:
    """Return the pictures that the product shows out of the box: two sound castings, and one with each kind of defect.

    The seeds were chosen by eye.
    """
    shown = (
        ("Sound casting", "A clean part under even light.", 16, None),
        ("Sound, strong reflections", "A clean part; bright reflections on turned metal are no defect.", 17, None),
        ("Blow hole", "Gas trapped in the metal left a pit in the face.", 15, DefectKind.BLOW_HOLE),
        ("Chipped edge", "Metal has broken away from an edge.", 14, DefectKind.CHIPPING),
        ("Burr", "Flash was left standing along the rim.", 13, DefectKind.BURR),
        ("Shrinkage", "The metal shrank while it set and tore into a cluster of cavities.", 18, DefectKind.SHRINKAGE),
        ("Pinhole", "A gas bubble came to the surface while the metal set.", 31, DefectKind.PINHOLE),
        ("Scratch", "A furrow runs across the machined face.", 24, DefectKind.SCRATCH),
    )
    return tuple(
        Sample(name=name, sentence=sentence, seed=seed, defects=(kind,) if kind else ())
        for name, sentence, seed, kind in shown
    )


def _kinds(rng: np.random.Generator, asked: Sequence[DefectKind] | Literal["random"] | None) -> list[DefectKind]:
    """Return the defects to paint, one entry a piece."""
    if asked == "random":
        count = 0 if rng.random() < 0.5 else int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))
        asked = [random_kind(rng) for _ in range(count)]
    pieces = []
    for kind in asked or ():
        pieces += [DefectKind(kind)] * (int(rng.integers(2, 7)) if kind is DefectKind.BURR else 1)
    return pieces
