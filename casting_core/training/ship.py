"""From finished runs to a shipped model: card, weights, logs and predictions in one folder."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load

from casting_core.data.files import make_folder, write_atomically
from casting_core.data.samples import read_provenance
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.evaluate import calibrate_map, evaluate
from casting_core.evaluation.predictions import (
    BY_SOURCE,
    OFFICIAL,
    Prediction,
    read_peaks,
    read_predictions,
    write_peaks,
    write_predictions,
)
from casting_core.evaluation.seeds import seed_figures
from casting_core.networks.calibration import Calibration
from casting_core.networks.card import CARD, SAMPLES, ModelCard
from casting_core.networks.checkpoint import save_model
from casting_core.networks.registry import architecture
from casting_core.networks.thresholds import Thresholds
from casting_core.training.limits import limitations

DATA = "data.json"  # of a run: what it was trained on
PREPROCESSING = (
    "Luminance (ITU-R BT.601) in [0, 1]; short side scaled to the input size, bilinear with antialiasing; "
    "sides rounded to multiples of 16."
)


def ship(
    official: Path,
    by_source: Sequence[Path],
    target: Path,
    *,
    seeds: Sequence[Path] = (),
    gates: tuple[str, ...] = (),
    envelope: Mapping[str, tuple[float, float]] | None = None,
    calibrated_on: tuple[int, ...] = (),
) -> ModelCard:
    """Write the model folder `target` from one official run and at least two by-source runs.

    The by-source weights of a network with a map go into `folds/`: whatever is asked of castings never seen needs
    them. A full disk, or a program that is stopped, leaves the old model whole, or none: never one made of two.

    Parameters
    ----------
    seeds : official runs from other seeds, which the card tells beside the one that ships.
    gates, envelope, calibrated_on : the card's.

    Raises
    ------
    DataError
        A run is not finished or damaged, runs differ in more than split, fold and seed, or nothing can be written.
    ModelError
        Weights are damaged.
    """
    settings = run_settings(official)
    for run in (*by_source, *seeds):
        other = run_settings(run)
        differing = [k for k in settings if k not in ("split", "fold", "seed") and settings[k] != other.get(k)]
        if differing:
            raise DataError(f"{run} was trained with other settings than {official}: {', '.join(differing)}.")
    rows: list[Prediction] = []
    for run in (official, *by_source):
        rows += read_predictions(run / "predictions.csv")
    fit_shift = settings["recipe"] is not None
    suspects = frozenset(s.path for s in read_provenance(official / SAMPLES) if s.suspect)
    evaluation = evaluate(rows, suspects, calibrated_on=calibrated_on or None, fit_shift=fit_shift)
    calibration, point, metrics = evaluation.calibration, evaluation.point, evaluation.metrics
    thresholds = Thresholds(passing=point.threshold_pass, rejecting=point.threshold_reject)
    if seeds:
        runs = {int(run_settings(run)["seed"]): read_predictions(run / "predictions.csv") for run in (official, *seeds)}
        metrics = replace(metrics, seeds=seed_figures(runs, calibration, thresholds, suspects))
    has_map = all((run / "peaks.csv").is_file() for run in by_source)
    peaks = {path: peak for run in by_source for path, peak in read_peaks(run / "peaks.csv").items()} if has_map else {}
    splits = {f"{BY_SOURCE}{fold}" for fold in calibrated_on}
    map_calibration = Calibration(temperature=1.0, shift=0.0)
    if has_map:
        used = [row for row in rows if not splits or row.split in {*splits, OFFICIAL}]
        map_calibration = calibrate_map(used, peaks, suspects)
    weights = (official / "weights.safetensors").read_bytes()
    result, data = read_facts(official / "result.json"), read_facts(official / DATA)
    try:
        statistics = ("running_mean", "running_var", "num_batches_tracked")
        parameters = sum(t.numel() for name, t in load(weights).items() if not name.endswith(statistics))
    except SafetensorError as error:
        raise ModelError(f"{official / 'weights.safetensors'} is damaged ({error}); train anew.") from error
    fold_weights = {
        f"folds/{run_settings(run)['fold']}.safetensors": (run / "weights.safetensors").read_bytes()
        for run in by_source
        if has_map
    }
    folds = {name: hashlib.sha256(content).hexdigest() for name, content in fold_weights.items()}
    card = ModelCard(
        name=target.name,
        architecture=settings["model"],
        parameters=parameters,
        input_size=settings["size"],
        preprocessing=PREPROCESSING,
        gates=gates,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        temperature=calibration.temperature,
        shift=calibration.shift,
        threshold_pass=point.threshold_pass,
        threshold_reject=point.threshold_reject,
        map_temperature=map_calibration.temperature,
        map_shift=map_calibration.shift,
        envelope=dict(envelope or {}),
        calibrated_on=calibrated_on,
        recentred=fit_shift,
        training={"settings": settings, **{k: v for k, v in result.items() if k != "data_fingerprint"}, "folds": folds},
        data={name: value for name, value in data.items() if name != "root"},
        data_fingerprint=result.get("data_fingerprint", ""),
        metrics=metrics,
        limits=limitations(settings["model"], data),
    )
    architecture(card.architecture)  # a card that names no network could not be loaded
    files = {"log.csv": (official / "log.csv").read_bytes(), **fold_weights}
    files |= {f"runs/{run.name}/log.csv": (run / "log.csv").read_bytes() for run in (*by_source, *seeds)}
    files |= {f"runs/{run.name}/predictions.csv": (run / "predictions.csv").read_bytes() for run in seeds}
    if not card.on_public_set:
        files[SAMPLES] = (official / SAMPLES).read_bytes()
    try:
        with _whole(target) as making:
            write_predictions(making / "predictions.csv", evaluation.rows)
            if has_map:
                write_peaks(making / "peaks.csv", peaks)
            for name, content in files.items():
                write_atomically(making / name, content)
            save_model(making, weights, card)
    except OSError as error:
        raise DataError(f"The model cannot be written to {target} ({error}). Free some space; ship again.") from error
    return card


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Make a folder to write files in, which go to `target` when all are written; meanwhile no model is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield making
        make_folder(target, within=target.parent)
        (target / CARD).unlink(missing_ok=True)
        files = [file for file in making.rglob("*") if file.is_file()]
        for file in sorted(files, key=lambda file: file.name == CARD):  # the card last
            place = target / file.relative_to(making)
            make_folder(place.parent, within=target)
            os.replace(file, place)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def run_settings(run: Path) -> dict[str, Any]:
    """Read the settings of a finished run. Raises `DataError` where it is not finished, or they are damaged."""
    needed = ("settings.json", "weights.safetensors", "predictions.csv", "result.json", "log.csv", SAMPLES, DATA)
    missing = [name for name in needed if not (run / name).is_file()]
    if missing:
        raise DataError(f"{run} is not a finished run ({missing[0]} is missing); train it, or go on with --resume.")
    settings = read_facts(run / "settings.json")
    if lacking := sorted({"model", "size", "seed", "fold", "recipe"} - set(settings)):
        raise DataError(f"{run / 'settings.json'} does not tell {', '.join(lacking)}; train that run anew.")
    return settings


def read_facts(file: Path) -> dict[str, Any]:
    """Read what a run wrote as JSON. Raises `DataError` where that cannot be read."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{file} cannot be read ({error}); train that run anew.") from error
    if not isinstance(values, dict):
        raise DataError(f"{file} is of another form; train that run anew.")
    return values
