"""The envelope of rendered castings: it holds them, and is as wide as training makes it."""

import numpy as np
import pytest

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.data.part.capture import measure
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.transforms import to_input
from casting_core.errors import DataError
from casting_core.inspection.gate_bounds import PARALLAX, measure_envelope

PICTURES = [render_casting(seed=seed, size=160).pixels for seed in range(8)]


def test_every_picture_lies_inside():
    envelope = measure_envelope(PICTURES, input_size=160)
    for pixels in PICTURES:
        part = find_part(pixels)
        assert part is not None
        capture = measure(to_input(pixels, 160), part, pixels.shape)
        for name, (least, most) in envelope.items():
            assert least <= getattr(capture, name) <= most, name


def test_it_is_as_wide_as_the_augmentation():
    narrow = AugmentationSettings(scale=(1, 1), stretch=(1, 1), gain=(1, 1), gamma=(1, 1), shift=0, blur=0.01)
    alone = PICTURES[:1]
    tight, wide = measure_envelope(alone, input_size=160, settings=narrow), measure_envelope(alone, input_size=160)
    assert tight["extent"][0] == tight["extent"][1]
    assert wide["extent"] == pytest.approx((0.8 * tight["extent"][0], 1.15 * tight["extent"][1]), abs=1e-3)
    assert wide["roundness"][0] == pytest.approx(0.75 * tight["roundness"][0], abs=1e-3)
    assert wide["visible"][0] == pytest.approx(0.94)
    assert wide["ratio"][1] / wide["ratio"][0] == pytest.approx((1 + PARALLAX) / (1 - PARALLAX), rel=1e-3)
    for name in ("sharpness", "drawing"):
        assert wide[name][0] < tight[name][0], name


def test_half_the_light_and_half_the_pixels_are_inside():
    envelope = measure_envelope(PICTURES[:1], input_size=160)
    part = find_part(PICTURES[0])
    assert part is not None
    capture = measure(to_input(PICTURES[0], 160), part, PICTURES[0].shape)
    for name in ("brightness", "contrast", "diameter"):
        assert envelope[name][0] == pytest.approx(0.5 * getattr(capture, name), abs=1e-3), name


def test_pictures_without_a_part_give_no_envelope():
    with pytest.raises(DataError, match="part"):
        measure_envelope([np.zeros((100, 100), np.uint8)], input_size=160)
    assert measure_envelope([np.zeros((100, 100), np.uint8), *PICTURES[:2]], input_size=160) == measure_envelope(
        PICTURES[:2], input_size=160
    )
