"""Freed memory is kept where the C library is glibc, and is never an error where it is another."""

import ctypes
import platform
import subprocess
import sys

import pytest

from casting_core.system.memory import keep_freed_memory, return_freed_memory

SCRIPT = """
import resource
import numpy as np
from casting_core.system.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        [np.ones(100_000) for _ in range(8)]  # 0.8 MB, or 195 pages of 4 KiB, each
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

first = faults()
keep_freed_memory()
faults()  # these are the last
print(first, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="says something of glibc alone")
def test_arrays_are_made_of_memory_that_was_freed() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    without, kept = map(int, done.stdout.split())
    assert 100 * kept < without


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_can() -> None:
    assert keep_freed_memory() is True
    assert return_freed_memory() is True


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_other_libraries_cannot(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def missing(name: object) -> object:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert keep_freed_memory() is False
    assert return_freed_memory() is False
