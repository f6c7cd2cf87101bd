"""Images whose defects are known, from a folder and rendered on the spot."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.errors import DataError
from casting_core.evaluation.localization import labelled


def test_rendered_castings_come_back_the_same() -> None:
    pictures = labelled.rendered(3, 1_000_000)
    first, again = list(pictures.read()), list(pictures.read())
    assert [each.photograph for each in first] == [1_000_000, 1_000_001, 1_000_002]
    assert pictures.total == len(first) == 3
    for one, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, same.pixels)
        assert one.mask.shape == one.pixels.shape
        assert one.defective == bool(one.kinds) == one.mask.any()


def test_a_folder_with_masks_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    plain, mask = np.full((32, 32), 90, np.uint8), np.zeros((32, 32), np.uint8)
    for name in ("a", "b"):
        Image.fromarray(plain).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"{name}.png")
        mask[3, 5] = 1
    (tmp_path / "labels.csv").write_text("file,label\na.png,ok\nb.png,defective\n")
    pictures = labelled.marked(tmp_path)
    assert pictures.total == 2
    sound, defective = pictures.read()
    assert (sound.defective, defective.defective) == (False, True)
    assert not sound.mask.any()
    assert np.argwhere(defective.mask).tolist() == [[3, 5]]
    assert sound.photograph != defective.photograph  # without a part, each is one of its own
    with pytest.raises(DataError, match=r"labels\.csv"):
        labelled.marked(tmp_path / "nowhere")
