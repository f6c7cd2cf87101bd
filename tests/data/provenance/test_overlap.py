"""Which photographs are known: rendered castings, their turned and stretched copies, and other parts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.provenance.overlap import compare, known_photographs
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError
from casting_core.labels import Label

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def pictures() -> dict[int, np.ndarray]:
    """Five castings by seed."""
    return {seed: render_casting(seed=seed, size=300, defects="random").pixels for seed in (*SEEDS, 8, 9)}


@pytest.fixture
def public(tmp_path: Path, pictures: dict[int, np.ndarray]) -> tuple[Path, list[Sample]]:
    """A set that holds three of them, one a source photograph, the first five times."""
    samples = []
    for seed in SEEDS:
        for copy in range(5 if seed == 1 else 1):
            path = f"{seed}_{copy}.png"
            Image.fromarray(np.rot90(pictures[seed], copy)).save(tmp_path / path)
            samples.append(Sample(path=path, split="train", label=Label.OK, source=seed))
    return tmp_path, samples


def stretched(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((512, 460)))


def test_copies_are_known_and_others_are_not(public, pictures):
    root, samples = public
    asked = [(20, stretched(np.rot90(pictures[2])[:, ::-1])), (30, pictures[3]), (80, pictures[8]), (90, pictures[9])]
    found = known_photographs(asked, root, samples)
    assert found[20] is True
    assert found[30] is True
    assert found[80] is not True
    assert found[90] is not True


def test_what_holds_for_one_copy_holds_for_the_photograph(public, pictures):
    root, samples = public
    flat = np.full((300, 300), 128, np.uint8)  # shows no part: nothing can be said of it
    found = known_photographs([(5, flat), (5, pictures[1]), (6, flat)], root, samples)
    assert found == {5: True, 6: None}


def test_three_pictures_of_a_photograph_are_read(public, pictures):
    root, samples = public
    told: list[tuple[int, int]] = []
    known_photographs([(1, pictures[1])], root, samples, lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)  # three of the first, one each of the others
    (root / "1_1.png").unlink()  # not among the three
    known_photographs([(1, pictures[1])], root, samples)
    (root / "1_4.png").unlink()
    with pytest.raises(DataError, match="does not hold the whole public set"):
        known_photographs([(1, pictures[1])], root, samples)


def test_alike_in_shape_but_not_in_detail_is_neither():
    """The coarse rings are one; the detail is another's. And rings that are nothing alike are new."""
    rng = np.random.default_rng(0)
    ring, other = rng.normal(size=(24, 256)), rng.normal(size=(24, 256))
    coarse = [strip - strip.mean(1, keepdims=True) for strip in (ring, other)]
    coarse = [(strip / np.linalg.norm(strip)).astype(np.float32) for strip in coarse]
    details = rng.normal(size=(3, 64, 512)).astype(np.float32)
    reference = (coarse[0], details[0])
    assert compare([(coarse[0], details[0])], [reference]) == [True]
    assert compare([(coarse[0], details[1])], [reference]) == [None]
    assert compare([(coarse[1], details[2])], [reference]) == [False]
    assert compare([(coarse[1], details[2])], []) == [False]
    assert compare([], [reference]) == []


def test_more_pictures_than_fit_into_one_block():
    """300 references and 300 pictures, each a turned copy of the reference of its number or of none."""
    rng = np.random.default_rng(1)
    coarse = rng.normal(size=(300, 24, 256)).astype(np.float32)
    detail = rng.normal(size=(300, 64, 512)).astype(np.float32)
    turned = [(np.roll(c, 40, axis=1), np.roll(d, 80, axis=1)) for c, d in zip(coarse, detail, strict=True)]
    asked = turned[:3] + turned[260:263] + [(turned[0][0][::-1], turned[0][1][::-1])] * 294
    references = list(zip(coarse, detail, strict=True))
    found = compare(asked[:20] + asked[290:], references)
    assert found[:6] == [True] * 6
    assert set(found[6:]) == {False}
