"""The bytes of a picture, read once from wherever they come, and never more of them than asked for."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from casting_core.errors import ImageError

_CHUNK = 1 << 20  # bytes read at a time


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn whatever a broken source raises, which is nearly any built-in exception, into an `ImageError`."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        raise ImageError(
            f"This {what} is damaged, incomplete or of an unusual variant. "
            "Copy it again from the camera, or save it anew as an 8-bit JPEG or PNG."
        ) from error


def read_bytes(source: Any, max_bytes: int) -> bytes:
    """All bytes of a path, of a binary file object (from its start where it can seek), or of bytes themselves.

    Raises `ImageError` where the source is none of these, cannot be read, is empty, or holds more than `max_bytes`.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        _check_bytes(memoryview(source).nbytes, max_bytes)
        data = bytes(source)
    elif isinstance(source, str | os.PathLike):
        data = _read_path(source, max_bytes)
    elif hasattr(source, "read"):
        with explained("file object"):
            if source.seekable():
                source.seek(0)
            data = _read_bounded(source, max_bytes)
    else:
        raise ImageError(
            f"Expected a path, bytes, a binary file object, a PIL image or a NumPy array, got {type(source).__name__}."
        )
    if not data:
        raise ImageError("The file is empty (0 bytes). Copy it again from the camera.")
    return data


def _read_path(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(f"Expected a picture, but {path} is a folder. Name the pictures in it.")
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"Expected a picture, but {path} is no regular file.")
        _check_bytes(status.st_size, max_bytes)
        with open(path, "rb", buffering=0) as file:
            return _read_bounded(file, max_bytes)
    except FileNotFoundError as error:
        raise ImageError(f"There is no file {path}. Check the name and the folder.") from error
    except PermissionError as error:
        raise ImageError(f"{path} may not be read. Ask its owner for permission to read it.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"{path!r} cannot be read ({error}).") from error


def _read_bounded(file: Any, max_bytes: int) -> bytes:
    """All that `file` holds; a raw file may give less at a time than it was asked for."""
    chunks: list[bytes] = []
    count = 0
    while chunk := file.read(min(_CHUNK, max_bytes + 1 - count)):
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise ImageError("Expected a file opened in binary mode ('rb'), got one opened as text.")
        chunks.append(bytes(chunk))
        count += len(chunk)
        _check_bytes(count, max_bytes)
    return b"".join(chunks)


def _check_bytes(count: int, max_bytes: int) -> None:
    if count > max_bytes:
        raise ImageError(
            f"The file is larger than the limit of {max_bytes / 2**20:,.3g} MiB. "
            "Save the picture as JPEG, or with fewer pixels."
        )
