"""Which trainings can be looked at: those of the shipped models, of this computer, and logs that a visitor brings.

Runs of this computer are looked for in the folder that the environment variable `CASTING_RUNS` names, else in `runs`,
where `train` writes them. Logs are read once as long as their files stay the same, for all sessions; those of a visitor
are kept as long as the session.
"""

import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from casting_core.errors import DataError
from casting_core.networks.card import CARD
from casting_core.training.column_names import (
    SECONDS,
    TRAIN_ACCURACY,
    TRAIN_LOSS,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
)
from casting_core.training.log import Log, read_any_log
from casting_core.training.runs import (
    DEPTH,
    FURTHER,
    LOG,
    RESULT,
    SETTINGS,
    STATE,
    Growth,
    RunEntry,
    RunKind,
    RunState,
    local_runs,
    shipped_runs,
)
from pages.shared import resources
from pages.shared.uploads import BrowserFile

FOLDER = "CASTING_RUNS"
HERE, YOURS = "this computer", "your file"
LOOK_AGAIN = 15.0  # s, after which it is asked anew whether a run still goes on
MOST_LOGS = 48  # in memory
MOST_YOURS = 12  # logs of a session
KEPT, REFUSED, ROUND = "logs", "logs refused", "logs round"  # in the session
DRAWN = (TRAIN_LOSS, VALIDATION_LOSS, TRAIN_ACCURACY, VALIDATION_ACCURACY, SECONDS)
Signature = tuple[tuple[str, int, int], ...]  # path, time and size of files


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """A training by the `label` that it has everywhere on the page.

    `entry`: None for a log of the visitor's; `log`: None where there is none. `notes`: sentences on what is missing,
    was changed or guessed.
    """

    label: str
    entry: RunEntry | None
    log: Log | None
    notes: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.entry is not None and self.entry.state is RunState.RUNNING

    @property
    def usual(self) -> bool:
        """Whether it is shown unless others are chosen: the training of the weights that ship."""
        return self.entry is not None and self.entry.kind is RunKind.SHIPPED and self.log is not None


def runs_folder() -> Path:
    """Where the runs of this computer lie."""
    return Path(os.environ.get(FOLDER, "").strip() or "runs")


def find() -> list[Training]:
    """All trainings: shipped, of this computer, the visitor's."""
    entries = [*_shipped(str(resources.MODELS), _of_models(resources.MODELS)), *_of_this_computer()]
    found = []
    for label, entry in zip(_unique(map(_label, entries)), entries, strict=True):
        log = None if entry.log is None else _read(entry.log)
        found.append(Training(label=label, entry=entry, log=log, notes=(*entry.notes, *(log.notes if log else ()))))
    return [*found, *st.session_state.get(KEPT, ())]


def _label(entry: RunEntry) -> str:
    if entry.kind is RunKind.SHIPPED:
        return entry.name
    if entry.kind is RunKind.LOCAL:
        return f"{entry.name} ({HERE})"
    if entry.fold is not None:
        return f"{entry.model}, fold {entry.fold}" + (f", seed {entry.seed}" if entry.seed else "")
    return f"{entry.model}, seed {entry.seed}" if entry.seed is not None else f"{entry.model}, {entry.name}"


def _unique(labels: Iterable[str]) -> list[str]:
    """The labels, with numbers where they come again."""
    found: list[str] = []
    for label in labels:
        number, unused = 2, label
        while unused in found:
            number, unused = number + 1, f"{label} ({number})"
        found.append(unused)
    return found


def _stat(files: Iterable[Path]) -> Signature:
    found = []
    for file in files:
        try:
            told = file.stat()
        except OSError:
            continue
        found.append((str(file), told.st_mtime_ns, told.st_size))
    return tuple(found)


def _of_models(models: Path) -> Signature:
    """What changes when a card or a log of a shipped model does."""
    return _stat(sorted([*models.glob(f"*/{CARD}"), *models.glob(f"*/{LOG}"), *models.glob(f"*/{FURTHER}/*/{LOG}")]))


@st.cache_resource(max_entries=2, show_spinner=False)
def _shipped(models: str, signature: Signature) -> list[RunEntry]:
    return shipped_runs(Path(models))


def _of_this_computer() -> list[RunEntry]:
    folder = runs_folder()
    files: list[Path] = []
    for where, folders, names in os.walk(folder):
        here = Path(where)
        if len(here.relative_to(folder).parts) >= DEPTH or {LOG, SETTINGS} & set(names):
            folders.clear()
        files += [here / name for name in (LOG, SETTINGS, STATE, RESULT) if name in names]
    return _local(str(folder), _stat(sorted(files)), int(time.monotonic() // LOOK_AGAIN)) if files else []


@st.cache_resource(max_entries=4, show_spinner=False)
def _local(folder: str, signature: Signature, moment: int) -> list[RunEntry]:
    return local_runs(Path(folder), _growth())


@st.cache_resource(show_spinner=False)
def _growth() -> Growth:
    return Growth()


def _read(file: Path) -> Log | None:
    """A log; None where it has gone, or cannot be read any more."""
    state = _stat([file])
    try:
        return _log(*state[0]) if state else None
    except DataError:
        return None


@st.cache_resource(max_entries=MOST_LOGS, show_spinner=False)
def _log(file: str, changed: int, size: int) -> Log:
    return _drawn(read_any_log(Path(file)))


def _drawn(log: Log) -> Log:
    """A log without the columns that are never drawn."""
    return replace(log, columns={name: values for name, values in log.columns.items() if name in DRAWN})


def uploader_key() -> str:
    """Of the uploader: another one after each round of files, so that it is empty again."""
    return f"logs-{st.session_state.get(ROUND, 0)}"


def take_in(files: Sequence[BrowserFile]) -> list[str]:
    """Keep the logs among these files for the session, and why others are none; the labels of the new ones."""
    kept: list[Training] = st.session_state.setdefault(KEPT, [])
    refused: list[tuple[str, str]] = []
    added = []
    for file in files:
        if len(kept) >= MOST_YOURS:
            refused.append((file.name, f"At most {MOST_YOURS} logs are kept; remove one first."))
            continue
        try:
            log = _drawn(read_any_log(file.getvalue(), file.name))
        except DataError as error:
            refused.append((file.name, str(error)))
            continue
        if not set(log.columns) & set(DRAWN[:-1]):
            refused.append((file.name, "It has neither a loss nor an accuracy, so there is no curve."))
            continue
        label = _unique([*(each.label for each in kept), f"{log.name} ({YOURS})"])[-1]
        kept.append(Training(label=label, entry=None, log=log, notes=log.notes))
        added.append(label)
    st.session_state[REFUSED] = refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    return added


def refused() -> list[tuple[str, str]]:
    """Files of the last round that are no logs, with the reasons."""
    return list(st.session_state.get(REFUSED, ()))


def yours() -> list[Training]:
    """The logs that the visitor brought."""
    return list(st.session_state.get(KEPT, ()))


def forget(label: str) -> None:
    """Let one of them go."""
    st.session_state[KEPT] = [each for each in yours() if each.label != label]


def escaped(label: str) -> str:
    """A label as Markdown that shows it as it is: names of folders and files come from outside."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", label)
