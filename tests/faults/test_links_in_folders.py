"""Links out of a folder: what they lead to is in no index."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from casting_core.data.synthetic.casting import render_casting
from casting_core.exploration.index import build_index
from tests.data.collection.test_folders import OUT


def test_an_index_holds_nothing_from_outside(quick: None, own_cache: Path, small: Callable[..., Path], tmp_path: Path):
    root = small()
    Image.fromarray(render_casting(seed=9, size=80).pixels).save(tmp_path / "secret.png")
    (root / "ok" / "secret.png").symlink_to(tmp_path / "secret.png")
    index = build_index(root)
    assert len(index) == 4
    assert any(OUT in note for note in index.notes)
