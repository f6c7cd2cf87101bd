"""Write a data set of rendered flanges, laid out as many data sets are: one folder a class.

    <folder>/good/flange_N.jpeg
    <folder>/<kind of defect>/flange_N.jpeg        one kind a picture: blow_hole, chipping, …
    <folder>/masks/<kind of defect>/flange_N.png   flags, see `synthetic.Rendered`
    <folder>/defects.csv                           one row a defect

Every second flange is sound, and the kinds take turns, so that twenty pictures fill every class.
`folders` passes over a folder named masks, so it is no class. Files appear under their names only
when they are complete; `defects.csv` is written last.
"""

from pathlib import Path

from casting_core.data.samples import Progress
from casting_core.data.synthetic.dataset import encoded, rows_of, write_file, write_set
from casting_core.data.synthetic.flange import FLANGE_KINDS, render_flange

SOUND = "good"


def render_flange_set(
    folder: Path | str,
    count: int,
    *,
    seed: int = 0,
    size: int = 300,
    workers: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Render `count` flanges into a folder; picture N has the seed `seed + N`.

    Arguments, results and errors are those of `dataset.render_set`.
    """
    return write_set(Path(folder), count, _one, seed=seed, size=size, workers=workers, progress=progress)


def _one(folder: Path, seed: int, size: int, number: int) -> list[tuple[object, ...]]:
    """Render and write one flange; gives the rows of its defects."""
    kinds = list(FLANGE_KINDS)
    kind = kinds[number // 2 % len(kinds)] if number % 2 else None
    rendered = render_flange(seed + number, size, [kind] * (1 + number % 3 // 2) if kind else "none")
    path = Path(kind.replace(" ", "_") if kind else SOUND) / f"flange_{number}.jpeg"
    write_file(folder / path, encoded(rendered.pixels, "JPEG"))
    if kind:
        write_file(folder / "masks" / path.with_suffix(".png"), encoded(rendered.mask, "PNG"))
    return rows_of(path, seed + number, rendered)
