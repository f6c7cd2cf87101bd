"""Samples and splits: folders by hand, folds by property, and the shipped table of the public set."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from casting_core.data.samples import (
    FOLDS,
    Sample,
    assign_folds,
    default_root,
    load_pixels,
    read_provenance,
    scan,
    split_samples,
)
from casting_core.errors import DataError, ImageError, SettingsError
from casting_core.labels import Label

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE
FOLDERS = ("train/def_front", "train/ok_front", "test/def_front", "test/ok_front")


@pytest.fixture(scope="module")
def table() -> list[Sample]:
    return read_provenance()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pictures a folder; the picture's gray level is 10 times its place in the sorted list."""
    for place, name in enumerate(sorted(f"{folder}/{n}.png" for folder in FOLDERS for n in "ba")):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((40, 50), 10 * place, np.uint8)).save(file)
    return tmp_path


def test_default_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASTING_DATA", "elsewhere")
    assert default_root() == Path("elsewhere")
    monkeypatch.delenv("CASTING_DATA")
    assert default_root() == Path("data/casting_data")


def test_scan_gives_split_and_label_by_folder(root: Path) -> None:
    (root / "train/ok_front/.DS_Store").write_bytes(b"x")
    (root / "train/ok_front/folder").mkdir()
    samples = scan(root)
    assert [s.path for s in samples] == [f"{folder}/{n}.png" for folder in sorted(FOLDERS) for n in "ab"]
    assert [(s.split, s.label) for s in samples[::2]] == [
        ("test", DEFECTIVE),
        ("test", OK),
        ("train", DEFECTIVE),
        ("train", OK),
    ]
    assert {(s.sha256, s.source, s.fold, s.suspect) for s in samples} == {("", -1, -1, False)}


def test_scan_says_what_is_missing(root: Path) -> None:
    for file in (root / "test/ok_front").iterdir():
        file.unlink()
    with pytest.raises(DataError, match="holds no pictures"):
        scan(root)
    (root / "test/ok_front").rmdir()
    with pytest.raises(DataError, match="data fetch"):
        scan(root)


def test_load_pixels_keeps_the_order_and_reports(root: Path) -> None:
    said: list[tuple[int, int]] = []
    samples = scan(root)[::-1]
    pixels = load_pixels(root, samples, lambda done, total: said.append((done, total)))
    assert [p.dtype for p in pixels] == [np.uint8] * 8
    assert [p.shape for p in pixels] == [(40, 50)] * 8
    assert [int(p[0, 0]) for p in pixels] == [70, 60, 50, 40, 30, 20, 10, 0]
    assert said == [(n, 8) for n in range(1, 9)]


def test_load_pixels_refuses_what_is_no_picture(root: Path) -> None:
    (root / "train/ok_front/a.png").write_bytes(b"no picture")
    with pytest.raises(ImageError):
        load_pixels(root, scan(root))


@pytest.mark.parametrize(
    "text", ["path,label\na,ok\n", "path,sha256,split,label,source,fold,suspect\na,b,train,fine,0,0,0\n"]
)
def test_a_table_of_another_layout_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "provenance.csv"
    with pytest.raises(DataError, match="missing"):
        read_provenance(file)
    file.write_text(text)
    with pytest.raises(DataError, match=r"as a provenance table \(line [12]: .*data audit"):
        read_provenance(file)


def test_folds_by_hand() -> None:
    """Six defective photographs of 5, 4, 3, 2, 1, 1 pictures onto two folds, and one that is ok."""
    sizes = {10: 5, 11: 4, 12: 3, 13: 2, 14: 1, 15: 1}
    samples = [(source, DEFECTIVE) for source, size in sizes.items() for _ in range(size)] + [(20, OK)]
    # 5 | 4, then 3 to the 4 (7), 2 to the 5 (7), 1 to fold 0 (8), 1 to fold 1 (8)
    assert assign_folds(samples, folds=2) == {10: 0, 11: 1, 12: 1, 13: 0, 14: 0, 15: 1, 20: 0}


def test_a_photograph_of_both_labels_counts_once() -> None:
    samples = [(0, OK), (0, OK), (0, DEFECTIVE), (1, OK), (2, DEFECTIVE), (2, OK), (3, DEFECTIVE)]
    # 0 is ok by majority and larger than 1; 2 is defective by its tie and larger than 3
    assert assign_folds(samples, folds=2) == {0: 0, 1: 1, 2: 0, 3: 1}


def test_at_least_two_folds() -> None:
    with pytest.raises(SettingsError, match="at least 2"):
        assign_folds([(0, OK)], folds=1)


photographs = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([OK, DEFECTIVE])), min_size=1, max_size=25)


@settings(max_examples=50)
@given(photographs, st.integers(2, 6), st.randoms(use_true_random=False))
def test_folds_are_stratified_and_independent_of_order(
    groups: list[tuple[int, Label]], folds: int, rng: random.Random
) -> None:
    samples = [(source, label) for source, (size, label) in enumerate(groups) for _ in range(size)]
    result = assign_folds(samples, folds=folds)
    shuffled = samples.copy()
    rng.shuffle(shuffled)
    assert assign_folds(shuffled, folds=folds) == result
    assert set(result) == set(range(len(groups)))
    assert set(result.values()) <= set(range(folds))
    for label in (OK, DEFECTIVE):
        images = [0] * folds
        for source, (size, of) in enumerate(groups):
            images[result[source]] += size * (of is label)
        # dealing the next photograph to the emptiest fold never opens a gap wider than one photograph
        assert max(images) - min(images) <= max((size for size, of in groups if of is label), default=0)


def test_the_shipped_table_counts_the_public_set(table: list[Sample]) -> None:
    assert Counter((s.split, s.label) for s in table) == {
        ("train", DEFECTIVE): 3758,
        ("train", OK): 2875,
        ("test", DEFECTIVE): 453,
        ("test", OK): 262,
    }
    assert len({s.path for s in table}) == 7348
    assert all(s.path.split("/")[0] == s.split for s in table)
    assert all(len(s.sha256) == 64 for s in table)
    assert [s.path for s in table] == sorted(s.path for s in table)


def test_the_shipped_table_names_131_photographs(table: list[Sample]) -> None:
    labels: dict[int, Counter[Label]] = {}
    for sample in table:
        labels.setdefault(sample.source, Counter())[sample.label] += 1
    assert sorted(labels) == list(range(131))
    defective = sum(2 * count[DEFECTIVE] >= count.total() for count in labels.values())
    assert (defective, len(labels) - defective) == (114, 17)
    first_seen = list(dict.fromkeys(s.source for s in table))
    assert first_seen == sorted(first_seen)


def test_nearly_every_test_picture_has_a_copy_in_train(table: list[Sample]) -> None:
    fit, held_out = split_samples(table, "official")
    known = {s.source for s in fit}
    copied = sum(s.source in known for s in held_out)
    assert (copied, len(held_out)) == (707, 715)
    assert f"{copied / len(held_out):.1%}" == "98.9%"
    hashes = {s.sha256 for s in fit}
    identical = [s for s in held_out if s.sha256 in hashes]
    assert len(identical) == 64
    assert {s.label for s in identical} == {OK}


@pytest.mark.parametrize("fold", range(FOLDS))
def test_no_source_photograph_is_on_two_sides(table: list[Sample], fold: int) -> None:
    fit, held_out = split_samples(table, "by-source", fold=fold)
    assert fit
    assert held_out
    assert not {s.source for s in fit} & {s.source for s in held_out}
    assert not {s.sha256 for s in fit} & {s.sha256 for s in held_out}
    assert {s.split for s in fit} == {"train"}
    assert {s.split for s in held_out} == {"train", "test"}


def test_every_photograph_is_held_out_once(table: list[Sample]) -> None:
    folds: dict[int, set[int]] = {}
    for sample in table:
        folds.setdefault(sample.source, set()).add(sample.fold)
    assert {len(of) for of in folds.values()} == {1}
    held_out = [s.path for fold in range(FOLDS) for s in split_samples(table, "by-source", fold=fold)[1]]
    assert sorted(held_out) == [s.path for s in table]


def test_the_shipped_folds_are_those_that_are_dealt_out(table: list[Sample]) -> None:
    dealt = assign_folds([(s.source, s.label) for s in table])
    assert all(dealt[s.source] == s.fold for s in table)
    for label, total in ((DEFECTIVE, 4211), (OK, 3137)):
        share = [sum(s.fold == fold and s.label is label for s in table) / total for fold in range(FOLDS)]
        assert min(share) > 0.18, "a fold holds far less than a fifth of a label"
        assert max(share) < 0.22, "a fold holds far more than a fifth of a label"


def test_splits_refuse_what_makes_no_sense(table: list[Sample]) -> None:
    with pytest.raises(SettingsError, match="no folds"):
        split_samples(table, "official", fold=0)
    for fold in (None, -1, FOLDS):
        with pytest.raises(SettingsError, match="needs a fold"):
            split_samples(table, "by-source", fold=fold)
    with pytest.raises(SettingsError, match="'random'"):
        split_samples(table, "random")


def test_the_real_folder_is_the_shipped_table(data_root: Path, table: list[Sample]) -> None:
    found = [(s.path, s.split, s.label) for s in scan(data_root)]
    assert found == [(s.path, s.split, s.label) for s in table]
