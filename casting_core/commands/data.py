"""`data fetch | check | audit | signatures | recognise | describe | index | render`: get and verify the public set,
find its photographs, make and measure what recognises them, say what lies in any other folder, index it for the dataset
explorer, render castings and flanges.
"""

import os
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casting_core.commands import data_index

if TYPE_CHECKING:
    from rich.table import Table

    from casting_core.data.collection.collection import Collection

app = typer.Typer(help="Get, verify, audit, index and render data.", no_args_is_help=True)
app.command("index")(data_index.index)

Root = Annotated[Path | None, typer.Option("--data", help="Data folder; CASTING_DATA or data/casting_data.")]


def root_of(data: Path | None) -> Path:
    """The data root for an option, by either layout. Raises `DataError` where there is none."""
    from casting_core.data.download import find_root
    from casting_core.data.samples import default_root

    return find_root(data or default_root())


@app.command()
def fetch(out: Annotated[Path, typer.Option(help="Where to put it.")] = Path("data/casting_data")) -> None:
    """Download the public set from Kaggle, then check counts and hashes."""
    from casting_core.data.download import fetch as download

    root = download(out, progress=lambda text: typer.echo(text, err=True))
    typer.echo(f"The data is complete and unaltered in {root}.")


@app.command()
def check(data: Root = None) -> None:
    """Check counts, hashes and readability of every picture; exit code 1 where something differs."""
    from casting_core.data.download import check as verify

    report = verify(root_of(data), progress=lambda text: typer.echo(text, err=True))
    for line in report.lines():
        typer.echo(line)
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def audit(
    data: Root = None,
    out: Annotated[
        Path | None, typer.Option(help="The table; the package's own when left out, which is for the public set alone.")
    ] = None,
) -> None:
    """Find the source photograph of every picture, print the leakage report, write provenance.csv and signatures.npz.

    The signatures are written beside the table.
    """
    from casting_core.commands import shown
    from casting_core.data.collection.collection import is_public
    from casting_core.data.provenance.grouping import audit as examine
    from casting_core.data.provenance.grouping import write_provenance
    from casting_core.data.samples import PROVENANCE
    from casting_core.errors import SettingsError

    root = root_of(data)
    if out is None and not is_public(root):
        raise SettingsError(f"{root} is not the public set, and its table would replace the package's own: give --out.")
    with shown("Auditing") as progress:
        result = examine(root, progress=progress)
    for line in result.lines():
        typer.echo(line)
    table = out or PROVENANCE
    write_provenance(result.samples, table)
    typer.echo(f"Written: {table}")
    _make_signatures(root, table, table.with_name("signatures.npz"))


@app.command()
def signatures(
    data: Root = None,
    out: Annotated[Path | None, typer.Option(help="The file; the package's own when left out.")] = None,
) -> None:
    """Make the signatures of the known photographs anew from the train pictures and the package's provenance.csv."""
    from casting_core.data.provenance.library import SIGNATURES
    from casting_core.data.samples import PROVENANCE

    _make_signatures(root_of(data), PROVENANCE, out or SIGNATURES)


def _make_signatures(root: Path, table: Path, out: Path) -> None:
    from casting_core.commands import shown
    from casting_core.data.provenance.library import build_library, write_signatures
    from casting_core.data.samples import read_provenance

    samples = read_provenance(table)
    with shown("Signatures") as progress:
        library = build_library(root, samples, progress=progress)
    write_signatures(library, samples, out)
    typer.echo(f"Written: {len(library.photographs)} photographs, {out.stat().st_size:,} bytes, in {out}")


@app.command()
def recognise(
    data: Root = None,
    others: Annotated[
        Path | None, typer.Option(help="A second folder of pictures to look up, such as another capture.")
    ] = None,
) -> None:
    """Measure how well pictures are recognised as seen before, and how often strangers are taken for known ones."""
    from casting_core.commands import shown
    from casting_core.data.provenance.library import read_signatures
    from casting_core.data.provenance.lookup_accuracy import measure
    from casting_core.data.samples import read_provenance

    root = root_of(data)
    with shown("Looking up") as progress:
        result = measure(root, read_signatures(), read_provenance(), others=others, progress=progress)
    for line in result.lines():
        typer.echo(line)


@app.command()
def describe(
    data: Root = None,
    defective: Annotated[
        list[str] | None, typer.Option(help="A defective class; give it once for each. Guessed when left out.")
    ] = None,
) -> None:
    """Say what a folder with one sub-folder a class holds, as training will see it."""
    from rich.console import Console

    found = collection_of(data, defective)
    for note in found.notes:
        typer.echo(note)
    console = Console(soft_wrap=True)
    console.print(_classes_table(found))
    console.print(_photographs_table(found))


def collection_of(data: Path | None, defective: list[str] | None) -> "Collection":
    """What lies in the data folder: the public set by its table, any other folder by looking at its pictures.

    Raises `DataError` where that is nothing to train on.
    """
    from casting_core.commands import shown
    from casting_core.data.collection.collection import is_public, public_collection, read_collection
    from casting_core.data.download import find_root
    from casting_core.data.samples import default_root
    from casting_core.errors import DataError

    root = data or default_root()
    try:
        public = find_root(root)
    except DataError:
        public = root
    if is_public(public) and not defective:
        return public_collection(public)
    with shown("Looking at the pictures") as progress:
        return read_collection(root, defective=defective or None, progress=progress)


def _classes_table(found: "Collection") -> "Table":
    """Pictures of each class and split."""
    from rich import box
    from rich.table import Table

    table = Table("class", "counts as", box=box.SIMPLE)
    for title in ("train", "test", "doubted"):
        table.add_column(title, justify="right")
    for name, label in found.classes.items():
        mine = [sample for sample in found.samples if found.class_of(sample) == name]
        counts = [sum(s.split == split for s in mine) for split in ("train", "test")]
        table.add_row(name, label.value, *map(str, counts), str(sum(s.suspect for s in mine)))
    return table


def _photographs_table(found: "Collection") -> "Table":
    """Pictures and photographs of each label, and photographs of each fold."""
    from rich import box
    from rich.table import Table

    from casting_core.labels import Label

    table = Table("label", box=box.SIMPLE)
    for title in ("pictures", "photographs", *(f"fold {fold}" for fold in range(found.folds))):
        table.add_column(title, justify="right")
    for label in Label:
        mine = [sample for sample in found.samples if sample.label is label]
        folds = [len({s.source for s in mine if s.fold == fold}) for fold in range(found.folds)]
        table.add_row(label.value, str(len(mine)), str(found.photographs(label)), *map(str, folds))
    return table


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
    lines: Annotated[bool, typer.Option("--lines", help="Progress as lines of text that a program can read.")] = False,
) -> None:
    """Render castings or pipe flanges with known defects, and their masks."""
    from casting_core.commands import reported
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
