"""Augmentation: what is known of a picture stays true, draws repeat, nothing leaves its range."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.augmentation import Example, compose, relight, warp
from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.data.part.polar import disc_mask
from casting_core.data.synthetic.casting import Rendered, render_casting

# what leaves a picture as it is, but for its rotation and mirroring
SHARES = ("defect_share", "decoy_share", "background_share", "clutter_share")
NONE = dict.fromkeys((*SHARES, "perspective", "shift", "uneven", "blur_share", "sharpen_share", "noise"), 0)
STILL = AugmentationSettings(**NONE, **dict.fromkeys(("scale", "stretch", "gain", "gamma"), (1, 1)))
seeds = st.integers(0, 2**32 - 1)


def rngs(*seeds: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in seeds]


def composed(casting: Rendered, seed: int = 0, *, defective: bool = False, known: bool = True, **shares) -> Example:
    shares = dict.fromkeys(SHARES, 0) | shares
    before = casting.pixels.copy()
    example = compose(
        casting.pixels,
        defective=defective,
        part=casting.part if known else None,
        rng=np.random.default_rng(seed),
        settings=AugmentationSettings(**shares),
    )
    np.testing.assert_array_equal(casting.pixels, before)
    assert (example.pixels.dtype, example.pixels.shape) == (np.uint8, casting.pixels.shape)
    return example


def sound(pixels: np.ndarray) -> Example:
    nothing = np.zeros(pixels.shape, bool)
    return Example(pixels=pixels, mask=nothing, known=~nothing, target=0.0, inserted=False)


@pytest.mark.parametrize("seed", range(5))
def test_clutter_leaves_the_part_and_the_label(seed: int) -> None:
    casting = render_casting(seed=seed, size=300)
    example = composed(casting, seed, clutter_share=1)
    part = disc_mask(casting.part, casting.pixels.shape)
    assert example.target == 0
    assert not example.mask.any()
    np.testing.assert_array_equal(example.pixels[part], casting.pixels[part])


@pytest.mark.parametrize("seed", range(5))
def test_a_sound_picture_with_a_defect_is_defective_where_it_is(castings: tuple[Rendered, ...], seed: int) -> None:
    example = composed(castings[0], seed, defect_share=1, smallest_defect=1)
    assert example.target == 1
    assert example.inserted
    assert example.mask.any()
    changed = example.pixels != castings[0].pixels
    assert changed[example.mask].mean() > 0.5
    assert changed.mean() < 0.5


def test_a_defect_that_is_too_small_is_not_inserted(castings: tuple[Rendered, ...]) -> None:
    example = composed(castings[0], defect_share=1, smallest_defect=96 * 96)
    assert (example.target, example.inserted) == (0, False)
    assert not example.mask.any()
    np.testing.assert_array_equal(example.pixels, castings[0].pixels)


def test_decoys_leave_it_sound(castings: tuple[Rendered, ...]) -> None:
    changed = 0
    for seed in range(20):
        example = composed(castings[0], seed, decoy_share=1)
        assert example.target == 0
        assert not example.mask.any()
        changed += bool((example.pixels != castings[0].pixels).any())
    assert changed > 15  # some are too faint for a picture this small


def test_of_a_defective_picture_only_what_lies_beyond_the_part_is_known(castings: tuple[Rendered, ...]) -> None:
    casting = castings[1]
    example = composed(casting, defective=True, defect_share=1, decoy_share=1)
    assert (example.target, example.inserted) == (1, False)
    assert not example.mask.any()
    assert not example.known[casting.defect_mask].any()
    assert not example.known[disc_mask(casting.part, casting.pixels.shape, scale=1.15)].any()
    assert example.known[~disc_mask(casting.part, casting.pixels.shape, scale=1.25)].all()
    np.testing.assert_array_equal(example.pixels, casting.pixels)


def test_of_a_defective_picture_without_a_part_nothing_is_known(castings: tuple[Rendered, ...]) -> None:
    assert not composed(castings[1], defective=True, known=False).known.any()


def test_without_a_part_nothing_is_inserted(castings: tuple[Rendered, ...]) -> None:
    example = composed(castings[0], known=False, defect_share=1, background_share=1)
    assert example.target == 0
    np.testing.assert_array_equal(example.pixels, castings[0].pixels)


@pytest.mark.parametrize("seed", range(5))
def test_another_background_leaves_the_part(seed: int) -> None:
    casting = render_casting(seed=seed, size=300)
    example = composed(casting, seed, background_share=1)
    part = disc_mask(casting.part, casting.pixels.shape)
    np.testing.assert_array_equal(example.pixels[part], casting.pixels[part])
    assert (example.pixels != casting.pixels).any()


@settings(max_examples=20)
@given(seeds)
def test_the_mask_goes_where_the_picture_goes(seed: int) -> None:
    """A white blob on black: the warped picture is the warped mask."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((80, 80), bool)
    row, column = rng.integers(25, 45, 2)
    mask[row : row + 10, column : column + 6] = True
    pixels, known = mask.astype(np.uint8) * 255, np.ones_like(mask)
    example = Example(pixels=pixels, mask=mask, known=known, target=1.0, inserted=True)
    inputs, masks = warp([example], 64, [rng], AugmentationSettings())
    torch.testing.assert_close(inputs, masks)
    assert masks.sum() > 0
    assert inputs.min() >= 0
    assert inputs.max() <= 1


def test_masks_unknown_and_empty(castings: tuple[Rendered, ...]) -> None:
    pixels = castings[0].pixels
    nothing = np.zeros(pixels.shape, bool)
    unknown = Example(pixels=pixels, mask=nothing, known=nothing, target=1.0, inserted=False)
    empty = Example(pixels=pixels, mask=nothing, known=~nothing, target=0.0, inserted=False)
    inputs, masks = warp([unknown, empty], 64, rngs(0, 1), STILL)
    assert inputs.shape == masks.shape == (2, 1, 64, 64)
    assert inputs.dtype == masks.dtype == torch.float32
    assert masks[0].isnan().all()
    assert (masks[1] == 0).all()


@settings(max_examples=20)
@given(seeds)
def test_rotation_and_mirroring_alone_keep_distances_from_the_centre(seed: int) -> None:
    y, x = np.mgrid[:65, :65] - 32
    radius = np.hypot(x, y)
    rings = (127 + 100 * np.cos(radius / 4)).round().astype(np.uint8)
    inputs, _ = warp([sound(rings)], 65, rngs(seed), STILL)
    difference = abs(inputs[0, 0].numpy() * 255 - rings)
    assert difference[radius < 30].max() < 6  # of 255; what bilinear resampling costs


def test_neutral_light_changes_nothing() -> None:
    inputs = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(relight(inputs, rngs(0, 1, 2), STILL), inputs)


@settings(max_examples=20)
@given(seeds)
def test_light_stays_in_range(seed: int) -> None:
    inputs = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(seed))
    wild = AugmentationSettings(gain=(0.2, 5), gamma=(0.2, 5), uneven=1, blur_share=1, noise=0.5)
    result = relight(inputs, rngs(seed, seed + 1), wild)
    assert (result.shape, result.dtype) == (inputs.shape, torch.float32)
    assert torch.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_gain_by_hand() -> None:
    inputs = torch.tensor([0.0, 0.25, 0.4, 0.8]).reshape(1, 1, 2, 2)
    double = AugmentationSettings(gain=(2, 2), gamma=(1, 1), uneven=0, blur_share=0, sharpen_share=0, noise=0)
    assert relight(inputs, rngs(0), double).flatten().tolist() == pytest.approx([0, 0.5, 0.8, 1])
    square = AugmentationSettings(gain=(1, 1), gamma=(2, 2), uneven=0, blur_share=0, sharpen_share=0, noise=0)
    assert relight(inputs, rngs(0), square).flatten().tolist() == pytest.approx([0, 0.0625, 0.16, 0.64])


def test_the_same_generators_give_the_same_pictures(castings: tuple[Rendered, ...]) -> None:
    def once(*seeds: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen, sources = AugmentationSettings(), rngs(*seeds)
        examples = [
            compose(c.pixels, defective=False, part=c.part, rng=rng, settings=chosen)
            for c, rng in zip(castings[::2], sources, strict=True)
        ]
        inputs, masks = warp(examples, 64, sources, chosen)
        return relight(inputs, sources, chosen), masks

    inputs, masks = once(1, 2, 3)
    again, masks_again = once(1, 2, 3)
    torch.testing.assert_close(inputs, again, rtol=0, atol=0)
    torch.testing.assert_close(masks, masks_again, rtol=0, atol=0, equal_nan=True)
    # each picture depends on its own generator only
    other, _ = once(1, 9, 3)
    torch.testing.assert_close(inputs[[0, 2]], other[[0, 2]], rtol=0, atol=0)
    assert not torch.equal(inputs[1], other[1])


def test_mirroring_comes_up_in_half_of_the_draws() -> None:
    """Two spots, to the right of the centre and below it: mirroring changes which way round they lie."""
    y, x = np.mgrid[:33, :33] - 16
    spots = [((np.hypot(x - u, y - v) < 3) * 255).astype(np.uint8) for u, v in ((8, 0), (0, 8))]
    examples = [sound(spot) for spot in spots]
    turned_right = 0
    for seed in range(60):
        inputs, _ = warp(examples, 33, rngs(seed, seed), STILL)  # both warped alike
        first, second = (math.atan2((p * y).sum(), (p * x).sum()) for p in inputs[:, 0].numpy())
        turned_right += math.sin(second - first) > 0
    assert 15 < turned_right < 45
