"""Which trainings there are to look at: those of the shipped models, run folders of this machine, logs of other tools.

A run folder has `settings.json` or `log.csv` (`casting_core.training.run` writes both). It is *finished* when
`result.json` lies there and the log has all epochs; the result of an earlier training in the same folder does not
count. Otherwise it is *running* as long as its files have grown within three times its longest recent epoch (a minute
at least, a quarter of an hour before the first epoch), and *stopped* after that. Other tools' logs are found by their
names; whether one has finished, nobody knows: it is *running*, or *quiet*. How long a file has not grown is told by a
clock that never jumps, from when `RunCatalogue` first saw it so. Only at first sight is the file's own time compared
with the time of day. Whatever is missing or cannot be read is a note on the entry, never an exception.
"""

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from casting_core.errors import CastingError, DataError
from casting_core.networks.card import CARD, DEFAULT, MODELS, folder_of, homes, read_card
from casting_core.training.logs.columns import CURVES, EPOCH, LEARNING_RATE, SECONDS
from casting_core.training.logs.log import COLUMNS, read_log
from casting_core.training.logs.reading import log_files, read_any_log, read_bounded, runs_of_files
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import log_name, short_path

LOG, SETTINGS, STATE = "log.csv", "settings.json", "state.safetensors"
RESULT = "result.json"  # written when all else is: a run that has begun, or goes on, has none
FURTHER, MAX_RUNS, MAX_SETTINGS = "runs", 500, 2**20  # in a model's folder; of this machine; bytes
OURS = [name for name in COLUMNS if name in (*CURVES, SECONDS, LEARNING_RATE)]  # that a run has
MAX_OWN = 2**20  # bytes of a log of ours: a thousand epochs are a tenth of it
MIN_PATIENCE, FIRST_PATIENCE, EPOCHS_OF_PATIENCE = 60.0, 900.0, 3  # s, s, epochs
RUN_NAME = re.compile(r"^(?P<name>.+)-(?P<split>official|by-source)(?:-(?P<fold>\d+))?-seed(?P<seed>\d+)$")


class RunKind(StrEnum):
    """Where a training comes from: the weights that ship, a further seed or fold of them, or this machine."""

    SHIPPED = "shipped"
    FURTHER = "further"
    LOCAL = "local"


class RunState(StrEnum):
    """Whether a training still goes on; the module says how that is told."""

    FINISHED = "finished"
    RUNNING = "running"
    STOPPED = "stopped"
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True)
class RunEntry:
    """One training whose log can be shown.

    Attributes
    ----------
    model : the shipped model, or what the run says it trains.
    split, fold, seed, epochs_planned : None where they are not known.
    settings : as they were saved, {} where there are none.
    run : its curves, None where there are none.
    notes : sentences on what is missing or cannot be read.
    """

    name: str
    folder: Path
    kind: RunKind
    model: str
    split: str | None = None
    fold: int | None = None
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    epochs_planned: int | None = None
    epochs_done: int = 0
    state: RunState = RunState.FINISHED
    run: Run | None = None
    notes: tuple[str, ...] = ()

    @property
    def shipped_epoch(self) -> int | None:
        """The epoch whose weights ship, which is the last one; None where none do."""
        return (self.epochs_done or None) if self.kind is RunKind.SHIPPED else None


Stats = tuple[tuple[Path, int, int], ...]  # of files: path, time (ns since 1970) and size (bytes) of each


class RunCatalogue:
    """All trainings there are; a run is read anew only when its files change. Threads may share it.

    Parameters
    ----------
    runs : folder below which the run folders of this machine lie, or one of them.
    models : folder of the shipped models, beside which `casting_core.networks.card.homes` may know another.
    steady : a clock that never jumps, in seconds.
    now : the time of day, in seconds since 1970.
    """

    def __init__(
        self,
        runs: Path = Path("runs"),
        models: Path = MODELS,
        *,
        steady: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.runs, self.models, self.steady, self.now = runs, models, steady, now
        self._lock = Lock()
        self._seen: dict[Path, tuple[Stats, float]] = {}  # logs, and since when so
        self._looked = -math.inf  # by the steady clock

    def refresh(self) -> list[RunEntry]:
        """List the shipped trainings, then the run folders of this machine by name: of many the `MAX_RUNS` newest."""
        with self._lock:
            names = (f"*/{CARD}", f"*/{LOG}", f"*/{FURTHER}/*/{LOG}")
            stats = _stat(sorted(file for home in homes(self.models) for name in names for file in home.glob(name)))
            return [*_shipped(self.models, stats), *self._look()]

    def _look(self) -> list[RunEntry]:
        moment, today = self.steady(), self.now()
        folders = {file.parent for file in log_files(self.runs, (LOG, SETTINGS))}
        logs = {f: [f / n for n in (LOG, STATE, SETTINGS, RESULT)] for f in folders if folders.isdisjoint(f.parents)}
        others = runs_of_files(file for file in log_files(self.runs) if logs.keys().isdisjoint(file.parents))
        stats = {Path(log): _stat(files) for log, files in (logs | others).items()}
        newest = sorted(stats, key=lambda log: -_changed(stats[log]))[:MAX_RUNS]
        seen, listed = dict[Path, tuple[Stats, float]](), list[RunEntry]()
        for log in sorted(newest, key=lambda log: _natural(log.relative_to(self.runs).as_posix())):
            before, since = self._seen.get(log, ((), moment))
            age = abs(today - _changed(stats[log]))
            if before != stats[log]:  # it grew; by now, unless the time of day says when and nobody had looked since
                since = moment - age if log not in self._seen or age <= moment - self._looked else moment
            seen[log] = stats[log], since
            entries, patience = _local(self.runs, log, log in logs, stats[log])
            over = RunState.STOPPED if log in logs else RunState.QUIET
            state = RunState.RUNNING if moment - since <= patience else over
            listed += entries if patience == math.inf else [replace(entry, state=state) for entry in entries]
        self._seen, self._looked = seen, moment
        return listed


@lru_cache(1)
def _shipped(models: Path, stats: Stats) -> list[RunEntry]:
    return shipped_runs(models)


def shipped_runs(models: Path = MODELS) -> list[RunEntry]:
    """List the trainings of the models in a folder: a model's own, then its further runs; the default model first."""
    entries: list[RunEntry] = []
    folders = {folder_of(folder.name, models) for home in homes(models) for folder in home.glob("[!.]*/")}
    for folder in sorted(folders, key=lambda f: (f.name != DEFAULT, _natural(f.name))):
        further = sorted((folder / FURTHER).glob("[!.]*/"), key=lambda f: _natural(f.name))
        if not further and not any((folder / name).is_file() for name in (CARD, LOG)):
            continue
        settings, notes = _settings(folder / CARD)
        own = RunEntry(name=folder.name, folder=folder, kind=RunKind.SHIPPED, model=folder.name, settings=settings)
        entries += _filled(replace(own, notes=notes), [folder / LOG], settings)
        for run in further:  # the model's settings, but for what the folder's name tells
            told = {**settings, "split": None, "fold": None, **_from_name(run.name)}
            entry = replace(own, name=run.name, folder=run, kind=RunKind.FURTHER, settings=told)
            entries += _filled(entry, [run / LOG], told)
    return entries


@lru_cache(MAX_RUNS)
def _local(root: Path, log: Path, ours: bool, stats: Stats) -> tuple[list[RunEntry], float]:
    """Read a run of this machine, and for how long it may not grow before it is over: ever, if it has finished."""
    settings, notes = _settings(log / SETTINGS) if ours else ({}, ())
    name = log.resolve().name if ours else log.relative_to(root).as_posix()
    named = settings.get("name") or settings.get("model")
    model, folder = named if isinstance(named, str) else RUN_NAME.sub(r"\g<name>", name), log if ours else log.parent
    entry = RunEntry(name=name, folder=folder, kind=RunKind.LOCAL, model=model, settings=settings, notes=notes)
    files = [log / LOG] if ours else [file for file, *_ in stats]
    *_, last = entries = _filled(entry, files, settings or _from_name(name))
    done = last.run is None or last.epochs_done >= (last.epochs_planned or 0)
    return entries, math.inf if ours and done and (log / RESULT).is_file() else _patience(last.run)


def _filled(entry: RunEntry, files: Sequence[Path], told: Mapping[str, Any]) -> list[RunEntry]:
    """Fill in what is told of a training and its log, an entry for each run; None for what is of another type."""
    fold, seed, planned = (n if type(n) is int else None for n in map(told.get, ("fold", "seed", "epochs")))
    split = split if isinstance(split := told.get("split"), str) else None
    entry = replace(entry, split=split, fold=fold, seed=seed, epochs_planned=planned)
    try:
        if not files[0].is_file():
            raise DataError(f"{files[0].name} is missing, so there is no curve.")
        own = _own(files[0])
        runs = read_any_log(files) if own is None else (own,)
    except DataError as error:
        return [replace(entry, notes=(*entry.notes, str(error)))]
    names = [entry.name if len(runs) == 1 else ", ".join([entry.name, *run.origin.values()]) for run in runs]
    done = [int(run.epochs[-1]) if len(run.epochs) and run.unit == EPOCH else 0 for run in runs]
    return [replace(entry, name=n, run=r, epochs_done=d) for n, r, d in zip(names, runs, done, strict=True)]


def _own(file: Path) -> Run | None:
    """Read a log of ours by its own reader, in a hundredth of the time; None where it is not whole, or not ours."""
    with suppress(DataError):
        whole = file.name == LOG and read_bounded(file, MAX_OWN).endswith(b"\n")
        if whole and (records := read_log(file)):
            columns = {name: np.array([getattr(each, name) for each in records]) for name in OURS}
            epochs, path = np.array([each.epoch for each in records], float), file.absolute().as_posix()
            read_as = {name: name for name in (*OURS, EPOCH)}
            return Run(name=log_name(path), source=short_path(path), epochs=epochs, columns=columns, read_as=read_as)
    return None


def _from_name(name: str) -> dict[str, Any]:
    """Split, fold and seed from the name that `training.run` gives a folder; {} for another name."""
    told = match.groupdict() if (match := RUN_NAME.fullmatch(name)) else {}
    return {key: int(each) if each and each.isdigit() else each for key, each in told.items() if key != "name"}


def _settings(file: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the training settings of a model's card or of a run folder; {}, and a sentence, where there are none."""
    rest = "this model but its log" if file.name == CARD else "this run but its log and its name"
    try:
        if not file.is_file():
            return {}, (f"{file.name} is missing, so nothing is known about {rest}.",)
        if file.name == CARD:
            told = read_card(file.parent).training.get("settings")
        else:
            told = json.loads(read_bounded(file, MAX_SETTINGS))
    except CastingError as error:
        return {}, (str(error),)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told, ()
    return {}, (f"{file.name} holds no settings that can be read, so nothing is known about {rest}.",)


def _patience(run: Run | None) -> float:
    """For how many seconds a run may not grow before it counts as stopped."""
    seconds = run.series(SECONDS)[1] if run is not None else np.empty(0)
    known = seconds[np.isfinite(seconds) & (seconds >= 0)][-EPOCHS_OF_PATIENCE:]
    return max(MIN_PATIENCE, EPOCHS_OF_PATIENCE * float(known.max())) if len(known) else FIRST_PATIENCE


def _stat(files: Iterable[Path]) -> Stats:
    """Return what changes when any of these files does; those that are not there are left out."""
    stats = []
    for file in files:
        with suppress(OSError):
            told = file.stat()
            stats.append((file, told.st_mtime_ns, told.st_size))
    return tuple(stats)


def _changed(files: Stats) -> float:
    """When one of them last changed, in seconds since 1970; 0 where there is none."""
    return max((time_ns for _, time_ns, _ in files), default=0) / 1e9


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which run 2 comes before run 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
