"""Fit castnet on a few rendered castings, alone or under torchrun: `together.py FOLDER`."""

import sys
from pathlib import Path

import numpy as np
import torch

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.labels import Label
from casting_core.networks.castnet import CastNet
from casting_core.training import distributed
from casting_core.training.batches import AugmentedBatches
from casting_core.training.loop import HeldOut, fit
from casting_core.training.settings import Recipe, TrainingSettings

SETTINGS = TrainingSettings(size=64, epochs=2, batch_size=8, recipe=Recipe(defective_draws=2, ok_draws=2))


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    kinds = ((), (DefectKind.BLOW_HOLE,))
    castings = [render_casting(seed=seed, size=96, defects=kinds[seed % 2]) for seed in range(10)]
    labels = [Label.DEFECTIVE if n % 2 else Label.OK for n in range(10)]
    samples = [Sample(path=str(n), split="train", label=label, source=n) for n, label in enumerate(labels)]
    batches = AugmentedBatches(samples, [c.pixels for c in castings], [c.part for c in castings], SETTINGS)
    held = HeldOut(pixels=[c.pixels for c in castings[:5]], targets=np.array([0, 1, 0, 1, 0], np.float32))
    fit(CastNet(), batches, held, SETTINGS, folder, device="cpu")
    distributed.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
