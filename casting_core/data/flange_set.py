"""Write a data set of rendered flanges, laid out as many data sets are: one folder a class.

    <folder>/good/flange_N.jpeg
    <folder>/<kind of defect>/flange_N.jpeg        one kind a picture: blow_hole, chipping, …
    <folder>/masks/<kind of defect>/flange_N.png   flags, see `synthetic.Rendered`
    <folder>/defects.csv                           one row a defect

Every second flange is sound, and the kinds take turns, so that twenty pictures fill every class.
`folders` passes over a folder named masks, so it is no class. Files appear under their names only
when they are complete; `defects.csv` is written last.
"""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from PIL import Image
from threadpoolctl import threadpool_limits

from casting_core.data.dataset import Progress
from casting_core.data.files import write_atomically
from casting_core.data.flange import FLANGE_KINDS, render_flange
from casting_core.data.rendered_set import CHUNK, COLUMNS, QUALITY
from casting_core.errors import DataError, SettingsError

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

    Arguments, results and errors are those of `rendered_set.render_set`.
    """
    if count < 1 or seed < 0 or workers < 1:
        raise SettingsError(f"expected count and workers >= 1 and seed >= 0, got {count}, {workers} and {seed}.")
    folder = Path(folder)
    one = partial(_one, folder, seed, size)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    with ExitStack() as stack:
        if workers == 1:
            made: Iterator[list[tuple[object, ...]]] = map(one, range(count))
        else:
            spawn = get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=spawn, initializer=_alone))
            made = pool.map(one, range(count), chunksize=CHUNK)
        for done, rows in enumerate(made, start=1):
            writer.writerows(rows)
            if progress is not None:
                progress(done, count)
    _write(folder / "defects.csv", table.getvalue().encode())
    return folder


def _alone() -> None:
    """One thread a process, as in `rendered_set`."""
    threadpool_limits(1)


def _one(folder: Path, seed: int, size: int, number: int) -> list[tuple[object, ...]]:
    """Render and write one flange; gives the rows of its defects."""
    kinds = list(FLANGE_KINDS)
    kind = kinds[number // 2 % len(kinds)] if number % 2 else None
    rendered = render_flange(seed + number, size, [kind] * (1 + number % 3 // 2) if kind else "none")
    path = Path(kind.replace(" ", "_") if kind else SOUND) / f"flange_{number}.jpeg"
    picture, mask = io.BytesIO(), io.BytesIO()
    Image.fromarray(rendered.pixels).save(picture, "JPEG", quality=QUALITY)
    _write(folder / path, picture.getvalue())
    if kind:
        Image.fromarray(rendered.mask).save(mask, "PNG")
        _write(folder / "masks" / path.with_suffix(".png"), mask.getvalue())
    return [
        (path.as_posix(), seed + number, found.kind.value, found.x, found.y, found.width, found.height, found.area)
        for found in rendered.defects
    ]


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error}); choose a folder that can.") from error
