"""The training log: one row per epoch in a CSV file that can be watched while it grows, and the `Log` of any tool.

Epochs count from 1; accuracies are fractions, `seconds` is that epoch's duration. A half-written
last line, as left by a run that is writing or was killed, is not an error: it is left out.

`read_log` reads what our own training wrote and is strict; `reading.read_any_log` reads the logs of any tool.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath

import numpy as np

from casting_core.data.files import format_records, parse_records, write_records
from casting_core.errors import DataError

EPOCH, STEP = "epoch", "step"
MAX_BYTES = 64 * 2**20  # of a log, or of all event files of one
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 4_000_000  # rows times columns
UNSPECIFIC = {"log", "logs", "metrics", "results", "history", "training", "training_log"}  # file names that say nothing


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """One row of a log. `images_per_second` counts training pictures only."""

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float
    images_per_second: float


COLUMNS = tuple(field.name for field in fields(EpochRecord))


@dataclass(frozen=True, kw_only=True, eq=False)
class Log:
    """A training log as curves are drawn from it, ours or another tool's.

    `epochs`: float64 (E,), finite and rising; epochs counted from 1, parts of one where the tool wrote such, or steps
    where `unit` says so. `columns`: float64 (E,) by name; what is known has the name of a field of `EpochRecord`,
    everything else its own. NaN where there is no number. `present`: bool (E,) by name, whether anything stood there
    at all, so that a loss that became NaN can be told from one that was not taken; everything where it is left out.
    `notes`: sentences on what was changed, guessed or left out. The arrays cannot be written to.
    Raises `DataError` where the lengths differ or the epochs do not rise.
    """

    name: str
    epochs: np.ndarray
    columns: Mapping[str, np.ndarray]
    notes: tuple[str, ...] = ()
    unit: str = EPOCH
    present: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        epochs = _frozen(self.epochs, np.float64)
        columns = {name: _frozen(values, np.float64) for name, values in self.columns.items()}
        every = np.ones(epochs.shape, bool)
        present = {name: _frozen(self.present.get(name, every), bool) for name in columns}
        for name, values in (*columns.items(), *present.items()):
            if values.shape != epochs.shape or epochs.ndim != 1:
                raise DataError(
                    f"The column {name} of {self.name} has the shape {values.shape}, its epochs have {epochs.shape}; "
                    "one value an epoch is expected."
                )
        if not np.isfinite(epochs).all() or (np.diff(epochs) <= 0).any():
            raise DataError(f"The epochs of {self.name} must be finite and rise.")
        for name, value in (("epochs", epochs), ("columns", columns), ("present", present)):
            object.__setattr__(self, name, value)

    def series(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Epochs and values, float64 (N,) both, where something was written; empty where there is no such column."""
        if column not in self.columns:
            return np.empty(0), np.empty(0)
        at = self.present[column]
        return self.epochs[at], self.columns[column][at]


def _frozen(values: np.ndarray, kind: type) -> np.ndarray:
    copy: np.ndarray = np.array(values, kind)
    copy.flags.writeable = False
    return copy


def append_epoch(file: Path, record: EpochRecord) -> None:
    """Append one row; the header is written first where the file is new."""
    new = not file.exists() or file.stat().st_size == 0
    with file.open("a", newline="", encoding="utf-8") as stream:
        stream.write(format_records(EpochRecord, [record], header=new))


def write_log(file: Path, records: Sequence[EpochRecord]) -> None:
    """Write a whole log, atomically."""
    write_records(file, EpochRecord, records)


def read_log(file: Path) -> list[EpochRecord]:
    """Read a log; an empty or missing file is an empty log, a half-written last line is left out.

    Raises `DataError` where the header is another, or a line other than the last cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
        complete = text[: text.rfind("\n") + 1]  # what follows the last line break is still being written
        return parse_records(complete, EpochRecord) if complete else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read as a log ({error}); restore it, or start the run anew.") from error


def read_bounded(file: Path, most: int = MAX_BYTES) -> bytes:
    """Read a file's bytes. Raises `DataError` where it is missing, no plain file, or larger than `most` bytes."""
    try:
        if not file.is_file():
            raise DataError(f"There is no file {file}.")
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error}.") from error
    if len(content) > most:
        raise DataError(too_large(str(file), most))
    return content


def too_large(path: str, most: int = MAX_BYTES) -> str:
    """Say that a log has more than `most` bytes."""
    return f"{short_path(path)} has more than the {most / 2**20:.3g} MiB a log may have; keep one row an epoch."


def short_path(path: str) -> str:
    """Name a file and the folder it lies in, for messages."""
    return "/".join(PurePosixPath(path.replace("\\", "/")).parts[-2:])


def log_name(path: str) -> str:
    """Name a log by its file, or by the folder where the file's name says nothing."""
    file = PurePosixPath(path.replace("\\", "/"))
    stem = file.name if "tfevents" in file.name else file.stem
    if ("tfevents" in stem or stem.casefold() in UNSPECIFIC) and file.parent.name:
        return file.parent.name
    return stem or "log"
