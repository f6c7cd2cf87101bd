"""`train`: one run folder under runs/, resumable, with progress; on the public set or on any folder of pictures."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casting_core.commands import Defective, Device, reported
from casting_core.commands.data import collection_of
from casting_core.labels import Label
from casting_core.networks.card import DEFAULT

if TYPE_CHECKING:
    from casting_core.training.loop import Progress


class Split(StrEnum):
    """Which pictures are held out."""

    OFFICIAL = "official"
    BY_SOURCE = "by-source"


def command(
    model: Annotated[str, typer.Argument(help="Name of the network.")] = DEFAULT,
    data: Annotated[
        Path | None,
        typer.Option(help="The public set, or a folder with one sub-folder a class; CASTING_DATA if left out."),
    ] = None,
    defective: Defective = None,
    name: Annotated[
        str | None, typer.Option(help="What the model is called; the name of the data folder if left out.")
    ] = None,
    split: Annotated[Split, typer.Option(help="official, or by source photograph.")] = Split.OFFICIAL,
    fold: Annotated[int | None, typer.Option(help="The held-out fold of a by-source split, 0 to 4.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    epochs: Annotated[int | None, typer.Option(min=1)] = None,
    batch_size: Annotated[int | None, typer.Option(min=1)] = None,
    learning_rate: Annotated[float | None, typer.Option()] = None,
    exclude: Annotated[
        Path | None,
        typer.Option(help="Pictures to leave out of the fit: a table of marks (marks.csv), or a list of paths."),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where run folders are written.")] = Path("runs"),
    device: Device = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on after the last finished epoch.")] = False,
) -> None:
    """Train one model. Stop it with Ctrl-C; finished epochs are kept and --resume goes on from there."""
    from casting_core.data.collection.exclusion import read_exclusion
    from casting_core.system.memory import keep_freed_memory
    from casting_core.training import distributed
    from casting_core.training.run import train
    from casting_core.training.settings import recipe_for, settings_for

    options = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate}
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    collection = collection_of(data, defective)
    left_out = read_exclusion(exclude, collection.root, collection.samples) if exclude else None
    group, _ = distributed.join(device)
    if group.first:
        for note in (*collection.notes, *(left_out.notes if left_out else ())):
            typer.echo(note, err=True)
    if collection.grouping != "table":
        given["name"] = name or model_name(collection.root if data is None else data)
        if settings_for(model).recipe is not None:
            given["recipe"] = recipe_for(**{str(label): collection.photographs(label) for label in Label})
    elif name:
        given["name"] = name
    settings = settings_for(model, split=split.value, fold=fold, seed=seed, **given)
    keep_freed_memory()
    with reported() as step:
        step("Reading pictures", 0, None)
        folder = train(
            settings,
            collection,
            runs=runs,
            exclude=left_out.paths if left_out else frozenset(),
            resume=resume,
            device=device,
            callback=partial(_show, step),
            loading=partial(step, "Reading pictures"),
        )
    if group.first:
        typer.echo(f"Written: {folder}")
    distributed.leave()


def _show(step: Callable[..., None], progress: "Progress") -> None:
    """Where the run stands, and a line of each epoch."""
    done = (progress.epoch - 1) * progress.steps + progress.step
    title = f"Epoch {progress.epoch} of {progress.epochs}, loss {progress.loss:.4f}"
    step("Training", done, progress.epochs * progress.steps, title)
    if progress.record is not None:
        record = progress.record
        typer.echo(
            f"epoch {record.epoch}: train loss {record.train_loss:.4f}, accuracy {record.train_accuracy:.2%}; "
            f"held out loss {record.validation_loss:.4f}, accuracy {record.validation_accuracy:.2%}; "
            f"{record.seconds:.0f} s",
            err=True,
        )


def model_name(folder: Path) -> str:
    """Return a model's name from a folder's: letters, digits, `-` and `_`, in lower case."""
    plain = re.sub(r"[^a-z0-9_]+", "-", folder.resolve().name.lower()).strip("-")
    return plain or "model"
