"""TensorBoard event files: scalars such as loss and accuracy, by epoch or by step.

A file is a row of records: a length, its checksum, a message, and its checksum (TFRecord). Messages are read with the
package `tensorboard`, which is imported when the first such file comes. Only single numbers are taken; pictures,
texts, histograms and graphs are passed over, nothing is run. Files of one training that stand in folders called train
and validation, as Keras writes them, become one log.

Source: the records are described in TensorFlow's documentation of TFRecord, the messages in `event.proto`.
"""

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from casting_core.errors import DataError
from casting_core.training.logs.columns import on_pictures, place_column, recognise, words
from casting_core.training.logs.epochs import Rows, by_epoch, unit_of_steps
from casting_core.training.logs.log import (
    EPOCH,
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Log,
    log_name,
    read_bounded,
)

PATTERN = "*tfevents*"
MAX_FILES = 100
CHECKED = 4096  # bytes: larger messages hold pictures and the like, and their checksum takes long


def is_event_file(path: str, content: bytes) -> bool:
    """Whether it is a TensorBoard event file, by its name or by how every such file begins."""
    return bool(content) and ("tfevents" in PurePosixPath(path).name or b"brain.Event:" in content[:64])


def read_event_folder(folder: Path, name: str = "") -> Log:
    """Read the event files in a folder and one storey below as one log.

    Raises `DataError` where there are none, or over `MAX_FILES` or `MAX_BYTES` together.
    """
    found = sorted(file for pattern in (PATTERN, f"*/{PATTERN}") for file in folder.glob(pattern) if file.is_file())
    if not found:
        raise DataError(
            f"{folder} holds neither log.csv nor a TensorBoard event file; choose the folder of one training."
        )
    if len(found) > MAX_FILES:
        raise DataError(f"{folder} holds {len(found)} event files; choose the folder of one training.")
    files: dict[str, bytes] = {}
    for file in found:
        files[file.absolute().as_posix()] = read_bounded(file, MAX_BYTES - sum(map(len, files.values())))
    return read_event_files(files, name or folder.absolute().name)


@dataclass(kw_only=True)
class _Scalars:
    """Values by tag: steps, values and times of writing, in the order of the files."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def read_event_files(files: Mapping[str, bytes], name: str = "") -> Log:
    """Read event files of one training, bytes by path, as one log.

    Where a tag counts epochs, or tags are called `epoch_…` as Keras does, or there is a validation for every step, the
    rows are epochs, else steps. A damaged or half-written end of a file is left out, with a note.
    Raises `DataError` where a file is no event file, holds no number, or is over a limit.
    """
    notes: list[str] = []
    first = min(files)
    name = name or log_name(first)
    scalars: dict[str, _Scalars] = {}
    for path, prefix in _prefixes(sorted(files)).items():
        _collect(files[path], path, prefix, scalars, notes)
    if not scalars:
        raise DataError(
            f"{PurePosixPath(first).name} holds no scalars such as a loss; choose the event file of a training."
        )
    scalars = _of_epochs(scalars, notes)
    scalars = _limited(scalars, notes)
    tags = list(scalars)
    counter = place_column(tags, EPOCH)
    steps = np.unique(np.concatenate([np.array(each.steps, np.int64) for each in scalars.values()]))
    if len(steps) > MAX_ROWS or len(steps) * len(tags) > MAX_CELLS:
        raise DataError(
            f"{name} has {len(steps):,} steps and {len(tags)} tags; a log may have {MAX_ROWS:,} rows and "
            f"{MAX_CELLS:,} cells. Log once an epoch, or keep only loss and accuracy."
        )
    ours = recognise([tag if k != counter else "" for k, tag in enumerate(tags)])
    renamed = [f"{tags[k]} → {own}" for k, own in sorted(ours.items()) if tags[k] != own]
    if renamed:
        notes.append(f"Tags read under our names: {', '.join(renamed)}.")
    columns: dict[str, np.ndarray] = {}
    written: dict[str, np.ndarray] = {}
    wall = np.full(len(steps), -math.inf)
    for k, tag in enumerate(tags):
        row = np.searchsorted(steps, np.array(scalars[tag].steps, np.int64))
        np.maximum.at(wall, row, np.array(scalars[tag].times))
        if k == counter:
            continue
        own = ours.get(k, tag if tag not in ours.values() else f"{tag} (2)")
        columns[own], written[own] = np.full(len(steps), np.nan), np.zeros(len(steps), bool)
        columns[own][row] = scalars[tag].values  # of several the last
        written[own][row] = True
    places, unit = _places(steps, scalars, tags, counter, columns, written)
    rows = Rows(
        name=name,
        places=places,
        columns=columns,
        written=written,
        unit=unit,
        batches=counter is not None,
        wall=wall,
        notes=notes,
    )
    return by_epoch(rows)


def _places(
    steps: np.ndarray,
    scalars: Mapping[str, _Scalars],
    tags: list[str],
    counter: int | None,
    columns: dict[str, np.ndarray],
    written: dict[str, np.ndarray],
) -> tuple[np.ndarray, str]:
    """Where each step stands, float64 (R,), and in what: by the tag that counts epochs, where there is one."""
    if counter is not None:
        at = np.array(scalars[tags[counter]].steps, np.int64)
        epochs = np.array(scalars[tags[counter]].values)
        order = np.argsort(at, kind="stable")
        at, epochs = at[order][np.isfinite(epochs[order])], epochs[order][np.isfinite(epochs[order])]
        if len(at):
            following = np.minimum(np.searchsorted(at, steps), len(at) - 1)
            return epochs[following].astype(np.float64), EPOCH
    if all(_by_keras(tag) for tag in tags):
        return steps.astype(np.float64), EPOCH
    return steps.astype(np.float64), unit_of_steps(steps, columns, written)


def _by_keras(tag: str) -> bool:
    """Whether a tag is called `epoch_…`, whatever folder stands before it."""
    held = words(tag.rpartition("/")[2])
    return held[:1] == ["epoch"] and len(held) > 1


def _of_epochs(scalars: dict[str, _Scalars], notes: list[str]) -> dict[str, _Scalars]:
    """Keras counts epochs under `epoch_…` and batches under other tags of the same file: the former alone, if any."""
    kept = {tag: each for tag, each in scalars.items() if _by_keras(tag)}
    if not kept or len(kept) == len(scalars):
        return scalars
    left = [tag for tag in scalars if tag not in kept]
    shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    notes.append(f"Left out, because they are not counted in epochs: {shown}.")
    return kept


def _limited(scalars: dict[str, _Scalars], notes: list[str]) -> dict[str, _Scalars]:
    """At most `MAX_COLUMNS` tags; those that look like loss, accuracy, rate or epoch stay first."""
    if len(scalars) <= MAX_COLUMNS:
        return scalars
    telling = {"loss", "accuracy", "acc", "lr", "rate", "epoch"}
    first = sorted(scalars, key=lambda tag: not telling & set(words(tag)))[:MAX_COLUMNS]
    notes.append(f"{len(scalars) - MAX_COLUMNS} of {len(scalars)} tags are left out, those without a loss first.")
    return {tag: scalars[tag] for tag in scalars if tag in set(first)}


def _prefixes(paths: list[str]) -> dict[str, str]:
    """Return what stands before a file's tags: folders that tell files of one training apart, such as validation."""
    folders = {path: PurePosixPath(path.replace("\\", "/")).parts[:-1] for path in paths}
    common = 0
    while all(len(parts) > common for parts in folders.values()) and (
        len({parts[common] for parts in folders.values()}) == 1
    ):
        common += 1
    prefixes = {}
    for path, parts in folders.items():
        own = parts[common:]
        if not own and parts and on_pictures(parts[-1]) and len(words(parts[-1])) == 1:
            own = parts[-1:]
        prefixes[path] = "/".join(own) + "/" if own else ""
    return prefixes


def _collect(content: bytes, path: str, prefix: str, scalars: dict[str, _Scalars], notes: list[str]) -> None:
    """Add the scalars of one file."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event

    file = PurePosixPath(path).name
    messages = _messages(content, file, notes)
    while True:
        try:
            message = next(messages, None)
            if message is None:
                return
            event = Event.FromString(message)
        except DecodeError:
            notes.append(f"{file} is damaged; what stands before the damage was read.")
            return
        for value in event.summary.value:
            number = _scalar(value)
            if number is None or not value.tag:
                continue
            tag = (prefix + value.tag)[:200]
            found = scalars.setdefault(tag, _Scalars())
            found.steps.append(event.step)
            found.values.append(number)
            found.times.append(event.wall_time)


def _messages(content: bytes, file: str, notes: list[str]) -> Iterator[bytes]:
    """Yield the messages of a file. Raises `DataError` where it does not even begin as one."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    at = 0
    while at < len(content):
        head = content[at : at + 12]
        if len(head) < 12:
            break
        length, checksum = struct.unpack("<QI", head)
        if masked_crc32c(head[:8]) != checksum:
            if at == 0:
                raise DataError(f"{file} is no TensorBoard event file, or damaged from its start; choose another.")
            notes.append(f"{file} is damaged; what stands before the damage was read.")
            return
        end = at + 12 + length
        if end + 4 > len(content):
            break
        message = content[at + 12 : end]
        if length <= CHECKED and masked_crc32c(message) != struct.unpack("<I", content[end : end + 4])[0]:
            notes.append(f"{file} is damaged; what stands before the damage was read.")
            return
        yield message
        at = end + 4
    if at < len(content):
        notes.append(f"The last record of {file} is half written; it is left out.")


def _scalar(value: Any) -> float | None:
    """Return the single number that a summary value holds; None where it holds anything else."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor" or any(dim.size != 1 for dim in value.tensor.tensor_shape.dim):
        return None  # a shape is looked at first: a small message can claim a huge tensor
    from tensorboard.util.tensor_util import make_ndarray

    try:
        number = np.asarray(make_ndarray(value.tensor))
    except (TypeError, ValueError):
        return None
    if number.size != 1 or number.dtype.kind not in "fiub":
        return None
    return float(number.reshape(-1)[0])
