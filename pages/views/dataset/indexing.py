"""Making an index beside the app: in a process of its own, so that pages stay quick and its memory is given back.

One job a folder, whoever asked for it; all sessions that look at the folder watch the same one. On a hosted copy it is
cancelled by the visitor who began it only.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from casting_core.system.places import PACKAGE
from pages.shared import visitors
from pages.views.dataset import source
from pages.views.dataset.source import Source

EVERY = 1.0  # s, between two looks at a running job
BEGUN = "index begun"  # in the session: the job that it began last
PROGRESS = re.compile(r"(\d+)\t(\d+)\t(.+)")  # done, total, what


class IndexJob:
    """Runs commands one after another, each of which tells its progress in lines `done, total, what`.

    `what`, `done`, `total`: where it stands. `error`: what ended it early, in words; else None.
    """

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self.what, self.done, self.total = "Beginning", 0, 1
        self.error: str | None = None
        self.cancelled = False
        self.began = time.monotonic()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._run, args=(commands,), name="index", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Stop it; nothing half-made is kept."""
        self.cancelled = True
        if self._process is not None:
            _end(self._process)
        self._thread.join(10)

    def _run(self, commands: Sequence[Sequence[str]]) -> None:
        for command in commands:
            if self.cancelled or self.error:
                return
            try:
                error = self._one(command)
            except OSError as failed:
                error = f"The index could not be made: {failed}"
            self.error = None if self.cancelled else error

    def _one(self, command: Sequence[str]) -> str | None:
        """Run one command to its end, and say what went wrong with it."""
        arguments = [sys.executable, "-P", "-m", "casting_core", *command]
        path = os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")]))
        said = ""
        with subprocess.Popen(
            arguments,
            env={**os.environ, "PYTHONPATH": path},  # and the same folder, so that relative names mean the same
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # it has workers of its own, which are to end with it
        ) as process:
            self._process = process
            for line in process.stdout or ():
                if line.startswith("Error: "):
                    said = line.removeprefix("Error: ").strip()
                elif progress := PROGRESS.fullmatch(line.rstrip("\n")):
                    self.what, self.done, self.total = progress[3], int(progress[1]), int(progress[2])
        return (
            (said or f"The index could not be made (exit code {process.returncode}).") if process.returncode else None
        )


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and those that it began."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    else:
        process.terminate()


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, IndexJob]:
    return {}


def job(chosen: Source) -> IndexJob | None:
    """Find the job of a data set, if one was begun."""
    return _jobs().get(str(chosen.folder))


def begin(chosen: Source) -> None:
    """Begin to index a data set, unless that is being done; the rendered castings are rendered first."""
    running = job(chosen)
    if running is not None and running.running:
        return
    folder = str(chosen.folder)
    commands = [["data", "index", "--lines", "--data", folder]]
    if chosen.kind == source.RENDERED and not (Path(folder) / "defects.csv").is_file():
        count, seed = str(source.COUNT), str(source.SEED)
        commands.insert(0, ["data", "render", "--lines", "--out", folder, "--count", count, "--seed", seed])
    st.session_state[BEGUN] = _jobs()[folder] = IndexJob(commands)


@st.fragment(run_every=EVERY)
def watch(chosen: Source) -> None:
    """Progress of the job, drawn anew every second; the whole page once it is over."""
    current = job(chosen)
    if current is None or not current.running:
        st.rerun()
        return
    seconds = time.monotonic() - current.began
    with st.container(horizontal=True, vertical_alignment="center"):
        share = min(current.done / max(current.total, 1), 1.0)
        count = f" {current.done:,} of {current.total:,}" if current.total > 1 else ""
        st.progress(share, f"{current.what}{count} ({seconds:.0f} s so far)")
        if st.session_state.get(BEGUN) is current or not visitors.strangers():
            st.button("Cancel", icon=":material/stop:", on_click=current.cancel)
    st.caption(
        "This is done once: what is found out is kept on this computer, and found again as long as the pictures stay "
        "the same. You may leave this page meanwhile."
    )
