"""`ship`: a model folder from finished runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casting_core.commands import Data, check_writable, shown
from casting_core.commands.data import root_of
from casting_core.commands.printing import print_splits
from casting_core.networks import card as cards

if TYPE_CHECKING:
    import numpy as np

    from casting_core.data.samples import Sample


def command(
    model: Annotated[str, typer.Argument(help="Name of the model folder to write.")] = cards.DEFAULT,
    data: Data = None,
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
    from casting_core.data.samples import read_provenance, split_samples
    from casting_core.explanation.precedents import build_precedents, write_precedents
    from casting_core.inspection import gate
    from casting_core.inspection.gate_bounds import measure_envelope
    from casting_core.networks.checkpoint import load_model
    from casting_core.training.ship import DATA, read_facts, run_settings, ship

    chosen = tuple(sorted(set(calibrate_on or ())))
    if len(chosen) == 1:
        raise typer.BadParameter(
            "--calibrate-on needs at least two folds, as each is judged by what the others gave: give it once for each."
        )
    target = cards.MODELS / model
    check_writable(cards.MODELS, "Name a folder for models of your own in CASTING_MODELS.")
    official = runs / f"{model}-official-seed{seed}"
    folds = _finished(runs, f"{model}-by-source-?-seed{seed}")
    others = [run for run in _finished(runs, f"{model}-official-seed*") if run != official]
    settings, about = run_settings(official), read_facts(official / DATA)
    root = _root(data, Path(about["root"]), public=about["grouping"] == "table")
    fitted, _ = split_samples(read_provenance(official / cards.SAMPLES), "official")
    gates: tuple[str, ...] = ()
    envelope = None
    if about["grouping"] != "picture":
        with shown("Measuring the envelope") as progress:
            pictures = _pictures(root, fitted, progress)
            gates, envelope = gate.NAMES, measure_envelope(pictures, input_size=settings["size"])
    ship(official, folds, target, seeds=others, gates=gates, envelope=envelope, calibrated_on=chosen)
    network, card = load_model(model)
    with shown("Describing known castings") as progress:
        known = build_precedents(network, card, root, fitted, progress)
    if known is not None:
        write_precedents(target, known)
    print_splits(card.metrics)
    typer.echo(f"Written: {target}")


def _finished(runs: Path, pattern: str) -> list[Path]:
    return sorted(p for p in runs.glob(pattern) if (p / "result.json").is_file())


def _root(data: Path | None, before: Path, *, public: bool) -> Path:
    """Where the pictures lie: as told, else where they were when the run was trained."""
    if public and (data is not None or not before.is_dir()):
        return root_of(data)
    return data or before


def _pictures(root: Path, samples: "list[Sample]", progress: Callable[[int, int], None]) -> "Iterator[np.ndarray]":
    from casting_core.data.images import decode

    for done, sample in enumerate(samples, start=1):
        yield decode(root / sample.path).pixels
        progress(done, len(samples))
