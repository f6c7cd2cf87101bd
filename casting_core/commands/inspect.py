"""`inspect`: judge files, folders and globs, one line a picture."""

import glob
import io
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casting_core.commands import Device, shown
from casting_core.errors import SettingsError
from casting_core.labels import Verdict
from casting_core.networks.card import DEFAULT

if TYPE_CHECKING:
    from casting_core.inspection.inspector import Inspector
    from casting_core.inspection.results import Inspection

UNUSABLE_EXIT = 3
COLUMNS = ("path", "sha256", "verdict", "reason", "probability", "regions", "width", "height", "seconds")  # as CSV


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One picture to judge: `path` as reached from the argument, `below` its place under that argument."""

    path: Path
    below: PurePath


def find_pictures(arguments: Iterable[str]) -> Iterator[Found]:
    """Give every file that the arguments name, lazily.

    A file itself, a folder's files (recursive, sorted, not hidden), what a glob matches (sorted). An argument that
    matches nothing is given as it is, so that it becomes a line of the result.
    """
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            yield from _walk(path, PurePath())
        elif not path.exists() and glob.has_magic(argument):
            matches = sorted(glob.glob(argument, recursive=True))
            for match in map(Path, matches or [argument]):
                if not match.is_dir():
                    yield Found(path=match, below=PurePath(match.name))
        else:
            yield Found(path=path, below=PurePath(path.name))


def _walk(folder: Path, below: PurePath) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield Found(path=folder, below=below)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, below / entry.name)
        elif not entry.is_dir():
            yield Found(path=folder / entry.name, below=below / entry.name)


def command(
    paths: Annotated[list[str], typer.Argument(help="Pictures, folders (recursive) and globs.")],
    model: Annotated[str, typer.Option(help="Name of a shipped model.")] = DEFAULT,
    settings: Annotated[Path | None, typer.Option(help="File with thresholds chosen for this model (JSON).")] = None,
    device: Device = None,
    format: Annotated[Format, typer.Option(help="How to print results.")] = Format.TABLE,
    heatmaps: Annotated[Path | None, typer.Option(help="Write each heatmap here as .npy and .png.")] = None,
    explain: Annotated[bool, typer.Option("--explain/--no-explain", help="Heatmap and regions.")] = True,
    examination: Annotated[
        bool, typer.Option("--examine", help="With jsonl: seen before, precedents, repair proof, stability.")
    ] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="Pictures at a time.")] = 64,
) -> None:
    """Judge pictures. Exit code 0 when it ran, 3 when some input was unusable, 2 on wrong usage."""
    from casting_core.inspection.inspector import Inspector

    if heatmaps is not None and not explain:
        raise typer.BadParameter("--heatmaps needs an explanation; leave out --no-explain.")
    if examination and format is not Format.JSONL:
        raise typer.BadParameter("--examine needs --format jsonl; the other formats have no room for it.")
    inspector = Inspector.load(model, settings=settings, device=device)
    queue: deque[Found] = deque()  # judged in order, never longer than two batches

    def sources() -> Iterator[Path]:
        for found in find_pictures(paths):
            queue.append(found)
            yield found.path

    line = partial(_examined_line, inspector) if examination else LINES[format]
    sys.stdout.write(HEADS[format])
    written: set[Path] = set()
    unusable = without_map = False
    with shown("Inspecting") as progress:
        inspections = inspector.inspect_many(sources(), batch_size=batch_size, explain=explain)
        for done, inspection in enumerate(inspections, start=1):
            found = queue.popleft()
            unusable |= inspection.verdict is Verdict.UNUSABLE
            sys.stdout.write(line(found, inspection))
            sys.stdout.flush()  # who reads along has it at once, and a run that is killed loses nothing that it found
            if heatmaps is not None:
                _write_heatmap(heatmaps, _heatmap_target(heatmaps, found, written), found, inspection)
            without_map |= inspection.probability is not None and inspection.heatmap is None
            progress(done, None)
    if heatmaps is not None and without_map:
        typer.echo(f"The model {model} has no map of its evidence, so no heatmaps were written.", err=True)
    if unusable:
        raise typer.Exit(UNUSABLE_EXIT)


def _json_line(found: Found, inspection: "Inspection", **more: Any) -> str:
    return json.dumps({"path": _text(found.path), **inspection.to_json(), **more}, allow_nan=False) + "\n"


def _examined_line(inspector: "Inspector", found: Found, inspection: "Inspection") -> str:
    """As `_json_line`, with one more entry `examination`, null where the picture is unusable."""
    from casting_core.data.samples import default_root
    from casting_core.inspection.examination import examine

    root = default_root() if default_root().is_dir() else None
    usable = inspection.probability is not None
    answers = examine(inspector, found.path, root=root).to_json() if usable else None
    return _json_line(found, inspection, examination=answers)


def _csv_line(found: Found, inspection: "Inspection") -> str:
    from casting_core.data.files import csv_text, neutral

    values = {
        **inspection.to_json(),
        "path": _text(found.path),
        "regions": len(inspection.regions),
        "seconds": round(inspection.seconds["total"], 6),
    }
    return csv_text([[neutral(values[name]) for name in COLUMNS]])


def _table_line(found: Found, inspection: "Inspection") -> str:
    from casting_core.charts.overlay import percent  # a probability is never rounded to a certainty

    probability = "" if inspection.probability is None else percent(inspection.probability)
    where = ""
    if inspection.regions and inspection.regions[0].clock is not None:
        first = inspection.regions[0]
        where = f"  [{first.clock:.0f} o'clock, {first.radius:.0%} of the radius]"
    said = " ".join(filter(None, (inspection.reason, inspection.note)))
    reason = f"  ({_on_one_line(said)})" if said else ""
    return f"{inspection.verdict:<10} {probability:>11}  {_on_one_line(_text(found.path))}{where}{reason}\n"


HEADS = {
    Format.JSONL: "",
    Format.CSV: ",".join(COLUMNS) + "\n",
    Format.TABLE: f"{'verdict':<10} {'probability':>11}  path\n",
}
LINES: dict[Format, Callable[[Found, "Inspection"], str]] = {
    Format.JSONL: _json_line,
    Format.CSV: _csv_line,
    Format.TABLE: _table_line,
}


def _text(path: Path) -> str:
    """Return a path as text; bytes that are not UTF-8 are shown as such."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _on_one_line(text: str) -> str:
    """Replace what could move a terminal's cursor, change its colours or turn its writing."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _heatmap_target(folder: Path, found: Found, written: set[Path]) -> Path:
    """Where a picture's heatmap goes, without suffix: its stem, below the input's sub-folders.

    Where another picture of this run has taken that name (`a.png` beside `a.jpeg`), its whole name.
    """
    target = folder / found.below.with_suffix("")
    if target in written:
        target = folder / found.below
    written.add(target)
    return target


def _write_heatmap(folder: Path, target: Path, found: Found, inspection: "Inspection") -> None:
    """Write below a folder `TARGET.npy`, float32 (H, W), and `TARGET.png`, the overlay with its regions."""
    if inspection.heatmap is None:
        return
    import numpy as np
    from PIL import Image

    from casting_core.charts.overlay import outline, overlay
    from casting_core.data.files import write_atomically
    from casting_core.data.images import decode_rgb, encoded

    values = io.BytesIO()
    np.save(values, inspection.heatmap, allow_pickle=False)
    shown = overlay(Image.fromarray(decode_rgb(found.path)), inspection.heatmap)
    picture = encoded(outline(shown, inspection.regions, frame=shown.size), "PNG")
    try:
        for suffix, content in ((".npy", values.getvalue()), (".png", picture)):
            write_atomically(target.with_name(target.name + suffix), content, within=folder)
    except OSError as error:
        message = f"The heatmap {target} cannot be written ({error.strerror}); choose another folder."
        raise SettingsError(message) from error
