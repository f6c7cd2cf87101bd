"""TensorBoard event files: scalars such as loss and accuracy, by epoch or by step.

A file is a row of records: a length, its checksum, a message, and its checksum (TFRecord). Messages are read with the
package `tensorboard`, which is imported when the first such file comes. Only single numbers are taken; images, texts,
histograms and graphs are passed over, nothing is run. All is bounded before it is collected.

Files in one folder, in folders called train and validation in it, as Keras writes them, and in folders below it are of
one run; a file without a folder is one by itself.

Source: the records are described in TensorFlow's documentation of TFRecord, the messages in `event.proto`.
"""

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH, STEP, is_images, recognise, words
from casting_core.training.logs.table import MAX_COLUMNS, Figures, Table, log_name, short_path

CHECKED = 4096  # bytes: longer messages hold images and the like; those over `LONGEST` are not even parsed
LONGEST = 2**20
MAX_EVENTS = 500_000
MAX_TAGS = 10 * MAX_COLUMNS  # that are told apart; `MAX_COLUMNS` of them are kept
FLOATS = {1: ("<f4", "float_val"), 2: ("<f8", "double_val"), 3: ("<i4", "int_val"), 9: ("<i8", "int64_val")}


def is_event_file(path: str, content: bytes) -> bool:
    """Whether it is a TensorBoard event file, by its name or by how every such file begins."""
    return bool(content) and ("tfevents" in PurePosixPath(path).name or b"brain.Event:" in content[:64])


def runs_of_files(paths: Iterable[str]) -> dict[str, str]:
    """Return the run that each file belongs to, as the folder of all its files."""
    folders = {path: PurePosixPath(path).parent for path in paths}
    own = {path: folder.parent if is_images(folder.name) else folder for path, folder in folders.items()}
    roots = set(own.values()) - {PurePosixPath(".")}
    runs = {}
    for path, folder in own.items():
        above = [each for each in (*reversed(folder.parents), folder) if each in roots]
        alone = folder == folders[path] and not folder.name
        runs[path] = path if alone else str(above[0] if above else folder)
    return runs


def read_event_files(files: Mapping[str, bytes]) -> list[Table]:
    """Read the event files of one run, bytes by path; a damaged or half-written end is left out, with a note.

    Raises `DataError` where one is no event file, none holds a number, or there are too many.
    """
    first = min(files)
    run = runs_of_files(files)[first]
    notes: list[str] = []
    tags: dict[str, int] = {}
    which, steps, values, times = array("q"), array("d"), array("d"), array("d")
    for path in sorted(files):
        folder = PurePosixPath(path).parent
        prefix = "" if run == path or str(folder) == run else f"{folder.relative_to(run)}/"
        for tag, step, value, time in _scalars(files[path], PurePosixPath(path).name, notes):
            if len(steps) >= MAX_EVENTS:
                raise DataError(f"{short_path(run)} holds over {MAX_EVENTS:,} values; log once an epoch.")
            code = tags.setdefault((prefix + tag)[:200], len(tags)) if len(tags) < MAX_TAGS else tags.get(prefix + tag)
            if code is not None:
                which.append(code)
                for each, number in ((steps, step), (values, value), (times, time)):
                    each.append(number)
    if not tags:
        raise DataError(f"{short_path(first)} holds no scalars such as a loss; choose the event file of a training.")
    kept, counter = _kept(list(tags), notes)
    codes = np.array(which)
    rows = np.isin(codes, [tags[tag] for tag in kept])
    figures = {
        name: Figures(values=np.array(each, np.float64)[rows], written=np.ones(int(rows.sum()), bool))
        for name, each in ((counter, steps), ("value", values), ("wall time", times))
    }
    name = log_name(first) if run == first else PurePosixPath(run).name or "TensorBoard log"
    texts = {"tag": np.array(list(tags), object)[codes[rows]]}
    source = short_path(run)
    return [Table(name=name, source=source, rows=int(rows.sum()), figures=figures, texts=texts, notes=tuple(notes))]


def _kept(tags: list[str], notes: list[str]) -> tuple[list[str], str]:
    """Which tags to keep, and what their steps count.

    Keras counts epochs under `epoch_…` and batches under other tags of the same file: the former alone, if any.
    """
    keras = [tag for tag in tags if words(tag.rpartition("/")[2])[:1] == ["epoch"] and words(tag)[-1] != "epoch"]
    kept = keras or tags
    ours = set(recognise(kept)[0].values()) | {tag for tag in kept if words(tag) == ["epoch"]}
    kept = sorted(kept, key=lambda tag: tag not in ours)[:MAX_COLUMNS]
    left = [tag for tag in tags if tag not in set(kept)]
    if left:
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        why = "because they are not counted in epochs" if keras else "as there are too many"
        notes.append(f"Left out, {why}: {', '.join(left[:5])}{more}.")
    return kept, EPOCH if keras else STEP


def _scalars(content: bytes, file: str, notes: list[str]) -> Iterator[tuple[str, int, float, float]]:
    """Yield tag, step, value and time of the single numbers of a file."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event

    for count, message in enumerate(_messages(content, file, notes)):
        if count >= MAX_EVENTS:
            raise DataError(f"{file} holds over {MAX_EVENTS:,} events; log once an epoch.")
        try:
            event = Event.FromString(message) if len(message) <= LONGEST else Event()
        except DecodeError:
            notes.append(f"{file} is damaged; what stands before the damage was read.")
            return
        for value in event.summary.value:
            number = _scalar(value)
            if number is not None and value.tag:
                yield value.tag, event.step, number, event.wall_time


def _messages(content: bytes, file: str, notes: list[str]) -> Iterator[bytes]:
    """Yield the messages of a file. Raises `DataError` where it does not even begin as one."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    at = 0
    while at + 12 <= len(content):
        length, checksum = struct.unpack_from("<QI", content, at)
        end = at + 12 + length
        if masked_crc32c(content[at : at + 8]) != checksum:
            if at == 0:
                raise DataError(f"{file} is no TensorBoard event file, or damaged from its start; choose another.")
            break
        if end + 4 > len(content):
            notes.append(f"The last record of {file} is half written; it is left out.")
            return
        message = content[at + 12 : end]
        if length <= CHECKED and masked_crc32c(message) != struct.unpack_from("<I", content, end)[0]:
            break
        yield message
        at = end + 4
    if at + 12 <= len(content):
        notes.append(f"{file} is damaged; what stands before the damage was read.")
    elif at < len(content):
        notes.append(f"The last record of {file} is half written; it is left out.")


def _scalar(value: Any) -> float | None:
    """Return the single number that a summary value holds; None where it holds anything else."""
    if value.WhichOneof("value") == "simple_value":
        return float(value.simple_value)
    tensor = value.tensor
    kind, name = FLOATS.get(tensor.dtype, ("", ""))
    if not kind or any(dim.size != 1 for dim in tensor.tensor_shape.dim):
        return None
    if len(tensor.tensor_content) == np.dtype(kind).itemsize:
        return float(np.frombuffer(tensor.tensor_content, kind)[0])
    given = getattr(tensor, name)
    return float(given[0]) if len(given) == 1 and not tensor.tensor_content else None
