"""Rendered castings: decided by their seed, with masks that tell the truth."""

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import DISC_FLAG, FLAGS, render_casting, samples
from casting_core.labels import Label


def test_a_seed_decides_the_picture() -> None:
    one, two = (render_casting(seed=5, size=200, defects="random") for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)
    assert np.array_equal(one.mask, two.mask)
    assert one.defects == two.defects
    assert not np.array_equal(one.pixels, render_casting(seed=6, size=200).pixels)


@pytest.mark.parametrize("kind", list(DefectKind))
def test_the_mask_holds_what_differs_from_the_sound_casting(kind: DefectKind) -> None:
    for seed in range(4):
        sound, defective = render_casting(seed=seed), render_casting(seed=seed, defects=[kind])
        where = defective.defect_mask
        changed = sound.pixels != defective.pixels
        assert not changed[ndimage.distance_transform_edt(~where) > 4.5].any()
        assert changed[where].mean() > 0.7
        assert np.array_equal(where, (defective.mask & FLAGS[kind]) > 0)
        assert np.array_equal(sound.mask, defective.mask & DISC_FLAG)
        assert {defect.kind for defect in defective.defects} == {kind}
        assert (sound.label, defective.label) == (Label.OK, Label.DEFECTIVE)


def test_a_sound_casting_has_no_defect() -> None:
    for asked in (None, ()):
        rendered = render_casting(seed=3, defects=asked)
        assert rendered.label is Label.OK
        assert rendered.defects == ()
        assert not rendered.defect_mask.any()
        assert rendered.pixels.dtype == rendered.mask.dtype == np.uint8


@pytest.mark.parametrize(("size", "stretch", "table"), [(300, None, None), (512, 1.4, 240.0), (150, 1.0, 90.0)])
def test_the_part_is_where_the_render_says(size: int, stretch: float | None, table: float | None) -> None:
    for seed in range(8):
        rendered = render_casting(seed=seed, size=size, stretch=stretch, table=table)
        found = find_part(rendered.pixels)
        assert rendered.pixels.shape == (size, size)
        assert found is not None
        for name, tolerance in (("opening", 0.02), ("disc", 0.06)):
            seen, drawn = getattr(found, name), getattr(rendered.part, name)
            assert np.hypot(seen.x - drawn.x, seen.y - drawn.y) < tolerance * drawn.major
            assert seen.major == pytest.approx(drawn.major, rel=tolerance)
            assert seen.minor == pytest.approx(drawn.minor, rel=tolerance)
        share = (rendered.mask & DISC_FLAG > 0).sum()
        assert share == pytest.approx(np.pi * rendered.part.disc.major * rendered.part.disc.minor, rel=0.02)


def test_random_castings_are_half_sound_and_of_all_kinds() -> None:
    rendered = [render_casting(seed=seed, size=96, defects="random") for seed in range(120)]
    assert 40 <= sum(one.label is Label.OK for one in rendered) <= 80
    assert {defect.kind for one in rendered for defect in one.defects} == set(DefectKind)


def test_samples_show_what_they_say() -> None:
    shown = samples()
    assert len({sample.name for sample in shown}) == len(shown) >= 6
    assert sum(not sample.defects for sample in shown) == 2
    for sample in shown:
        assert {defect.kind for defect in sample.render(128).defects} == set(sample.defects)
        assert sample.sentence.endswith(".")
