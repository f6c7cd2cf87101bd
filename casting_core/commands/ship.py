"""`ship`: a model folder from finished runs."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casting_core.commands.printing import print_splits
from casting_core.networks.card import DEFAULT

if TYPE_CHECKING:
    import numpy as np

    from casting_core.data.samples import Sample


def command(
    model: Annotated[str, typer.Argument(help="Name of the model folder to write.")] = DEFAULT,
    data: Annotated[Path | None, typer.Option(help="Data folder; CASTING_DATA or data/casting_data.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder with the finished runs.")] = Path("runs"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the runs to take.")] = 0,
    calibrate_on: Annotated[
        list[int] | None, typer.Option(help="A fold to calibrate on, may be given several times; all if left out.")
    ] = None,
) -> None:
    """Write models/MODEL from runs/MODEL-official-seedN, all runs/MODEL-by-source-K-seedN and further official runs.

    With CASTING_MODELS set, MODEL is written into that folder instead of models.

    Calibration, thresholds and figures come from the runs' predictions; the envelope of the gates and the known
    castings from the pictures of the training split, where the part is one that can be found on them.
    """
    from casting_core.commands import progress_bar
    from casting_core.data.samples import read_provenance, split_samples
    from casting_core.errors import SettingsError
    from casting_core.explanation.precedents import build_precedents, write_precedents
    from casting_core.inspection import gate
    from casting_core.inspection.gate_bounds import measure_envelope
    from casting_core.networks.card import MODELS, SAMPLES
    from casting_core.networks.checkpoint import load_model
    from casting_core.training.ship import DATA, ship

    target = MODELS / model
    if not os.access(next(each for each in (MODELS, *MODELS.absolute().parents) if each.exists()), os.W_OK):
        raise SettingsError(f"{MODELS} cannot be written. Name a folder for models of your own in CASTING_MODELS.")
    official = runs / f"{model}-official-seed{seed}"
    folds = _finished(runs, f"{model}-by-source-?-seed{seed}")
    others = [run for run in _finished(runs, f"{model}-official-seed*") if run != official]
    about, settings = _read(official / DATA), _read(official / "settings.json")
    root = _root(data, Path(about["root"]), public=about["grouping"] == "table")
    fitted, _ = split_samples(read_provenance(official / SAMPLES), "official")
    chosen = tuple(sorted(set(calibrate_on or ())))
    with progress_bar() as bar:
        gates: tuple[str, ...] = ()
        envelope = None
        if about["grouping"] != "picture":
            measuring = bar.add_task("Measuring the envelope", total=len(fitted))
            pictures = _pictures(root, fitted, lambda: bar.advance(measuring))
            gates, envelope = gate.NAMES, measure_envelope(pictures, input_size=settings["size"])
        card = ship(official, folds, target, seeds=others, gates=gates, envelope=envelope, calibrated_on=chosen)
        describing = bar.add_task("Describing known castings", total=None)
        network, card = load_model(model)
        known = build_precedents(
            network, card, root, fitted, lambda done, total: bar.update(describing, completed=done, total=total)
        )
        if known is not None:
            write_precedents(target, known)
    print_splits({name: getattr(card.metrics, name).to_json() for name in ("official_test", "by_source")})
    typer.echo(f"Written: {target}")


def _finished(runs: Path, pattern: str) -> list[Path]:
    return sorted(p for p in runs.glob(pattern) if (p / "result.json").is_file())


def _read(file: Path) -> dict[str, Any]:
    from casting_core.errors import DataError

    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read ({error}); train that run first, or go on with --resume.") from error
    return values


def _root(data: Path | None, before: Path, *, public: bool) -> Path:
    """Where the pictures lie: as told, else where they were when the run was trained."""
    if public and (data is not None or not before.is_dir()):
        from casting_core.commands.data import root_of

        return root_of(data)
    return data or before


def _pictures(root: Path, samples: "list[Sample]", advance: Callable[[], None]) -> "Iterator[np.ndarray]":
    from casting_core.data.images import decode

    for sample in samples:
        yield decode(root / sample.path).pixels
        advance()
