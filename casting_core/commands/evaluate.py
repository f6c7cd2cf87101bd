"""`evaluate` and `ship`: the figures of a model, and making a model folder from finished runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from casting_core.networks.card import ModelCard


def command(
    model: Annotated[str, typer.Argument(help="Name of a shipped model.")] = "castnet",
    markdown: Annotated[bool, typer.Option("--markdown", help="The main figures as the README's table.")] = False,
) -> None:
    """Compute all figures of a model's card afresh from its predictions.csv and print them."""
    from casting_core.data.dataset import read_provenance
    from casting_core.evaluation.evaluate import evaluate
    from casting_core.evaluation.predictions import read_predictions
    from casting_core.evaluation.table import results_table
    from casting_core.networks.card import MODELS

    suspects = frozenset(s.path for s in read_provenance() if s.suspect)
    evaluation = evaluate(read_predictions(MODELS / model / "predictions.csv"), suspects)
    if markdown:
        typer.echo(results_table(evaluation.metrics), nl=False)
        return
    point, calibration = evaluation.point, evaluation.calibration
    typer.echo(f"temperature {calibration.temperature:.4f}, shift {calibration.shift:.4f}")
    typer.echo(f"pass below {point.threshold_pass:.4f}, reject from {point.threshold_reject:.4f}")
    _print(evaluation.metrics)


def ship_command(
    model: Annotated[str, typer.Argument(help="Name of the model folder to write.")] = "castnet",
    runs: Annotated[Path, typer.Option(help="Folder with the finished runs.")] = Path("runs"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the runs to take.")] = 0,
) -> None:
    """Write models/MODEL from runs/MODEL-official-seedN and all runs/MODEL-by-source-K-seedN."""
    from casting_core.evaluation.ship import ship
    from casting_core.networks.card import MODELS

    folds = sorted(p for p in runs.glob(f"{model}-by-source-?-seed{seed}") if (p / "result.json").is_file())
    card: ModelCard = ship(runs / f"{model}-official-seed{seed}", folds, MODELS / model)
    _print(card.metrics)
    typer.echo(f"Written: {MODELS / model}")


def _print(metrics: dict[str, Any]) -> None:
    for split, figures in metrics.items():
        for name in ("as_filed", "without_suspects"):
            values = figures[name]
            typer.echo(f"{split}, {name.replace('_', ' ')}: {values['pictures']} pictures of {values['photographs']}")
            for key, value in values.items():
                if isinstance(value, dict) and value["share"] is not None:
                    share, interval = f"{value['share']:.2%}", f"{value['low']:.2%} to {value['high']:.2%}"
                    typer.echo(f"    {key}: {value['count']} of {value['of']} ({share}, {interval})")
                elif isinstance(value, float):
                    typer.echo(f"    {key}: {value:.6f}")
        typer.echo(f"    wrong: {', '.join(figures['wrong_pictures']) or 'none'}")
