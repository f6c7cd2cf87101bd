"""Offline runs of Weights & Biases: the file `run-….wandb`, of which only the history is read.

The file has a header of seven bytes, then the log format of LevelDB: blocks of 32 KiB with records of checksum, length
and type (whole, first, middle, last). Each whole record is a protocol buffer, of which five fields are declared here.

Source: https://github.com/google/leveldb/blob/main/doc/log_format.md, and `wandb_internal.proto` of W&B's client.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from casting_core.errors import DataError
from casting_core.training.logs.table import MAX_ROWS, Table, from_records, log_name, short_path

MAGIC, HEADER, BLOCK = b":W&B", 7, 32 * 2**10
MAX_FILE = 16 * 2**20  # bytes
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
LONGEST = 64  # characters of a number
MESSAGES = {  # message → field: number, type, whether repeated
    "Item": {"key": (1, "string", False), "nested_key": (2, "string", True), "value_json": (16, "string", False)},
    "History": {"item": (1, "Item", True)},
    "Run": {"display_name": (8, "string", False)},
    "Record": {"history": (2, "History", False), "run": (17, "Run", False)},
}


def is_wandb(path: str, content: bytes) -> bool:
    """Whether a file is an offline run of Weights & Biases."""
    return content.startswith(MAGIC)


def read_wandb(files: Mapping[str, bytes]) -> list[Table]:
    """Read the history of an offline run; a half-written or damaged end is left out, with a note.

    Raises `DataError` where it is larger than `MAX_FILE`, or holds no history.
    """
    from google.protobuf.message import DecodeError

    ((path, content),) = files.items()
    if len(content) > MAX_FILE:
        raise DataError(
            f"{short_path(path)} has more than {MAX_FILE // 2**20} MiB; sync it, and export the run's charts as CSV."
        )
    rows: list[dict[str, str]] = []
    notes: list[str] = []
    name = ""
    for message in _messages(content, notes):
        try:
            record = _record().FromString(message)
        except DecodeError:
            notes.append("A damaged record is left out.")
            break
        name = record.run.display_name or name
        values = {".".join(item.nested_key) or item.key: item.value_json for item in record.history.item}
        if len(rows) >= MAX_ROWS:
            raise DataError(f"{short_path(path)} holds over {MAX_ROWS:,} rows; log once an epoch.")
        if values:
            rows.append({key: value for key, value in values.items() if len(value) <= LONGEST})
    if not rows:
        raise DataError(f"{short_path(path)} holds no history of a training; choose the file of another run.")
    return [from_records(path, rows, notes, name=name[:100] or log_name(path))]


@cache
def _record() -> Any:
    """Return the class of a record, with the fields that are read."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="wandb_history.proto", package="casting", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    for message, fields in MESSAGES.items():
        made = file.message_type.add(name=message)
        for field, (number, kind, repeated) in fields.items():
            label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
            told = {"type": kinds.TYPE_STRING} if kind == "string" else {"type_name": f".casting.{kind}"}
            made.field.add(name=field, number=number, label=label, **told)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("casting.Record"))


def _messages(content: bytes, notes: list[str]) -> Iterator[bytes]:
    """Yield the records of the log, put together where they were parted at the end of a block."""
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
        if kind in (FULL, FIRST):
            parts.clear()
        parts.append(content[at + HEADER : end])
        if kind in (FULL, LAST):
            yield b"".join(parts)
        at = end
    if at < len(content):
        notes.append("The end of the file is half written or damaged; it is left out.")
