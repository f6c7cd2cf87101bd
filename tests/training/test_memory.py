"""Freed memory: kept where the C library can, and never an error where it cannot."""

import ctypes
import platform

import pytest

from casting_core.training.memory import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_can() -> None:
    assert keep_freed_memory() is True


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_other_libraries_cannot(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def missing(name: object) -> object:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert keep_freed_memory() is False
