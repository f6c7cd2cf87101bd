"""The index of a folder as people lay them out: everything is shown or named, kept once, and found again."""

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core import Inspector
from casting_core.data.images import decode
from casting_core.data.part.finder import find_part
from casting_core.data.part.measures import NAMES, measure
from casting_core.data.samples import read_provenance
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.synthetic.flange import render_flange
from casting_core.errors import DataError
from casting_core.exploration import cache
from casting_core.exploration import index as module
from casting_core.exploration.index import build_index, find_key
from casting_core.exploration.index_file import Index, read_index
from casting_core.labels import Label
from tests.exploration.handmade import find_index, lay_out, same

Said = list[tuple[str, int, int]]
COPY, ORIGINAL = "good/9 copy.png", "good/0.png"
BROKEN, EMPTY = "chipped/broken.png", "burr/nothing.jpeg"


def casting(seed: int, size: int, **more) -> np.ndarray:
    return render_casting(seed=seed, size=size, **more).pixels


@pytest.fixture(scope="module", autouse=True)
def one_cache(tmp_path_factory: pytest.TempPathFactory):
    """A cache of these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv(cache.VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of castings of three sizes, some in colour, one turned; broken files, a text, an empty folder."""
    root = tmp_path_factory.mktemp("messy")
    files: dict[str, np.ndarray | bytes] = {f"good/{seed}.png": casting(seed, 160) for seed in range(5)}
    files[COPY] = np.ascontiguousarray(np.rot90(casting(0, 160))[:, ::-1])
    files |= {f"chipped/{seed}.png": casting(seed, 180, defects="random") for seed in range(5, 9)}
    colour = [casting(seed, 200)[:190, :, None].repeat(3, 2) for seed in (10, 11)]
    colour[1][..., 0] //= 2
    files |= {'burr/deeper/",.png': colour[0], "burr/\r.png": colour[1]}
    files |= {BROKEN: b"\x89PNG\r\n\x1a\n and no more", EMPTY: b"", "good/readme.txt": b"no picture"}
    lay_out(root, files)
    (root / "empty").mkdir()
    (root / "good" / ".hidden.png").write_bytes(b"")
    return root


@pytest.fixture(scope="module")
def built(messy: Path) -> tuple[Index, Said]:
    said: Said = []
    return build_index(messy, lambda *at: said.append(at)), said


@pytest.fixture(scope="module")
def index(built: tuple[Index, Said]) -> Index:
    return built[0]


@pytest.fixture
def make_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture may be looked at."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("the pictures were read anew")

    monkeypatch.setattr(module, "_make", refuse)


# what is in it


def test_every_file_is_shown_or_named(index: Index, messy: Path) -> None:
    files = {p.relative_to(messy).as_posix() for p in messy.rglob("*") if p.is_file() and p.name[0] != "."}
    assert set(index.paths) | {path for path, _ in index.unreadable} == files - {"good/readme.txt"}
    assert [path for path, _ in index.unreadable] == [EMPTY, BROKEN]
    assert "empty" in index.unreadable[0][1]
    assert "damaged" in index.unreadable[1][1]
    notes = " ".join(index.notes)
    assert "no picture is in it: empty" in notes
    assert "1 .txt" in notes


def test_pictures_are_as_they_were_filed(index: Index, messy: Path) -> None:
    assert len(index) == 12
    assert index.paths == tuple(sorted(index.paths))
    assert index.classes == ("burr", "chipped", "good")
    assert index.names == tuple(path.split("/")[0] for path in index.paths)
    assert set(index.splits) == {""}
    assert index.root == messy
    for place, path in enumerate(index.paths):
        picture = decode(messy / path)
        assert index.sha256[place] == picture.sha256
        assert (index.width[place], index.height[place]) == (picture.width, picture.height)
        assert index.size[place] == (messy / path).stat().st_size
    assert sorted(set(zip(index.width.tolist(), index.height.tolist(), strict=True))) == [
        (160, 160),
        (180, 180),
        (200, 190),
    ]


def test_measures_are_those_of_the_pictures(index: Index, messy: Path) -> None:
    assert tuple(index.measures) == NAMES
    for place, path in enumerate(index.paths):
        pixels = decode(messy / path).pixels
        told = measure(pixels, find_part(pixels))
        for name in NAMES:
            assert index.measures[name][place] == pytest.approx(getattr(told, name), rel=1e-5, nan_ok=True)


def test_thumbnails_are_small_copies(index: Index, messy: Path) -> None:
    assert int(index.ends[-1]) == len(index.thumbnails)
    for place, path in enumerate(index.paths):
        small = Image.open(io.BytesIO(index.thumbnail(place)))
        assert max(small.size) == 128
        with Image.open(messy / path) as picture:
            shrunk = picture.convert("L").resize(small.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(small, int) - np.asarray(shrunk, int)).mean() < 4


def test_a_copy_is_found_with_its_photograph(index: Index) -> None:
    copy, original = index.paths.index(COPY), index.paths.index(ORIGINAL)
    assert index.grouping == "part"
    assert index.source[copy] == index.source[original]
    assert len(set(index.source.tolist())) == len(index) - 1
    assert index.nearest[[copy, original]].tolist() == [original, copy]
    assert index.likeness[copy] == index.likeness[original] > 0.98
    assert index.forest.links.T.tolist() == [[original, copy]]
    assert index.forest.photographs(0.95).tolist() == index.source.tolist()
    assert index.histogram.sum() <= 12 * 11 / 2
    assert index.histogram[-4:].sum() >= 1  # the copy


def test_the_map_lays_pictures_by_what_the_network_sees(index: Index) -> None:
    np.testing.assert_allclose(np.linalg.norm(index.features, axis=1), 1, atol=2e-3)
    assert index.pca.shape == index.tsne.shape == (12, 2)
    assert 1 > index.explained[0] >= index.explained[1] > 0
    copy, original = index.paths.index(COPY), index.paths.index(ORIGINAL)
    similarity = index.features @ index.features[copy]
    assert np.argsort(-similarity).tolist()[:2] == [copy, original]


def test_verdicts_are_those_of_the_inspector(index: Index, messy: Path) -> None:
    inspector = Inspector.load()
    assert index.model == inspector.card.name
    for place in range(0, 12, 3):
        told = inspector.inspect(messy / index.paths[place], explain=False)
        assert index.verdicts[place] == told.verdict
        assert index.probability[place] == pytest.approx(told.probability, abs=0.01)
    assert set(index.verdicts) <= {"ok", "review", "defective"}
    assert np.isfinite(index.probability).all()


def test_progress_goes_from_nothing_to_all_stage_by_stage(built: tuple[Index, Said]) -> None:
    stages: dict[str, list[tuple[int, int]]] = {}
    for what, done, total in built[1]:
        assert what == list(stages)[-1] if what in stages else True  # no stage comes back
        stages.setdefault(what, []).append((done, total))
    assert list(stages) == [
        "Looking for an index of these pictures",
        "Reading the pictures",
        "Comparing all pairs",
        "Finding photographs",
        "Judging the pictures",
        "Drawing the map",
    ]
    for steps in stages.values():
        assert steps[0][0] == 0
        assert steps[-1][0] == steps[-1][1] > 0
        shares = [done / total for done, total in steps]
        assert shares == sorted(shares)
    assert len(stages["Reading the pictures"]) == 15  # 14 files, readable or not, and the beginning
    assert stages["Judging the pictures"][-1] == (12, 12)


# how it is found again


@pytest.mark.usefixtures("make_nothing")
def test_the_second_time_nothing_is_read_but_the_index(index: Index, messy: Path) -> None:
    said: Said = []
    again = build_index(messy, lambda *at: said.append(at))
    assert same(again, index)
    assert again.key == index.key
    assert [done for _, done, _ in said] == [0, 1]
    assert find_key(messy) == (index.key, True)
    found, valid = find_index(messy)
    assert valid
    assert found is not None
    assert same(found, index)


@pytest.mark.usefixtures("make_nothing")
def test_a_touched_file_is_noticed_and_found_to_be_the_same(index: Index, messy: Path) -> None:
    os.utime(messy / ORIGINAL)
    assert find_key(messy) == (index.key, False)
    found, valid = find_index(messy)
    assert found is not None
    assert not valid
    assert build_index(messy).key == index.key
    assert find_key(messy) == (index.key, True)


@pytest.mark.usefixtures("make_nothing")
def test_a_moved_and_a_copied_folder_find_it_by_content_and_know_where_they_are(
    index: Index, messy: Path, tmp_path: Path
) -> None:
    copied = shutil.copytree(messy, tmp_path / "copied")
    assert find_key(copied) == (None, False)
    found = build_index(copied)
    assert (found.key, found.root) == (index.key, copied)
    assert same(found, index)
    moved = copied.rename(tmp_path / "moved")
    assert find_index(moved) == (None, False)
    assert build_index(moved).root == moved
    found, valid = find_index(moved)
    assert found is not None
    assert (found.key, found.root, valid) == (index.key, moved, True)
    found, valid = find_index(messy)
    assert found is not None
    assert (found.root, valid) == (messy, True)
    assert read_index(cache.place(index.key)).root == messy  # where it was made
    assert read_index(cache.place(index.key), moved).root == moved


@pytest.mark.usefixtures("make_nothing", "index")
def test_another_version_is_another_index(messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", lambda: "another")
    assert find_index(messy) == (None, False)
    with pytest.raises(AssertionError, match="read anew"):
        build_index(messy)


@pytest.mark.usefixtures("make_nothing")
def test_a_note_that_leads_astray_is_not_followed(index: Index, messy: Path) -> None:
    stamp = cache.remembered(messy)["stamp"]
    for key in ("../folders", "", ".", "0" * 32):
        cache.remember(messy, stamp=stamp, version=module.version(), key=key)
        assert find_index(messy) == (None, False)
    assert build_index(messy).key == index.key
    assert find_key(messy) == (index.key, True)


@pytest.mark.usefixtures("quick", "own_cache")
def test_a_changed_picture_makes_another_index_and_the_old_one_is_kept(small: Callable[..., Path]) -> None:
    root = small()
    first = build_index(root)
    before = (root / "ok/a.png").read_bytes()
    Image.fromarray(casting(30, 80)).save(root / "ok/a.png")
    found, valid = find_index(root)
    assert found is not None
    assert (found.key, valid) == (first.key, False)
    second = build_index(root)
    assert second.key != first.key
    assert [a == b for a, b in zip(first.sha256, second.sha256, strict=True)] == [True, True, False, True]
    (root / "ok/a.png").write_bytes(before)
    assert build_index(root).key == first.key
    assert read_index(cache.place(second.key)) is not None


# other sets


def test_another_product_is_compared_whole_and_not_judged(tmp_path: Path) -> None:
    flanges = {f"{('good', 'bad')[seed % 2]}/{seed}.png": render_flange(seed, 72).pixels for seed in range(8)}
    flanges["bad/copy.png"] = np.ascontiguousarray(np.rot90(flanges["good/2.png"]))
    said: Said = []
    found = build_index(lay_out(tmp_path, flanges), lambda *at: said.append(at))
    assert found.grouping == "picture"
    assert set(found.verdicts) == {""}
    assert np.isnan(found.probability).all()
    assert found.nearest.tolist() == [-1] * 9
    assert found.forest.links.shape == (2, 0)
    assert found.histogram.sum() == 0
    assert found.source[found.paths.index("bad/copy.png")] == found.source[found.paths.index("good/2.png")]
    assert len(set(found.source.tolist())) == 8
    assert np.isnan(found.measures["margin"]).sum() >= 8
    assert np.isfinite(found.measures["brightness"]).all()
    last = {what: (done, total) for what, done, total in said}
    assert "Judging the pictures" not in last
    assert all(done == total for done, total in last.values())


@pytest.fixture
def as_public(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Five rendered castings by names of the public set, and what the shipped table says of them."""
    rows = [sample for sample in read_provenance() if sample.path.startswith("test/")]
    known = [*rows[:2], *rows[-2:], *[sample for sample in read_provenance() if sample.path.startswith("train/")][:1]]
    lay_out(tmp_path / "public", {sample.path: casting(40 + n, 80) for n, sample in enumerate(known)})
    hashes = [decode(tmp_path / "public" / sample.path).sha256 for sample in known]
    table = [replace(sample, sha256=sha) for sample, sha in zip(known, hashes, strict=True)]
    table[1] = replace(table[1], sha256="0" * 64)
    monkeypatch.setattr(module, "read_provenance", lambda: table)
    monkeypatch.setattr(module, "is_public", lambda root: True)
    return tmp_path / "public"


@pytest.mark.usefixtures("quick", "own_cache")
def test_the_photographs_of_the_public_set_are_those_of_the_table(as_public: Path) -> None:
    found = build_index(as_public)
    table = {sample.path: sample for sample in module.read_provenance()}
    assert found.grouping == "table"
    assert found.source.tolist() == [table[path].source for path in found.paths]
    assert set(found.splits) == {"train", "test"}
    assert set(found.verdicts) == {""}  # it was trained on them: its word would be memory
    assert (found.nearest >= 0).all()  # they are compared all the same
    assert any("1 pictures are not those of the shipped table" in note for note in found.notes)


@pytest.mark.usefixtures("quick", "own_cache")
def test_with_a_folder_more_it_is_the_public_set_no_longer(as_public: Path) -> None:
    lay_out(as_public, {"train/new_front/1.png": casting(50, 80)})
    found = build_index(as_public)
    assert found.grouping == "part"
    assert "train/new_front/1.png" in found.paths
    assert "new_front" in found.classes


def test_what_cannot_be_indexed_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        build_index(tmp_path / "nowhere")
    for call in (build_index, find_index, find_key):
        with pytest.raises(DataError, match="one sub-folder for each class"):
            call(lay_out(tmp_path / "one", {"a/1.png": casting(0, 80), "b/1.txt": b""}))
    with pytest.raises(DataError, match=r"None of the 2 files in .*broken is a picture that can be read"):
        build_index(lay_out(tmp_path / "broken", {"a/1.png": b"x", "b/1.png": b""}))


@pytest.mark.usefixtures("quick", "own_cache")
def test_a_folder_in_a_folder_is_stepped_into(small: Callable[..., Path], tmp_path: Path) -> None:
    inner = small("outer/inner")
    outer = build_index(tmp_path / "outer")
    assert outer.root == inner
    assert find_key(inner)[0] == find_key(tmp_path / "outer")[0] == outer.key


@pytest.mark.usefixtures("quick", "own_cache")
def test_two_pictures_have_no_map_but_all_else(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"ok/1.png": casting(60, 80), "not ok/1.png": casting(60, 80)})
    found = build_index(root)
    assert found.sha256[0] == found.sha256[1]
    assert found.source.tolist() == [0, 0]
    assert not found.pca.any()
    assert not found.tsne.any()
    assert len(found.features) == 2
    assert all(found.verdicts)


def test_pictures_of_the_public_set_are_told_apart_as_the_table_does(data_root: Path, tmp_path: Path) -> None:
    rows = read_provenance()
    chosen: list[str] = []
    for label in Label:
        for source in sorted({sample.source for sample in rows if sample.label is label})[:9:3]:
            mine = [sample.path for sample in rows if sample.source == source]
            chosen += [*mine[:3], *mine[-3:]]
    sources = {sample.path: sample.source for sample in rows}
    for path in chosen:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data_root / path, tmp_path / path)
    found = build_index(tmp_path)
    assert found.grouping == "part"
    told = [sources[path] for path in found.paths]
    assert len(set(zip(told, found.source.tolist(), strict=True))) == len(set(told)) == len(set(found.source.tolist()))
    assert found.forest.photographs(0.95).tolist() == found.source.tolist()
