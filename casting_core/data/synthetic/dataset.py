"""Write a data set of rendered castings, laid out like the real one, with masks.

    <folder>/train|test/def_front|ok_front/rendered_def_0_N.jpeg | rendered_ok_0_N.jpeg
    <folder>/masks/train|test/rendered_def_0_N.png     flags, see `casting.Rendered`
    <folder>/defects.csv                               one row a defect

Every seventh picture goes to the test split and half of all pictures are defective. Files
appear under their names only when they are complete; `defects.csv` is written last.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import astuple
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from PIL import Image
from threadpoolctl import threadpool_limits

from casting_core.data.files import csv_text, write_atomically
from casting_core.data.images import encoded
from casting_core.data.samples import Progress, unreported
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.errors import DataError
from casting_core.system.memory import keep_freed_memory

COLUMNS = ("path", "seed", "kind", "x", "y", "width", "height", "area")
TEST_EVERY = 7
QUALITY = 92
CHUNK = 8  # castings that a process takes at a time

Product = Callable[[int, int, int], tuple[Path, Path | None, Rendered]]  # (number, seed, size)


def casting(number: int, seed: int, size: int) -> tuple[Path, Path | None, Rendered]:
    """Casting N of a set: its path, that of its mask, and the picture."""
    rendered = render_casting(seed=seed, size=size, defects="random")
    split = "test" if number % TEST_EVERY == TEST_EVERY - 1 else "train"
    kind = "def" if rendered.defects else "ok"
    path = Path(split, f"{kind}_front", f"rendered_{kind}_0_{number}.jpeg")
    return path, Path("masks", split, f"{path.stem}.png"), rendered


def render_set(
    folder: Path | str,
    count: int,
    product: Product = casting,
    *,
    seed: int = 0,
    size: int = 300,
    workers: int = 1,
    progress: Progress = unreported,
) -> Path:
    """Render `count` pictures into a folder, and give the folder.

    Parameters
    ----------
    folder : made when missing; files of the same names are replaced, others stay.
    count : pictures, at least 1.
    product : renders picture N, given N, its seed and size, to its path, that of its mask (None: no mask) and the
        picture. A function of a module, as it is called in other processes where there are several workers.
    seed : picture N has the seed `seed + N`.
    size : side of the pictures in pixels.
    workers : processes that share the work, at least 1; the pictures are the same whatever their number.
    progress : called with (done, count) after every picture.

    Raises
    ------
    DataError
        The folder cannot be written.
    """
    folder = Path(folder)
    rows: list[tuple[object, ...]] = [COLUMNS]
    each = partial(_write, folder, product, seed, size)
    with ExitStack() as stack:
        if workers == 1:
            made: Iterator[list[tuple[object, ...]]] = map(each, range(count))
        else:
            spawn = get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=spawn, initializer=_prepare))
            made = pool.map(each, range(count), chunksize=CHUNK)
        for done, defects in enumerate(made, start=1):
            rows += defects
            progress(done, count)
    _write_file(folder, Path("defects.csv"), csv_text(rows).encode())
    return folder


def _prepare() -> None:
    """Make a process quick at it: one thread, for the matrices are so small that more only get in each other's way."""
    threadpool_limits(1)
    keep_freed_memory()


def _write(folder: Path, product: Product, seed: int, size: int, number: int) -> list[tuple[object, ...]]:
    """Render and write one picture; gives the rows of its defects."""
    path, mask, rendered = product(number, seed + number, size)
    # three equal channels, as the real pictures have
    _write_file(folder, path, encoded(Image.fromarray(rendered.pixels).convert("RGB"), "JPEG", quality=QUALITY))
    if mask is not None:
        _write_file(folder, mask, encoded(Image.fromarray(rendered.mask), "PNG"))
    return [(path.as_posix(), seed + number, *astuple(defect)) for defect in rendered.defects]


def _write_file(folder: Path, path: Path, content: bytes) -> None:
    """Write one file of the set whole. Raises `DataError` where it cannot be written."""
    try:
        write_atomically(folder / path, content, within=folder)
    except OSError as error:
        raise DataError(f"{folder / path} cannot be written ({error}); choose a folder that can.") from error
