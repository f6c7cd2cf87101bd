"""Seen before: copies of a known casting are found and laid onto it, strangers are not, and no picture ships."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image

from casting_core.data.images import decode
from casting_core.data.part.finder import find_part
from casting_core.data.provenance.grouping import write_provenance
from casting_core.data.provenance.library import (
    REPRESENTATIVES,
    SIGNATURES,
    PhotographLibrary,
    build_library,
    choose_representatives,
    read_signatures,
    write_signatures,
)
from casting_core.data.provenance.seen_before import SeenBefore, look_up, same_file
from casting_core.data.provenance.signature import coarse_strip
from casting_core.data.provenance.spectra import spectrum
from casting_core.data.samples import Sample, read_provenance
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError
from casting_core.labels import Label

SIDE = 200
BICUBIC = Image.Resampling.BICUBIC


def picture(seed: int, *, clockwise: float = 0, mirrored: bool = False, stretch: float = 1) -> np.ndarray:
    """A casting mirrored left for right, then turned, then stretched along x."""
    pixels = render_casting(seed=seed, size=SIDE).pixels
    image = Image.fromarray(pixels[:, ::-1] if mirrored else pixels)
    image = image.rotate(-clockwise, BICUBIC, fillcolor=int(pixels[2, 2]))
    return np.asarray(image.resize((round(SIDE * stretch), SIDE), BICUBIC))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five castings, four pictures each: two sound, two defective, and one filed under both labels."""
    folder = tmp_path_factory.mktemp("set")
    for seed in range(5):
        for number, turn in enumerate((0, 40, 170, 260)):
            pixels = picture(seed, clockwise=turn, mirrored=number == 2, stretch=1 - 0.05 * (number % 2))
            file = folder / known_path(seed, number)
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(file)
    return folder


def known_path(seed: int, number: int) -> str:
    defective = seed in (1, 3) or (seed == 4 and number == 3)
    return f"train/{'def' if defective else 'ok'}_front/{seed}_{number}.png"


@pytest.fixture(scope="module")
def table(root: Path) -> list[Sample]:
    samples = []
    for seed in range(5):
        for number in range(4):
            path = known_path(seed, number)
            label = Label.DEFECTIVE if "def" in path else Label.OK
            sha256 = decode(root / path).sha256
            samples.append(Sample(path=path, split="train", label=label, sha256=sha256, source=10 + seed, fold=0))
    return samples


@pytest.fixture(scope="module")
def library(root: Path, table: list[Sample]) -> PhotographLibrary:
    return build_library(root, table)


def ask(pixels: np.ndarray, library: PhotographLibrary, root: Path | None = None) -> SeenBefore | None:
    return look_up(pixels, find_part(pixels), library, root=root)


COPIES = [(0, 77, False, 1.0), (1, 200, True, 1.0), (2, 300, False, 0.85), (3, 10, True, 0.9), (4, 135, True, 0.8)]


@pytest.mark.parametrize(("seed", "clockwise", "mirrored", "stretch"), COPIES)
def test_a_copy_is_found_among_others(
    seed: int, clockwise: float, mirrored: bool, stretch: float, library: PhotographLibrary, root: Path
) -> None:
    pixels = picture(seed, clockwise=clockwise, mirrored=mirrored, stretch=stretch)
    before = pixels.copy()
    alone, confirmed = ask(pixels, library), ask(pixels, library, root)
    np.testing.assert_array_equal(pixels, before)
    assert alone is not None
    assert (alone.source, alone.confirmed, alone.angle, alone.mirrored) == (10 + seed, False, None, None)
    assert library.spectra.threshold <= alone.similarity <= 1
    assert confirmed is not None
    assert (confirmed.source, confirmed.confirmed) == (10 + seed, True)
    assert 0.55 <= confirmed.similarity <= 1
    assert json.loads(json.dumps(confirmed.to_json(), allow_nan=False))["path"] == confirmed.path


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("clockwise", [0, 33, 90, 251])
def test_the_angle_lays_the_training_picture_onto_the_picture(
    clockwise: int, mirrored: bool, library: PhotographLibrary, root: Path
) -> None:
    """The one representative is the unturned picture, so the angle is the one that was turned by."""
    first = next(s for s in library.files.values() if s.path == known_path(2, 0))
    only = [replace(p, representatives=(first,)) if p.source == 12 else p for p in library.photographs]
    seen = ask(picture(2, clockwise=clockwise, mirrored=mirrored), replace(library, photographs=tuple(only)), root)
    assert seen is not None
    assert (seen.path, seen.mirrored) == (first.path, mirrored)
    assert seen.angle is not None
    assert 0 <= seen.angle < 360
    assert (seen.angle - clockwise + 180) % 360 - 180 == pytest.approx(0, abs=1.5)


def test_other_castings_are_not_found(library: PhotographLibrary, root: Path) -> None:
    for seed in range(20, 30):
        assert ask(picture(seed, clockwise=30), library) is None
        assert ask(picture(seed, clockwise=30), library, root) is None


def test_a_casting_is_a_stranger_to_the_library_without_it(library: PhotographLibrary, root: Path) -> None:
    for seed in range(5):
        rest = library.without(10 + seed)
        assert len(rest.photographs) == len(rest.spectra.sources) == 4
        assert ask(picture(seed), rest) is None
        assert ask(picture(seed), rest, root) is None
    assert len(library.photographs) == 5


def test_how_the_photograph_is_filed_is_told(library: PhotographLibrary) -> None:
    filed = {p.source: (p.ok, p.defective, p.pictures) for p in library.photographs}
    assert filed == {10: (4, 0, 4), 11: (0, 4, 4), 12: (4, 0, 4), 13: (0, 4, 4), 14: (3, 1, 4)}
    seen = ask(picture(4, clockwise=5), library)
    assert seen is not None
    assert (seen.ok, seen.defective) == (3, 1)


def test_the_first_representative_is_the_picture_whose_signature_is_nearest_to_the_mean(
    library: PhotographLibrary, root: Path
) -> None:
    places = []
    for seed, known in enumerate(library.photographs):
        signatures = []
        for number in range(4):
            pixels = decode(root / known_path(seed, number)).pixels
            part = find_part(pixels)
            assert part is not None
            signatures.append(spectrum(coarse_strip(pixels, part)))
        away = np.abs(signatures - np.mean(signatures, axis=0)).sum((1, 2))
        places.append(int(away.argmin()))
        assert known.representatives[0].path == known_path(seed, places[-1])
    assert len(set(places)) > 1  # it is not by chance the first


def test_the_same_bytes_need_no_decoding(table: list[Sample], library: PhotographLibrary) -> None:
    for sample in table:
        seen = same_file(sample.sha256, library)
        assert seen is not None
        assert (seen.path, seen.label, seen.source) == (sample.path, sample.label, sample.source)
        assert (seen.similarity, seen.confirmed, seen.angle, seen.mirrored) == (1.0, True, 0.0, False)
        assert same_file(sample.sha256, library.without(sample.source)) is None
    flat = np.full((64, 64), 9, np.uint8)
    by_hash = look_up(flat, None, library, sha256=table[7].sha256)
    assert by_hash is not None
    assert by_hash.path == table[7].path
    assert same_file("0" * 64, library) is None


def test_a_known_file_without_a_part_is_known_by_its_hash_alone(root: Path, table: list[Sample]) -> None:
    Image.fromarray(np.full((64, 64), 9, np.uint8)).save(root / "train/ok_front/flat.png")
    sha256 = decode(root / "train/ok_front/flat.png").sha256
    flat = Sample(path="train/ok_front/flat.png", split="train", label=Label.OK, sha256=sha256, source=99, fold=0)
    library = build_library(root, [*table[:8], flat])
    assert [p.source for p in library.photographs] == [10, 11]
    seen = same_file(sha256, library)
    assert seen is not None
    assert (seen.source, seen.ok, seen.defective) == (99, 1, 0)
    with pytest.raises(DataError, match="shows a part"):
        build_library(root, [flat])


def test_what_cannot_be_looked_up_is_not_found(library: PhotographLibrary) -> None:
    pixels = picture(0)
    part = find_part(pixels)
    assert look_up(pixels, None, library) is None
    assert look_up(np.full_like(pixels, 120), part, library) is None
    empty = library
    for source in range(10, 15):
        empty = empty.without(source)
    assert len(empty.photographs) == len(empty.files) == 0
    assert look_up(pixels, part, empty) is None


def test_missing_or_altered_pictures_leave_the_signature(
    library: PhotographLibrary, root: Path, tmp_path: Path
) -> None:
    pixels = picture(1, clockwise=50)
    missing = ask(pixels, library, tmp_path)
    assert missing is not None
    assert missing == ask(pixels, library)
    for sample in library.photographs[1].representatives:
        (tmp_path / sample.path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(25)).save(tmp_path / sample.path)
    assert ask(pixels, library, tmp_path) == missing
    for sample in library.photographs[1].representatives:
        (tmp_path / sample.path).write_bytes((root / sample.path).read_bytes())
    found = ask(pixels, library, tmp_path)
    assert found is not None
    assert found.confirmed


def test_pictures_that_disagree_overrule_the_signature(library: PhotographLibrary, root: Path) -> None:
    """The signatures of casting 0 with the pictures of casting 1: what the detail does not confirm was not seen."""
    one, other, *rest = library.photographs
    crossed = (replace(one, representatives=other.representatives), other, *rest)
    altered = replace(library, photographs=crossed, files=MappingProxyType({}))
    assert ask(picture(0), altered) is not None
    assert ask(picture(0), altered, root) is None


def test_representatives_by_hand() -> None:
    """Two kinds of strips that have nothing in common: one of each kind is enough, and three at most are taken."""
    strips = list(np.random.default_rng(0).standard_normal((5, 64, 512)).astype(np.float32))
    one, other = strips[:2]
    assert choose_representatives([one, one, one], 1) == [1]
    assert sorted(choose_representatives([one, other, np.roll(one, 30, axis=1), other], 0)) == [0, 1]
    assert len(set(choose_representatives(strips, 2))) == REPRESENTATIVES


def test_the_file_brings_back_the_library(library: PhotographLibrary, table: list[Sample], tmp_path: Path) -> None:
    write_provenance(table, tmp_path / "table.csv")
    write_signatures(library, table, tmp_path / "one.npz")
    write_signatures(library, table, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    read = read_signatures(tmp_path / "one.npz", tmp_path / "table.csv")
    assert read is read_signatures(tmp_path / "one.npz", tmp_path / "table.csv")
    assert read.photographs == library.photographs
    assert dict(read.files) == dict(library.files)
    assert read.spectra.threshold == library.spectra.threshold
    np.testing.assert_array_equal(read.spectra.templates, library.spectra.templates)
    assert ask(picture(3, clockwise=99), read) == ask(picture(3, clockwise=99), library)
    with pytest.raises(ValueError, match="read-only"):
        read.spectra.templates[0] = 0


def test_a_file_of_another_table_or_none_is_refused(
    library: PhotographLibrary, table: list[Sample], tmp_path: Path
) -> None:
    write_provenance(table[:-1], tmp_path / "table.csv")
    write_signatures(library, table, tmp_path / "one.npz")
    with pytest.raises(DataError, match="another table"):
        read_signatures(tmp_path / "one.npz", tmp_path / "table.csv")
    (tmp_path / "bad.npz").write_bytes((tmp_path / "one.npz").read_bytes()[:500])
    with pytest.raises(DataError, match="data signatures"):
        read_signatures(tmp_path / "bad.npz", tmp_path / "table.csv")
    np.save(tmp_path / "pickled.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(DataError, match="data signatures"):
        read_signatures(tmp_path / "pickled.npy", tmp_path / "table.csv")
    with pytest.raises(DataError, match="missing"):
        read_signatures(tmp_path / "none.npz", tmp_path / "table.csv")


def test_what_ships_is_small_belongs_to_the_table_and_holds_no_picture() -> None:
    library = read_signatures()
    train = [s for s in read_provenance() if s.split == "train"]
    assert {p.source for p in library.photographs} == {s.source for s in train}
    assert sum(p.pictures for p in library.photographs) == len(train)
    assert all(1 <= len(p.representatives) <= REPRESENTATIVES for p in library.photographs)
    assert all(s.source == p.source for p in library.photographs for s in p.representatives)
    assert 0.8 < library.spectra.threshold < 0.95
    assert SIGNATURES.stat().st_size < 1_000_000
    with np.load(SIGNATURES, allow_pickle=False) as data:
        shapes = {name: data[name].shape for name in data.files}
    photographs, named = len(library.photographs), shapes["representative_path"]
    # 24 × 32 strengths a photograph, and numbers and names: nothing else that could be a picture
    assert shapes == {
        "centre": (24, 32),
        "scale": (24, 32),
        "templates": (photographs, 24, 32),
        "sources": (photographs,),
        "threshold": (),
        "representative_source": named,
        "representative_path": named,
        "table": (),
    }
    assert len(named) == 1


def test_rendered_castings_are_in_no_shipped_signature() -> None:
    for seed in range(8):
        assert ask(render_casting(seed=seed, defects="random").pixels, read_signatures()) is None


def some(samples: list[Sample], step: int) -> Iterator[Sample]:
    return iter(samples[::step])


def test_real_test_pictures_are_recognised(data_root: Path) -> None:
    """A fast part of `data recognise`: every twelfth test picture, and all without a copy."""
    library, table = read_signatures(), read_provenance()
    known = {p.source for p in library.photographs}
    test = [s for s in table if s.split == "test"]
    copies = list(some([s for s in test if s.source in known], 12))
    assert len(copies) > 50
    for sample in copies:
        pixels = decode(data_root / sample.path).pixels
        confirmed, alone = ask(pixels, library, data_root), ask(pixels, library)
        assert confirmed is not None, sample.path
        assert alone is not None, sample.path
        assert (confirmed.source, confirmed.confirmed) == (sample.source, True), sample.path
        assert (alone.source, alone.confirmed) == (sample.source, False), sample.path
    new = [s for s in test if s.source not in known]
    assert len(new) == 8
    for sample in new:
        pixels = decode(data_root / sample.path).pixels
        assert ask(pixels, library, data_root) is None, sample.path
        assert ask(pixels, library) is None, sample.path


def test_real_strangers_are_not_recognised(data_root: Path) -> None:
    """One train picture of every second photograph, looked up without it; and those that are most alike."""
    library = read_signatures()
    firsts = [p.representatives[0] for p in library.photographs]
    spectra = library.spectra
    likeness = spectra.likeness(spectra.templates * spectra.scale + spectra.centre)
    np.fill_diagonal(likeness, -1)
    closest = [firsts[index] for index in np.argsort(-likeness.max(1))[:6]]
    for sample in [*some(firsts, 2), *closest]:
        rest = library.without(sample.source)
        pixels = decode(data_root / sample.path).pixels
        assert ask(pixels, rest, data_root) is None, sample.path
        assert ask(pixels, rest) is None, sample.path


def test_the_second_capture_agrees_with_itself(masks_root: Path, data_root: Path) -> None:
    """By pictures and by signatures alone, a picture never shows two different photographs."""
    library = read_signatures()
    files = sorted((masks_root / "images").iterdir())[::6]
    found = 0
    for file in files:
        pixels = decode(file).pixels
        confirmed, alone = ask(pixels, library, data_root), ask(pixels, library)
        if confirmed is not None and alone is not None:
            assert confirmed.source == alone.source, file.name
        assert alone is None or confirmed is not None, file.name
        found += confirmed is not None
    assert 0.4 < found / len(files) < 0.9
