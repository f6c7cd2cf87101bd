"""Sets of images whose defects are known, and what a model says of one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from casting_core.data.masked_set import LabelledImage, count_marked, read_marked
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError
from casting_core.inspection.inspector import Inspector
from casting_core.inspection.results import Inspection

FIRST = 1_000_000  # seed of the first casting that is rendered for judging, far from all others; they follow one by one


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledSet:
    """Pictures with known defects, which can be gone through more than once; `name` in the card, `total` images."""

    name: str
    total: int
    read: Callable[[], Iterator[LabelledImage]]


def marked(folder: Path) -> LabelledSet:
    """Return the photographs of a folder with masks, in the order of its table."""
    return LabelledSet(name="second_capture", total=count_marked(folder), read=partial(read_marked, folder))


def rendered(count: int, first: int = FIRST) -> LabelledSet:
    """Castings rendered on the spot from seed `first` on, about half of them defective."""
    return LabelledSet(name="rendered", total=count, read=lambda: map(_render, range(first, first + count)))


def _render(seed: int) -> LabelledImage:
    one = render_casting(seed=seed, defects="random")
    return LabelledImage(
        name=f"rendered casting {seed}",
        pixels=one.pixels,
        mask=one.defect_mask,
        defective=one.label.positive,
        photograph=seed,
        kinds=tuple(sorted({str(defect.kind) for defect in one.defects})),
    )


def evidence(inspector: Inspector, pixels: np.ndarray) -> tuple[float, np.ndarray, Inspection]:
    """Probability and map, float32 (H, W), also of a picture that a gate refuses, and the inspection.

    Raises `DataError` where the model has no map.
    """
    inspection = inspector.inspect(pixels)
    probability, heatmap = inspection.probability, inspection.heatmap
    if probability is None:
        probability, heatmap = inspector.look(pixels)
    if heatmap is None:
        raise DataError(f"The model {inspection.model} has no map of its evidence to measure.")
    return probability, heatmap, inspection
