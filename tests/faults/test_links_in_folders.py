"""Links out of a folder: what they lead to is in no index, and nothing is written to where they lead."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from casting_core.commands.inspect import command as inspect
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.dataset import render_set
from casting_core.errors import DataError
from casting_core.exploration.index import build_index
from casting_core.training.ship import ship
from tests.data.collection.test_folders import OUT
from tests.faults.conftest import write_runs

THROUGH = "nothing is written through a link"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nothing belongs into."""
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside"


def test_an_index_holds_nothing_from_outside(quick: None, own_cache: Path, small: Callable[..., Path], tmp_path: Path):
    root = small()
    Image.fromarray(render_casting(seed=9, size=80).pixels).save(tmp_path / "secret.png")
    (root / "ok" / "secret.png").symlink_to(tmp_path / "secret.png")
    index = build_index(root)
    assert len(index) == 4
    assert any(OUT in note for note in index.notes)


@pytest.mark.parametrize("name", ["indexes", "folders"])
def test_a_cache_is_written_through_no_link(
    quick: None, own_cache: Path, small: Callable[..., Path], outside: Path, name: str
) -> None:
    own_cache.mkdir()
    (own_cache / name).symlink_to(outside)
    with pytest.raises(DataError, match=THROUGH):
        build_index(small())
    assert not list(outside.iterdir())


@pytest.mark.parametrize("link", ["train", "train/ok_front", "masks"])
def test_a_rendered_set_is_written_through_no_link(tmp_path: Path, outside: Path, link: str) -> None:
    (tmp_path / "set" / link).parent.mkdir(parents=True)
    (tmp_path / "set" / link).symlink_to(outside)
    with pytest.raises(DataError, match=THROUGH):
        render_set(tmp_path / "set", count=2, size=80)
    assert not list(outside.iterdir())


def test_a_heatmap_is_written_through_no_link(tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "parts" / "lot").mkdir(parents=True)
    Image.fromarray(render_casting(seed=9, size=300).pixels).save(tmp_path / "parts" / "lot" / "1.png")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "lot").symlink_to(outside)
    with pytest.raises(DataError, match=THROUGH):
        inspect([str(tmp_path / "parts")], heatmaps=tmp_path / "maps", batch_size=1)
    assert not list(outside.iterdir())


@pytest.mark.parametrize("link", ["", "runs"])
def test_a_model_is_written_through_no_link(tmp_path: Path, outside: Path, link: str) -> None:
    official, by_source = write_runs(tmp_path / "runs")
    target = tmp_path / "models" / "small"
    (target / link).parent.mkdir(parents=True)
    (target / link).symlink_to(outside)
    with pytest.raises(DataError, match=THROUGH):
        ship(official, by_source, target)
    assert not list(outside.iterdir())
