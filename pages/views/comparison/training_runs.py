"""Which trainings can be looked at: those of the shipped models, of this computer, and logs that a visitor brings.

Runs of this computer are looked for in the folder that the environment variable `CASTING_RUNS` names, else in `runs`,
where `train` writes them. They are read once as long as their files stay the same, for all sessions; logs of a visitor
are kept as long as the session.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from casting_core.errors import DataError
from casting_core.networks.card import MODELS
from casting_core.training.logs.reading import read_files
from casting_core.training.logs.run import Run
from casting_core.training.logs.runs import RunCatalogue, RunEntry, RunKind, RunState
from casting_core.training.logs.splitting import Correction, Log
from casting_core.training.logs.table import MAX_CELLS
from pages.shared.uploads import BrowserFile

FOLDER = "CASTING_RUNS"
HERE, YOURS = "this computer", "your file"
MAX_YOURS = 12  # logs of a session
KEPT, REFUSED, ROUND = "logs", "logs refused", "logs round"  # in the session


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """A training by the `label` that it has everywhere on the page.

    `entry`: None for a log of the visitor's, which is `own` then.
    """

    label: str
    entry: RunEntry | None = None
    own: Run | None = None

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.entry is not None and self.entry.state is RunState.RUNNING

    @property
    def run(self) -> Run | None:
        """Its curves, called by the label; None where there are none."""
        run = self.entry.run if self.entry is not None else self.own
        shipped = None if self.entry is None else self.entry.shipped_epoch
        return None if run is None else replace(run, name=self.label, shipped=shipped)

    @property
    def drawable(self) -> bool:
        """Whether there is a log."""
        return self.own is not None or (self.entry is not None and self.entry.run is not None)

    @property
    def usual(self) -> bool:
        """Whether it is shown unless others are chosen: the training of the weights that ship."""
        return self.drawable and self.entry is not None and self.entry.kind is RunKind.SHIPPED


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


def uploader_key() -> str:
    """Of the uploader: another one after each round of files, so that it is empty again."""
    return f"logs-{st.session_state.get(ROUND, 0)}"


def take_in(files: Sequence[BrowserFile]) -> list[str]:
    """Keep the logs among these files for the session, and why others are none; the labels of the new runs."""
    before = [each.label for each in yours()]
    kept = own_logs()
    found = read_files((file.name, file.getvalue()) for file in files)
    refused = list(found.refused)
    for log in found.logs:
        cells = sum(len(each.table.points) for each in (*kept, log))
        if len(kept) >= MAX_YOURS or cells > MAX_CELLS:
            refused.append(
                (log.table.source, f"At most {MAX_YOURS} logs, of {MAX_CELLS:,} cells, are kept; remove one.")
            )
        else:
            kept.append(log)
    st.session_state[KEPT], st.session_state[REFUSED] = kept, refused
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    return [each.label for each in yours() if each.label not in before]


def refused() -> list[tuple[str, str]]:
    """Files of the last round that are no logs, with the reasons."""
    return list(st.session_state.get(REFUSED, ()))


def own_logs() -> list[Log]:
    """Return the logs that the visitor brought."""
    return list(st.session_state.get(KEPT, ()))


def yours() -> list[Training]:
    """Return the runs of these logs."""
    runs = [run for log in own_logs() for run in log.runs]
    labels = _unique(f"{run.name} ({YOURS})" for run in runs)
    return [Training(label=label, own=run) for label, run in zip(labels, runs, strict=True)]


def correct(number: int, correction: Correction) -> None:
    """Read one of these logs by what the visitor knows of it; where it cannot be read so, it stays, and is told why."""
    logs = own_logs()
    try:
        logs[number] = Log(table=logs[number].table, correction=correction)
    except DataError as error:
        st.session_state[REFUSED] = [(logs[number].table.source, str(error))]
    st.session_state[KEPT] = logs


def forget(number: int) -> None:
    """Let one of them go."""
    st.session_state[KEPT] = [each for k, each in enumerate(own_logs()) if k != number]
