"""The measured rates of the look-up, on a small set where every count is known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.images import decode
from casting_core.data.provenance.library import PhotographLibrary, build_library
from casting_core.data.provenance.lookup_accuracy import CASTINGS as RENDERED
from casting_core.data.provenance.lookup_accuracy import (
    COPIES,
    NEW,
    OWN,
    PICTURES,
    SIGNATURES_ALONE,
    Count,
    Recognition,
    measure,
)
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.labels import Label

CASTINGS = 4


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sample]]:
    """Three train pictures and a test picture of four castings, a test picture of a fifth, and a copy of train's bytes.

    Every casting is a fold of its own; the fifth lies in the fold of the first.
    """
    root = tmp_path_factory.mktemp("set")
    files: list[tuple[str, int, np.ndarray]] = []
    for seed in range(CASTINGS):
        image = Image.fromarray(render_casting(seed=seed, size=200).pixels)
        fill = int(np.asarray(image)[2, 2])
        for turn in (0, 50, 120, 200):
            turned = image.rotate(turn, Image.Resampling.BICUBIC, fillcolor=fill)
            files.append((f"{'test' if turn == 200 else 'train'}/ok_front/{seed}_{turn}.png", seed, np.asarray(turned)))
    files.append(("test/ok_front/new.png", 7, render_casting(seed=77, size=200).pixels))
    files.append(("test/ok_front/same.png", 0, files[0][2]))
    samples = []
    for path, source, pixels in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(root / path)
        split = path.split("/")[0]
        sha256 = decode(root / path).sha256
        samples.append(Sample(path=path, split=split, label=Label.OK, sha256=sha256, source=source, fold=source % 7))
    return root, samples


@pytest.fixture(scope="module")
def library(table: tuple[Path, list[Sample]]) -> PhotographLibrary:
    return build_library(*table)


@pytest.fixture(scope="module")
def measured(
    table: tuple[Path, list[Sample]], library: PhotographLibrary, tmp_path_factory: pytest.TempPathFactory
) -> Recognition:
    others = tmp_path_factory.mktemp("others")
    Image.fromarray(np.rot90(render_casting(seed=1, size=200).pixels)).save(others / "a.png")
    Image.fromarray(render_casting(seed=88, size=200).pixels).save(others / "b.png")
    (others / "notes.txt").write_text("no picture")
    return measure(*table[:1], library, table[1], others=others, rendered=3)


def test_every_count_is_the_known_one(measured: Recognition) -> None:
    for way in (SIGNATURES_ALONE, PICTURES):
        assert measured.counts[COPIES][way] == Count(total=CASTINGS + 1, right=CASTINGS + 1)
        assert measured.counts[NEW][way] == Count(total=1)
        assert measured.counts[OWN][way] == Count(total=2 * CASTINGS)
    assert measured.same_bytes == 1
    assert measured.fold_strangers.total == 4 * CASTINGS + 2
    assert [seen is not None and seen.source for seen in measured.others] == [1, False]
    assert len(measured.others_alone) == 2
    assert len(measured.cold) == CASTINGS + 1  # the stranger too is the first of its photograph
    assert len(measured.warm) == 1


def test_rendered_castings_that_are_known_are_told(measured: Recognition) -> None:
    """Seeds 0 to 2 at 300 px are castings of the library; their names are given where they match."""
    assert measured.counts[RENDERED][PICTURES].total == 3
    assert measured.counts[RENDERED][PICTURES].right == 0
    names = measured.counts[RENDERED][PICTURES].names
    assert all(name.startswith(("seed 0 as ", "seed 1 as ", "seed 2 as ")) for name in names)


def test_a_false_match_is_counted_and_named(table: tuple[Path, list[Sample]], library: PhotographLibrary) -> None:
    """With photograph 1 called 0 in the table, its test picture is matched to another photograph than its own."""
    root, samples = table
    path = "test/ok_front/1_200.png"
    wrong = [
        Sample(path=s.path, split=s.split, label=s.label, sha256=s.sha256, source=0) for s in samples if s.path == path
    ]
    measured = measure(root, library, wrong, rendered=0)
    count = measured.counts[COPIES][PICTURES]
    assert (count.total, count.right, count.wrong) == (1, 0, 1)
    assert count.names[0].startswith(f"{path} as train/ok_front/1_")
    assert path in "\n".join(measured.lines())


def test_the_report_says_it_in_words(measured: Recognition) -> None:
    text = "\n".join(measured.lines())
    assert f"copy in train, with pictures: {CASTINGS + 1} of {CASTINGS + 1} recognised, 0 matched to another" in text
    assert "without a copy, signatures alone: 0 of 1 matched." in text
    assert "known by their bytes: 1." in text
    assert "Second folder: 1 of 2 pictures" in text
    assert "(n = 5)" in text
