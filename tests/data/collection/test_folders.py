"""What lies in a data folder: classes and splits by their names; links are followed within it, never out of it."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.collection.collection import read_collection
from casting_core.data.collection.folders import find_files
from casting_core.errors import DataError
from tests.data.conftest import Layout, said
from tests.data.conftest import lay_out as lay_out_folders
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


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        read_collection(tmp_path / "nowhere")


def test_wrapping_folders_are_stepped_into(tmp_path: Path) -> None:
    lay_out_folders(tmp_path / "archive" / "set", {"good": [0, 1], "bad": [2, 3]})
    found = read_collection(tmp_path / "archive")
    assert found.root == tmp_path / "archive" / "set"
    assert found.samples[0].path == "bad/000.png"
    assert said(found, "holds nothing but the folder set")


def test_a_link_that_leads_back_is_no_trap(make: Callable[[Layout], Path]) -> None:
    root = make({"good": [0, 1], "bad": [2, 3]})
    (root / "good" / "loop").symlink_to(root / "good", target_is_directory=True)
    assert len(read_collection(root).samples) == 4


def empty_files(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_splits_and_classes_are_read_from_the_folders_whatever_their_letters(tmp_path: Path) -> None:
    tree = find_files(
        empty_files(tmp_path, "Training/OK/b.png", "Training/OK/deep/a.png", "VALID/ok/c.PNG", "test/NG/d")
    )
    assert tree.classes == ("NG", "OK")  # as first written
    assert [(each.path, each.split, each.name) for each in tree.files] == [
        ("Training/OK/b.png", "train", "OK"),
        ("Training/OK/deep/a.png", "train", "OK"),
        ("VALID/ok/c.PNG", "val", "OK"),
        ("test/NG/d", "test", "NG"),
    ]
    assert tree.notes == ()


def test_a_name_is_a_masks_only_beside_its_picture(tmp_path: Path) -> None:
    tree = find_files(
        empty_files(tmp_path, "ok/a.png", "ok/a_mask.png", "ok/b_mask.png", "bad/face-GT.png", "bad/c.png")
    )
    assert [each.path for each in tree.files] == ["bad/c.png", "bad/face-GT.png", "ok/a.png", "ok/b_mask.png"]
    assert tree.notes == ("Left out, because they are masks by their names: 1 of the pictures.",)


def test_a_folder_in_a_folder_is_stepped_into_four_times_and_no_further(tmp_path: Path) -> None:
    names = ("ok/a.png", "bad/b.png")
    assert len(find_files(empty_files(tmp_path / "near", *(f"1/2/3/4/{name}" for name in names))).files) == 2
    with pytest.raises(DataError, match="only 5 holds pictures"):
        find_files(empty_files(tmp_path / "far", *(f"1/2/3/4/5/{name}" for name in names)))
