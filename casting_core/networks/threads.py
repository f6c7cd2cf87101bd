"""Workers that compute beside each other: each with its own share of the threads that PyTorch may use.

The threads within one operation wait for each other after each; two pictures in two threads wait for nobody. PyTorch
keeps the number of threads an operation may use for each calling thread, and one for threads to come: the workers set
their own, and the number for threads to come is put back.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

import torch

MAX_WORKERS = 8  # Python itself serves only one of them at a time

Given = TypeVar("Given")
Made = TypeVar("Made")

_lock = threading.Lock()


def workers(count: int, *, threads: int, name: str) -> ThreadPoolExecutor:
    """Start a pool of `count` workers, whose operations use `threads` threads each."""
    with _lock:
        before = torch.get_num_threads()
        started = threading.Barrier(count + 1)

        def begin() -> None:
            torch.set_num_threads(threads)
            torch.get_num_threads()  # what a thread uses is settled when it first asks, and then stays
            started.wait()

        pool = ThreadPoolExecutor(count, thread_name_prefix=name, initializer=begin)
        for _ in range(count):
            pool.submit(int)
        started.wait()
        torch.set_num_threads(before)
    return pool


def map_chunked(
    make: Callable[[Sequence[Given]], Iterable[Made]], given: Iterable[Given], *, size: int, ahead: int
) -> Iterator[Made]:
    """Yield what `make` gives for all that is given, in order: workers take `size` each, at most `ahead` times ahead.

    There are as many workers as PyTorch may use threads, each with one; or fewer, with more.
    """
    threads, source = torch.get_num_threads(), iter(given)
    count = min(threads, MAX_WORKERS)
    pool = workers(count, threads=threads // count, name="chunk")
    try:
        taken = iter(lambda: list(islice(source, size)), [])
        coming = (pool.submit(make, chunk) for chunk in taken)
        waiting = deque(islice(coming, max(1, min(2 * count, ahead))))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(islice(coming, 1))
            yield from made
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class SideWorker:
    """One more thread for what can be done at the same time, where PyTorch may use more than one.

    It serves one caller at a time; others do the work themselves. Python runs one thread at a time and seldom changes
    its mind, so the work should be one long call that needs no Python: it has begun when the caller goes on.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._busy = threading.Lock()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any] | None:
        """Begin the work; None where nobody is free for it."""
        if torch.get_num_threads() < 2 or not self._busy.acquire(blocking=False):
            return None
        if self._pool is None:
            self._pool = workers(1, threads=1, name="beside")
        begun = threading.Event()

        def run() -> Any:
            begun.set()
            return work(*arguments)

        future = self._pool.submit(run)
        future.add_done_callback(lambda _: self._busy.release())
        begun.wait()
        return future
