"""Write a data set of rendered castings, laid out like the real one, with masks.

    <folder>/train|test/def_front|ok_front/rendered_def_0_N.jpeg | rendered_ok_0_N.jpeg
    <folder>/masks/train|test/rendered_def_0_N.png     flags, see `synthetic.Rendered`
    <folder>/defects.csv                               one row a defect

Every seventh picture goes to the test split and half of all pictures are defective. Files
appear under their names only when they are complete; `defects.csv` is written last.
"""

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

from casting_core.data.files import write_atomically
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.errors import DataError, SettingsError
from casting_core.labels import Label
from casting_core.system.memory import keep_freed_memory

COLUMNS = ("path", "seed", "kind", "x", "y", "width", "height", "area")
TEST_EVERY = 7
QUALITY = 92
CHUNK = 8  # castings that a process takes at a time


def render_set(
    folder: Path | str,
    count: int,
    *,
    seed: int = 0,
    size: int = 300,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Render `count` castings into a folder.

    Args:
        folder: made when missing; files of the same names are replaced, others stay.
        count: pictures, at least 1.
        seed: picture N has the seed `seed + N`.
        size: side of the pictures in pixels.
        workers: processes that share the work, at least 1; the pictures are the same whatever their number.
        progress: called with (done, count) after every picture.

    Returns:
        The folder.

    Raises:
        SettingsError: count, seed, size or workers out of range.
        DataError: the folder cannot be written.
    """
    return write_set(Path(folder), count, _one, seed=seed, size=size, workers=workers, progress=progress)


def write_set(
    folder: Path,
    count: int,
    one: Callable[[Path, int, int, int], list[tuple[object, ...]]],
    *,
    seed: int,
    size: int,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> Path:
    """Write a set of any product: `one` renders and writes picture N and gives its rows of `defects.csv`.

    It is called with the folder, seed, size and N, in other processes where there are several workers, so it must be
    a function of a module. All else is as for `render_set`.
    """
    if count < 1 or seed < 0 or workers < 1:
        raise SettingsError(f"expected count and workers >= 1 and seed >= 0, got {count}, {workers} and {seed}.")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    each = partial(one, folder, seed, size)
    with ExitStack() as stack:
        if workers == 1:
            made: Iterator[list[tuple[object, ...]]] = map(each, range(count))
        else:
            spawn = get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=spawn, initializer=_prepare))
            made = pool.map(each, range(count), chunksize=CHUNK)
        for done, defects in enumerate(made, start=1):
            writer.writerows(defects)
            if progress is not None:
                progress(done, count)
    write_file(folder / "defects.csv", table.getvalue().encode())
    return folder


def _prepare() -> None:
    """Make a process quick at it: one thread, for the matrices are so small that more only get in each other's way."""
    threadpool_limits(1)
    keep_freed_memory()


def _one(folder: Path, seed: int, size: int, number: int) -> list[tuple[object, ...]]:
    """Render and write one casting; gives the rows of its defects."""
    rendered = render_casting(seed=seed + number, size=size, defects="random")
    path = _path(number, rendered.label)
    write_file(folder / path, encoded(rendered.pixels, "JPEG"))
    write_file(folder / "masks" / path.parts[0] / f"{path.stem}.png", encoded(rendered.mask, "PNG"))
    return rows_of(path, seed + number, rendered)


def _path(number: int, label: Label) -> Path:
    split = "test" if number % TEST_EVERY == TEST_EVERY - 1 else "train"
    short, kind = ("def_front", "def") if label is Label.DEFECTIVE else ("ok_front", "ok")
    return Path(split) / short / f"rendered_{kind}_0_{number}.jpeg"


def rows_of(path: Path, seed: int, rendered: Rendered) -> list[tuple[object, ...]]:
    """The rows of `defects.csv` for one picture."""
    return [
        (path.as_posix(), seed, found.kind.value, found.x, found.y, found.width, found.height, found.area)
        for found in rendered.defects
    ]


def encoded(pixels: np.ndarray, kind: str) -> bytes:
    """uint8 (H, W) as the content of a `JPEG` or `PNG` file."""
    buffer = io.BytesIO()
    picture = Image.fromarray(pixels)
    if kind == "JPEG":  # three equal channels, as the real pictures have
        picture.convert("RGB").save(buffer, kind, quality=QUALITY)
    else:
        picture.save(buffer, kind)
    return buffer.getvalue()


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole. Raises `DataError` where it cannot be written."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error}); choose a folder that can.") from error
