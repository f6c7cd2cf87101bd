"""Grouping by source photograph: copies of rendered castings find each other, others stay apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.part.finder import find_part
from casting_core.data.provenance import signature
from casting_core.data.provenance.grouping import (
    Audit,
    Groups,
    Leakage,
    Likeness,
    audit,
    compare,
    fingerprint,
    group,
    leakage,
    mark_suspects,
    write_provenance,
)
from casting_core.data.provenance.signature import FREQUENCIES, coarse_strip, detail_strip
from casting_core.data.samples import Sample, read_provenance
from casting_core.data.synthetic.casting import render_casting
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
    coarse, detail = signatures([pictures[i] for i in place])
    say = lambda done, total: said.append((done, total))  # noqa: E731
    likeness = compare(coarse, say)
    groups = group(detail, likeness, say)
    seed_of = place // 7
    assert len(set(groups.source)) == 4
    assert len(set(zip(groups.source.tolist(), seed_of.tolist(), strict=True))) == 4
    first_seen = list(dict.fromkeys(groups.source.tolist()))
    assert first_seen == [0, 1, 2, 3]
    assert (likeness.similarity > 0.95).all()
    assert likeness.histogram.sum() >= 4 * 21  # the 21 pairs within each casting at least
    assert len(groups.accepted) == len(pictures) - 4  # a forest: one link for every picture but the first
    count = len(pictures)
    assert all(0 <= done <= total for done, total in said)
    ends = [place for place, (done, total) in enumerate(said) if done == total]
    assert len(ends) == 2  # one for comparing, one for grouping
    assert said[0] == (0, count)
    assert said[ends[0]] == (count, count)
    assert ends[1] == len(said) - 1


def test_a_defect_makes_no_other_photograph_but_another_casting_does() -> None:
    sound = render_casting(seed=8, size=200).pixels
    chipped = render_casting(seed=8, size=200, defects=[DefectKind.CHIPPING]).pixels
    other = render_casting(seed=9, size=200).pixels
    coarse, detail = signatures([sound, other, chipped])
    likeness = compare(coarse)
    assert group(detail, likeness).source.tolist() == [0, 1, 0]
    assert likeness.nearest[[0, 2]].tolist() == [2, 0]


def test_a_likeness_at_first_sight_is_refused_by_the_detail() -> None:
    rng = np.random.default_rng(0)
    strip = rng.standard_normal((24, 256)).astype(np.float32)
    coarse = np.stack([strip / np.linalg.norm(strip)] * 4)  # all alike
    one, other = rng.standard_normal((2, 64, 512)).astype(np.float32)
    groups = group(np.stack([one, other, one, np.roll(other, 100, axis=1)]), compare(coarse))
    assert groups.source.tolist() == [0, 1, 0, 1]
    assert len(groups.accepted) == 2
    assert len(groups.refused) >= 1
    assert (groups.accepted > 0.95).all()
    assert (groups.refused < 0.3).all()


def pairs_alone(pairs: list[tuple[int, int]], count: int) -> Likeness:
    """A likeness of which nothing but the order of its pairs is looked at."""
    return Likeness(
        nearest=np.zeros(count, int),
        similarity=np.ones(count, np.float32),
        histogram=np.zeros(40, int),
        pairs=np.array(pairs).T,
        alike=np.ones(len(pairs), np.float32),
    )


@pytest.mark.parametrize(("refusals", "joined"), [(2, True), (3, False)])
def test_after_three_refusals_two_groups_are_held_to_be_different(refusals: int, joined: bool) -> None:
    """Picture 1 is half of each kind, so that its detail agrees with 0 and with all others; those disagree with 0."""
    rng = np.random.default_rng(1)
    one, other = (strip / np.linalg.norm(strip) for strip in rng.standard_normal((2, 64, 512)).astype(np.float32))
    detail = np.stack([one, one + other, other, other, other])
    pairs = [(0, 1), (2, 3), (3, 4)]  # most alike first: two groups
    pairs += [(0, 2), (0, 3), (0, 4)][:refusals]
    pairs.append((1, 2))
    groups = group(detail, pairs_alone(pairs, 5))
    assert groups.source.tolist() == ([0] * 5 if joined else [0, 0, 1, 1, 1])
    assert len(groups.refused) == refusals
    assert len(groups.accepted) == 3 + joined


def test_what_the_larger_group_was_refused_stays_refused_when_a_picture_joins_it() -> None:
    """Picture 0 agrees with both kinds; it comes to the three of one kind, which 4 was held to be different from."""
    rng = np.random.default_rng(2)
    one, other = (strip / np.linalg.norm(strip) for strip in rng.standard_normal((2, 64, 512)).astype(np.float32))
    pairs = [(1, 2), (1, 3), (1, 4), (2, 4), (3, 4), (0, 1), (0, 4)]
    groups = group(np.stack([one + other, one, one, one, other]), pairs_alone(pairs, 5))
    assert groups.source.tolist() == [0, 0, 0, 0, 1]
    assert len(groups.refused) == 3
    assert len(groups.accepted) == 3


def test_the_report_by_hand() -> None:
    """Seven photographs: one of four pictures, one of two, and five of one, of which one is sound."""
    sources = [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6]
    samples = tuple(
        sample(f"train/x/{n:02}", source, OK if source == 6 else DEFECTIVE, sha256=f"{n}", fold=int(source > 1))
        for n, source in enumerate(sources)
    )
    likeness = replace(pairs_alone([(0, 1)], 11), similarity=np.array([0.98] * 2 + [0.9] * 9), histogram=np.arange(40))
    none, links = np.zeros(0), np.array([0.6, 0.7, 0.9])
    groups = Groups(source=np.array(sources), accepted=links, refused=none)
    text = "\n".join(Audit(samples=samples, groups=groups, likeness=likeness, lost=()).lines())
    assert "Pictures: 11. Source photographs: 7 (6 defective, 1 ok)." in text
    assert "Largest groups: 4, 2, 1, 1, 1, 1 pictures." in text  # the six largest
    assert "similarity of 0.98 or more: 18.18%." in text
    assert "links accepted: 0.60 to 0.90, median 0.70 (n = 3); refused: none." in text
    assert "Folds (pictures; photographs): 0: 6; 2; 1: 5; 5" in text
    assert "under both labels: 0\n" in text
    assert "0.800: 0, 0.805: 1, " in text
    assert "0.995: 39\n" in text


def best_of_all_shifts(one: np.ndarray, other: np.ndarray) -> float:
    """The similarity of two strips (R, A), the long way: every shift, mirrored or not, of the lower frequencies."""
    smooth = []
    for strip in (one, other):
        spectrum = np.fft.rfft(strip, axis=1)
        spectrum[:, 0] = spectrum[:, FREQUENCIES + 1 :] = 0
        back = np.fft.irfft(spectrum, strip.shape[1], axis=1)
        smooth.append(back / np.linalg.norm(back))
    # similarity is asked for at every second of the 256 shifts
    shifts = range(0, one.shape[1], 2)
    both = (smooth[1], np.roll(smooth[1][:, ::-1], 1, axis=1))  # angle 0 stays where it is
    return max(float((smooth[0] * np.roll(each, shift, axis=1)).sum()) for each in both for shift in shifts)


def test_all_pairs_are_compared_as_the_long_way_round_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "BLOCK", 4)  # several blocks, of which the last is shorter
    rng = np.random.default_rng(3)
    strips = rng.standard_normal((11, 24, 256)).astype(np.float32)
    strips[7] = np.roll(strips[2], 30, axis=1) + 0.05 * rng.standard_normal((24, 256))  # nearly the same
    strips[9] = np.roll(strips[0][:, ::-1], 61, axis=1) + 0.2 * rng.standard_normal((24, 256))
    strips[10] = np.roll(strips[2], 100, axis=1) + 0.5 * rng.standard_normal((24, 256))
    said: list[tuple[int, int]] = []
    found = compare(strips, lambda done, total: said.append((done, total)))
    table = np.full((11, 11), -1.0)
    for i in range(11):
        for j in range(i):
            table[i, j] = table[j, i] = best_of_all_shifts(strips[i], strips[j])
    assert found.nearest.tolist() == table.argmax(1).tolist()
    assert found.nearest[[2, 7, 0, 9, 10]].tolist() == [7, 2, 9, 0, 2]
    np.testing.assert_allclose(found.similarity, table.max(1), atol=2e-5)
    upper = table[np.triu_indices(11, 1)]
    assert found.histogram.tolist() == np.histogram(upper, 40, (0.8, 1.0))[0].tolist()
    assert found.pairs.shape == (2, (upper >= 0.95).sum())
    assert [tuple(pair) for pair in found.pairs.T.tolist()] == [(2, 7), (0, 9)]
    assert (np.diff(found.alike) <= 0).all()
    np.testing.assert_allclose(found.alike, [table[2, 7], table[0, 9]], atol=2e-5)
    assert said[0] == (0, 11)
    assert said[-1] == (11, 11)
    assert said == sorted(said)


def test_one_picture_has_no_other_and_none_are_no_error() -> None:
    one = compare(np.ones((1, 24, 256), np.float32))
    assert (one.nearest.tolist(), one.similarity.tolist()) == ([-1], [-1])
    none = compare(np.zeros((0, 24, 256), np.float32))
    assert [len(none.nearest), none.pairs.shape, len(none.alike), none.histogram.sum()] == [0, (2, 0), 0, 0]
    assert group(np.zeros((0, 64, 512), np.float16), none).source.tolist() == []
    said: list[tuple[int, int]] = []
    assert group(np.zeros((1, 64, 512), np.float16), one, lambda *at: said.append(at)).source.tolist() == [0]
    assert said == [(0, 1), (1, 1)]


def test_pictures_without_a_part_are_sources_of_their_own() -> None:
    groups = group(np.zeros((3, 64, 512), np.float16), compare(np.zeros((3, 24, 256), np.float32)))
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


def test_leakage_by_hand() -> None:
    table = [
        sample("train/ok_front/a", 0, OK, sha256="a"),
        sample("train/def_front/b", 1, DEFECTIVE, sha256="b"),
        sample("test/ok_front/c", 0, OK, sha256="a"),  # the very file
        sample("test/ok_front/d", 0, OK, sha256="d"),  # a copy of its photograph
        sample("test/def_front/e", 2, DEFECTIVE, sha256="b"),  # the very file, though grouped apart
        sample("test/def_front/f", 3, DEFECTIVE, sha256="f"),  # new
        sample("val/def_front/g", 1, DEFECTIVE, sha256="b"),  # neither
        sample("val/def_front/h", 3, DEFECTIVE, sha256="f"),  # nor makes what is in another split than train known
    ]
    found = leakage(table)
    assert found == Leakage(tested=4, copied=2, identical=2, identical_ok=1)
    assert found.share == 0.5
    assert leakage(table[::-1]) == found
    assert leakage(table[:2]) == Leakage(tested=0, copied=0, identical=0, identical_ok=0)
    assert leakage(table[:2]).share == 0
    assert leakage([]).share == 0


def test_the_leakage_of_the_shipped_table_is_the_documented_one() -> None:
    found = leakage(read_provenance())
    assert (found.tested, found.copied, found.identical) == (715, 707, 64)
    assert 0 <= found.identical_ok <= found.identical


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
    assert said == sorted(said)
    assert said[:7] == [(place, 21) for place in range(7)]  # reading is the first third
    assert {7, 14} <= {done for done, _ in said}  # comparing and grouping are the others
    assert said[-1] == (21, 21)
    assert audit(tmp_path).samples == result.samples  # who does not want to know is not told
    text = "\n".join(result.lines())
    assert "Pictures: 7. Source photographs: 3 (1 defective, 2 ok)." in text
    assert "copy in train: 2 of 3 (66.7%)." in text
    assert "byte-identical to a train picture: 1 (1 of them ok)." in text
    assert "under both labels: 1; number 1: 1 defective, 3 ok" in text
    assert "Pictures without a part: 1." in text
    (bins,) = (line for line in result.lines() if line.startswith("Pairs by"))
    ends = [float(bin.split(": ")[0]) for bin in bins.removeprefix("Pairs by coarse similarity: ")[:-1].split(", ")]
    assert ends == pytest.approx([0.8 + 0.005 * place for place in range(40)])


def test_an_audit_of_pictures_that_are_in_no_way_alike_comes_to_its_end(tmp_path: Path) -> None:
    for number, folder in enumerate(("test/def_front", "test/ok_front", "train/def_front", "train/ok_front")):
        (tmp_path / folder).mkdir(parents=True)
        Image.fromarray(np.full((64, 64), number, np.uint8)).save(tmp_path / folder / "flat.png")
    said: list[tuple[int, int]] = []
    result = audit(tmp_path, lambda done, total: said.append((done, total)))
    assert [s.source for s in result.samples] == [0, 1, 2, 3]
    assert len(result.lost) == 4
    assert said == sorted(said)
    assert said[-1] == (12, 12)
