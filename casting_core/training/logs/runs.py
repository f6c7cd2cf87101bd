"""Which trainings there are to look at: those of the shipped models, and the run folders of this machine.

A run folder is one with `settings.json` or `log.csv` (`casting_core.training.run` writes both). It is *finished* when
`result.json` lies there and the log has all epochs; the result of an earlier training in the same folder does not
count. Otherwise it is *running* as long as its files have grown within three times its longest recent epoch (a minute
at least, a quarter of an hour before the first epoch), and *stopped* after that.

How long a file has not grown is told by a clock that never jumps, from when `RunCatalogue` first saw it so. Only at
first sight is the file's own time compared with the time of day; a file from the future counts like one from the past.

Whatever is missing or cannot be read is a note on the entry, never an exception.
"""

import json
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from casting_core.errors import CastingError, DataError
from casting_core.networks.card import CARD, DEFAULT, MODELS, folder_of, homes, read_card
from casting_core.training.logs.columns import SECONDS
from casting_core.training.logs.log import Log, read_bounded
from casting_core.training.logs.reading import read_any_log

LOG, SETTINGS, STATE = "log.csv", "settings.json", "state.safetensors"
RESULT = "result.json"  # written when all else is: a run that has begun, or goes on, has none
FURTHER = "runs"  # in a model's folder
DEPTH = 3  # storeys below the folder of runs
MAX_RUNS = 500
MAX_SETTINGS = 2**20  # bytes
MIN_PATIENCE, FIRST_PATIENCE = 60.0, 900.0  # s
EPOCHS_OF_PATIENCE = 3
RUN_NAME = re.compile(r"(?P<name>.+)-(?P<split>official|by-source)(?:-(?P<fold>\d+))?-seed(?P<seed>\d+)")


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


@dataclass(frozen=True, kw_only=True)
class RunEntry:
    """One training whose log can be shown.

    Attributes
    ----------
    model : the shipped model, or what the run says it trains.
    split, fold, seed, epochs_planned : None where they are not known.
    settings : as they were saved, {} where there are none.
    log : the file, None where there is none.
    notes : sentences on what is missing or cannot be read.
    """

    name: str
    folder: Path
    kind: RunKind
    model: str
    split: str | None
    fold: int | None
    seed: int | None
    settings: Mapping[str, Any]
    epochs_planned: int | None
    epochs_done: int
    state: RunState
    log: Path | None
    notes: tuple[str, ...] = ()

    @property
    def shipped_epoch(self) -> int | None:
        """The epoch whose weights ship, which is the last one; None where none do."""
        return (self.epochs_done or None) if self.kind is RunKind.SHIPPED else None


Files = tuple[tuple[str, int, int], ...]  # path, time (ns since 1970) and size (bytes) of each


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A local run as it was last read: finished or running, and stopped once `patience` seconds after `since`."""

    entry: RunEntry
    files: Files
    since: float  # when it last grew, by the steady clock
    patience: float


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
        self._shipped: tuple[Files | None, list[RunEntry]] = (None, [])
        self._local: dict[Path, _Seen] = {}
        self._looked = -math.inf  # by the steady clock

    def refresh(self) -> list[RunEntry]:
        """List the shipped trainings, then the run folders of this machine by name: of many the `MAX_RUNS` newest."""
        with self._lock:
            names = (f"*/{CARD}", f"*/{LOG}", f"*/{FURTHER}/*/{LOG}")
            files = _stat(sorted(file for home in homes(self.models) for name in names for file in home.glob(name)))
            if files != self._shipped[0]:
                self._shipped = files, shipped_runs(self.models)
            return [*self._shipped[1], *self._look()]

    def _look(self) -> list[RunEntry]:
        moment, today = self.steady(), self.now()
        stats = {
            folder: _stat(folder / name for name in (LOG, STATE, SETTINGS, RESULT))
            for folder in _run_folders(self.runs)
        }
        found: dict[Path, _Seen] = {}
        newest = sorted(stats, key=lambda folder: -_changed(stats[folder]))[:MAX_RUNS]
        for folder in sorted(newest, key=lambda folder: _natural(folder.relative_to(self.runs).as_posix())):
            before = self._local.get(folder)
            if before is not None and before.files == stats[folder]:
                found[folder] = before
                continue
            entry, patience = _local_run(folder)
            since, age = moment, abs(today - _changed(stats[folder]))
            if before is None or age <= moment - self._looked:
                since -= age  # else it grew after it was last looked at, whatever the time of day says
            found[folder] = _Seen(entry=entry, files=stats[folder], since=since, patience=patience)
        self._local, self._looked = found, moment
        return [
            each.entry if moment - each.since <= each.patience else replace(each.entry, state=RunState.STOPPED)
            for each in found.values()
        ]


def shipped_runs(models: Path = MODELS) -> list[RunEntry]:
    """List the trainings of the models in a folder: a model's own, then its further runs; the default model first."""
    entries: list[RunEntry] = []
    folders = {folder_of(folder.name, models) for home in homes(models) for folder in home.glob("[!.]*/")}
    for folder in sorted(folders, key=lambda f: (f.name != DEFAULT, _natural(f.name))):
        further = sorted((folder / FURTHER).glob("[!.]*/"), key=lambda f: _natural(f.name))
        if not further and not any((folder / name).is_file() for name in (CARD, LOG)):
            continue
        settings, notes = _card_settings(folder)
        entries.append(_entry(folder, RunKind.SHIPPED, folder.name, settings, notes)[0])
        for run in further:  # the model's settings, but for what the folder's name tells
            of_run = _from_name(run.name) or {"split": None, "fold": None}
            entries.append(_entry(run, RunKind.FURTHER, folder.name, {**settings, **of_run})[0])
    return entries


def _local_run(folder: Path) -> tuple[RunEntry, float]:
    """Read a run of this machine, finished or running; and after how many seconds without growth it has stopped."""
    settings, notes = _read_settings(folder / SETTINGS)
    name = folder.resolve().name
    parsed = RUN_NAME.fullmatch(name)
    named = settings.get("name") or settings.get("model")
    model = named if isinstance(named, str) else parsed["name"] if parsed else name
    entry, log = _entry(folder, RunKind.LOCAL, model, settings or _from_name(name), notes)
    entry = replace(entry, name=name, settings=settings)
    planned = entry.epochs_planned
    if (folder / RESULT).is_file() and (log is None or planned is None or entry.epochs_done >= planned):
        return entry, math.inf
    return replace(entry, state=RunState.RUNNING), _patience(log)


def _entry(
    folder: Path, kind: RunKind, model: str, settings: Mapping[str, Any], notes: tuple[str, ...] = ()
) -> tuple[RunEntry, Log | None]:
    """Describe a finished training by its settings, None for what is missing or of another type; and give its log."""
    numbers = map(settings.get, ("fold", "seed", "epochs"))
    fold, seed, planned = (number if type(number) is int else None for number in numbers)
    log, log_notes = _read_log(folder / LOG)
    split = settings.get("split")
    entry = RunEntry(
        name=folder.name,
        folder=folder,
        kind=kind,
        model=model,
        split=split if isinstance(split, str) else None,
        fold=fold,
        seed=seed,
        settings=settings,
        epochs_planned=planned,
        epochs_done=int(log.epochs[-1]) if log is not None and len(log.epochs) else 0,
        state=RunState.FINISHED,
        log=folder / LOG if log else None,
        notes=(*notes, *log_notes),
    )
    return entry, log


def _from_name(name: str) -> dict[str, Any]:
    """Split, fold and seed from the name that `casting_core.training.run` gives a folder; {} for another name."""
    match = RUN_NAME.fullmatch(name)
    if not match:
        return {}
    fold = match["fold"]
    return {"split": match["split"], "fold": int(fold) if fold else None, "seed": int(match["seed"])}


def _card_settings(folder: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not (folder / CARD).is_file():
        return {}, (f"{CARD} is missing, so nothing is known about this model but its log.",)
    try:
        settings = read_card(folder).training.get("settings")
    except CastingError as error:
        return {}, (str(error),)
    return (settings, ()) if isinstance(settings, dict) else ({}, (f"{CARD} tells no training settings.",))


def _read_settings(file: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    settings: Any = None
    if file.is_file():
        with suppress(DataError, ValueError, RecursionError):
            settings = json.loads(read_bounded(file, MAX_SETTINGS))
    if isinstance(settings, dict):
        return settings, ()
    lack = "holds no settings that can be read" if file.is_file() else "is missing"
    return {}, (f"{SETTINGS} {lack}, so nothing is known about this run but its log and its name.",)


def _read_log(file: Path) -> tuple[Log | None, tuple[str, ...]]:
    if not file.is_file():
        return None, (f"{LOG} is missing, so there is no curve.",)
    try:
        return read_any_log(file), ()
    except DataError as error:
        return None, (str(error),)


def _patience(log: Log | None) -> float:
    """For how many seconds a run may not grow before it counts as stopped."""
    seconds = log.series(SECONDS)[1] if log is not None else np.empty(0)
    known = seconds[np.isfinite(seconds) & (seconds >= 0)][-EPOCHS_OF_PATIENCE:]
    return max(MIN_PATIENCE, EPOCHS_OF_PATIENCE * float(known.max())) if len(known) else FIRST_PATIENCE


def _stat(files: Iterable[Path]) -> Files:
    """Return what changes when any of these files does; those that are not there are left out."""
    found = []
    for file in files:
        with suppress(OSError):
            told = file.stat()
            found.append((str(file), told.st_mtime_ns, told.st_size))
    return tuple(found)


def _changed(files: Files) -> float:
    """When one of them last changed, in seconds since 1970; 0 where there is none."""
    return max((time_ns for _, time_ns, _ in files), default=0) / 1e9


def _run_folders(root: Path) -> Iterator[Path]:
    """Yield the run folders in a folder or up to `DEPTH` storeys below it."""
    for where, folders, files in os.walk(root):
        here = Path(where)
        run = bool({LOG, SETTINGS} & set(files))
        if run:
            yield here
        if run or len(here.relative_to(root).parts) >= DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which run 2 comes before run 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
