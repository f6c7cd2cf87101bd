"""Training batches that depend on nothing but (seed, epoch, place).

Balanced over photographs and augmented for castnet (`AugmentedBatches`); every picture once an epoch and as it is for
networks that are trained as published studies do it (`PlainBatches`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, tensor

from casting_core.data.augmentation import compose, relight, warp
from casting_core.data.part.finder import Part
from casting_core.data.samples import Sample
from casting_core.data.transforms import to_square_input, to_tensor
from casting_core.errors import DataError
from casting_core.training.settings import Recipe, TrainingSettings


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one step learns from.

    Attributes
    ----------
    inputs : float32 (B, 1, S, S) in [0, 1].
    masks : float32 (B, 1, S, S) in [0, 1], NaN where unknown; None where nothing is known of any picture.
    targets : float32 (B,) in [0, 1].
    weights : float32 (B,), in the verdict's loss.
    """

    inputs: Tensor
    masks: Tensor | None
    targets: Tensor
    weights: Tensor


class Batches(ABC):
    """Batches over the pictures of `samples`."""

    def __init__(self, samples: Sequence[Sample], settings: TrainingSettings) -> None:
        if not samples:
            raise DataError("There are no pictures to train on; check the data folder and what was excluded.")
        self.samples, self.settings = samples, settings

    @abstractmethod
    def order(self, epoch: int) -> np.ndarray:
        """Return indices of the pictures that epoch (counted from 1) draws, shuffled; equally many in every epoch."""

    @abstractmethod
    def make(self, indices: np.ndarray, epoch: int, places: Sequence[int]) -> Batch:
        """One batch of these pictures, which stand at these places of the epoch's order."""

    def steps(self) -> int:
        """Batches in every epoch."""
        return -(-len(self.order(1)) // self.settings.batch_size)

    def epoch(self, epoch: int, *, rank: int = 0, processes: int = 1) -> Iterator[Batch]:
        """Yield the batches of one epoch; of several processes, each gets every so manieth picture of each batch.

        A process for which a batch has no picture left gets its first one again, at a weight of 0.
        """
        order, size = self.order(epoch), self.settings.batch_size
        for start in range(0, len(order), size):
            places = range(start, min(start + size, len(order)))[rank::processes]
            if places:
                yield self.make(order[places], epoch, places)
            else:
                again = self.make(order[[start]], epoch, [start])
                yield replace(again, weights=torch.zeros(1))


class PlainBatches(Batches):
    """Every picture once an epoch, as it is, scaled to a square.

    Parameters
    ----------
    samples, pixels : of equal length; uint8 (H, W) each.
    """

    def __init__(self, samples: Sequence[Sample], pixels: Sequence[np.ndarray], settings: TrainingSettings) -> None:
        super().__init__(samples, settings)
        self.inputs = [to_square_input(p, settings.size) for p in pixels]

    def order(self, epoch: int) -> np.ndarray:
        """See `Batches.order`."""
        return np.random.default_rng([self.settings.seed, epoch]).permutation(len(self.samples))

    def make(self, indices: np.ndarray, epoch: int, places: Sequence[int]) -> Batch:
        """See `Batches.make`."""
        targets = tensor([float(self.samples[i].label.positive) for i in indices])
        return Batch(
            inputs=to_tensor([self.inputs[i] for i in indices]),
            masks=None,
            targets=targets,
            weights=torch.ones_like(targets),
        )


class AugmentedBatches(Batches):
    """Pictures balanced over source photographs, with inserted defects and decoys, moved and relit.

    Parameters
    ----------
    samples, pixels, parts : of equal length; uint8 (H, W) each, and the part on it or None.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        pixels: Sequence[np.ndarray],
        parts: Sequence[Part | None],
        settings: TrainingSettings,
    ) -> None:
        super().__init__(samples, settings)
        self.pixels, self.parts, self.recipe = pixels, parts, settings.recipe or Recipe()
        self._by_source: dict[tuple[int, bool], list[int]] = {}
        for index, sample in enumerate(samples):
            # a sample without provenance is a photograph of its own
            source = sample.source if sample.source >= 0 else -1 - index
            self._by_source.setdefault((source, sample.label.positive), []).append(index)

    def order(self, epoch: int) -> np.ndarray:
        """See `Batches.order`."""
        rng = np.random.default_rng([self.settings.seed, epoch])
        drawn = []
        for (_, positive), members in sorted(self._by_source.items()):
            draws = self.recipe.defective_draws if positive else self.recipe.ok_draws
            drawn.append(np.resize(rng.permutation(members), draws))
        return rng.permutation(np.concatenate(drawn))

    def make(self, indices: np.ndarray, epoch: int, places: Sequence[int]) -> Batch:
        """See `Batches.make`."""
        size, augmentation = self.settings.size, self.recipe.augmentation
        rngs = [np.random.default_rng([self.settings.seed, epoch, place]) for place in places]
        examples = [
            compose(
                self.pixels[i],
                defective=self.samples[i].label.positive,
                part=self.parts[i],
                rng=rng,
                settings=augmentation,
            )
            for i, rng in zip(indices, rngs, strict=True)
        ]
        inputs, masks = warp(examples, size, rngs, augmentation)
        inputs = relight(inputs, rngs, augmentation)
        weights = [self.recipe.inserted_weight if e.inserted else 1.0 for e in examples]
        return Batch(inputs=inputs, masks=masks, targets=tensor([e.target for e in examples]), weights=tensor(weights))
