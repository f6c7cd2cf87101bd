"""`data index`: what the dataset explorer needs to know of a folder, found out once and kept."""

from contextlib import suppress

import typer

from casting_core.commands import Data, Lines, reported
from casting_core.errors import DataError


def index(data: Data = None, lines: Lines = False) -> None:
    """Index a folder with one sub-folder a class for the dataset explorer, unless that has been done."""
    from casting_core.data.download import find_root
    from casting_core.data.samples import default_root
    from casting_core.exploration.cache import place
    from casting_core.exploration.index import build_index
    from casting_core.system.memory import keep_freed_memory

    keep_freed_memory()
    folder = data or default_root()
    with suppress(DataError):  # not laid out as the public set
        folder = find_root(folder)
    with reported(lines) as step:
        found = build_index(folder, step)
    if not lines:
        typer.echo(f"Indexed: {len(found)} pictures, {len(found.unreadable)} unreadable, in {place(found.key)}")
