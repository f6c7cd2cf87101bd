"""Writing files so that nobody ever reads half of one, and reading tables that somebody may have cut or altered."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace


def write_atomically(file: Path, content: bytes) -> None:
    """Write `content` to a temporary name beside `file`, then put it in its place.

    Raises `OSError` where the folder cannot be written or the disk is full; `file` is then as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, each ended by a line feed; a cell with either sign of a new line is quoted.

    Python's writer leaves a carriage return unquoted where lines do not end with one; its reader ends the row there.
    """
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lambda line: lines.append(line.removesuffix("\r\n") + "\n"))).writerows(rows)
    return "".join(lines)


def read_rows(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that a program wrote, each with these columns at least.

    Raises `OSError` where the file cannot be read, and `ValueError` where it is no such table, or ends within a line,
    as one does that was cut: its last number could be another one.
    """
    with file.open(newline="", encoding="utf-8") as stream:
        text = stream.read()
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        if not set(columns) <= set(reader.fieldnames or ()):
            raise ValueError(f"expected the columns {','.join(columns)}, got {reader.fieldnames!r:.80}")
        if not text.endswith("\n"):
            raise ValueError("it ends within a line")
        return list(reader)
    except csv.Error as error:
        raise ValueError(str(error)) from error
