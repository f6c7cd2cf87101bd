"""Offline runs of Weights & Biases: the file `run-….wandb`, of which only the history is read.

The file has a header of seven bytes, then the log format of LevelDB: blocks of 32 KiB with records of checksum, length
and type (whole, first, middle, last). Each whole record is a protocol buffer, of which five fields are read:
to protobuf all are unknown fields of an empty message.

Source: https://github.com/google/leveldb/blob/main/doc/log_format.md, and `wandb_internal.proto` of W&B's client.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping

from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from casting_core.errors import DataError
from casting_core.training.logs.table import LONGEST_NAME, MAX_ROWS, Table, from_records

NAMES = ("*.wandb",)
MAGIC, HEADER, BLOCK = b":W&B", 7, 32 * 2**10
MAX_FILE = 16 * 2**20  # bytes
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
LONGEST = 64  # bytes of a number
HISTORY, ITEM, NAME, NESTED_NAME, VALUE = 2, 1, 1, 2, 16  # fields of a record, of its history, and of an item there
RUN, DISPLAY_NAME = 17, 8  # of a record, and of its run
Fields = dict[int, list[bytes]]  # of a message, by their number


def knows(path: str, content: bytes) -> bool:
    """Whether a file is an offline run of Weights & Biases."""
    return content.startswith(MAGIC)


def read(files: Mapping[str, bytes]) -> Table:
    """Read the history of an offline run; a half-written or damaged end is left out, with a note.

    Raises `DataError` where it is larger than `MAX_FILE`.
    """
    (content,) = files.values()
    if len(content) > MAX_FILE:
        raise DataError(f"has more than {MAX_FILE // 2**20} MiB; sync it, and export the run's charts as CSV.")
    rows, notes, name = list[dict[str, str]](), list[str](), ""
    for runs, items in _records(content, notes):
        name = next((_text(run[DISPLAY_NAME]) for run in runs), name)
        values = {_text(item[NESTED_NAME] or item[NAME]): _text(item[VALUE]) for item in items}
        if values and len(rows) >= MAX_ROWS:
            raise DataError(f"holds over {MAX_ROWS:,} rows; log once an epoch.")
        if values:
            rows.append({key: value for key, value in values.items() if len(value) <= LONGEST})
    return from_records(rows, notes, name=name[:LONGEST_NAME])


def _records(content: bytes, notes: list[str]) -> Iterator[tuple[list[Fields], list[Fields]]]:
    """Yield of each record the runs and the items of the history, put together where it was parted by a block."""
    at = HEADER
    parts: list[bytes] = []
    while at + HEADER <= len(content):
        left = BLOCK - at % BLOCK
        if left < HEADER:  # what is left of a block is filled up
            at += left
            continue
        length, kind = struct.unpack_from("<HB", content, at + 4)
        end = at + HEADER + length
        if end > len(content) or kind not in (FULL, FIRST, MIDDLE, LAST):
            break
        parts = [*([] if kind in (FULL, FIRST) else parts), content[at + HEADER : end]]
        if kind in (FULL, LAST):
            try:
                record = _fields(b"".join(parts))
                runs = [_fields(run) for run in record[RUN]]
                items = [_fields(item) for history in record[HISTORY] for item in _fields(history)[ITEM]]
            except DecodeError:
                break
            yield runs, items
        at = end
    if at < len(content):
        notes.append("The end of the file is half written or damaged; it is left out.")


def _fields(message: bytes) -> Fields:
    """Return what a message holds in bytes, by the number of the field. Raises `DecodeError` where it is damaged."""
    found = defaultdict(list)
    for field in UnknownFieldSet(Empty.FromString(message)):
        if isinstance(field.data, bytes):
            found[field.field_number].append(field.data)
    return found


def _text(parts: list[bytes]) -> str:
    return b".".join(parts).decode(errors="replace")
