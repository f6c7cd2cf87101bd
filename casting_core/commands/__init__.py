"""The commands of the command line, one module each; they import what they need when they are run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def progress_bar() -> "Progress":
    """A bar on standard error with count, speed-based time left, and nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


@contextmanager
def shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for one task, moved by a callback: (how many are done, of how many)."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def reported(lines: bool) -> Iterator[Callable[[str, int, int], None]]:
    """What a long task tells of itself: (what it does, how many are done, of how many).

    `lines`: as lines of text on standard output, done, total and what, for a program to read; else as bars.
    """
    if lines:
        yield lambda what, done, total: typer.echo(f"{done}\t{total}\t{what}")  # which flushes
        return
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show
