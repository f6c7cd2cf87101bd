"""Which trainings there are to look at: those of the shipped models, and the run folders of this machine.

A run folder is one with `settings.json` or `log.csv` (`casting_core.training.run` writes both). It is *finished* when
`result.json` lies there and the log has all epochs; the result of an earlier training in the same folder does not
count. Otherwise it is *running* as long as its files have grown within three times its longest recent epoch (a minute
at least, a quarter of an hour before the first epoch), and *stopped* after that.

How long a file has not grown is told by a clock that never jumps, from when `ActivityMonitor` first saw it so. Only at
first sight is the file's own time compared with the time of day; a file from the future counts like one from the past.

Whatever is missing or cannot be read is a note on the entry, never an exception.
"""

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
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

LOG, SETTINGS, STATE, RESULT = "log.csv", "settings.json", "state.safetensors", "result.json"
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

    `model`: the shipped model, or what the run says it trains. `split`, `fold`, `seed`, `epochs_planned`: None where
    nothing tells them. `settings`: as they were saved, {} where there are none. `shipped_epoch`: the epoch whose
    weights ship, which is the last one; None for all but `SHIPPED`. `log`: the file, None where there is none.
    `notes`: sentences on what is missing or cannot be read.
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
    shipped_epoch: int | None
    log: Path | None
    notes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class ActivityMonitor:
    """Remembers when each run was last seen to grow. One is kept for as long as the program runs; threads may share it.

    `steady`: a clock that never jumps, seconds. `now`: the time of day, seconds since 1970.
    """

    steady: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    # what was seen of each folder, since when, and when it was last looked at
    _seen: dict[Path, tuple[object, float, float]] = field(default_factory=dict, init=False, repr=False)

    def idle_seconds(self, folder: Path) -> float:
        """For how many seconds the files of a run have not grown."""
        sizes, newest = _signature(folder)
        moment = self.steady()
        age = abs(self.now() - newest)
        with self._lock:
            before = self._seen.get(folder)
            if before is None:
                since = moment - age
            elif before[0] == sizes:
                since = before[1]
            else:  # it grew after it was last looked at, whatever the time of day says
                since = moment - age if age <= moment - before[2] else moment
            self._seen[folder] = (sizes, since, moment)
        return moment - since


def list_runs(
    models: Path = MODELS, runs: Path = Path("runs"), growth: ActivityMonitor | None = None
) -> list[RunEntry]:
    """The shipped trainings, then the run folders of this machine."""
    return [*shipped_runs(models), *local_runs(runs, growth)]


def shipped_runs(models: Path = MODELS) -> list[RunEntry]:
    """The trainings of the models in a folder: each model's own, then its further runs; the default model first."""
    entries: list[RunEntry] = []
    folders = {folder_of(folder.name, models) for home in homes(models) for folder in _folders(home)}
    for folder in sorted(folders, key=lambda f: (f.name != DEFAULT, _natural(f.name))):
        further = sorted(_folders(folder / FURTHER), key=lambda f: _natural(f.name))
        if not further and not any((folder / name).is_file() for name in (CARD, LOG)):
            continue
        settings, notes = _card_settings(folder)
        log, log_notes = _read_log(folder / LOG)
        done = _done(log)
        entries.append(
            RunEntry(
                name=folder.name,
                folder=folder,
                kind=RunKind.SHIPPED,
                model=folder.name,
                **_told(settings),
                epochs_done=done,
                state=RunState.FINISHED,
                shipped_epoch=done or None,
                log=folder / LOG if log else None,
                notes=(*notes, *log_notes),
            )
        )
        entries += [_further(run, folder.name, settings) for run in further]
    return entries


def local_runs(runs: Path = Path("runs"), growth: ActivityMonitor | None = None) -> list[RunEntry]:
    """The run folders in a folder or up to `DEPTH` storeys below it, by name; of many the `MAX_RUNS` newest.

    Without a `growth` that was kept from call to call, only the files' own times tell whether a run goes on.
    """
    growth = growth or ActivityMonitor()
    found: list[Path] = []
    for where, folders, files in os.walk(runs):
        here = Path(where)
        if {LOG, SETTINGS} & set(files):
            found.append(here)
            folders.clear()
        if len(here.relative_to(runs).parts) >= DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
    newest = sorted(found, key=lambda f: -_signature(f)[1])[:MAX_RUNS]
    return [_local(folder, growth) for folder in sorted(newest, key=lambda f: _natural(f.relative_to(runs).as_posix()))]


def _local(folder: Path, growth: ActivityMonitor) -> RunEntry:
    settings, notes = _read_settings(folder / SETTINGS)
    log, log_notes = _read_log(folder / LOG)
    told = _told(settings or _from_name(folder.name))
    done = _done(log)
    planned = told["epochs_planned"]
    quiet = growth.idle_seconds(folder)
    if (folder / RESULT).is_file() and (log is None or planned is None or done >= planned):
        state = RunState.FINISHED
    else:
        state = RunState.RUNNING if quiet <= _timeout(log) else RunState.STOPPED
    named = settings.get("name") or settings.get("model")
    parsed = RUN_NAME.fullmatch(folder.name)
    return RunEntry(
        name=folder.resolve().name,
        folder=folder,
        kind=RunKind.LOCAL,
        model=named if isinstance(named, str) else parsed["name"] if parsed else folder.resolve().name,
        **{**told, "settings": settings},
        epochs_done=done,
        state=state,
        shipped_epoch=None,
        log=folder / LOG if log else None,
        notes=(*notes, *log_notes),
    )


def _further(folder: Path, model: str, settings: Mapping[str, Any]) -> RunEntry:
    """A further seed or fold of a shipped model: settings are the model's, but for what the folder's name tells."""
    log, notes = _read_log(folder / LOG)
    own = _from_name(folder.name)
    return RunEntry(
        name=folder.name,
        folder=folder,
        kind=RunKind.FURTHER,
        model=model,
        **_told({**settings, **own} if own else {k: v for k, v in settings.items() if k not in ("split", "fold")}),
        epochs_done=_done(log),
        state=RunState.FINISHED,
        shipped_epoch=None,
        log=folder / LOG if log else None,
        notes=notes,
    )


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What settings tell, as fields of an entry; None for what is missing or of another type."""

    def number(name: str) -> int | None:
        value = settings.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    split = settings.get("split")
    return {
        "settings": dict(settings),
        "split": split if isinstance(split, str) else None,
        "fold": number("fold"),
        "seed": number("seed"),
        "epochs_planned": number("epochs"),
    }


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
        training = read_card(folder).training
    except (CastingError, RecursionError) as error:
        return {}, (str(error),)
    settings = training.get("settings") if isinstance(training, dict) else None
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


def _done(log: Log | None) -> int:
    return int(log.epochs[-1]) if log is not None and len(log.epochs) else 0


def _timeout(log: Log | None) -> float:
    """For how many seconds a run may not grow before it counts as stopped."""
    seconds = log.series(SECONDS)[1] if log is not None else np.empty(0)
    known = seconds[np.isfinite(seconds) & (seconds >= 0)][-EPOCHS_OF_PATIENCE:]
    return max(MIN_PATIENCE, EPOCHS_OF_PATIENCE * float(known.max())) if len(known) else FIRST_PATIENCE


def _signature(folder: Path) -> tuple[object, float]:
    """What changes when a run grows, and when that last happened, seconds since 1970; 0 where nothing is there."""
    parts = []
    for name in (LOG, STATE, SETTINGS, RESULT):
        try:
            found = (folder / name).stat()
        except OSError:
            continue
        parts.append((name, found.st_size, found.st_mtime_ns))
    return tuple(parts), max((time_ns for _, _, time_ns in parts), default=0) / 1e9


def _folders(parent: Path) -> list[Path]:
    try:
        return [f for f in parent.iterdir() if f.is_dir() and not f.name.startswith(".")]
    except OSError:
        return []


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which run 2 comes before run 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
