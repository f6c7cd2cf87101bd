"""`evaluate` and `ship`: the figures of a model, and making a model folder from finished runs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from casting_core import Inspector
    from casting_core.evaluation.localization import Case
    from casting_core.networks.card import ModelCard

RENDERED_FROM = 1_000_000  # first seed of the castings that are rendered for judging, far from all others


def command(
    model: Annotated[str, typer.Argument(help="Name of a shipped model.")] = "castnet",
    markdown: Annotated[bool, typer.Option("--markdown", help="The main figures as the README's tables.")] = False,
    masks: Annotated[Path | None, typer.Option(help="Judge a folder of photographs with masks.")] = None,
    rendered: Annotated[int, typer.Option(min=0, help="Judge that many rendered castings.")] = 0,
    save: Annotated[bool, typer.Option("--save", help="Keep what was measured in the model's card.")] = False,
) -> None:
    """Compute all figures of a model's card afresh from its predictions.csv, or judge anew what has masks."""
    if masks is not None:
        _judge(model, "second_capture", _marked(masks), save)
    if rendered:
        _judge(model, "rendered", _rendered(rendered), save)
    if masks is None and not rendered:
        _from_predictions(model, markdown)


def _from_predictions(model: str, markdown: bool) -> None:
    from casting_core.data.dataset import read_provenance
    from casting_core.evaluation.evaluate import evaluate
    from casting_core.evaluation.predictions import read_predictions
    from casting_core.evaluation.table import map_table, results_table
    from casting_core.networks.card import MODELS, read_card

    suspects = frozenset(s.path for s in read_provenance() if s.suspect)
    evaluation = evaluate(read_predictions(MODELS / model / "predictions.csv"), suspects)
    if markdown:
        typer.echo(results_table(evaluation.metrics))
        typer.echo(map_table(read_card(MODELS / model).metrics), nl=False)
        return
    point, calibration = evaluation.point, evaluation.calibration
    typer.echo(f"temperature {calibration.temperature:.4f}, shift {calibration.shift:.4f}")
    typer.echo(f"pass below {point.threshold_pass:.4f}, reject from {point.threshold_reject:.4f}")
    _print(evaluation.metrics)


Truth = tuple[Any, Any, bool, int, tuple[str, ...]]  # pixels, mask, defective, photograph, kinds of defects


def _marked(folder: Path) -> tuple[int | None, Iterator[Truth]]:
    from casting_core.data.marked_set import read_marked

    return None, ((m.pixels, m.mask, m.label.positive, m.photograph, ()) for m in read_marked(folder))


def _rendered(count: int) -> tuple[int | None, Iterator[Truth]]:
    from casting_core.data.synthetic import render_casting

    def castings() -> Iterator[Truth]:
        for seed in range(RENDERED_FROM, RENDERED_FROM + count):
            one = render_casting(seed=seed, defects="random")
            kinds = tuple(sorted({str(defect.kind) for defect in one.defects}))
            yield one.pixels, one.defect_mask, one.label.positive, seed, kinds

    return count, castings()


def _judge(model: str, name: str, source: tuple[int | None, Iterator[Truth]], save: bool) -> None:
    """Judge what has known defects, print the figures, and keep them in the card where asked for."""
    from casting_core import Inspector
    from casting_core.commands import progress_bar
    from casting_core.evaluation.localization import measure, summarise

    total, truths = source
    inspector = Inspector.load(model)
    measured = []
    alone: Counter[str] = Counter()  # parts with defects of one kind only
    found: Counter[str] = Counter()
    with progress_bar() as bar:
        task = bar.add_task("Judging", total=total)
        for case, kinds in _cases(inspector, truths):
            one = measure(case)
            measured.append(one)
            if len(kinds) == 1:
                alone[kinds[0]] += 1
                found[kinds[0]] += one.probability >= 0.5
            bar.advance(task)
    figures = summarise(measured)
    if alone:
        figures["found_by_kind"] = {kind: {"count": found[kind], "of": alone[kind]} for kind in sorted(alone)}
    _print_figures(name, figures)
    if save:
        from casting_core.networks.card import MODELS
        from casting_core.networks.checkpoint import add_metrics

        add_metrics(MODELS / model, name, figures)
        typer.echo(f"Kept in the card: {MODELS / model}")


def _cases(inspector: "Inspector", truths: Iterator[Truth]) -> "Iterator[tuple[Case, tuple[str, ...]]]":
    from casting_core.errors import DataError
    from casting_core.evaluation.localization import Case

    for pixels, mask, defective, photograph, kinds in truths:
        inspection = inspector.inspect(pixels)
        if inspection.heatmap is None or inspection.probability is None:
            raise DataError(inspection.reason or f"The model {inspection.model} has no map of its evidence to measure.")
        case = Case(
            heatmap=inspection.heatmap,
            mask=mask,
            probability=inspection.probability,
            defective=defective,
            photograph=photograph,
        )
        yield case, kinds


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
            _print_figures(f"{split}, {name.replace('_', ' ')}", figures[name])
        typer.echo(f"    wrong: {', '.join(figures['wrong_pictures']) or 'none'}")


def _print_figures(title: str, values: dict[str, Any]) -> None:
    typer.echo(f"{title}: {values['pictures']} pictures of {values['photographs']} photographs")
    for key, value in values.items():
        if isinstance(value, float):
            typer.echo(f"    {key}: {value:.6f}")
        elif isinstance(value, dict) and "of" in value:
            if value["share"] is not None:
                share, interval = f"{value['share']:.2%}", f"{value['low']:.2%} to {value['high']:.2%}"
                typer.echo(f"    {key}: {value['count']} of {value['of']} ({share}, {interval})")
        elif isinstance(value, dict) and "value" in value:
            typer.echo(f"    {key}: {value['value']:.4f} ({value['low']:.4f} to {value['high']:.4f})")
        elif isinstance(value, dict):
            counts = {k: f"{v['count']} of {v['of']}" if isinstance(v, dict) else f"{v:.3f}" for k, v in value.items()}
            typer.echo(f"    {key}: {', '.join(f'{k} {v}' for k, v in counts.items())}")
