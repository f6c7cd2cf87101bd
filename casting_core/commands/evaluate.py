"""`evaluate`: the figures of a model, computed afresh or measured anew."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casting_core.commands import Data, Device, check_writable, shown
from casting_core.commands.data import root_of
from casting_core.commands.printing import print_figures, print_splits
from casting_core.commands.train import Split
from casting_core.errors import ModelError
from casting_core.networks import card as cards

if TYPE_CHECKING:
    from casting_core.data.samples import Progress
    from casting_core.evaluation.evaluate import Evaluation
    from casting_core.evaluation.localization.labelled import LabelledSet
    from casting_core.inspection.inspector import Inspector

SPLITS = {Split.OFFICIAL: "official_test", Split.BY_SOURCE: "by_source"}


def command(
    model: Annotated[str, typer.Argument(help="Name of a shipped model.")] = cards.DEFAULT,
    split: Annotated[Split | None, typer.Option(help="The figures of one split; of both if left out.")] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The main figures as the tables of docs/results.md.")
    ] = False,
    masks: Annotated[Path | None, typer.Option(help="Judge a folder of photographs with masks.")] = None,
    rendered: Annotated[int, typer.Option(min=0, help="Judge that many rendered castings.")] = 0,
    methods: Annotated[bool, typer.Option("--methods", help="Compare all ways to make a map on --masks.")] = False,
    slow: Annotated[int, typer.Option(min=0, help="Pictures for slow ways to make a map; 0: all.")] = 0,
    faithful: Annotated[int, typer.Option(min=0, help="Defective photographs to measure faithfulness on.")] = 24,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what is marked on --masks.")] = False,
    detectability: Annotated[
        bool, typer.Option("--detectability", help="Measure how large a defect has to be, by inserting some.")
    ] = False,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Measure what light, blur, turns and so on do to the verdicts.")
    ] = False,
    data: Data = None,
    device: Device = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the figures in the model's card.")] = False,
) -> None:
    """Compute all figures of a model's card afresh from its predictions.csv, or judge anew what has masks."""
    if (methods or repair) and masks is None:
        raise typer.BadParameter("--methods and --repair need a folder of photographs with masks: add --masks.")
    folder = cards.folder_of(model, cards.MODELS)
    keep = folder if save else None
    if keep is not None:
        check_writable(keep, f"Copy {model} into a folder of your own, and name that in CASTING_MODELS.")
    limits = detectability or robustness
    if split is not None and (masks is not None or rendered or limits or markdown or save):
        raise typer.BadParameter("--split chooses among printed figures; leave it out with all other options.")
    if markdown and limits:
        raise typer.BadParameter("--markdown prints figures of the card; leave it out with what is measured anew.")
    if detectability:
        _detectability(model, folder, root_of(data), device, keep)
    if robustness:
        _robustness(folder, root_of(data), device, keep)
    if masks is not None or rendered:
        from casting_core.data.samples import default_root
        from casting_core.evaluation.localization import labelled, study
        from casting_core.inspection.inspector import Inspector

        inspector = Inspector.load(model, device=device)
        if masks is not None:
            marked = labelled.marked(masks)
            if methods:
                _compare(inspector, marked, slow, faithful, keep)
            if repair:
                _measure("Repairing", "repair", partial(study.repairs, inspector, marked), keep)
            if not methods and not repair:
                with shown("Reading the public set") as progress:
                    known = study.look_up(marked, data or default_root(), progress)
                _measure("Judging", marked.name, partial(study.judge, inspector, marked, known), keep)
        if rendered:
            castings = labelled.rendered(rendered)
            _measure("Judging", castings.name, partial(study.judge, inspector, castings, None), keep)
    elif not limits:
        _from_predictions(folder, split, markdown, keep)


def _measure(what: str, name: str, study: "Callable[[Progress], Any]", keep: Path | None) -> None:
    with shown(what) as progress:
        figures = study(progress)
    print_figures(name, figures)
    _keep(keep, name, figures)


def _compare(inspector: "Inspector", pictures: "LabelledSet", slow: int, faithful: int, keep: Path | None) -> None:
    from casting_core.evaluation.localization import method_comparison, study

    with shown("Drawing maps") as progress:
        compared = study.compare(inspector, pictures, slow=slow, faithful=faithful, progress=progress)
    for name, values in compared.items():
        print_figures(name, values)
    best = (f"{figure}: {name}" for figure, name in method_comparison.winners(compared).items())
    typer.echo(f"best: {', '.join(best)}")
    _keep(keep, f"maps_{pictures.name}", compared)


def _detectability(model: str, folder: Path, root: Path, device: str | None, keep: Path | None) -> None:
    from casting_core.evaluation.detectability import study, summary, trials
    from casting_core.evaluation.held_out import FoldInspectors
    from casting_core.evaluation.reporting.markdown import detectability_table
    from casting_core.inspection.inspector import Inspector

    with shown("Judging inserted defects") as progress:
        found = study.measure(root, FoldInspectors(folder, device), Inspector.load(model, device=device), progress)
    figures = summary.summarise(found)
    typer.echo(detectability_table(figures))
    if keep is not None:
        trials.write_trials(keep / trials.FILE, found)
    _keep(keep, "detectability", figures)


def _robustness(folder: Path, root: Path, device: str | None, keep: Path | None) -> None:
    from casting_core.evaluation.held_out import FoldInspectors
    from casting_core.evaluation.reporting.markdown import robustness_table
    from casting_core.evaluation.robustness import study, summary, tallies

    with shown("Judging disturbed pictures") as progress:
        found = study.measure(root, FoldInspectors(folder, device), progress)
    figures = summary.summarise(found)
    typer.echo(robustness_table(figures))
    if keep is not None:
        tallies.write_tallies(keep / tallies.FILE, found)
    _keep(keep, "robustness", figures)


def _from_predictions(folder: Path, split: Split | None, markdown: bool, keep: Path | None) -> None:
    from casting_core.evaluation.evaluate import evaluate, suspects_of
    from casting_core.evaluation.predictions import read_predictions
    from casting_core.evaluation.reporting.markdown import map_table, methods_table, repair_table, results_table

    card, suspects = cards.read_card(folder), suspects_of(folder)
    rows = read_predictions(folder / "predictions.csv")
    evaluation = evaluate(rows, suspects, calibrated_on=card.calibrated_on or None, fit_shift=card.recentred)
    if keep is not None:
        _check(card, evaluation)
        for name in SPLITS.values():
            _keep(keep, name, getattr(evaluation, name))
    if markdown:
        typer.echo(results_table(evaluation.metrics))
        tables = (map_table(card.metrics), methods_table(card.metrics), repair_table(card.metrics))
        typer.echo("\n".join(table for table in tables if table), nl=False)
        return
    if keep is not None:
        return
    point, calibration = evaluation.point, evaluation.calibration
    typer.echo(f"temperature {calibration.temperature:.4f}, shift {calibration.shift:.4f}")
    typer.echo(f"pass below {point.threshold_pass:.4f}, reject from {point.threshold_reject:.4f}")
    print_splits(evaluation.metrics, SPLITS.values() if split is None else [SPLITS[split]])


def _check(card: cards.ModelCard, evaluation: "Evaluation") -> None:
    """Figures belong into a card only where they are of the calibration and the thresholds that it ships."""
    found, point = evaluation.calibration, evaluation.point
    pairs = {
        "temperature": (card.temperature, found.temperature),
        "shift": (card.shift, found.shift),
        "threshold_pass": (card.threshold_pass, point.threshold_pass),
        "threshold_reject": (card.threshold_reject, point.threshold_reject),
    }
    for name, (stored, computed) in pairs.items():
        if not math.isclose(stored, computed, rel_tol=1e-6, abs_tol=1e-9):
            raise ModelError(
                f"The card of {card.name} has {name} {stored:.9g}, its predictions.csv gives {computed:.9g}: "
                f"they are not of the same runs. Make both anew with: ship {card.name}"
            )


def _keep(folder: Path | None, name: str, figures: Any) -> None:
    """Put figures into the card where asked for: what was measured is not lost when a later part is interrupted."""
    if folder is not None:
        from casting_core.networks.checkpoint import add_metrics

        add_metrics(folder, name, figures)
        typer.echo(f"Kept in the card: {folder}")
