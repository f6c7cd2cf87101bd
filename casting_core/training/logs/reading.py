"""The door to training logs of any tool: files, folders, archives and uploads become tables, and these become runs.

The first of `READERS` that knows a file reads it. A further format is a module beside this one and an entry here.
"""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TypeVar

from casting_core.errors import DataError
from casting_core.training.logs import csv_log, databases, json_log, metric_files, tensorboard, wandb_log
from casting_core.training.logs.archive import Files
from casting_core.training.logs.run import Run
from casting_core.training.logs.splitting import Log
from casting_core.training.logs.table import MAX_BYTES, Table, log_name, short_path, some

T = TypeVar("T")
DEPTH = 5  # storeys below a folder in which logs are looked for
TEXTS = (".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson")  # of logs that are text, in a folder


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A kind of log.

    Attributes
    ----------
    names : patterns of the files by which a folder is known to hold such a log.
    knows : whether a file is of it, by its path and bytes.
    read : bytes by path, of the files of one run → their table, which lacks its `source`, and its `name` if it has no
        own.
    runs : paths → to which run each file belongs; None where each is one.
    """

    names: tuple[str, ...] = ()
    knows: Callable[[str, bytes], bool]
    read: Callable[[Mapping[str, bytes]], Table]
    runs: Callable[[Iterable[str]], Mapping[str, str]] | None = None

    def by_run(self, files: Mapping[str, T]) -> dict[str, dict[str, T]]:
        """Sort what is given of files, by path, into runs."""
        runs: dict[str, dict[str, T]] = {}
        for path, run in self.runs(files).items() if self.runs else zip(files, files, strict=True):
            runs.setdefault(run, {})[path] = files[path]
        return runs


READERS = (
    Reader(names=tensorboard.NAMES, knows=tensorboard.knows, read=tensorboard.read, runs=tensorboard.runs_of_files),
    Reader(names=wandb_log.NAMES, knows=wandb_log.knows, read=wandb_log.read),
    Reader(names=databases.NAMES, knows=databases.knows, read=databases.read),
    Reader(names=metric_files.NAMES, knows=metric_files.knows, read=metric_files.read, runs=metric_files.runs_of_files),
    Reader(names=json_log.NAMES, knows=json_log.knows, read=json_log.read),
    Reader(names=csv_log.NAMES, knows=lambda path, content: True, read=csv_log.read),  # it says what any file lacks
)
NAMES = tuple(name for reader in READERS for name in reader.names)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in files: logs, and of what else there is the name and what is the matter: "is an image.", say."""

    logs: tuple[Log, ...]
    refused: tuple[tuple[str, str], ...]


def read_files(files: Iterable[tuple[str, bytes]]) -> Found:
    """Read the logs among files, given by path and bytes, archives unpacked; files of one run together."""
    unpacked = Files(files)
    known: dict[Reader, dict[str, bytes]] = {}
    logs, others = list[Log](), list[str]()
    for path, content in unpacked:
        reader = next(each for each in READERS if each.knows(path, content))
        if reader in READERS[-2:] and "/" in path and not path.lower().endswith(TEXTS):
            others.append(path)
        else:
            own = known.setdefault(reader, {})
            own[_unused(path, own)] = content
    for reader, own in known.items():
        for run, of_run in reader.by_run(own).items():
            try:
                table = reader.read(of_run)
                name = table.name or (log_name(run) if run in of_run else PurePosixPath(run).name) or "log"
                logs.append(Log(table=replace(table, name=name, source=short_path(run))))
            except DataError as error:
                unpacked.refused.append((run, str(error)))
    if others:
        unpacked.refused.append((some(others, 1), "is no log by its name: a log ends in .csv, .json and the like."))
    return Found(logs=tuple(logs), refused=tuple(unpacked.refused))


def _unused(path: str, taken: Container[str]) -> str:
    """Add a number to the name of a file that is there already: two may be dropped under one name."""
    stem, dot, suffix = path.rpartition(".")
    numbered = (path if n == 1 else f"{stem} ({n}){dot}{suffix}" for n in count(1))
    return next(name for name in numbered if name not in taken)


def read_any_log(source: Path | Sequence[Path] | bytes, name: str = "") -> tuple[Run, ...]:
    r"""Read the runs of a training log of whatever tool: a file, the files of one run, a folder, an archive, an upload.

    `name`: of the file, where its bytes are given. Nothing that a file holds is run or unpickled, nothing is unpacked
    to disk.

    Raises
    ------
    DataError
        There is no log, or a limit of size or number is passed.

    Examples
    --------
    >>> (run,) = read_any_log(b"epoch,loss,val_acc\n1,0.7,0.60\n2,0.4,0.85\n", "night.csv")
    >>> run.columns["train_loss"].tolist(), run.columns["validation_accuracy"].tolist()
    ([0.7, 0.4], [0.6, 0.85])
    >>> run.guesses
    ('loss is taken for the loss on training, because columns of held-out images are marked as such beside it.',)
    """
    if isinstance(source, bytes):
        found = read_files([(name or "log.csv", source)])
    else:
        given = [source] if isinstance(source, Path) else source
        paths = [path for file in given for path in (log_files(file) if file.is_dir() else [file])]
        found = read_files((path.absolute().as_posix(), read_bounded(path)) for path in paths)
    if found.logs:
        return tuple(run for log in found.logs for run in log.runs)
    path, why = (found.refused or ((name or str(source), "holds no log of a known tool."),))[0]
    raise DataError(f"{short_path(path)} {why}")


def log_files(folder: Path, names: Sequence[str] = NAMES) -> Iterator[Path]:
    """Yield the files in a folder, or up to `DEPTH` storeys below it, that have these names, without links."""
    for where, folders, files in os.walk(folder):
        here = Path(where)
        deep = len(here.relative_to(folder).parts) >= DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))
        for file in (here / name for name in sorted(files)):
            if any(map(file.match, names)) and file.is_file() and not file.is_symlink():
                yield file


def runs_of_files(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Files of each run among those that `log_files` found, by their common folder, or the file where it is one."""
    known: dict[Reader, dict[str, Path]] = {}
    for file in files:
        reader = next(each for each in READERS if any(map(file.match, each.names)))
        known.setdefault(reader, {})[file.as_posix()] = file
    runs = [run for reader, own in known.items() for run in reader.by_run(own).items()]
    return {run: list(own.values()) for run, own in runs}


def read_bounded(file: Path, most: int = MAX_BYTES) -> bytes:
    """Read a file's bytes. Raises `DataError` where it is missing, no plain file, or larger than `most` bytes."""
    if not file.is_file():
        raise DataError(f"There is no file {file}.")
    try:
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error}.") from error
    if len(content) > most:
        raise DataError(f"{file} has more than the {most / 2**20:.3g} MiB a log may have; keep one row an epoch.")
    return content
