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
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from casting_core.errors import CastingError, DataError
from casting_core.networks.card import CARD, DEFAULT, MODELS, folder_of, homes, read_card
from casting_core.training.logs.columns import EPOCH, SECONDS
from casting_core.training.logs.reading import log_files, read_any_log, read_bounded, runs_of_files
from casting_core.training.logs.run import Run

LOG, SETTINGS, STATE = "log.csv", "settings.json", "state.safetensors"
RESULT = "result.json"  # written when all else is: a run that has begun, or goes on, has none
FURTHER, MAX_RUNS, MAX_SETTINGS = "runs", 500, 2**20  # in a model's folder; of this machine; bytes
MIN_PATIENCE, FIRST_PATIENCE, EPOCHS_OF_PATIENCE = 60.0, 900.0, 3  # s, s, epochs
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


Files = tuple[tuple[str, int, int], ...]  # path, time (ns since 1970) and size (bytes) of each


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A local log as it was last read: finished or running, and no more once `patience` seconds after `since`."""

    entries: list[RunEntry]
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
        folders = {file.parent for file in log_files(self.runs, (LOG, SETTINGS))}
        own = {
            folder: [folder / name for name in (LOG, STATE, SETTINGS, RESULT)]
            for folder in folders
            if folders.isdisjoint(folder.parents)
        }
        others = [file for file in log_files(self.runs) if own.keys().isdisjoint(file.parents)]
        logs = own | {Path(run): [Path(file) for file in files] for run, files in runs_of_files(others).items()}
        stats = {log: _stat(files) for log, files in logs.items()}
        found: dict[Path, _Seen] = {}
        newest = sorted(stats, key=lambda log: -_changed(stats[log]))[:MAX_RUNS]
        for log in sorted(newest, key=lambda log: _natural(log.relative_to(self.runs).as_posix())):
            before = self._local.get(log)
            if before is not None and before.files == stats[log]:
                found[log] = before
                continue
            entries, patience = _local_run(log) if log in own else _other_log(log, logs[log], self.runs)
            since, age = moment, abs(today - _changed(stats[log]))
            if before is None or age <= moment - self._looked:
                since -= age  # else it grew after it was last looked at, whatever the time of day says
            found[log] = _Seen(entries=entries, files=stats[log], since=since, patience=patience)
        self._local, self._looked = found, moment
        listed = []
        for log, each in found.items():
            state = RunState.STOPPED if log in own else RunState.QUIET
            over = moment - each.since > each.patience
            listed += [replace(entry, state=state) if over else entry for entry in each.entries]
        return listed


def shipped_runs(models: Path = MODELS) -> list[RunEntry]:
    """List the trainings of the models in a folder: a model's own, then its further runs; the default model first."""
    entries: list[RunEntry] = []
    folders = {folder_of(folder.name, models) for home in homes(models) for folder in home.glob("[!.]*/")}
    for folder in sorted(folders, key=lambda f: (f.name != DEFAULT, _natural(f.name))):
        further = sorted((folder / FURTHER).glob("[!.]*/"), key=lambda f: _natural(f.name))
        if not further and not any((folder / name).is_file() for name in (CARD, LOG)):
            continue
        settings, notes = _card_settings(folder)
        entries += _entries(folder, RunKind.SHIPPED, folder.name, settings, notes)
        for run in further:  # the model's settings, but for what the folder's name tells
            of_run = _from_name(run.name) or {"split": None, "fold": None}
            entries += _entries(run, RunKind.FURTHER, folder.name, {**settings, **of_run})
    return entries


def _local_run(folder: Path) -> tuple[list[RunEntry], float]:
    """Read a run of this machine, finished or running; and after how many seconds without growth it has stopped."""
    settings, notes = _read_settings(folder / SETTINGS)
    name, named = folder.resolve().name, settings.get("name") or settings.get("model")
    parsed = RUN_NAME.fullmatch(name)
    model = named if isinstance(named, str) else parsed["name"] if parsed else name
    entries = _entries(folder.resolve(), RunKind.LOCAL, model, settings or _from_name(name), notes)
    entries = [replace(entry, folder=folder, settings=settings) for entry in entries]
    last = entries[-1]
    if (folder / RESULT).is_file() and (last.run is None or last.epochs_done >= (last.epochs_planned or 0)):
        return entries, math.inf
    return [replace(entry, state=RunState.RUNNING) for entry in entries], _patience(last.run)


def _other_log(log: Path, files: Sequence[Path], root: Path) -> tuple[list[RunEntry], float]:
    """Read a log of another tool, as it may still grow; and after how many seconds without growth it is quiet."""
    name = log.relative_to(root).as_posix()
    runs, notes = _read(files)
    entries = _with_runs(RunEntry(name=name, folder=log.parent, kind=RunKind.LOCAL, model=name, notes=notes), runs)
    return [replace(entry, state=RunState.RUNNING) for entry in entries], _patience(entries[-1].run)


def _entries(
    folder: Path, kind: RunKind, model: str, settings: Mapping[str, Any], notes: tuple[str, ...] = ()
) -> list[RunEntry]:
    """Describe a finished training by its settings, None for what is missing or of another type."""
    fold, seed, planned = (n if type(n) is int else None for n in map(settings.get, ("fold", "seed", "epochs")))
    runs, log_notes = _read([folder / LOG])
    entry = RunEntry(
        name=folder.name,
        folder=folder,
        kind=kind,
        model=model,
        split=split if isinstance(split := settings.get("split"), str) else None,
        fold=fold,
        seed=seed,
        settings=settings,
        epochs_planned=planned,
        notes=(*notes, *log_notes),
    )
    return _with_runs(entry, runs)


def _with_runs(entry: RunEntry, runs: Sequence[Run]) -> list[RunEntry]:
    """Give each run of a log an entry of its own; one without where there is none."""
    entries = []
    for run in runs:
        name = entry.name if len(runs) == 1 else ", ".join([entry.name, *run.origin.values()])
        done = int(run.epochs[-1]) if len(run.epochs) and run.unit == EPOCH else 0
        entries.append(replace(entry, name=name, run=run, epochs_done=done))
    return entries or [entry]


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
    with suppress(DataError, ValueError, RecursionError):
        settings = json.loads(read_bounded(file, MAX_SETTINGS))
    if isinstance(settings, dict):
        return settings, ()
    lack = "holds no settings that can be read" if file.is_file() else "is missing"
    return {}, (f"{SETTINGS} {lack}, so nothing is known about this run but its log and its name.",)


def _read(files: Sequence[Path]) -> tuple[tuple[Run, ...], tuple[str, ...]]:
    """Read a log; the sentence that says why not, where it cannot be read."""
    if not files[0].is_file():
        return (), (f"{files[0].name} is missing, so there is no curve.",)
    try:
        return read_any_log(files), ()
    except DataError as error:
        return (), (str(error),)


def _patience(run: Run | None) -> float:
    """For how many seconds a run may not grow before it counts as stopped."""
    seconds = run.series(SECONDS)[1] if run is not None else np.empty(0)
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


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which run 2 comes before run 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
