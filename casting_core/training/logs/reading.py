"""Read a training log of any tool: our own, any CSV with an epoch column, TensorBoard event files.

One door for pages and command line: what a file is decides which reader takes it, and all of them end in a `Log`.
"""

from pathlib import Path

from casting_core.errors import DataError
from casting_core.training.logs.csv_log import read_csv_log
from casting_core.training.logs.log import MAX_BYTES, Log, read_bounded, too_large
from casting_core.training.logs.tensorboard import is_event_file, read_event_files, read_event_folder


def read_any_log(source: Path | bytes, name: str = "") -> Log:
    """Read a log of whatever tool, from a file, a run folder, or the bytes of an upload with its `name`.

    Of a folder, its `log.csv` is read, else the event files in it and in its sub-folders together. Nothing that a file
    holds is run or unpickled. Raises `DataError`, with what to do, where the file is missing, is no log, or is over a
    limit: `MAX_BYTES`, `MAX_ROWS`, `MAX_COLUMNS` and `MAX_CELLS`.
    """
    if isinstance(source, bytes):
        content, path = source, name or "log.csv"
    else:
        if source.is_dir() and not (source / "log.csv").is_file():
            return read_event_folder(source, name)
        file = source / "log.csv" if source.is_dir() else source
        content, path = read_bounded(file), file.absolute().as_posix()
    if len(content) > MAX_BYTES:
        raise DataError(too_large(path))
    given = name if isinstance(source, Path) else ""  # an upload's name is that of its file
    if is_event_file(path, content):
        return read_event_files({path: content}, given)
    return read_csv_log(content, path, given)
