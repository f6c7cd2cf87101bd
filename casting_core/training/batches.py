"""Balanced, augmented training batches that depend on nothing but (seed, epoch, place)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor, tensor

from casting_core.data.augmentation import compose, relight, warp
from casting_core.data.dataset import Sample
from casting_core.data.part import Part
from casting_core.errors import DataError
from casting_core.training.settings import TrainingSettings


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`inputs` float32 (B, 1, S, S) in [0, 1]; `masks` (B, 1, S, S), NaN where unknown; `targets` and
    `weights` in the verdict's loss, (B,).
    """

    inputs: Tensor
    masks: Tensor
    targets: Tensor
    weights: Tensor


class Batches:
    """Training batches over decoded pictures.

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
        if not samples:
            raise DataError("There are no pictures to train on; check the data folder and what was excluded.")
        self.samples, self.pixels, self.parts, self.settings = samples, pixels, parts, settings
        self._by_source: dict[tuple[int, bool], list[int]] = {}
        for index, sample in enumerate(samples):
            # a sample without provenance is a photograph of its own
            source = sample.source if sample.source >= 0 else -1 - index
            self._by_source.setdefault((source, sample.label.positive), []).append(index)

    def order(self, epoch: int) -> np.ndarray:
        """Indices of the pictures that epoch (counted from 1) draws, shuffled."""
        rng = np.random.default_rng([self.settings.seed, epoch])
        drawn = []
        for (_, positive), members in sorted(self._by_source.items()):
            draws = self.settings.defective_draws if positive else self.settings.ok_draws
            drawn.append(np.resize(rng.permutation(members), draws))
        return rng.permutation(np.concatenate(drawn))

    def steps(self) -> int:
        """Batches in every epoch."""
        return -(-len(self.order(1)) // self.settings.batch_size)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """The batches of one epoch."""
        order, size = self.order(epoch), self.settings.batch_size
        for start in range(0, len(order), size):
            yield self._batch(order[start : start + size], epoch, start)

    def _batch(self, indices: np.ndarray, epoch: int, start: int) -> Batch:
        settings = self.settings
        rngs = [np.random.default_rng([settings.seed, epoch, start + k]) for k in range(len(indices))]
        examples = [
            compose(
                self.pixels[i],
                defective=self.samples[i].label.positive,
                part=self.parts[i],
                rng=rng,
                settings=settings.augmentation,
            )
            for i, rng in zip(indices, rngs, strict=True)
        ]
        inputs, masks = warp(examples, settings.size, rngs, settings.augmentation)
        inputs = relight(inputs, rngs, settings.augmentation)
        weights = [settings.inserted_weight if e.inserted else 1.0 for e in examples]
        return Batch(
            inputs=inputs, masks=masks, targets=tensor([e.target for e in examples]), weights=tensor(weights)
        )
