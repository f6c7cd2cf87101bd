"""Verdicts first: explanations wait while somebody still waits for a verdict.

Where many drop a picture at the same moment, each explanation takes longer than a verdict, and would keep the others
waiting for theirs. Whatever is done one at a time is done in the order in which it was asked for.
"""

import threading
from collections import deque
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


class Line:
    """A lock that is given to those who wait for it in the order in which they came; safe to use from any thread.

    An ordinary one may go to the same thread again and again, as long as that asks anew at once.
    """

    def __init__(self) -> None:
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """Wait for one's turn."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: self._waiting[0] is ticket)

    def __exit__(self, *_: object) -> None:
        """Let the next one go on."""
        with self._changed:
            self._waiting.popleft()
            self._changed.notify_all()
