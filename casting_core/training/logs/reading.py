"""Read a training log of any tool: our own, any CSV with an epoch column, TensorBoard event files.

The first of `FORMATS` that knows a file reads it, and all of them end in a `Log`. A further format is a module beside
this one and an entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casting_core.errors import DataError
from casting_core.training.logs.csv_log import read_csv_log
from casting_core.training.logs.log import MAX_BYTES, Log, read_bounded, too_large
from casting_core.training.logs.tensorboard import is_event_file, read_event_files, read_event_folder


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of log.

    Attributes
    ----------
    knows : whether a file is of it, by its path and bytes.
    read : bytes, path and name → log.
    """

    knows: Callable[[str, bytes], bool]
    read: Callable[[bytes, str, str], Log]


FORMATS = (
    Format(knows=is_event_file, read=lambda content, path, name: read_event_files({path: content}, name)),
    Format(knows=lambda path, content: True, read=read_csv_log),  # whatever else it is, it says what it lacks as a CSV
)


def read_any_log(source: Path | bytes, name: str = "") -> Log:
    r"""Read a log of whatever tool, from a file, a run folder, or the bytes of an upload with its `name`.

    Of a folder, its `log.csv` is read, else the event files in it and in its sub-folders together. Nothing that a file
    holds is run or unpickled.

    Raises
    ------
    DataError
        The file is missing, is no log, or is over a limit: `MAX_BYTES`, `MAX_ROWS`, `MAX_COLUMNS` or `MAX_CELLS`.

    Examples
    --------
    >>> log = read_any_log(b"epoch,loss,val_acc\n1,0.7,0.60\n2,0.4,0.85\n", "night.csv")
    >>> log.columns["train_loss"].tolist(), log.columns["validation_accuracy"].tolist()
    ([0.7, 0.4], [0.6, 0.85])
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
    return next(each for each in FORMATS if each.knows(path, content)).read(content, path, given)
