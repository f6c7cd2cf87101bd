"""Grouping by source photograph: copies of rendered castings find each other, others stay apart."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.dataset import Sample, read_provenance
from casting_core.data.defects import DefectKind
from casting_core.data.part import find_part
from casting_core.data.provenance import audit, fingerprint, group, mark_suspects, write_provenance
from casting_core.data.signature import coarse_strip, detail_strip
from casting_core.data.synthetic import render_casting
from casting_core.errors import DataError
from casting_core.labels import Label

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE


def copies(pixels: np.ndarray) -> list[np.ndarray]:
    """Seven pictures of one photograph: turned, mirrored, stretched, darkened."""
    image, background = Image.fromarray(pixels), int(pixels[2, 2])
    side = image.width
    smooth = Image.Resampling.BICUBIC
    mirrored = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    images = [
        image,
        image.rotate(37, smooth, fillcolor=background),
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        mirrored.rotate(123, smooth, fillcolor=background),
        image.resize((side, side * 17 // 20), smooth),
        image.rotate(90).resize((side * 5 // 6, side), smooth),
        Image.fromarray((pixels * 0.8 + 10).astype(np.uint8)),
    ]
    return [np.asarray(each) for each in images]


def signatures(pictures: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    coarse, detail = [], []
    for pixels in pictures:
        part = find_part(pixels)
        assert part is not None
        coarse.append(coarse_strip(pixels, part))
        detail.append(detail_strip(pixels, part))
    return np.stack(coarse), np.stack(detail)


def test_copies_group_together_and_different_castings_do_not() -> None:
    pictures = [copy for seed in range(4) for copy in copies(render_casting(seed=seed, size=200).pixels)]
    place = np.random.default_rng(0).permutation(len(pictures))
    said: list[tuple[int, int]] = []
    groups = group(*signatures([pictures[i] for i in place]), lambda done, total: said.append((done, total)))
    seed_of = place // 7
    assert len(set(groups.source)) == 4
    assert len(set(zip(groups.source.tolist(), seed_of.tolist(), strict=True))) == 4
    first_seen = list(dict.fromkeys(groups.source.tolist()))
    assert first_seen == [0, 1, 2, 3]
    assert (groups.nearest > 0.95).all()
    assert groups.histogram.sum() >= 4 * 21  # the 21 pairs within each casting at least
    assert len(groups.accepted) == len(pictures) - 4  # a forest: one link for every picture but the first
    assert all(done <= total for done, total in said)


def test_a_defect_makes_no_other_photograph_but_another_casting_does() -> None:
    sound = render_casting(seed=8, size=200).pixels
    chipped = render_casting(seed=8, size=200, defects=[DefectKind.CHIPPING]).pixels
    other = render_casting(seed=9, size=200).pixels
    assert group(*signatures([sound, other, chipped])).source.tolist() == [0, 1, 0]


def test_a_likeness_at_first_sight_is_refused_by_the_detail() -> None:
    rng = np.random.default_rng(0)
    strip = rng.standard_normal((24, 256)).astype(np.float32)
    coarse = np.stack([strip / np.linalg.norm(strip)] * 4)  # all alike
    one, other = rng.standard_normal((2, 64, 512)).astype(np.float32)
    groups = group(coarse, np.stack([one, other, one, np.roll(other, 100, axis=1)]))
    assert groups.source.tolist() == [0, 1, 0, 1]
    assert len(groups.accepted) == 2
    assert len(groups.refused) >= 1
    assert (groups.accepted > 0.95).all()
    assert (groups.refused < 0.3).all()


def test_pictures_without_a_part_are_sources_of_their_own() -> None:
    groups = group(np.zeros((3, 24, 256), np.float32), np.zeros((3, 64, 512), np.float16))
    assert groups.source.tolist() == [0, 1, 2]
    assert len(groups.accepted) == len(groups.refused) == 0


def sample(path: str, source: int, label: Label, **more) -> Sample:
    return Sample(path=path, split=path.split("/")[0], label=label, source=source, **more)


def test_suspects_by_hand() -> None:
    samples = [
        sample("train/ok_front/a", 0, OK),
        sample("train/ok_front/b", 0, OK),
        sample("train/def_front/c", 0, DEFECTIVE),  # the rarer label of its photograph
        sample("train/def_front/d", 1, DEFECTIVE),
        sample("test/def_front/cast_def_0_150.jpeg", 2, DEFECTIVE),  # doubted, and with it its photograph
        sample("train/def_front/e", 2, DEFECTIVE),
    ]
    marked = mark_suspects(samples)
    assert [s.suspect for s in marked] == [False, False, True, False, True, True]
    assert [s.path for s in marked] == [s.path for s in samples]


def test_the_shipped_suspects_are_those_that_are_marked() -> None:
    table = read_provenance()
    assert mark_suspects(table) == table
    assert sum(s.suspect for s in table) == 24  # 16 of a photograph of both labels, 8 of the doubted one
    assert {s.label for s in table if s.suspect} == {DEFECTIVE}


def test_a_table_survives_the_file(tmp_path: Path) -> None:
    table = [
        sample("test/ok_front/a, b.png", 0, OK, sha256="0" * 64, fold=3, suspect=True),
        sample("train/def_front/ü.png", 1, DEFECTIVE, sha256="f" * 64, fold=0),
    ]
    write_provenance(table, tmp_path / "table.csv")
    assert read_provenance(tmp_path / "table.csv") == table


def test_the_fingerprint_is_of_the_content() -> None:
    table = [sample(f"train/ok_front/{n}", n, OK, sha256=f"{n:064}") for n in range(3)]
    same = fingerprint(table)
    assert len(same) == 64
    assert fingerprint(table[::-1]) == same
    assert fingerprint(table[:2]) != same
    relabelled = [*table[:2], sample("train/ok_front/2", 2, DEFECTIVE, sha256=f"{2:064}")]
    assert fingerprint(relabelled) != same
    with pytest.raises(DataError, match="hash"):
        fingerprint([sample("train/ok_front/a", 0, OK)])


def test_audit_of_a_small_set(tmp_path: Path) -> None:
    """Two castings in turned copies over the four folders, and one picture that shows no part."""
    sound = copies(render_casting(seed=0, size=200).pixels)
    chipped = copies(render_casting(seed=1, size=200, defects=[DefectKind.CHIPPING]).pixels)
    pictures = {
        "test/def_front/a.png": chipped[0],
        "test/ok_front/a.png": sound[0],
        "test/ok_front/b.png": np.full((200, 200), 128, np.uint8),
        "train/def_front/a.png": chipped[1],
        "train/def_front/b.png": sound[1],  # filed wrongly
        "train/ok_front/a.png": sound[0],  # the same bytes as in test
        "train/ok_front/b.png": sound[2],
    }
    for name, pixels in pictures.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name)
    said: list[tuple[int, int]] = []
    result = audit(tmp_path, lambda done, total: said.append((done, total)))
    assert [s.path for s in result.samples] == sorted(pictures)
    assert [s.source for s in result.samples] == [0, 1, 2, 0, 1, 1, 1]
    assert [s.path for s in result.samples if s.suspect] == ["train/def_front/b.png"]
    assert result.lost == ("test/ok_front/b.png",)
    folds = {s.source: s.fold for s in result.samples}
    assert all(folds[s.source] == s.fold for s in result.samples)
    assert all(done <= total for done, total in said)
    text = "\n".join(result.lines())
    assert "Pictures: 7. Source photographs: 3 (1 defective, 2 ok)." in text
    assert "copy in train: 2 of 3 (66.7%)." in text
    assert "byte-identical to a train picture: 1 (1 of them ok)." in text
    assert "under both labels: 1; number 1: 1 defective, 3 ok" in text
    assert "Pictures without a part: 1." in text
