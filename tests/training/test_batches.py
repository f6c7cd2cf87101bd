"""Batches: balanced over photographs, and decided by seed, epoch and place alone."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import Rendered
from casting_core.labels import Label
from casting_core.training.batches import AugmentedBatches, Batch, PlainBatches
from casting_core.training.settings import Recipe, TrainingSettings


def of_photographs(sizes: list[tuple[int, Label]], **choices) -> AugmentedBatches:
    """Batches over samples without pictures, for the order alone: (number of pictures, label) a photograph."""
    samples = [
        Sample(path=f"{source}/{n}", split="train", label=label, source=source)
        for source, (size, label) in enumerate(sizes)
        for n in range(size)
    ]
    draws = {name: choices.pop(name) for name in ("defective_draws", "ok_draws") if name in choices}
    return AugmentedBatches(samples, [], [], TrainingSettings(**choices, recipe=Recipe(**draws)))


@pytest.fixture
def batches(castings: tuple[Rendered, ...], samples: tuple[Sample, ...]) -> AugmentedBatches:
    chosen = TrainingSettings(size=64, batch_size=4, seed=3, recipe=Recipe(defective_draws=1, ok_draws=1))
    return AugmentedBatches(samples, [c.pixels for c in castings], [c.part for c in castings], chosen)


def assert_same(one: Batch, other: Batch) -> None:
    for name in ("inputs", "masks", "targets"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=0, equal_nan=True)


groups = st.lists(st.tuples(st.integers(1, 15), st.sampled_from([Label.OK, Label.DEFECTIVE])), min_size=1, max_size=8)


@settings(max_examples=50)
@given(groups, st.integers(1, 10), st.integers(1, 10), st.integers(0, 99))
def test_no_photograph_outweighs_its_share(
    sizes: list[tuple[int, Label]], defective_draws: int, ok_draws: int, seed: int
) -> None:
    batches = of_photographs(sizes, defective_draws=defective_draws, ok_draws=ok_draws, seed=seed, batch_size=7)
    order = batches.order(1)
    drawn, pictures = Counter(batches.samples[i].source for i in order), Counter(order.tolist())
    for source, (size, label) in enumerate(sizes):
        draws = defective_draws if label is Label.DEFECTIVE else ok_draws
        assert drawn[source] == draws
        members = [i for i, sample in enumerate(batches.samples) if sample.source == source]
        assert {pictures[i] for i in members} <= {draws // size, -(-draws // size)}  # none before all have been
    assert batches.steps() == -(-len(order) // 7)
    assert len(batches.order(2)) == len(order)


def test_a_photograph_of_both_labels_is_capped_for_each() -> None:
    samples = [
        Sample(path=str(n), split="train", label=Label.OK if n < 5 else Label.DEFECTIVE, source=0) for n in range(9)
    ]
    order = AugmentedBatches(samples, [], [], TrainingSettings(recipe=Recipe(defective_draws=2, ok_draws=3))).order(1)
    assert Counter(samples[i].label for i in order) == {Label.OK: 3, Label.DEFECTIVE: 2}


def test_without_provenance_every_picture_is_a_photograph() -> None:
    samples = [Sample(path=str(n), split="train", label=Label.DEFECTIVE) for n in range(20)]
    batches = AugmentedBatches(samples, [], [], TrainingSettings(recipe=Recipe(defective_draws=1)))
    assert sorted(batches.order(1)) == list(range(20))


def test_epochs_and_seeds_differ_and_repeat() -> None:
    batches = of_photographs([(30, Label.OK), (30, Label.DEFECTIVE)])
    again = of_photographs([(30, Label.OK), (30, Label.DEFECTIVE)])
    other = of_photographs([(30, Label.OK), (30, Label.DEFECTIVE)], seed=1)
    second = again.order(2)
    np.testing.assert_array_equal(batches.order(1), again.order(1))  # whatever was asked before
    np.testing.assert_array_equal(batches.order(2), second)
    assert batches.order(1).tolist() != second.tolist()
    assert batches.order(1).tolist() != other.order(1).tolist()


def test_shapes_ranges_and_sizes(batches: AugmentedBatches) -> None:
    first, last = batches.epoch(1)
    assert [len(b.targets) for b in (first, last)] == [4, 2]
    for batch in (first, last):
        count = len(batch.targets)
        assert batch.inputs.shape == batch.masks.shape == (count, 1, 64, 64)
        assert batch.inputs.dtype == batch.masks.dtype == batch.targets.dtype == torch.float32
        assert batch.inputs.min() >= 0
        assert batch.inputs.max() <= 1


def test_targets_and_masks_belong_to_their_pictures(batches: AugmentedBatches) -> None:
    order = batches.order(1)
    targets = torch.cat([b.targets for b in batches.epoch(1)])
    masks = torch.cat([b.masks for b in batches.epoch(1)])
    for index, target, mask in zip(order, targets, masks, strict=True):
        if batches.samples[index].label is Label.DEFECTIVE:
            assert target == 1
            assert mask.isnan().any()
            assert not mask.nan_to_num().any()
        else:  # sound, and defective where something was inserted
            assert bool(mask.sum() > 0) == bool(target == 1)


def test_an_epoch_repeats_whatever_ran_before(batches: AugmentedBatches) -> None:
    second = list(batches.epoch(2))
    list(batches.epoch(1))
    for one, other in zip(batches.epoch(2), second, strict=True):
        assert_same(one, other)
    assert not torch.equal(next(batches.epoch(1)).inputs, second[0].inputs)


def test_a_sound_casting_is_drawn_anew_each_epoch(batches: AugmentedBatches) -> None:
    """Over some epochs a sound picture is seen both with an inserted defect and without."""
    place = next(i for i, s in enumerate(batches.samples) if s.label is Label.OK)
    seen = set()
    for epoch in range(1, 41):
        targets = torch.cat([b.targets for b in batches.epoch(epoch)])
        seen.add(float(targets[batches.order(epoch).tolist().index(place)]))
    assert seen == {0.0, 1.0}


def test_pictures_are_not_altered(batches: AugmentedBatches) -> None:
    before = [p.copy() for p in batches.pixels]
    list(batches.epoch(1))
    for now, then in zip(batches.pixels, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_larger_batch_holds_the_same_pictures(batches: AugmentedBatches) -> None:
    """What a picture looks like depends on its place in the epoch, not on the size of the batch."""
    whole = AugmentedBatches(batches.samples, batches.pixels, batches.parts, replace(batches.settings, batch_size=6))
    (only,) = whole.epoch(1)
    torch.testing.assert_close(only.inputs, torch.cat([b.inputs for b in batches.epoch(1)]), rtol=0, atol=0)


def test_a_plain_epoch_shows_every_picture_once_and_as_it_is(
    castings: tuple[Rendered, ...], samples: tuple[Sample, ...]
) -> None:
    chosen = TrainingSettings(size=96, batch_size=4, recipe=None)
    plain = PlainBatches(samples, [c.pixels for c in castings], chosen)
    order = plain.order(1)
    assert sorted(order) == list(range(6))
    assert plain.order(2).tolist() != order.tolist()
    shown = torch.cat([batch.inputs for batch in plain.epoch(1)])
    for index, picture in zip(order, shown, strict=True):
        np.testing.assert_array_equal((picture[0] * 255).round().numpy(), castings[index].pixels)
    targets = torch.cat([batch.targets for batch in plain.epoch(1)])
    assert targets.tolist() == [float(samples[i].label.positive) for i in order]
    assert all(batch.masks is None and bool((batch.weights == 1).all()) for batch in plain.epoch(1))


def test_several_processes_share_every_batch(batches: AugmentedBatches) -> None:
    """Six pictures in batches of four, over three processes: the last batch has none left for the third."""
    together = list(batches.epoch(1))
    shares = [list(batches.epoch(1, rank=rank, processes=3)) for rank in range(3)]
    assert [[len(b.targets) for b in share] for share in shares] == [[2, 1], [1, 1], [1, 1]]
    assert shares[2][1].weights.tolist() == [0]
    for number, whole in enumerate(together):
        for rank, share in enumerate(shares):
            own = share[number]
            if own.weights.any():
                torch.testing.assert_close(own.inputs, whole.inputs[rank::3], rtol=0, atol=0)
                torch.testing.assert_close(own.weights, whole.weights[rank::3], rtol=0, atol=0)
