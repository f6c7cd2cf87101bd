"""A folder of photographs with masks: what is read, which belong together, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.masked_set import read_marked
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two castings: a defective one, the same picture turned by a right angle, and a sound one."""
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    first = render_casting(seed=1, size=300, defects=[DefectKind.BLOW_HOLE])
    second = render_casting(seed=2, size=300)
    turned = (np.rot90(first.pixels).copy(), np.rot90(first.mask).copy())
    rows = ["file,label,holes_px"]
    for name, label, (pixels, mask) in (
        ("a.png", "defective", (first.pixels, first.mask)),
        ("b.png", "defective", turned),
        ("c.png", "ok", (second.pixels, second.mask)),
    ):
        Image.fromarray(pixels).save(tmp_path / "images" / name)
        Image.fromarray(mask).save(tmp_path / "masks" / name)
        rows.append(f"{name},{label},1")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_pictures_masks_and_copies(folder: Path):
    marked = list(read_marked(folder))
    assert [each.name for each in marked] == ["a.png", "b.png", "c.png"]
    assert [each.defective for each in marked] == [True, True, False]
    assert marked[0].photograph == marked[1].photograph != marked[2].photograph
    np.testing.assert_array_equal(np.rot90(marked[0].mask), marked[1].mask)
    assert marked[0].mask.sum() == render_casting(seed=1, size=300, defects=[DefectKind.BLOW_HOLE]).defect_mask.sum()
    assert not marked[2].mask.any()  # the disc is no defect


def test_what_is_missing_or_does_not_fit_is_named(folder: Path):
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(folder / "masks" / "b.png")
    labels = folder / "labels.csv"
    for change, told in (
        (lambda: None, r"b\.png is \(5, 5\)"),
        ((folder / "masks" / "a.png").unlink, "every picture needs one"),
        (lambda: labels.write_text("file,label\n"), "names no pictures"),
        (lambda: labels.write_text("file,label\na.png,perhaps\n"), "ok or defective"),
        (labels.unlink, "cannot be read"),
    ):
        change()
        with pytest.raises(DataError, match=told):
            list(read_marked(folder))


def test_the_real_capture_is_read(masks_root: Path):
    marked = list(read_marked(masks_root))
    assert len(marked) == 119
    assert sum(each.defective for each in marked) == 75
    assert sum(bool(each.mask.any()) for each in marked if each.defective) == 74
