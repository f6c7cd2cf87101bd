"""A data set of rendered flanges, laid out as many data sets are: one folder a class.

    <folder>/good/flange_N.jpeg
    <folder>/<kind of defect>/flange_N.jpeg        one kind a picture: blow_hole, chipping, …
    <folder>/masks/<kind of defect>/flange_N.png   flags, see `casting.Rendered`
    <folder>/defects.csv                           one row a defect

Every second flange is sound, and the kinds take turns, so that twenty pictures fill every class.
`folders` passes over a folder named masks, so it is no class.
"""

from pathlib import Path

from casting_core.data.synthetic.casting import Rendered
from casting_core.data.synthetic.flange import FLANGE_KINDS, render_flange

SOUND = "good"


def flange(number: int, seed: int, size: int) -> tuple[Path, Path | None, Rendered]:
    """Flange N of a set, for `dataset.render_set`: its path, that of its mask, and the picture."""
    kinds = list(FLANGE_KINDS)
    kind = kinds[number // 2 % len(kinds)] if number % 2 else None
    rendered = render_flange(seed, size, [kind] * (1 + number % 3 // 2) if kind else ())
    path = Path(kind.replace(" ", "_") if kind else SOUND, f"flange_{number}.jpeg")
    return path, Path("masks") / path.with_suffix(".png") if kind else None, rendered
