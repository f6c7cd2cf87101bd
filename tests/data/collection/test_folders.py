"""Links in data folders: followed within the folder, never out of it."""

import os
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.collection.collection import read_collection
from casting_core.data.collection.folders import find_files
from casting_core.errors import DataError
from tests.exploration.handmade import lay_out

OUT = "links that lead out of the folder"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two classes with two pictures each; beside the folder, what must not be read."""
    noise = np.random.default_rng(0).integers(0, 256, (5, 64, 64), dtype=np.uint8)
    lay_out(tmp_path / "secret", {"a.png": noise[4], "deep/b.png": noise[4]})
    names = ("good/a.png", "good/b.png", "bad/a.png", "bad/b.png")
    return lay_out(tmp_path / "set", dict(zip(names, noise, strict=False)))


def paths(root: Path) -> list[str]:
    return [each.path for each in find_files(root).files]


PLAIN = ["bad/a.png", "bad/b.png", "good/a.png", "good/b.png"]


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("good/c.png", "../../secret/a.png"),
        ("good/deep", "../../secret/deep"),
        ("good/deep", "/"),
        ("worse", "../secret"),
        ("good/c.png", "/dev/zero"),
        ("good/c.png", "/etc/passwd"),
        ("good/c.png", "../../nowhere.png"),
    ],
)
def test_a_link_that_leads_out_is_left_out_and_told(root: Path, place: str, target: str) -> None:
    (root / place).symlink_to(target)
    assert paths(root) == PLAIN
    (note,) = (note for note in find_files(root).notes if OUT in note)
    assert f"1, {place} first" in note
    assert any(OUT in note for note in read_collection(root).notes)


def test_a_chain_that_leads_out_at_its_end_is_one(root: Path) -> None:
    (root / "good" / "one.png").symlink_to("two.png")
    (root / "good" / "two.png").symlink_to("../../secret/a.png")
    assert paths(root) == PLAIN


def test_links_within_the_folder_are_followed(root: Path) -> None:
    (root / "good" / "again.png").symlink_to("a.png")
    (root / "good" / "more").symlink_to("../bad", target_is_directory=True)
    (root / "good" / "gone.png").symlink_to("nothing.png")
    assert set(paths(root)) - set(PLAIN) == {"good/again.png", "good/more/a.png", "good/more/b.png", "good/gone.png"}
    assert not [note for note in find_files(root).notes if OUT in note]


def test_the_folder_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert paths(tmp_path / "link") == PLAIN


def test_a_folder_with_nothing_but_a_link_is_not_stepped_into(root: Path, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "set").symlink_to(root)
    with pytest.raises(DataError, match=OUT):
        find_files(tmp_path / "box")


def test_classes_that_are_links_out_are_no_classes(root: Path, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    for name in ("good", "bad"):
        (tmp_path / "box" / name).symlink_to(root / name)
    with pytest.raises(DataError, match=f"2 {OUT}"):
        find_files(tmp_path / "box")


def test_a_loop_of_links_ends(root: Path) -> None:
    (root / "good" / "one").symlink_to("two")
    (root / "good" / "two").symlink_to("one")
    (root / "good" / "up").symlink_to("..", target_is_directory=True)
    found = paths(root)
    assert set(PLAIN) <= set(found)
    assert len(found) < 30


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "", "~nobody-by-this-name/parts", "\ud800"])
def test_a_folder_that_cannot_be_is_a_data_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        find_files(tmp_path / "no" / name)


def test_a_folder_that_may_only_be_listed_is_a_data_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system refuses it to everybody but the one whom nothing is refused to."""
    real = os.stat

    def refused(path, *given: object, **more: object):
        if str(path).startswith(str(root / "good")):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *given, **more)

    monkeypatch.setattr(os, "stat", refused)
    with pytest.raises(DataError, match="Permission denied"):
        find_files(root)
