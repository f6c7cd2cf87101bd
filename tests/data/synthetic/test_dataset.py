"""A rendered data set: laid out like the real one, the same for any number of workers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import FLAGS, render_casting
from casting_core.data.synthetic.dataset import render_set
from casting_core.errors import DataError


def test_a_set_is_laid_out_like_the_real_one(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = render_set(tmp_path / "set", count=16, seed=3, size=96, progress=lambda *progress: seen.append(progress))
    pictures = sorted(folder.glob("t*/*_front/*.jpeg"))
    assert (len(pictures), seen) == (16, [(number, 16) for number in range(1, 17)])
    assert len(list(folder.glob("test/*/*"))) == 2
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
    with (folder / "defects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    defective = {path.relative_to(folder).as_posix() for path in pictures if path.parent.name == "def_front"}
    assert {row["path"] for row in rows} == defective
    for path in pictures:
        rendered = render_casting(seed=3 + int(path.stem.rsplit("_", 1)[1]), size=96, defects="random")
        with Image.open(path) as picture:
            assert picture.mode == "RGB"
            stored = np.asarray(picture.convert("L")).astype(float)
        assert np.abs(stored - rendered.pixels).mean() < 2
        mask = np.asarray(Image.open(folder / "masks" / path.parts[-3] / f"{path.stem}.png"))
        assert np.array_equal(mask, rendered.mask)


def test_any_number_of_workers_writes_the_same_set(tmp_path: Path) -> None:
    one, two = (render_set(tmp_path / str(workers), 12, size=96, workers=workers) for workers in (1, 2))
    files = sorted(path.relative_to(one) for path in one.rglob("*.*"))
    assert len(files) == 12 + 12 + 1
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes()


@pytest.mark.parametrize("size", [64, 200, 512, 777])
def test_the_table_agrees_with_the_masks_at_any_size(tmp_path: Path, size: int) -> None:
    folder = render_set(tmp_path, 6, seed=40, size=size)
    with (folder / "defects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        split, _, name = row["path"].split("/")
        mask = np.asarray(Image.open(folder / "masks" / split / f"{Path(name).stem}.png"))
        assert mask.shape == (size, size)
        x, y, width, height = (int(row[key]) for key in ("x", "y", "width", "height"))
        inside = mask[y : y + height, x : x + width] & FLAGS[DefectKind(row["kind"])]
        assert np.count_nonzero(inside) >= int(row["area"])  # others of its kind may overlap it


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        render_set(tmp_path / "file", count=1, size=64)
