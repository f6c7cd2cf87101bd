"""What a verdict rests on, tried out: the marked places are repaired, and the part is judged again.

1. All marked places are repaired together (`explanation.repair`), in up to three rounds: what stands out only when
   stronger evidence is gone is repaired in the next one, from a lower level on.
2. Each of the strongest places is repaired alone.
3. The control: the same repair at a sound place of the same ring, at another clock position, for each of these.

If the first brings the probability down and the last leaves it where it was, the marked places were the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from casting_core.data.part import Part
from casting_core.data.polar import from_clock
from casting_core.explanation.regions import LEVEL, Region, find_regions
from casting_core.explanation.repair import hole, repair

LEVELS = (LEVEL, 0.25, 0.1)  # of local probability, from which a place is repaired, by round
MOST = 5  # places that are tried alone
TRIES = 24  # clock positions tried for a control

Look = Callable[[np.ndarray], tuple[float, np.ndarray]]  # pixels → probability, heatmap (H, W)


@dataclass(frozen=True, kw_only=True, eq=False)
class Proof:
    """What repairing did to the probability of *defective*.

    `before`, `after`: of the part as given, and with all marked places repaired. `alone`: after repairing one place
    alone, for the strongest places in their order; `control`: after the same repair at a sound place of the same ring,
    None where no such place is free. `pixels` uint8 (H, W): the repaired picture. `replaced`: share of the disc's area
    that was replaced, in [0, 1].
    """

    before: float
    after: float
    alone: tuple[float, ...]
    control: tuple[float | None, ...]
    pixels: np.ndarray
    replaced: float

    @property
    def largest_control(self) -> float | None:
        """How far the control moved the probability at most; None without a control."""
        moves = [abs(each - self.before) for each in self.control if each is not None]
        return max(moves) if moves else None


def prove(pixels: np.ndarray, part: Part, look: Look, *, enough: float, seed: int = 0) -> Proof | None:
    """Repair what is marked on a part, and judge it again.

    Args:
        pixels: uint8 (H, W), not changed.
        part: where the part lies.
        look: judges a picture of that shape.
        enough: the probability below which nothing more needs repair, the threshold below which a part passes.
        seed: decides where the controls lie.

    Returns:
        None where nothing is marked.
    """
    before, heatmap = look(pixels)
    marked = find_regions(heatmap, part, shape=pixels.shape[:2])
    if not marked:
        return None
    current, after = pixels, before
    replaced = np.zeros(pixels.shape, bool)
    for level in LEVELS:
        repaired = repair(current, part, find_regions(heatmap, part, level=level), keep_off=replaced)
        current, replaced = repaired.pixels, replaced | repaired.replaced
        after, heatmap = look(current)
        if after < enough:
            break
    strongest = marked[:MOST]
    alone = tuple(look(repair(pixels, part, [region]).pixels)[0] for region in strongest)
    taken = np.any([hole(region, part, pixels.shape) for region in marked], axis=0)
    rng = np.random.default_rng(seed)
    control = tuple(_control(pixels, part, region, taken, look, rng) for region in strongest)
    area = np.pi * part.disc.major * part.disc.minor
    return Proof(
        before=before,
        after=after,
        alone=alone,
        control=control,
        pixels=current,
        replaced=float(replaced.sum() / area),
    )


def _control(
    pixels: np.ndarray, part: Part, region: Region, taken: np.ndarray, look: Look, rng: np.random.Generator
) -> float | None:
    elsewhere = _sound_place(region, part, taken, rng)
    if elsewhere is None:
        return None
    return look(repair(pixels, part, [elsewhere], keep_off=taken).pixels)[0]


def _sound_place(region: Region, part: Part, taken: np.ndarray, rng: np.random.Generator) -> Region | None:
    """A region of the same size on the same ring that touches no marked place; None where none is free."""
    assert region.clock is not None
    assert region.radius is not None
    height, width = taken.shape
    for hours in rng.uniform(0, 12, TRIES):
        x, y = from_clock(part, hours, region.radius)
        left, top = round(x - (region.width - 1) / 2), round(y - (region.height - 1) / 2)
        if not (left >= 0 and left + region.width <= width and top >= 0 and top + region.height <= height):
            continue
        moved = replace(region, x=left, y=top, clock=float(hours))
        if not (hole(moved, part, taken.shape) & taken).any():
            return moved
    return None
