"""How long each model takes over a picture on this machine: measured beside the page, once for all sessions.

One measurement at a time; whoever looks at the page meanwhile watches the same one. Models are loaded for it and let go
afterwards, so that those which judge pictures stay in memory.
"""

import threading
from collections.abc import Mapping, Sequence

import streamlit as st
from PIL import Image

from casting_core.data.images import encoded
from casting_core.errors import CastingError
from casting_core.evaluation.speed import ROUNDS, SETTLING, Speed, take_turns
from pages.shared.trouble import complain

EVERY = 1.0  # s, between two looks at a measurement
UNEVEN = 2.0  # times between the quartiles, from which the machine was busy
LONGEST = 20.0  # s, after which no round begins that is not needed
Asked = tuple[str, str]  # a model's name, and the SHA-256 of its weights


class Timer:
    """Times models in a thread; safe to look at from any other.

    `speeds`: what was found so far. `what`, `done`, `total`: where it stands. `error`: what ended the last measurement
    early, in words; else None.
    """

    def __init__(self) -> None:
        self.speeds: dict[Asked, Speed] = {}
        self.what, self.done, self.total = "Beginning", 0, 1
        self.error: str | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it is measuring."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, asked: Sequence[Asked]) -> None:
        """Measure these models beside each other, unless a measurement goes on."""
        with self._lock:
            if self.running or not asked:
                return
            self.what, self.done, self.total, self.error = "Loading", 0, len(asked) + ROUNDS + SETTLING, None
            self._thread = threading.Thread(target=self._run, args=(list(asked),), name="timing", daemon=True)
            self._thread.start()

    def join(self) -> None:
        """Wait for the end of a measurement."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, asked: Sequence[Asked]) -> None:
        from casting_core import Inspector

        judges = {}
        try:
            for place, (name, _) in enumerate(asked):
                self.what, self.done = f"Loading {name}", place
                judges[name] = Inspector.load(name)
            found = take_turns(judges, _picture(), seconds=LONGEST, progress=self._tell)
        except CastingError as error:
            self.error = str(error)
            return
        self.speeds |= {(name, sha256): found[name] for name, sha256 in asked}

    def _tell(self, done: int, total: int) -> None:
        self.what = f"Judging a picture with each model in turn, {done} of {total}"
        self.done = self.total - total + done


def _picture() -> bytes:
    """Render a casting, 300 × 300 px, as the JPEG file of a camera."""
    from casting_core.data.synthetic.casting import render_casting

    return encoded(Image.fromarray(render_casting(seed=0).pixels).convert("RGB"), "JPEG", quality=90)


@st.cache_resource(show_spinner=False)
def timer() -> Timer:
    """Return the one of this process."""
    return Timer()


def known(asked: Sequence[Asked]) -> Mapping[str, Speed]:
    """Return what was measured of these models, by name."""
    speeds = timer().speeds
    return {name: speeds[name, sha256] for name, sha256 in asked if (name, sha256) in speeds}


def control(asked: Sequence[Asked]) -> None:
    """Draw a button that measures, and its progress while that goes on."""
    current = timer()
    if current.running:
        st.fragment(_progress, run_every=EVERY)()
        return
    st.button(
        "Measure times again" if known(asked) else "Measure the time a picture takes",
        icon=":material/timer:",
        on_click=current.start,
        args=(list(asked),),
        disabled=not asked,
        key="measure-times",
        help=f"All models of the table in turns, {ROUNDS} rounds; some seconds, and you can look on meanwhile.",
    )


def explain(asked: Sequence[Asked]) -> None:
    """How the times were measured, or why they could not be."""
    current = timer()
    if current.error:
        complain("The time could not be measured.", current.error)
    found = known(asked)
    if found:
        rounds = min(each.rounds for each in found.values())
        uneven = any(each.high > UNEVEN * each.low for each in found.values())
        busy = " **The rounds differ much: the machine was busy. Measure again when it is not.**" if uneven else ""
        told = "; ".join(f"{name} {each.low:.0f} to {each.high:.0f} ms" for name, each in found.items())
        st.caption(
            f"Times a picture are medians of {rounds} rounds on this machine, all models in turns, on a rendered "
            "casting of 300 × 300 px, from the file to the verdict without the map. They are longer where the machine "
            f"has other work. The middle half of the rounds: {told}.{busy}"
        )


def _progress() -> None:
    current = timer()
    if not current.running:
        st.rerun()
        return
    st.progress(min(current.done / max(current.total, 1), 1.0), f"{current.what}…")
