"""`compare`: the shipped models side by side, and beside what the study of the set reported."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from casting_core.evaluation.comparison.models import Comparison
    from casting_core.evaluation.comparison.tables import Table


def command(
    models: Annotated[list[str] | None, typer.Argument(help="Names of shipped models; all if left out.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the tables of docs/results.md.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One row a model, split and view, every figure.")] = False,
) -> None:
    """Compare models by figures that are all computed afresh from their predictions.csv."""
    if markdown and as_csv:
        raise typer.BadParameter("--markdown and --csv exclude each other.")
    from casting_core.evaluation.comparison.models import compare
    from casting_core.evaluation.comparison.tables import comparison_tables

    comparison = compare(models or ())
    for warning in comparison.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    if as_csv:
        _write_csv(comparison)
    elif markdown:
        typer.echo("\n".join(table.to_markdown() for table in comparison_tables(comparison)), nl=False)
    else:
        for table in comparison_tables(comparison):
            _show(table)


def _write_csv(comparison: "Comparison") -> None:
    from casting_core.data.files import csv_text, neutral
    from casting_core.evaluation.comparison.rows import comparison_rows

    rows = comparison_rows(comparison)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    sys.stdout.write(csv_text([columns, *([neutral(row.get(name, "")) for name in columns] for row in rows)]))


def _show(table: "Table") -> None:
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(title=table.title, caption=table.note, title_justify="left", caption_justify="left", show_lines=True)
    for number, name in enumerate(table.header):
        grid.add_column(name, justify="right" if number else "left")
    for row in table.rows:
        grid.add_row(*row)
    console = Console()
    console.print(grid)
    console.print()
