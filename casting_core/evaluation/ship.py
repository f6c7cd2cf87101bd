"""From finished runs to a shipped model: card, weights, logs and predictions in one folder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load

from casting_core.data.dataset import read_provenance
from casting_core.data.files import write_atomically
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.calibration import Calibration
from casting_core.evaluation.evaluate import BY_SOURCE, OFFICIAL, calibrate_map, evaluate
from casting_core.evaluation.limits import limits_of
from casting_core.evaluation.peaks import read_peaks, write_peaks
from casting_core.evaluation.predictions import Prediction, read_predictions, write_predictions
from casting_core.evaluation.seeds import seed_figures
from casting_core.networks.card import SAMPLES, ModelCard
from casting_core.networks.checkpoint import save_model
from casting_core.networks.registry import architecture

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
    them. `seeds`: official runs from other seeds, which the card tells beside the one that ships. `gates`, `envelope`
    and `calibrated_on` are the card's.

    Raises `DataError` where a run is not finished, or the runs differ in more than split, fold and seed.
    """
    settings = _settings(official)
    for run in (*by_source, *seeds):
        other = _settings(run)
        differing = [k for k in settings if k not in ("split", "fold", "seed") and settings[k] != other.get(k)]
        if differing:
            raise DataError(f"{run} was trained with other settings than {official}: {', '.join(differing)}.")
    rows: list[Prediction] = []
    for run in (official, *by_source):
        rows += read_predictions(run / "predictions.csv")
    recentre = settings["recipe"] is not None
    suspects = frozenset(s.path for s in read_provenance(official / SAMPLES) if s.suspect)
    evaluation = evaluate(rows, suspects, calibrated_on=calibrated_on or None, recentre=recentre)
    calibration, point, metrics = evaluation.calibration, evaluation.point, evaluation.metrics
    if seeds:
        runs = {int(_settings(run)["seed"]): read_predictions(run / "predictions.csv") for run in (official, *seeds)}
        metrics = {**metrics, "seeds": seed_figures(runs, calibration, point, suspects)}
    has_map = all((run / "peaks.csv").is_file() for run in by_source)
    peaks = {path: peak for run in by_source for path, peak in read_peaks(run / "peaks.csv").items()} if has_map else {}
    splits = {f"{BY_SOURCE}{fold}" for fold in calibrated_on}
    map_calibration = Calibration(temperature=1.0, shift=0.0)
    if has_map:
        used = [row for row in rows if not splits or row.split in {*splits, OFFICIAL}]
        map_calibration = calibrate_map(used, peaks, suspects)
    weights = (official / "weights.safetensors").read_bytes()
    result = json.loads((official / "result.json").read_text())
    data = json.loads((official / DATA).read_text())
    try:
        statistics = ("running_mean", "running_var", "num_batches_tracked")
        parameters = sum(t.numel() for name, t in load(weights).items() if not name.endswith(statistics))
    except SafetensorError as error:
        raise ModelError(f"{official / 'weights.safetensors'} is damaged ({error}); train anew.") from error
    fold_weights = {_fold_name(run): (run / "weights.safetensors").read_bytes() for run in by_source if has_map}
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
        recentred=recentre,
        training={"settings": settings, **{k: v for k, v in result.items() if k != "data_fingerprint"}, "folds": folds},
        data={name: value for name, value in data.items() if name != "root"},
        data_fingerprint=result["data_fingerprint"],
        metrics=metrics,
        limits=limits_of(settings["model"], data),
    )
    architecture(card.architecture)  # a card that names no network could not be loaded
    write_predictions(target / "predictions.csv", evaluation.rows)
    if has_map:
        write_peaks(target / "peaks.csv", peaks)
    if not card.on_public_set:
        write_atomically(target / SAMPLES, (official / SAMPLES).read_bytes())
    write_atomically(target / "log.csv", (official / "log.csv").read_bytes())
    for run in (*by_source, *seeds):
        write_atomically(target / "runs" / run.name / "log.csv", (run / "log.csv").read_bytes())
    for run in seeds:
        write_atomically(target / "runs" / run.name / "predictions.csv", (run / "predictions.csv").read_bytes())
    for name, content in fold_weights.items():
        write_atomically(target / name, content)
    save_model(target, weights, card)
    return card


def _fold_name(run: Path) -> str:
    """Where the weights of a by-source run are kept, in the model's folder."""
    return f"folds/{_settings(run)['fold']}.safetensors"


def _settings(run: Path) -> dict[str, Any]:
    needed = ("settings.json", "weights.safetensors", "predictions.csv", "result.json", "log.csv", SAMPLES, DATA)
    missing = [name for name in needed if not (run / name).is_file()]
    if missing:
        raise DataError(f"{run} is not a finished run ({missing[0]} is missing); train it, or go on with --resume.")
    settings: dict[str, Any] = json.loads((run / "settings.json").read_text())
    return settings
