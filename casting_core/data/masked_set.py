"""Photographs with defects marked by people: a folder of pictures, a table of labels, and one mask a picture.

<folder>/labels.csv            file, label (ok or defective), further columns ignored
<folder>/images/<file>
<folder>/masks/<stem>.png      bit flags a pixel: 1 chipping, 2 burr, 4 holes, 8 the disc itself, 16 scratch
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from casting_core.data.images import decode
from casting_core.data.provenance.grouping import compare, group
from casting_core.data.provenance.signature import strips
from casting_core.data.synthetic.casting import DISC_FLAG
from casting_core.errors import DataError
from casting_core.labels import Label


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledImage:
    """A picture and what is known of it.

    Attributes
    ----------
    name : of the picture.
    pixels, mask : uint8 (H, W), and bool (H, W), True on a defect.
    photograph : its number, the same for turned, mirrored or stretched copies of each other.
    kinds : of its defects, where they are told.
    """

    name: str
    pixels: np.ndarray
    mask: np.ndarray
    defective: bool
    photograph: int
    kinds: tuple[str, ...] = ()


def read_marked(folder: Path) -> Iterator[LabelledImage]:
    """Photographs of a folder in the order of its table.

    Raises `DataError` where the table, a picture or a mask is missing or of another form, `ImageError` where a
    picture cannot be decoded.
    """
    rows = _rows(folder)
    photographs = _photographs([folder / "images" / row["file"] for row in rows])
    for row, photograph in zip(rows, photographs, strict=True):
        pixels = decode(folder / "images" / row["file"]).pixels
        mask = _mask(folder / "masks" / f"{Path(row['file']).stem}.png", pixels.shape)
        defective = Label(row["label"]).positive
        yield LabelledImage(name=row["file"], pixels=pixels, mask=mask, defective=defective, photograph=photograph)


def count_marked(folder: Path) -> int:
    """How many photographs the table of a folder names. Raises `DataError` where it is missing or of another form."""
    return len(_rows(folder))


def _rows(folder: Path) -> list[dict[str, str]]:
    table = folder / "labels.csv"
    try:
        with table.open(newline="", encoding="utf-8") as stream:
            rows = [{"file": row["file"], "label": str(Label(row["label"]))} for row in csv.DictReader(stream)]
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise DataError(
            f"{table} cannot be read ({error}); expected columns file and label (ok or defective)."
        ) from error
    if not rows:
        raise DataError(f"{table} names no pictures.")
    return rows


def _mask(file: Path, shape: tuple[int, ...]) -> np.ndarray:
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            flags = np.asarray(picture.convert("L") if picture.mode not in ("L", "P") else picture)
    except (OSError, ValueError) as error:
        raise DataError(f"The mask {file} cannot be read ({error}); every picture needs one.") from error
    if flags.shape != shape:
        raise DataError(f"The mask {file} is {flags.shape}, its picture {shape}; they must be of one size.")
    return np.asarray((flags & ~np.uint8(DISC_FLAG)) > 0)


def _photographs(files: list[Path]) -> list[int]:
    """Numbers of photographs; a picture without a part is one of its own."""
    rings = [strips(decode(file).pixels) for file in files]
    found = [index for index, ring in enumerate(rings) if ring is not None]
    numbers = [-1 - index for index in range(len(files))]
    if found:
        coarse, detail = (np.stack(each) for each in zip(*filter(None, rings), strict=True))
        for index, number in zip(found, group(detail, compare(coarse)).source.tolist(), strict=True):
            numbers[index] = number
    return numbers
