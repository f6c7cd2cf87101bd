"""What a verdict rests on, tried out: the marked places are repaired, and the part is judged again.

If the verdict falls when a place is made sound, that place was the reason; if the same repair at sound places of the
same ring leaves it alone, the repair itself is not.

1. All marked places are repaired together (`explanation.repair`), in a few rounds: what stands out only when stronger
   evidence is gone is repaired in the next one. A round that does not bring the probability down is undone, and the
   next one takes in weaker places too.
2. Each of the strongest places is repaired alone.
3. The control: the same repair of a hole of the same shape at a sound place of the same ring, at another clock
   position, for each of these.

If the first brings the probability down and the last leaves it where it was, the marked places were the reason.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from casting_core.data.part.finder import Part
from casting_core.data.part.polar import turned
from casting_core.explanation.patches import usable
from casting_core.explanation.regions import LEVEL, find_regions
from casting_core.explanation.repair import Look, hole, repair

ROUNDS = 8  # of repairing all that is marked
OF_PEAK = 0.5  # of the map's strongest place: places from there on are repaired in a round, and above `LEVEL` all
WIDER = 0.5  # by which that share is multiplied after a round that brought nothing
MOST = 5  # places that are tried alone
TRIES = 24  # clock positions tried for a control


@dataclass(frozen=True, kw_only=True, eq=False)
class Proof:
    """What repairing did to the probability of *defective*.

    Attributes
    ----------
    before, after : of the part as given, and with all marked places repaired.
    alone : after repairing one place alone, for the strongest places in their order.
    control : after the same repair at a sound place of the same ring; None where no such place is free.
    pixels : uint8 (H, W), the repaired picture.
    replaced : share of the disc's area that was replaced, in [0, 1].
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
        return max((abs(each - self.before) for each in self.control if each is not None), default=None)

    def to_json(self) -> dict[str, Any]:
        """As plain values; the repaired picture is left out."""
        return {name: value for name, value in vars(self).items() if name != "pixels"}


def prove(pixels: np.ndarray, part: Part, look: Look, *, enough: float, seed: int = 0) -> Proof | None:
    """Repair what is marked on a part, and judge it again.

    Parameters
    ----------
    pixels : uint8 (H, W), not changed.
    part : where the part lies.
    look : judges a picture of that shape.
    enough : the probability below which nothing more needs repair, the threshold below which a part passes.
    seed : decides where the controls lie.

    Returns
    -------
    What was found out; None where nothing is marked.
    """
    before, heatmap = look(pixels)
    marked = find_regions(heatmap, part)
    if not marked:
        return None
    current, after, replaced = _all_repaired(pixels, part, look, before, heatmap, enough)
    holes = [hole(region, heatmap, part, level=LEVEL) for region in marked]
    taken = np.any(holes, axis=0)
    rng = np.random.default_rng(seed)

    def repaired(place: np.ndarray) -> float:
        return repair(pixels, part, [place], look, keep_off=taken).probability

    sound = [_sound_place(each, part, taken, rng) for each in holes[:MOST]]
    return Proof(
        before=before,
        after=after,
        alone=tuple(repaired(each) for each in holes[:MOST]),
        control=tuple(None if each is None else repaired(each) for each in sound),
        pixels=current,
        replaced=float(replaced.sum() / (np.pi * part.disc.major * part.disc.minor)),
    )


def _all_repaired(
    pixels: np.ndarray, part: Part, look: Look, probability: float, heatmap: np.ndarray, enough: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """Return the picture with all marked places repaired, its probability, and what was replaced, bool (H, W)."""
    replaced = np.zeros(pixels.shape, bool)
    share = OF_PEAK
    for _ in range(ROUNDS):
        level = min(LEVEL, share * float(heatmap.max()))
        holes = [hole(region, heatmap, part, level=level) for region in find_regions(heatmap, part, level=level)]
        # what is half as strong as what is repaired is no sound metal either
        repaired = repair(pixels, part, holes, look, keep_off=replaced | (heatmap >= OF_PEAK * level))
        if repaired.probability >= probability:
            share *= WIDER
            continue
        pixels, probability, heatmap = repaired.pixels, repaired.probability, repaired.heatmap
        replaced |= repaired.replaced
        if probability < enough:
            break
    return pixels, probability, replaced


def _sound_place(hole: np.ndarray, part: Part, taken: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """Find a hole of the same shape on the same ring that touches no marked place, bool (H, W); None without one."""
    height, width = taken.shape
    rows, columns = np.nonzero(hole)
    for degrees in rng.uniform(0, 360, TRIES):
        x, y = turned(part.disc, columns, rows, np.deg2rad(degrees))
        if not usable(x, y, taken):
            continue
        grid_y, grid_x = np.mgrid[:height, :width]
        back = turned(part.disc, grid_x, grid_y, np.deg2rad(-degrees))
        back_x, back_y = (np.rint(each).astype(np.intp) for each in back)
        inside = (back_x >= 0) & (back_y >= 0) & (back_x < width) & (back_y < height)
        return np.asarray(hole[back_y.clip(0, height - 1), back_x.clip(0, width - 1)] & inside & ~taken)
    return None
