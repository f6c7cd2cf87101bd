"""`data fetch | check | audit | signatures | recognise | describe | index | render`.

Get and verify the public set, find its photographs, make and measure what recognises them, say what lies in any other
folder, index it for the dataset explorer, render castings and flanges.
"""

import os
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casting_core.commands import Data, Defective, Lines, reported, shown
from casting_core.errors import DataError, SettingsError
from casting_core.labels import Label

if TYPE_CHECKING:
    from casting_core.data.collection.collection import Collection

app = typer.Typer(help="Get, verify, audit, index and render data.", no_args_is_help=True)


def root_of(data: Path | None) -> Path:
    """Find the data root for an option, by either layout. Raises `DataError` where there is none."""
    from casting_core.data.download import find_root
    from casting_core.data.samples import default_root

    return find_root(data or default_root())


def _any_root(folder: Path) -> Path:
    """Find the public set in a folder, or else give the folder itself."""
    from casting_core.data.download import find_root

    try:
        return find_root(folder)
    except DataError:
        return folder


@app.command()
def fetch(out: Annotated[Path, typer.Option(help="Where to put it.")] = Path("data/casting_data")) -> None:
    """Download the public set from Kaggle, then check counts and hashes."""
    from casting_core.data.download import fetch as download

    root = download(out, progress=lambda text: typer.echo(text, err=True))
    typer.echo(f"The data is complete and unaltered in {root}.")


@app.command()
def check(data: Data = None) -> None:
    """Check counts, hashes and readability of every picture; exit code 1 where something differs."""
    from casting_core.data.download import check as verify

    report = verify(root_of(data), progress=lambda text: typer.echo(text, err=True))
    typer.echo("\n".join(report.lines()))
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def audit(
    data: Data = None,
    out: Annotated[
        Path | None, typer.Option(help="The table; the package's own when left out, which is for the public set alone.")
    ] = None,
) -> None:
    """Find the source photograph of every picture, print the leakage report, write provenance.csv and signatures.npz.

    The signatures are written beside the table.
    """
    from casting_core.data.collection.collection import is_public
    from casting_core.data.provenance.grouping import audit as examine
    from casting_core.data.provenance.grouping import write_provenance
    from casting_core.data.samples import PROVENANCE

    root = root_of(data)
    if out is None and not is_public(root):
        raise SettingsError(f"{root} is not the public set, and its table would replace the package's own: give --out.")
    with shown("Auditing") as progress:
        result = examine(root, progress=progress)
    typer.echo("\n".join(result.lines()))
    table = out or PROVENANCE
    write_provenance(result.samples, table)
    typer.echo(f"Written: {table}")
    _make_signatures(root, table, table.with_name("signatures.npz"))


@app.command()
def signatures(
    data: Data = None,
    out: Annotated[Path | None, typer.Option(help="The file; the package's own when left out.")] = None,
) -> None:
    """Make the signatures of the known photographs anew from the train pictures and the package's provenance.csv."""
    from casting_core.data.provenance.library import SIGNATURES
    from casting_core.data.samples import PROVENANCE

    _make_signatures(root_of(data), PROVENANCE, out or SIGNATURES)


def _make_signatures(root: Path, table: Path, out: Path) -> None:
    from casting_core.data.provenance.library import build_library, write_signatures
    from casting_core.data.samples import read_provenance

    samples = read_provenance(table)
    with shown("Signatures") as progress:
        library = build_library(root, samples, progress=progress)
    write_signatures(library, samples, out)
    typer.echo(f"Written: {len(library.photographs)} photographs, {out.stat().st_size:,} bytes, in {out}")


@app.command()
def recognise(
    data: Data = None,
    others: Annotated[
        Path | None, typer.Option(help="A second folder of pictures to look up, such as another capture.")
    ] = None,
) -> None:
    """Measure how well pictures are recognised as seen before, and how often strangers are taken for known ones."""
    from casting_core.data.provenance.library import read_signatures
    from casting_core.data.provenance.lookup_accuracy import measure
    from casting_core.data.samples import read_provenance

    root = root_of(data)
    with shown("Looking up") as progress:
        result = measure(root, read_signatures(), read_provenance(), others=others, progress=progress)
    typer.echo("\n".join(result.lines()))


@app.command()
def describe(data: Data = None, defective: Defective = None) -> None:
    """Say what a folder with one sub-folder a class holds, as training will see it."""
    found = collection_of(data, defective)
    for note in found.notes:
        typer.echo(note)
    classes = []
    for name, label in found.classes.items():
        mine = [sample for sample in found.samples if found.class_of(sample) == name]
        counts = [sum(s.split == split for s in mine) for split in ("train", "test")]
        classes.append([name, label.value, *counts, sum(s.suspect for s in mine)])
    _print_table(("class", "counts as"), ("train", "test", "doubted"), classes)
    photographs = []
    for label in Label:
        mine = [sample for sample in found.samples if sample.label is label]
        folds = [len({s.source for s in mine if s.fold == fold}) for fold in range(found.folds)]
        photographs.append([label.value, len(mine), found.photographs(label), *folds])
    folds_named = [f"fold {fold}" for fold in range(found.folds)]
    _print_table(("label",), ("pictures", "photographs", *folds_named), photographs)


def _print_table(words: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table of these columns, words on the left and numbers on the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*words, box=box.SIMPLE)
    for title in numbers:
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(*map(str, row))
    Console(soft_wrap=True).print(table)


def collection_of(data: Path | None, defective: list[str] | None) -> "Collection":
    """Read what lies in the data folder: the public set by its table, another folder by looking at its pictures.

    Raises `DataError` where that is nothing to train on.
    """
    from casting_core.data.collection.collection import is_public, public_collection, read_collection
    from casting_core.data.samples import default_root

    root = data or default_root()
    public = _any_root(root)
    if is_public(public) and not defective:
        return public_collection(public)
    with shown("Looking at the pictures") as progress:
        return read_collection(root, defective=defective or None, progress=progress)


@app.command()
def index(data: Data = None, lines: Lines = False) -> None:
    """Index a folder with one sub-folder a class for the dataset explorer, unless that has been done."""
    from casting_core.data.samples import default_root
    from casting_core.exploration.cache import place
    from casting_core.exploration.index import build_index
    from casting_core.system.memory import keep_freed_memory

    keep_freed_memory()
    with reported(lines) as step:
        found = build_index(_any_root(data or default_root()), step)
    if not lines:
        typer.echo(f"Indexed: {len(found)} pictures, {len(found.unreadable)} unreadable, in {place(found.key)}")


class Product(StrEnum):
    """What is rendered."""

    CASTING = "casting"
    FLANGE = "flange"


@app.command()
def render(
    product: Annotated[
        Product, typer.Option(help="Castings in the layout of the public set, or flanges in one folder a class.")
    ] = Product.CASTING,
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("data/rendered"),
    count: Annotated[int, typer.Option(min=2, help="Pictures.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="The same seed renders the same pictures.")] = 0,
    size: Annotated[int, typer.Option(min=64, max=2048, help="Side in pixels.")] = 300,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = os.cpu_count() or 1,
    lines: Lines = False,
) -> None:
    """Render castings or pipe flanges with known defects, and their masks."""
    from casting_core.data.synthetic.dataset import casting, render_set
    from casting_core.data.synthetic.flange_dataset import flange

    with reported(lines) as step:
        render_set(
            out,
            count,
            casting if product is Product.CASTING else flange,
            seed=seed,
            size=size,
            workers=min(workers, count),
            progress=partial(step, "Rendering"),
        )
    if not lines:
        typer.echo(f"Written: {count} {product.value}s, masks and defects.csv in {out}")
