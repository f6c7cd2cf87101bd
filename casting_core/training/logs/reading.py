"""The door to training logs of any tool: files, folders, archives and uploads become tables, and these become runs.

The first of `READERS` that knows a file reads it. A further format is a module beside this one and an entry here.
"""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from casting_core.errors import DataError
from casting_core.training.logs import csv_log, databases, json_log, metric_files, tensorboard, wandb_log
from casting_core.training.logs.archive import Files
from casting_core.training.logs.run import Run
from casting_core.training.logs.splitting import Log
from casting_core.training.logs.table import MAX_BYTES, Table

DEPTH = 5  # storeys below a folder in which logs are looked for
TEXTS = frozenset({".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson"})  # of logs that are text, in a folder


def _each_its_own(paths: Iterable[str]) -> dict[str, str]:
    return {path: path for path in paths}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A kind of log.

    Attributes
    ----------
    knows : whether a file is of it, by its path and bytes.
    read : bytes by path, of the files of one run → tables.
    runs : paths → to which run each file belongs.
    names : patterns of the files by which a folder is known to hold such a log.
    """

    knows: Callable[[str, bytes], bool]
    read: Callable[[Mapping[str, bytes]], list[Table]]
    runs: Callable[[Iterable[str]], Mapping[str, str]] = _each_its_own
    names: tuple[str, ...] = ()


READERS = (
    Reader(
        knows=tensorboard.is_event_file,
        read=tensorboard.read_event_files,
        runs=tensorboard.runs_of_files,
        names=("*tfevents*",),
    ),
    Reader(knows=wandb_log.is_wandb, read=wandb_log.read_wandb, names=("*.wandb",)),
    Reader(knows=databases.is_database, read=databases.read_database, names=("mlflow.db", "trackio/*.db")),
    Reader(
        knows=metric_files.is_metric_file,
        read=metric_files.read_metric_files,
        runs=metric_files.runs_of_files,
        names=("metrics/*", "metrics/*/*", "tags/mlflow.runName"),
    ),
    Reader(
        knows=json_log.is_json,
        read=json_log.read_json,
        names=("trainer_state.json", "history.json", "scalars.json", "evals_result.json", "catboost_training.json"),
    ),
    Reader(  # whatever else it is, it says what it lacks as a CSV
        knows=lambda path, content: True,
        read=csv_log.read_csv,
        names=("log.csv", "metrics.csv", "results.csv", "history.csv", "summary.csv", "training.log"),
    ),
)


NAMES = tuple(name for reader in READERS for name in reader.names)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in files: logs, and of what else there is the name and why it is none."""

    logs: tuple[Log, ...]
    refused: tuple[tuple[str, str], ...]


def read_files(files: Iterable[tuple[str, bytes]]) -> Found:
    """Read the logs among files, given by path and bytes, archives unpacked; files of one run together."""
    given = Files(files)
    by_reader: dict[Reader, dict[str, bytes]] = {}
    others: list[str] = []
    for path, content in given:
        reader = next(each for each in READERS if each.knows(path, content))
        if reader in READERS[-2:] and "/" in path and PurePosixPath(path).suffix.lower() not in TEXTS:
            others.append(path)
        else:
            own = by_reader.setdefault(reader, {})
            own[_unused(path, own)] = content
    logs: list[Log] = []
    for reader, own in by_reader.items():
        runs = reader.runs(own)
        for run in dict.fromkeys(runs.values()):
            try:
                tables = reader.read({path: content for path, content in own.items() if runs[path] == run})
                logs += [_with_figures(Log(table=table)) for table in tables]
            except DataError as error:
                given.refused.append((run, str(error)))
    if others:
        what = others[0] if len(others) == 1 else f"{others[0]} and {len(others) - 1} more"
        given.refused.append((what, "No log by its name: a log ends in .csv, .json and the like."))
    return Found(logs=tuple(logs), refused=tuple(given.refused))


def _unused(path: str, taken: Container[str]) -> str:
    """Add a number to the name of a file that is there already: two may be dropped under one name."""
    stem, dot, suffix = path.rpartition(".")
    numbered = (path if n == 1 else f"{stem} ({n}){dot}{suffix}" for n in count(1))
    return next(name for name in numbered if name not in taken)


def _with_figures(log: Log) -> Log:
    if log.table.rows and not log.columns:
        raise DataError(f"{log.table.source} has neither a loss nor an accuracy, so there is no curve.")
    return log


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
        files = [source] if isinstance(source, Path) else source
        paths = [path for file in files for path in (log_files(file) if file.is_dir() else [file])]
        found = read_files((path.absolute().as_posix(), read_bounded(path)) for path in paths)
    if not found.logs:
        raise DataError(
            found.refused[0][1] if found.refused else f"{name or str(source)} holds no log of a known tool."
        )
    return tuple(run for log in found.logs for run in log.runs)


def log_files(folder: Path, names: Sequence[str] = NAMES) -> Iterator[Path]:
    """Yield the files in a folder, or up to `DEPTH` storeys below it, that have these names, without links."""
    for where, folders, files in os.walk(folder):
        here = Path(where)
        if len(here.relative_to(folder).parts) >= DEPTH:
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in (here / name for name in sorted(files)):
            if any(map(file.match, names)) and file.is_file() and not file.is_symlink():
                yield file


def runs_of_files(files: Iterable[Path]) -> dict[str, list[str]]:
    """Files of each run among those that `log_files` found, by their common folder, or the file where it is one."""
    runs: dict[str, list[str]] = {}
    by_reader: dict[Reader, list[str]] = {}
    for file in files:
        reader = next(each for each in READERS if any(file.match(name) for name in each.names))
        by_reader.setdefault(reader, []).append(file.as_posix())
    for reader, own in by_reader.items():
        for path, run in reader.runs(own).items():
            runs.setdefault(run, []).append(path)
    return runs


def read_bounded(file: Path, most: int = MAX_BYTES) -> bytes:
    """Read a file's bytes. Raises `DataError` where it is missing, no plain file, or larger than `most` bytes."""
    try:
        if not file.is_file():
            raise DataError(f"There is no file {file}.")
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error}.") from error
    if len(content) > most:
        raise DataError(f"{file} has more than the {most / 2**20:.3g} MiB a log may have; keep one row an epoch.")
    return content
