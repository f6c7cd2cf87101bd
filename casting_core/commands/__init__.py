"""The commands of the command line, one module each; they import what they need when they are run.

Here stands what they share: options that several of them take, and how they show their progress.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from casting_core.errors import SettingsError

Data = Annotated[Path | None, typer.Option("--data", help="Data folder; CASTING_DATA or data/casting_data.")]
Defective = Annotated[
    list[str] | None, typer.Option(help="A defective class; give it once for each. Guessed when left out.")
]
Device = Annotated[str | None, typer.Option(help="cuda, mps or cpu; the best present when left out.")]
Lines = Annotated[bool, typer.Option("--lines", help="Progress as lines of text that a program can read.")]


@contextmanager
def reported(lines: bool = False) -> Iterator[Callable[..., None]]:
    """Show what a long task tells of itself: what it does, how many are done, of how many, and perhaps a title.

    `lines`: as lines of text on standard output, done, total and what, for a program to read; else as bars on standard
    error, with count and time left, and nothing where that is no terminal.
    """
    if lines:
        yield lambda what, done, total: typer.echo(f"{done}\t{total}\t{what}")  # which flushes
        return
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    text, count = progress.TextColumn("{task.description}"), progress.MofNCompleteColumn()
    columns = (text, progress.BarColumn(), count, progress.TimeElapsedColumn(), progress.TimeRemainingColumn())
    tasks: dict[str, Any] = {}
    with progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:

        def show(what: str, done: int, total: int | None, title: str | None = None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total, description=title or what)

        yield show


@contextmanager
def shown(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar for one task, from its beginning on, moved by a callback: how many are done, of how many."""
    with reported() as report:
        report(what, 0, None)
        yield partial(report, what)


def check_writable(folder: Path, advice: str) -> None:
    """Raise `SettingsError` with the `advice` where nothing can be written into a folder, which may not be there."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not os.access(there, os.W_OK):
        raise SettingsError(f"{folder} cannot be written. {advice}")
