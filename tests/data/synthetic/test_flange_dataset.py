"""A rendered set of flanges: a folder per class, and masks beside."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.collection.class_names import assign_labels
from casting_core.data.synthetic.casting import DISC_FLAG
from casting_core.data.synthetic.dataset import render_set
from casting_core.data.synthetic.flange_dataset import flange
from casting_core.errors import DataError
from casting_core.labels import Label


def test_a_set_has_a_folder_a_class_and_masks_beside(tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    folder = render_set(tmp_path / "set", 12, flange, seed=5, size=80, progress=lambda *at: said.append(at))
    assert said == [(n, 12) for n in range(1, 13)]
    pictures = sorted(p.relative_to(folder) for p in folder.rglob("*.jpeg"))
    assert len(pictures) == 12
    assert sum(p.parts[0] == "good" for p in pictures) == 6
    classes, _ = assign_labels(sorted({p.parts[0] for p in pictures}))
    assert {name for name, label in classes.items() if label is Label.OK} == {"good"}
    with (folder / "defects.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    defective = [p for p in pictures if p.parts[0] != "good"]
    assert {row["path"] for row in rows} == {p.as_posix() for p in defective}
    assert all(row["path"].startswith(row["kind"].replace(" ", "_")) for row in rows)
    for path in defective:
        mask = np.asarray(Image.open(folder / "masks" / path.with_suffix(".png")))
        assert (mask & ~np.uint8(DISC_FLAG)).any()
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        render_set(tmp_path / "file", 1, flange, size=64)
