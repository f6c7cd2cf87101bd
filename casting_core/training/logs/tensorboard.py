"""TensorBoard event files: scalars such as loss and accuracy, by epoch or by step.

A file is a row of records: a length, its checksum, a message, and its checksum (TFRecord). Messages are read with the
package `tensorboard`, which is imported when the first such file comes. Only single numbers are taken; images, texts,
histograms and graphs are passed over, nothing is run. All is bounded before it is collected.

Files in one folder, in folders called train and validation in it, as Keras writes them, and in folders below it are of
one run; a file without a folder is one by itself.

Source: the records are described in TensorFlow's documentation of TFRecord, the messages in `event.proto`.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH, STEP, is_images, words
from casting_core.training.logs.table import Table, from_cells, some

NAMES = ("*tfevents*",)
CHECKED = 4096  # bytes: longer messages hold images and the like; those over `LONGEST` are not even parsed
LONGEST = 2**20
MAX_VALUES = 500_000
MAX_TAGS, LONGEST_TAG = 2000, 200  # that are told apart; characters


def knows(path: str, content: bytes) -> bool:
    """Whether it is a TensorBoard event file, by its name or by how every such file begins."""
    return bool(content) and ("tfevents" in PurePosixPath(path).name or b"brain.Event:" in content[:64])


def runs_of_files(paths: Iterable[str]) -> dict[str, str]:
    """Return the run that each file belongs to, as the folder of all its files."""
    folders = {path: PurePosixPath(path).parent for path in paths}
    own = {path: folder.parent if is_images(folder.name) else folder for path, folder in folders.items()}
    roots = set(own.values()) - {PurePosixPath(".")}
    runs = {}
    for path, folder in own.items():
        top = next(each for each in (*reversed(folder.parents), folder) if each in roots or each == folder)
        runs[path] = str(top) if folders[path].name else path
    return runs


def read(files: Mapping[str, bytes]) -> Table:
    """Read the event files of one run, bytes by path; a damaged or half-written end is left out, with a note.

    Raises `DataError` where one is no event file, none holds a number, or there are too many.
    """
    run, notes = runs_of_files(files)[min(files)], list[str]()
    tags: dict[str, int] = {}
    found: list[tuple[str, float, float, float]] = []
    for path in sorted(files):
        folder, file = PurePosixPath(path).parent, PurePosixPath(path).name
        prefix = "" if run in (path, str(folder)) else f"{folder.relative_to(run)}/"
        for event in _events(files[path], file, notes):
            for value in event.summary.value:
                tag, number = (prefix + value.tag)[:LONGEST_TAG], _number(value)
                if number is not None and value.tag and tags.setdefault(tag, len(tags)) < MAX_TAGS:
                    found.append((tag, float(event.step), number, event.wall_time))
            if len(found) + len(tags) > MAX_VALUES:
                raise DataError(f"holds over {MAX_VALUES:,} values; log once an epoch.")
    if len(tags) > MAX_TAGS:
        notes.append(f"Left out: all but the first {MAX_TAGS:,} of {len(tags):,} kinds of figures.")
    keras = {tag for tag in tags if words(tag.rpartition("/")[2])[:1] == ["epoch"] and words(tag)[-1] != "epoch"}
    if keras and (left := sorted(tags.keys() - keras)):  # epochs are counted under `epoch_…`, batches in the same file
        found = [each for each in found if each[0] in keras]
        notes.append(f"Left out, because they are not counted in epochs: {some(left, 5)}.")
    names = ("tag", EPOCH if keras else STEP, "value", "wall time")
    return from_cells(dict(zip(names, zip(*found, strict=True), strict=False)), notes)  # no columns of no values


def _events(content: bytes, file: str, notes: list[str]) -> Iterator[Any]:
    """Yield the events of a file. Raises `DataError` where it does not even begin as one."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    at = 0
    while at + 12 <= len(content):
        length, checksum = struct.unpack_from("<QI", content, at)
        end = at + 16 + length
        try:
            if masked_crc32c(content[at : at + 8]) != checksum:
                raise DecodeError
            if end > len(content):
                break
            message, checksum = content[at + 12 : end - 4], content[end - 4 : end]
            if length <= CHECKED and struct.pack("<I", masked_crc32c(message)) != checksum:
                raise DecodeError
            event = Event.FromString(message) if length <= LONGEST else Event()
        except DecodeError as error:
            if at == 0:
                raise DataError("is no TensorBoard event file, or damaged from its start; choose another.") from error
            notes.append(f"{file} is damaged; what stands before the damage was read.")
            return
        yield event
        at = end
    if at < len(content):
        notes.append(f"The last record of {file} is half written; it is left out.")


def _number(value: Any) -> float | None:
    """Return the single number that a summary value holds; None where it holds anything else."""
    from tensorboard.util.tensor_util import make_ndarray

    if value.WhichOneof("value") == "simple_value":
        return float(value.simple_value)
    if any(dim.size != 1 for dim in value.tensor.tensor_shape.dim):
        return None
    try:
        found = make_ndarray(value.tensor)
    except (TypeError, ValueError):  # no numbers, or fewer than it says
        return None
    return float(found.item()) if found.dtype.kind in "fiu" and found.size == 1 else None
