"""How long models take over one picture, beside each other: in turns, in one process, on the same threads.

Each round asks every model once, so that whatever else the machine does meanwhile falls on all of them alike. The first
rounds warm up and do not count; of the others the median and the quartiles are given. A machine that has other work may
take long, so there can be fewer rounds than were asked for, but never fewer than a few.
"""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from casting_core.errors import SettingsError

ROUNDS, LEAST, WARM_UP = 15, 5, 3
Progress = Callable[[int, int], None]  # rounds done, of how many


class Judge(Protocol):
    """What is timed: see `casting_core.Inspector`."""

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        """Judge one picture."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Milliseconds a picture, from the file to the verdict without a map: the median of so many rounds, and the
    quartiles around it."""

    median: float
    low: float
    high: float
    rounds: int


def take_turns(
    judges: Mapping[str, Judge],
    content: bytes,
    *,
    rounds: int = ROUNDS,
    seconds: float = math.inf,
    progress: Progress | None = None,
) -> dict[str, Speed]:
    """Time every judge on a picture, the bytes of a file.

    Parameters
    ----------
    rounds : as many, or once the `seconds` are over, `LEAST` and no more.
    progress : is told after each round, those that warm up among them; what it raises ends the measurement.

    Raises `SettingsError` for fewer than `LEAST` rounds.
    """
    if rounds < LEAST:
        raise SettingsError(f"A median that tells anything needs {LEAST} rounds or more, got {rounds}.")
    times: dict[str, list[float]] = {name: [] for name in judges}
    total, began = rounds + WARM_UP, time.perf_counter()
    for turn in range(total):
        if turn >= LEAST + WARM_UP and time.perf_counter() - began > seconds:
            break
        for name, judge in judges.items():
            started = time.perf_counter()
            judge.inspect(content, explain=False)
            if turn >= WARM_UP:
                times[name].append(1e3 * (time.perf_counter() - started))
        if progress is not None:
            progress(turn + 1, total)
    result = {}
    for name, values in times.items():
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        result[name] = Speed(median=median, low=low, high=high, rounds=len(values))
    return result
