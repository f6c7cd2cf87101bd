"""The training log: one row an epoch in a CSV file that can be watched while it grows.

Epochs count from 1; accuracies are fractions, `seconds` is that epoch's duration. A half-written
last line, as left by a run that is writing or was killed, is not an error: it is left out.
"""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from casting_core.data.files import write_atomically
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
        if new:
            stream.write(",".join(COLUMNS) + "\n")
        stream.write(_row(record))


def _row(record: EpochRecord) -> str:
    return ",".join(str(v) if isinstance(v, int) else f"{v:.9g}" for v in asdict(record).values()) + "\n"


def write_log(file: Path, records: Sequence[EpochRecord]) -> None:
    """Write a whole log, atomically."""
    write_atomically(file, (",".join(COLUMNS) + "\n" + "".join(map(_row, records))).encode())


def read_log(file: Path) -> list[EpochRecord]:
    """Read a log; an empty or missing file is an empty log, a half-written last line is left out.

    Raises `DataError` where the header is another, or a line other than the last cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    lines = text.split("\n")
    complete = lines[:-1]  # what follows the last line break is still being written
    if not complete:
        return []
    if complete[0].split(",") != list(COLUMNS):
        raise DataError(f"{file} has the columns {complete[0]!r}, expected {','.join(COLUMNS)}.")
    records = []
    for number, row in enumerate(csv.reader(complete[1:]), start=2):
        try:
            values = dict(zip(COLUMNS, row, strict=True))
            records.append(EpochRecord(epoch=int(values.pop("epoch")), **{k: float(v) for k, v in values.items()}))
        except ValueError as error:
            raise DataError(f"{file}, line {number}: {error}.") from error
    return records
