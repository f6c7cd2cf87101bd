"""Which trainings can be looked at: those of the shipped models, of this computer, and logs that a visitor brings.

Runs of this computer are looked for in the folder that the environment variable `CASTING_RUNS` names, else in `runs`,
where `train` writes them. Logs are read once as long as their files stay the same, for all sessions; those of a visitor
are kept as long as the session.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from casting_core.errors import DataError
from casting_core.networks.card import MODELS
from casting_core.training.logs.columns import SECONDS
from casting_core.training.logs.curve_lines import DRAWN
from casting_core.training.logs.log import Log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.runs import RunCatalogue, RunEntry, RunKind, RunState
from pages.shared.uploads import BrowserFile

FOLDER = "CASTING_RUNS"
HERE, YOURS = "this computer", "your file"
MAX_LOGS = 48  # in memory
MAX_YOURS = 12  # logs of a session
KEPT, REFUSED, ROUND = "logs", "logs refused", "logs round"  # in the session


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """A training by the `label` that it has everywhere on the page.

    `entry`: None for a log of the visitor's, which is `own` then.
    """

    label: str
    entry: RunEntry | None = None
    own: Log | None = None

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.entry is not None and self.entry.state is RunState.RUNNING

    @property
    def drawable(self) -> bool:
        """Whether there is a log."""
        return self.own is not None or (self.entry is not None and self.entry.log is not None)

    @property
    def usual(self) -> bool:
        """Whether it is shown unless others are chosen: the training of the weights that ship."""
        return self.drawable and self.entry is not None and self.entry.kind is RunKind.SHIPPED

    def log(self) -> Log | None:
        """Read the log as it stands now; None where there is none, or it cannot be read any more."""
        return _read(self.entry.log) if self.entry is not None and self.entry.log is not None else self.own


def find() -> list[Training]:
    """All trainings: shipped, of this computer, the visitor's."""
    entries = _catalogue(Path(os.environ.get(FOLDER, "").strip() or "runs"), MODELS).refresh()
    labels = _unique(map(_label, entries))
    found = [Training(label=label, entry=entry) for label, entry in zip(labels, entries, strict=True)]
    return [*found, *yours()]


def _label(entry: RunEntry) -> str:
    if entry.kind is RunKind.SHIPPED:
        return entry.name
    if entry.kind is RunKind.LOCAL:
        return f"{entry.name} ({HERE})"
    if entry.fold is not None:
        return f"{entry.model}, fold {entry.fold}" + (f", seed {entry.seed}" if entry.seed else "")
    return f"{entry.model}, seed {entry.seed}" if entry.seed is not None else f"{entry.model}, {entry.name}"


def _unique(labels: Iterable[str]) -> list[str]:
    """Add numbers to labels that come again."""
    found: list[str] = []
    for label in labels:
        number, unused = 2, label
        while unused in found:
            number, unused = number + 1, f"{label} ({number})"
        found.append(unused)
    return found


@st.cache_resource(max_entries=1, show_spinner=False)
def _catalogue(runs: Path, models: Path) -> RunCatalogue:
    """Return the one of all sessions."""
    return RunCatalogue(runs, models)


def _read(file: Path) -> Log | None:
    """Read a log; None where it has gone, or cannot be read any more."""
    try:
        state = file.stat()
        return _log(str(file), state.st_mtime_ns, state.st_size)
    except (OSError, DataError):
        return None


@st.cache_resource(max_entries=MAX_LOGS, show_spinner=False)
def _log(file: str, changed: int, size: int) -> Log:
    return _drawn(read_any_log(Path(file)))


def _drawn(log: Log) -> Log:
    """Drop the columns that are never drawn."""
    return replace(log, columns={name: values for name, values in log.columns.items() if name in (*DRAWN, SECONDS)})


def uploader_key() -> str:
    """Of the uploader: another one after each round of files, so that it is empty again."""
    return f"logs-{st.session_state.get(ROUND, 0)}"


def take_in(files: Sequence[BrowserFile]) -> list[str]:
    """Keep the logs among these files for the session, and why others are none; the labels of the new ones."""
    kept: list[Training] = st.session_state.setdefault(KEPT, [])
    before, refused = len(kept), []
    for file in files:
        try:
            if len(kept) >= MAX_YOURS:
                raise DataError(f"At most {MAX_YOURS} logs are kept; remove one first.")
            log = _drawn(read_any_log(file.getvalue(), file.name))
            if not set(log.columns) & set(DRAWN):
                raise DataError("It has neither a loss nor an accuracy, so there is no curve.")
        except DataError as error:
            refused.append((file.name, str(error)))
            continue
        label = _unique([*(each.label for each in kept), f"{log.name} ({YOURS})"])[-1]
        kept.append(Training(label=label, own=log))
    st.session_state[REFUSED] = refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    return [each.label for each in kept[before:]]


def refused() -> list[tuple[str, str]]:
    """Files of the last round that are no logs, with the reasons."""
    return list(st.session_state.get(REFUSED, ()))


def yours() -> list[Training]:
    """Return the logs that the visitor brought."""
    return list(st.session_state.get(KEPT, ()))


def forget(label: str) -> None:
    """Let one of them go."""
    st.session_state[KEPT] = [each for each in yours() if each.label != label]
