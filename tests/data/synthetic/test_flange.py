"""Rendered flanges: decided by their seed, with masks that tell the truth, and no impellers."""

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import DISC_FLAG, FLAGS
from casting_core.data.synthetic.flange import FLANGE_KINDS, render_flange
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
        sound, defective = render_flange(seed, 200), render_flange(seed, 200, [kind])
        where = defective.defect_mask
        changed = sound.pixels != defective.pixels
        assert not changed[ndimage.distance_transform_edt(~where) > 4.5].any()
        assert changed[where].mean() > 0.7
        assert np.array_equal(where, (defective.mask & FLAGS[kind]) > 0)
        assert np.array_equal(sound.mask, defective.mask & DISC_FLAG)
        assert (sound.label, defective.label) == (Label.OK, Label.DEFECTIVE)
        difference = np.abs(sound.pixels.astype(int) - defective.pixels)[where].mean()
        assert difference > 15, f"a {kind} of {difference:.0f} gray levels is hardly seen"
