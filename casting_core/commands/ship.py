"""`ship`: a model folder from finished runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casting_core.commands.printing import print_splits

if TYPE_CHECKING:
    import numpy as np

    from casting_core.data.dataset import Sample


def command(
    model: Annotated[str, typer.Argument(help="Name of the model folder to write.")] = "castnet",
    data: Annotated[Path | None, typer.Option(help="Data folder; CASTING_DATA or data/casting_data.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder with the finished runs.")] = Path("runs"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the runs to take.")] = 0,
    calibrate_on: Annotated[
        list[int] | None, typer.Option(help="A fold to calibrate on, may be given several times; all if left out.")
    ] = None,
) -> None:
    """Write models/MODEL from runs/MODEL-official-seedN and all runs/MODEL-by-source-K-seedN.

    Calibration, thresholds and figures come from the runs' predictions; the envelope of the gates and the known
    castings from the pictures of the official training split.
    """
    from casting_core.commands import progress_bar
    from casting_core.commands.data import root_of
    from casting_core.data.dataset import read_provenance, split_samples
    from casting_core.evaluation.envelope import measure_envelope
    from casting_core.evaluation.ship import ship
    from casting_core.explanation.precedents import build_precedents, write_precedents
    from casting_core.inspection import gate
    from casting_core.networks.card import MODELS
    from casting_core.networks.checkpoint import load_model
    from casting_core.networks.registry import architecture

    root, target = root_of(data), MODELS / model
    fitted, _ = split_samples(read_provenance(), "official")
    folds = sorted(p for p in runs.glob(f"{model}-by-source-?-seed{seed}") if (p / "result.json").is_file())
    with progress_bar() as bar:
        measuring = bar.add_task("Measuring the envelope", total=len(fitted))
        pictures = _pictures(root, fitted, lambda: bar.advance(measuring))
        envelope = measure_envelope(pictures, input_size=architecture(model).size)
        official = runs / f"{model}-official-seed{seed}"
        chosen = tuple(sorted(set(calibrate_on or ())))
        card = ship(official, folds, target, gates=gate.NAMES, envelope=envelope, calibrated_on=chosen)
        describing = bar.add_task("Describing known castings", total=None)
        network, card = load_model(model)
        known = build_precedents(
            network, card, root, fitted, lambda done, total: bar.update(describing, completed=done, total=total)
        )
        write_precedents(target, known)
    print_splits(card.metrics)
    typer.echo(f"Written: {target}")


def _pictures(root: Path, samples: "list[Sample]", advance: Callable[[], None]) -> "Iterator[np.ndarray]":
    from casting_core.data.images import decode

    for sample in samples:
        yield decode(root / sample.path).pixels
        advance()
