"""Ways to break a program at each of its steps on disk: it is killed there, or the disk refuses."""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

STEPS = ("open", "mkdir", "fsync", "replace", "rename", "unlink", "rmdir", "utime")
TAKES_SPACE = ("open", "mkdir", "fsync", "replace", "rename")  # what a full or read-only disk refuses

Stop = Callable[[], None]  # called at each step on disk; ends the program, or raises, when its turn has come


class _Halfway(io.BufferedWriter):
    """A file that can stop when half of what is written to it is on disk."""

    step: Stop

    def write(self, content) -> int:
        half = len(content) // 2
        super().write(memoryview(content)[:half])
        self.flush()
        self.step()
        return half + super().write(memoryview(content)[half:])


@contextmanager
def _watched(step: Stop, names: tuple[str, ...]) -> Iterator[None]:
    """Call `step` before each of these functions of `os`, and in the middle of each write to a file."""

    def before(real: Callable) -> Callable:
        def call(*given: object, **more: object) -> object:
            writes = real is not OPEN or (len(given) > 1 and isinstance(given[1], int) and given[1] & os.O_CREAT)
            if writes:  # opening to read takes no space
                step()
            return real(*given, **more)

        return call

    def opened(file: object, mode: str = "r", *given: object, **more: object) -> object:
        real = REAL_OPEN(file, mode, *given, **more)
        if mode != "xb":
            return real
        stream = _Halfway(real.detach())
        stream.step = step
        return stream

    patches = [mock.patch.object(os, name, before(getattr(os, name))) for name in names]
    patches.append(mock.patch.object(builtins, "open", opened))
    try:
        for patch in patches:
            patch.start()
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


OPEN, REAL_OPEN = os.open, builtins.open


def deaths(work: Callable[[], object], most: int = 500) -> Iterator[int]:
    """Do `work` in a process that is killed at its first step on disk, then in one killed at its second, and so on.

    Gives the number of the step after each death, and ends when one process lives to the end of its work.
    """
    for last in range(1, most):
        child = os.fork()
        if child == 0:
            try:
                _die_in(work, last)
                os._exit(0)
            finally:
                os._exit(1)  # it must not go on as a second test run
        status = os.waitpid(child, 0)[1]
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
            return
        yield last
    raise AssertionError(f"still at work after {most} steps")


def _die_in(work: Callable[[], object], last: int) -> None:
    left = last

    def step() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    with _watched(step, STEPS):
        work()


def refusals(work: Callable[[], object], code: int = errno.ENOSPC, most: int = 500) -> Iterator[BaseException]:
    """Do `work` on a disk that refuses from the first step on that takes space, then from the second one, and so on.

    Gives the exception after each refusal (`AssertionError` where none came), and ends when the work is done.
    """
    for last in range(1, most):
        left = last

        def step() -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise OSError(code, os.strerror(code))

        caught: BaseException | None = None
        with _watched(step, TAKES_SPACE):
            try:
                work()
            except Exception as error:
                caught = error
        if left > 0:
            assert caught is None, caught
            return
        yield caught or AssertionError(f"nobody was told of the refusal at step {last}")
    raise AssertionError(f"still at work after {most} steps")
