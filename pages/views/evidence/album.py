"""The pictures of a set on which a map points best and worst, found one by one and kept for all sessions.

One set is gone through once a process and model, whoever asks, and from where the last visitor left it.
"""

import threading
from collections.abc import Iterator

import streamlit as st

from casting_core.data.masked_set import LabelledImage
from casting_core.evaluation.localization import pointing_game

KEEP = 2  # of the best, and of the worst
MOST = 6  # albums held in memory


class Album:
    """Goes through pictures with known defects, one at each `advance`; safe to use from any thread.

    `done`: pictures so far, `finished`: whether there are no more, `extremes`: the best and the worst so far.
    """

    def __init__(self, pictures: Iterator[LabelledImage], judge: pointing_game.Judge) -> None:
        self.extremes = pointing_game.BestAndWorst(KEEP)
        self.done, self.finished = 0, False
        self._pictures, self._judge, self._lock = pictures, judge, threading.Lock()

    def advance(self, wanted: int | None = None) -> bool:
        """Judge one more picture, unless `wanted` are judged already; False when nothing is left to do."""
        with self._lock:
            if self.finished or (wanted is not None and self.done >= wanted):
                return False
            known = next(self._pictures, None)
            if known is None:
                self.finished = True
                return False
            pointed = pointing_game.point(known, self._judge)
            self.done += 1
            if pointed is not None:
                self.extremes.add(pointed)
            return True


@st.cache_resource(max_entries=MOST, show_spinner=False)
def album(key: tuple[str, ...], _pictures: Iterator[LabelledImage], _judge: pointing_game.Judge) -> Album:
    """Find the album of this key, or begin it; the longest untouched goes when there are too many."""
    return Album(_pictures, _judge)
