"""One training run from data to a run folder: weights, log, settings, held-out logits."""

import json
import time
from pathlib import Path

import numpy as np
import torch

from casting_core.data.dataset import Progress, load_pixels, read_provenance, split_samples
from casting_core.data.files import write_atomically
from casting_core.data.part import find_part
from casting_core.data.provenance import fingerprint
from casting_core.data.transforms import to_input
from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.peaks import write_peaks
from casting_core.evaluation.predictions import make_predictions, write_predictions
from casting_core.networks.castnet import CastNet
from casting_core.networks.checkpoint import weights_bytes
from casting_core.networks.device import choose_device, describe
from casting_core.networks.predict import predict_logits, predict_peaks
from casting_core.networks.registry import architecture
from casting_core.training.batches import Batches
from casting_core.training.loop import Callback, HeldOut, fit
from casting_core.training.pretrained import load_imagenet
from casting_core.training.settings import TrainingSettings

RUNS = Path("runs")
WEIGHTS, PREDICTIONS, PEAKS, RESULT = "weights.safetensors", "predictions.csv", "peaks.csv", "result.json"


def run_name(settings: TrainingSettings) -> str:
    """Name of a run's folder."""
    split = settings.split if settings.fold is None else f"{settings.split}-{settings.fold}"
    return f"{settings.model}-{split}-seed{settings.seed}"


def train(
    settings: TrainingSettings,
    root: Path,
    *,
    runs: Path = RUNS,
    exclude: frozenset[str] = frozenset(),
    resume: bool = False,
    device: str | None = None,
    callback: Callback | None = None,
    loading: Progress | None = None,
) -> Path:
    """Train one model on the public set at `root` and give its run folder.

    The folder holds `settings.json`, `log.csv`, `state.safetensors` (to resume), and at the end
    `weights.safetensors`, `predictions.csv` (raw logits of the held-out pictures; its probabilities are
    not calibrated yet), `peaks.csv` (the strongest evidence in their maps) and `result.json` (time,
    device, data fingerprint). Suspects (pictures whose label is doubted) and the paths in `exclude` are
    left out of the fit; held-out pictures all stay.
    Raises `DataError` where a picture of the set is missing.
    """
    samples = read_provenance()
    missing = [s.path for s in samples if not (root / s.path).is_file()]
    if missing:
        raise DataError(f"{len(missing)} pictures are missing in {root}, {missing[0]} first. Run: data check")
    fitted, held = split_samples(samples, settings.split, fold=settings.fold)
    fitted = [s for s in fitted if not s.suspect and s.path not in exclude]
    folder = runs / run_name(settings)
    started = time.perf_counter()
    pixels = load_pixels(root, [*fitted, *held], loading)
    fit_pixels, held_pixels = pixels[: len(fitted)], pixels[len(fitted) :]
    batches = Batches(fitted, fit_pixels, [find_part(p) for p in fit_pixels], settings)
    model = build(settings)
    held_out = HeldOut(pixels=held_pixels, targets=np.array([s.label.positive for s in held], np.float32))
    log = fit(model, batches, held_out, settings, folder, callback=callback, resume=resume, device=device)
    write_atomically(folder / WEIGHTS, weights_bytes(model))
    inputs = [to_input(p, settings.size) for p in held_pixels]
    logits, peaks = predict_logits(model, inputs, fast=False), predict_peaks(model, inputs)
    split = "official-test" if settings.fold is None else f"{settings.split}-{settings.fold}"
    uncalibrated = 1 / (1 + np.exp(-logits.astype(np.float64)))
    write_predictions(folder / PREDICTIONS, make_predictions(held, split, logits, uncalibrated))
    if peaks is not None:
        write_peaks(folder / PEAKS, {s.path: float(peak) for s, peak in zip(held, peaks, strict=True)})
    result = {
        "seconds": round(sum(record.seconds for record in log), 1),
        "seconds_with_loading": round(time.perf_counter() - started, 1),
        "device": describe(choose_device(device)),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "fitted_on": len(fitted),
        "data_fingerprint": fingerprint(samples),
    }
    write_atomically(folder / RESULT, (json.dumps(result, indent=2) + "\n").encode())
    return folder


def build(settings: TrainingSettings) -> CastNet:
    """A network of the run's architecture, ImageNet weights in its backbone, the rest by the run's seed."""
    torch.manual_seed(settings.seed)
    model = architecture(settings.model).build()
    if not isinstance(model, CastNet):
        raise SettingsError(f"Only castnet can be trained so far, not {settings.model}.")
    load_imagenet(model.backbone)
    return model
