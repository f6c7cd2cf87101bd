"""Rendered flanges: decided by their seed, with masks that tell the truth, and no impellers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from casting_core.data.collection.class_names import recognise
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import DISC_FLAG, FLAGS
from casting_core.data.synthetic.flange import FLANGE_KINDS, render_flange
from casting_core.data.synthetic.flange_dataset import render_flange_set
from casting_core.data.synthetic.flange_scene import draw_flange
from casting_core.errors import DataError, SettingsError
from casting_core.labels import Label


def test_a_seed_decides_the_picture() -> None:
    one, two = (render_flange(5, 128) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)
    assert np.array_equal(one.mask, two.mask)
    assert not np.array_equal(one.pixels, render_flange(6, 128).pixels)
    assert one.pixels.shape == one.mask.shape == (128, 128)


@pytest.mark.parametrize("kind", list(FLANGE_KINDS))
def test_the_mask_holds_what_differs_from_the_sound_flange(kind: DefectKind) -> None:
    for seed in range(4):
        sound, defective = render_flange(seed, 200, "none"), render_flange(seed, 200, [kind])
        where = defective.defect_mask
        changed = sound.pixels != defective.pixels
        assert not changed[ndimage.distance_transform_edt(~where) > 4.5].any()
        assert changed[where].mean() > 0.7
        assert np.array_equal(where, (defective.mask & FLAGS[kind]) > 0)
        assert np.array_equal(sound.mask, defective.mask & DISC_FLAG)
        assert (sound.label, defective.label) == (Label.OK, Label.DEFECTIVE)
        difference = np.abs(sound.pixels.astype(int) - defective.pixels)[where].mean()
        assert difference > 15, f"a {kind} of {difference:.0f} gray levels is hardly seen"


@pytest.mark.parametrize("kind", list(FLANGE_KINDS))
def test_defects_lie_on_the_plate(kind: DefectKind) -> None:
    for seed in range(12):
        rendered = render_flange(seed, 160, [kind])
        plate = ndimage.binary_dilation(rendered.mask & DISC_FLAG > 0, iterations=2)
        assert not (rendered.defect_mask & ~plate).any()
        if kind is DefectKind.CHIPPING:
            scene = draw_flange(np.random.default_rng([seed, 0, 77]), size=160)
            assert _distance_to_edge(scene, rendered.defect_mask) < 3


def _distance_to_edge(scene, mask: np.ndarray) -> float:
    """Pixels from the mask to the nearest edge of the plate: outline, bore or bolt hole."""
    y, x = np.nonzero(mask)
    u, v = np.linalg.inv(scene.matrix) @ (x - scene.x, y - scene.y)
    edges = [np.abs(scene.outside(u, v)), np.abs(np.hypot(u, v) - scene.bore)]
    edges += [np.abs(np.hypot(u - p, v - q) - scene.bolt) for p, q in scene.holes]
    return float(np.min(edges) * scene.scale)


def test_flanges_are_varied_and_no_impellers() -> None:
    scenes = [draw_flange(np.random.default_rng([seed, 0, 77]), size=300) for seed in range(60)]
    assert {scene.round for scene in scenes} == {True, False}
    assert {scene.bolts for scene in scenes} == {4, 5, 6, 7, 8}
    assert not any(find_part(render_flange(seed, 128).pixels) for seed in range(30))


def test_every_hole_is_in_the_plate() -> None:
    for seed in range(80):
        scene = draw_flange(np.random.default_rng(seed), size=128)
        assert (scene.outside(*scene.holes.T) < -1.2 * scene.bolt).all()
        assert (np.hypot(*scene.holes.T) > scene.bore + scene.bolt).all()


def test_half_of_random_flanges_are_sound() -> None:
    labels = [render_flange(seed, 64).label for seed in range(60)]
    assert 20 <= labels.count(Label.OK) <= 40


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"seed": -1}, {"seed": 0, "size": 10}, {"seed": 0, "defects": [DefectKind.BURR]}):
        with pytest.raises(SettingsError):
            render_flange(**wrong)
    with pytest.raises(SettingsError):
        render_flange_set("nowhere", 0)


def test_a_set_has_a_folder_a_class_and_masks_beside(tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    folder = render_flange_set(tmp_path / "set", 12, seed=5, size=80, progress=lambda *at: said.append(at))
    assert said == [(n, 12) for n in range(1, 13)]
    pictures = sorted(p.relative_to(folder) for p in folder.rglob("*.jpeg"))
    assert len(pictures) == 12
    assert sum(p.parts[0] == "good" for p in pictures) == 6
    assert {recognise(p.parts[0]) for p in pictures} == {Label.OK, Label.DEFECTIVE}
    with (folder / "defects.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    defective = [p for p in pictures if p.parts[0] != "good"]
    assert {row["path"] for row in rows} == {p.as_posix() for p in defective}
    assert all(row["path"].startswith(row["kind"].replace(" ", "_")) for row in rows)
    for path in defective:
        mask = np.asarray(Image.open(folder / "masks" / path.with_suffix(".png")))
        assert (mask & ~np.uint8(DISC_FLAG)).any()
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        render_flange_set(tmp_path / "file", 1, size=64)
