"""Our own training log: one row per epoch in a CSV file that can be watched while it grows.

Epochs count from 1; accuracies are fractions, `seconds` is that epoch's duration. A half-written last line, as left by
a run that is writing or was killed, is not an error: it is left out. `read_log` is strict; `reading.read_any_log` reads
the logs of any tool.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from casting_core.data.files import format_records, parse_records, write_records
from casting_core.errors import DataError


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
