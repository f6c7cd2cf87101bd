"""`data fetch | check | audit | signatures | recognise | render`: get and verify the public set, find its photographs,
make and measure what recognises them, render castings.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Get, verify, audit and render data.", no_args_is_help=True)

Root = Annotated[Path | None, typer.Option("--data", help="Data folder; CASTING_DATA or data/casting_data.")]


def root_of(data: Path | None) -> Path:
    """The data root for an option, by either layout. Raises `DataError` where there is none."""
    from casting_core.data.dataset import default_root
    from casting_core.data.download import find_root

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
    out: Annotated[Path | None, typer.Option(help="The table; the package's own when left out.")] = None,
) -> None:
    """Find the source photograph of every picture, print the leakage report, write provenance.csv and signatures.npz.

    The signatures are written beside the table.
    """
    from casting_core.commands import progress_bar
    from casting_core.data.dataset import PROVENANCE
    from casting_core.data.provenance import audit as examine
    from casting_core.data.provenance import write_provenance

    root = root_of(data)
    with progress_bar() as bar:
        task = bar.add_task("Auditing", total=None)
        result = examine(root, progress=lambda done, total: bar.update(task, completed=done, total=total))
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
    from casting_core.data.dataset import PROVENANCE
    from casting_core.data.known import SIGNATURES

    _make_signatures(root_of(data), PROVENANCE, out or SIGNATURES)


def _make_signatures(root: Path, table: Path, out: Path) -> None:
    from casting_core.commands import progress_bar
    from casting_core.data.dataset import read_provenance
    from casting_core.data.known import build_library, write_signatures

    samples = read_provenance(table)
    with progress_bar() as bar:
        task = bar.add_task("Signatures", total=None)
        library = build_library(
            root, samples, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
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
    from casting_core.commands import progress_bar
    from casting_core.data.dataset import read_provenance
    from casting_core.data.known import read_signatures
    from casting_core.data.recognition import measure

    root = root_of(data)
    with progress_bar() as bar:
        task = bar.add_task("Looking up", total=None)
        result = measure(
            root,
            read_signatures(),
            read_provenance(),
            others=others,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    for line in result.lines():
        typer.echo(line)


@app.command()
def render(
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("data/rendered"),
    count: Annotated[int, typer.Option(min=2, help="Castings.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="The same seed renders the same castings.")] = 0,
    size: Annotated[int, typer.Option(min=64, max=2048, help="Side in pixels.")] = 300,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = os.cpu_count() or 1,
) -> None:
    """Render castings with known defects, in the layout of the public set, with masks."""
    from casting_core.commands import progress_bar
    from casting_core.data.rendered_set import render_set

    with progress_bar() as bar:
        task = bar.add_task("Rendering", total=count)
        render_set(
            out,
            count,
            seed=seed,
            size=size,
            workers=min(workers, count),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    typer.echo(f"Written: {count} castings, masks and defects.csv in {out}")
