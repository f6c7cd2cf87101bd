"""Verdicts first: explanations wait while somebody still waits for a verdict.

Where many drop a picture at the same moment, each explanation takes longer than a verdict, and would keep the others
waiting for theirs.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20.0  # s, after which an explanation goes on all the same


class Precedence:
    """Counts those who wait for a verdict; safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Give precedence to what is done inside."""
        with self._changed:
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def wait(self, patience: float = PATIENCE) -> bool:
        """Wait until nothing with precedence is under way; False where that took longer than `patience` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, patience)
