"""One training run from data to a run folder: weights, log, settings, held-out logits."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.special import expit

from casting_core.data.collection.collection import Collection
from casting_core.data.files import make_folder, write_atomically
from casting_core.data.part.finder import find_part
from casting_core.data.provenance.grouping import fingerprint, write_provenance
from casting_core.data.samples import Progress, Sample, load_pixels, split_samples, unreported
from casting_core.data.transforms import to_input
from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.predictions import make_predictions, write_peaks, write_predictions
from casting_core.networks.card import SAMPLES
from casting_core.networks.castnet import CastNet
from casting_core.networks.checkpoint import weights_bytes
from casting_core.networks.device import describe
from casting_core.networks.network import Network
from casting_core.networks.predict import predict_logits, predict_peaks
from casting_core.networks.registry import architecture
from casting_core.training.batches import AugmentedBatches, Batches, PlainBatches
from casting_core.training.distributed import join
from casting_core.training.logs.runs import RESULT, STATE
from casting_core.training.loop import Callback, HeldOut, fit
from casting_core.training.pretrained import load_imagenet
from casting_core.training.settings import TrainingSettings

RUNS = Path("runs")
WEIGHTS, PREDICTIONS, PEAKS = "weights.safetensors", "predictions.csv", "peaks.csv"
DATA = "data.json"
EXCLUDED = "excluded.txt"  # paths that a person had left out, one a line; a list that --exclude takes again


def run_name(settings: TrainingSettings) -> str:
    """Name of a run's folder."""
    split = settings.split if settings.fold is None else f"{settings.split}-{settings.fold}"
    return f"{settings.name or settings.model}-{split}-seed{settings.seed}"


def train(
    settings: TrainingSettings,
    collection: Collection,
    *,
    runs: Path = RUNS,
    exclude: frozenset[str] = frozenset(),
    resume: bool = False,
    device: str | None = None,
    callback: Callback | None = None,
    loading: Progress = unreported,
) -> Path:
    """Train one model on a collection of pictures and give its run folder.

    The folder holds `settings.json`, `log.csv`, `state.safetensors` (to resume), and at the end
    `weights.safetensors`, `predictions.csv` (raw logits of the held-out pictures; its probabilities are
    not calibrated yet), `peaks.csv` (the strongest evidence in their maps, where the network has one),
    `samples.csv` and `data.json` (what it was trained on and judged by) and `result.json` (time, device, data
    fingerprint). Suspects (pictures whose label is doubted) and the paths in `exclude` are left out of the fit;
    held-out pictures all stay. Where the collection has pictures of `exclude`, `excluded.txt` lists them, and
    `data.json` says how many the fit went without.

    Raises
    ------
    DataError
        A picture is missing, or no picture of a label is left to train on.
    SettingsError
        The collection has no such fold, or a run is to be resumed that left out other pictures.
    """
    root, samples = collection.root, collection.samples
    if settings.fold is not None and settings.fold >= collection.folds:
        has = f"folds 0 to {collection.folds - 1}" if collection.folds else "too few photographs for folds"
        raise SettingsError(f"There is no fold {settings.fold}: {root} has {has}.")
    missing = [s.path for s in samples if not (root / s.path).is_file()]
    if missing:
        raise DataError(f"{len(missing)} pictures are missing in {root}, {missing[0]} first. Run: data check")
    offered, held = split_samples(samples, settings.split, fold=settings.fold)
    fitted = _left(offered, exclude)
    without = sum(not s.suspect for s in offered) - len(fitted)
    folder = runs / run_name(settings)
    started = time.perf_counter()
    pixels = load_pixels(root, [*fitted, *held], loading)
    fit_pixels, held_pixels = pixels[: len(fitted)], pixels[len(fitted) :]
    batches = make_batches(fitted, fit_pixels, settings)
    model = build(settings)
    held_out = HeldOut(pixels=held_pixels, targets=np.array([s.label.positive for s in held], np.float32))
    group, place = join(device)
    make_folder(folder, within=runs)
    _keep_excluded(folder, sorted(exclude & {s.path for s in samples}), resume=resume, first=group.first)
    log = fit(model, batches, held_out, settings, folder, callback=callback, resume=resume, device=device)
    if not group.first:
        group.wait()  # none leaves while another is still at work
        return folder
    write_atomically(folder / WEIGHTS, weights_bytes(model))
    _write_predictions(folder, model, held, held_pixels, settings)
    write_provenance(samples, folder / SAMPLES)
    about = _about(collection, without)
    write_atomically(folder / DATA, (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode())
    result = {
        "seconds": round(sum(record.seconds for record in log), 1),
        "seconds_with_loading": round(time.perf_counter() - started, 1),
        "device": describe(place),
        "processes": group.size,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "fitted_on": len(fitted),
        "data_fingerprint": fingerprint(samples),
    }
    write_atomically(folder / RESULT, (json.dumps(result, indent=2) + "\n").encode())
    group.wait()
    return folder


def _left(samples: Sequence[Sample], exclude: frozenset[str]) -> list[Sample]:
    """Return what the fit may take: no suspects, and nothing that is to be left out."""
    sure = [s for s in samples if not s.suspect]
    left = [s for s in sure if s.path not in exclude]
    if gone := {s.label for s in sure} - {s.label for s in left}:
        raise DataError(
            f"Without the {len(sure) - len(left)} pictures that are to be left out, no {min(gone)} picture is left to "
            "train on. Leave out fewer of them, or add pictures."
        )
    return left


def _write_predictions(
    folder: Path, model: Network, held: Sequence[Sample], pixels: Sequence[np.ndarray], settings: TrainingSettings
) -> None:
    """Write what the network says of the held-out pictures, and the strongest evidence in their maps, if any."""
    inputs = [to_input(p, settings.size) for p in pixels]
    logits, peaks = predict_logits(model, inputs, fast=False), predict_peaks(model, inputs)
    split = "official-test" if settings.fold is None else f"{settings.split}-{settings.fold}"
    uncalibrated = expit(logits.astype(np.float64))
    write_predictions(folder / PREDICTIONS, make_predictions(held, split, logits, uncalibrated))
    if peaks is not None:
        write_peaks(folder / PEAKS, {s.path: float(peak) for s, peak in zip(held, peaks, strict=True)})


def _keep_excluded(folder: Path, paths: Sequence[str], *, resume: bool, first: bool) -> None:
    """Note what is left out, or see that a run goes on without the same pictures."""
    file = folder / EXCLUDED
    if resume and (folder / STATE).exists():
        before = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
        if before != list(paths):
            raise SettingsError(
                f"{folder} was begun with {len(before)} pictures left out by --exclude, and now there are "
                f"{len(paths)}, or others; give it the same ones ({file}), or start anew without --resume."
            )
    elif first and paths:
        write_atomically(file, "".join(f"{path}\n" for path in paths).encode())
    elif first:
        file.unlink(missing_ok=True)


def _about(collection: Collection, excluded: int) -> dict[str, Any]:
    notes = list(collection.notes)
    if excluded:
        notes.append(
            f"{excluded} of the pictures to fit on were left out by hand (--exclude). Held-out pictures were all "
            "judged, those named there too."
        )
    return {
        "root": str(collection.root.resolve()),
        "classes": {name: str(label) for name, label in collection.classes.items()},
        "guessed": collection.guessed,
        "grouping": collection.grouping,
        "official": collection.official,
        "folds": collection.folds,
        "excluded": excluded,
        "notes": notes,
    }


def make_batches(samples: Sequence[Sample], pixels: Sequence[np.ndarray], settings: TrainingSettings) -> Batches:
    """Make the batches that a run's recipe asks for."""
    if settings.recipe is None:
        return PlainBatches(samples, pixels, settings)
    return AugmentedBatches(samples, pixels, [find_part(p) for p in pixels], settings)


def build(settings: TrainingSettings) -> Network:
    """Build a network of the run's architecture by the run's seed; castnet's backbone has ImageNet weights."""
    torch.manual_seed(settings.seed)
    model = architecture(settings.model).build()
    if isinstance(model, CastNet):
        load_imagenet(model.backbone)
    return model
