"""TensorBoard event files, written by TensorBoard's own writer: scalars by epoch or by step, damage, limits."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.tensorflow_stub import dtypes
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util.tensor_util import make_tensor_proto

from casting_core.errors import DataError
from casting_core.training.logs import tensorboard
from casting_core.training.logs.log import EPOCH, STEP, Log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.tensorboard import is_event_file, read_event_files, read_event_folder

NAN = float("nan")
NAME = "events.out.tfevents.1700000000.host.1.v2"


def event(step: int, wall: float = 0.0, **values: Any) -> Event:
    """One event: numbers as TensorFlow 1 writes them, everything else as it comes."""
    parts = [
        Summary.Value(tag=tag, simple_value=value) if isinstance(value, float | int) else value(tag)
        for tag, value in values.items()
    ]
    return Event(step=step, wall_time=wall, summary=Summary(value=parts))


def tensor(content: Any) -> Any:
    """A value as TensorFlow 2 writes it."""
    proto = content if isinstance(content, TensorProto) else make_tensor_proto(content)
    return lambda tag: Summary.Value(tag=tag, tensor=proto)


def write(file: Path, *events: Event) -> bytes:
    """An event file as TensorBoard writes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        writer = RecordWriter(stream)
        for each in (Event(wall_time=1.0, file_version="brain.Event:2"), *events):
            writer.write(each.SerializeToString())
        writer.flush()
    return file.read_bytes()


def check(log: Log, columns: Mapping[str, list[float]]) -> None:
    for name, values in columns.items():
        np.testing.assert_allclose(log.columns[name], values, rtol=1e-6, err_msg=name)


def test_by_epoch_as_most_write_it(tmp_path: Path) -> None:
    events = [
        event(
            n, 100.0 + 10 * n, **{"Loss/train": 1 / (n + 1), "Loss/val": 2 / (n + 1), "Accuracy/val": 75.0 + n, "f1": n}
        )
        for n in range(3)
    ]
    write(tmp_path / "resnet" / NAME, *events)
    log = read_any_log(tmp_path / "resnet" / NAME)
    assert (log.name, log.unit) == ("resnet", EPOCH)
    np.testing.assert_array_equal(log.epochs, [1, 2, 3])
    check(
        log,
        {
            "train_loss": [1, 1 / 2, 1 / 3],
            "validation_loss": [2, 1, 2 / 3],
            "validation_accuracy": [0.75, 0.76, 0.77],
            "seconds": [NAN, 10, 10],
            "f1": [0, 1, 2],
        },
    )
    assert log.notes[0] == (
        "Tags read under our names: Loss/train → train_loss, Loss/val → validation_loss, "
        "Accuracy/val → validation_accuracy."
    )


def test_what_pytorch_writes(tmp_path: Path) -> None:
    writer = pytest.importorskip("torch.utils.tensorboard").SummaryWriter(str(tmp_path / "run"))
    for n in range(3):
        writer.add_scalar("train_loss", 1 / (n + 1), n)
        writer.add_scalar("val_loss", 2 / (n + 1), n, new_style=True)
        writer.add_text("note", "hello", n)
        writer.add_histogram("weights", np.arange(5.0), n)
        writer.add_image("picture", np.zeros((3, 8, 8)), n)
        writer.add_scalars("Accuracy", {"train": 0.5, "val": 0.25}, n)  # in folders of their own
    writer.close()
    log = read_event_folder(tmp_path / "run")
    check(
        log,
        {
            "train_loss": [1, 1 / 2, 1 / 3],
            "validation_loss": [2, 1, 2 / 3],
            "train_accuracy": [0.5] * 3,
            "validation_accuracy": [0.25] * 3,
        },
    )
    assert set(log.columns) == {"train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "seconds"}


def test_keras_writes_a_folder_for_each_kind_of_pictures(tmp_path: Path) -> None:
    for folder, scale in (("train", 1), ("validation", 2)):
        epochs = [event(n, epoch_loss=tensor(scale / (n + 1)), epoch_accuracy=tensor(0.5)) for n in range(2)]
        batches = [event(n * 50, batch_loss=9.0) for n in range(5)]
        write(tmp_path / "fit" / folder / NAME, *epochs, *batches)
    log = read_any_log(tmp_path / "fit")
    assert (log.name, log.unit) == ("fit", EPOCH)
    np.testing.assert_array_equal(log.epochs, [1, 2])
    check(log, {"train_loss": [1, 1 / 2], "validation_loss": [2, 1], "validation_accuracy": [0.5, 0.5]})
    assert "Left out, because they are not counted in epochs: train/batch_loss, validation/batch_loss." in log.notes
    alone = read_any_log((tmp_path / "fit" / "validation" / NAME).read_bytes(), f"validation/{NAME}")
    assert set(alone.columns) >= {"validation_loss", "validation_accuracy"}


def test_lightning_counts_steps_and_says_the_epoch_of_each(tmp_path: Path) -> None:
    events = []
    for epoch in range(2):
        events += [event(epoch * 4 + n, train_loss=1.0 - epoch / 2 + n / 10, epoch=epoch) for n in (1, 3)]
        events.append(event(epoch * 4 + 3, val_loss=0.75 - epoch / 2, epoch=epoch))
    log = read_event_files({NAME: write(tmp_path / NAME, *events)})
    assert log.unit == EPOCH
    np.testing.assert_array_equal(log.epochs, [1, 2])
    check(log, {"train_loss": [1.2, 0.7], "validation_loss": [0.75, 0.25]})
    assert "epoch" not in log.columns


def test_steps_stay_steps(tmp_path: Path) -> None:
    events = [event(n * 50, loss=1.0 / (n + 1)) for n in range(3)] + [event(100, val_loss=0.5)]
    log = read_event_files({NAME: write(tmp_path / NAME, *events)}, "mine")
    assert (log.name, log.unit) == ("mine", STEP)
    np.testing.assert_array_equal(log.epochs, [0, 50, 100])
    check(log, {"train_loss": [1, 1 / 2, 1 / 3], "validation_loss": [NAN, NAN, 0.5]})
    np.testing.assert_array_equal(log.present["validation_loss"], [False, False, True])


def test_a_step_that_was_written_again_counts_as_it_was_last(tmp_path: Path) -> None:
    first = write(tmp_path / "a.tfevents.1", event(1, loss=9.0), event(2, loss=8.0))
    second = write(tmp_path / "a.tfevents.2", event(2, loss=1.0), event(3, loss=NAN))
    log = read_event_files({"a.tfevents.2": second, "a.tfevents.1": first})
    check(log, {"train_loss": [9, 1, NAN]})
    assert log.present["train_loss"].all()


def test_only_single_numbers_are_taken(tmp_path: Path) -> None:
    huge = TensorProto(
        dtype=dtypes.float32.as_datatype_enum,
        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=10**12)]),
        float_val=[1.0],
    )
    broken = TensorProto(dtype=dtypes.float32.as_datatype_enum, tensor_content=b"\0\0\0")
    unknown = TensorProto(dtype=99, float_val=[1.0])
    hparams = Summary.Value(tag="_hparams_/x", metadata=SummaryMetadata())
    content = write(
        tmp_path / NAME,
        event(
            1,
            loss=0.5,
            double=tensor(np.float64(0.25)),
            whole=tensor(np.int64(3)),
            one=tensor(np.array([0.125])),
            text=tensor(b"hello"),
            pair=tensor(np.array([1.0, 2.0])),
            huge=tensor(huge),
            broken=tensor(broken),
            unknown=tensor(unknown),
            hparams=lambda tag: hparams,
        ),
    )
    log = read_event_files({NAME: content})
    check(log, {"train_loss": [0.5], "double": [0.25], "whole": [3], "one": [0.125]})
    assert set(log.columns) == {"train_loss", "double", "whole", "one", "seconds"}


def test_a_file_that_is_being_written_may_break_anywhere(tmp_path: Path) -> None:
    head = len(write(tmp_path / NAME))
    one = len(write(tmp_path / NAME, event(1, loss=0.5)))
    content = write(tmp_path / NAME, event(1, loss=0.5), event(2, loss=0.25))
    assert head < one < len(content)
    for length in range(one, len(content)):
        log = read_event_files({NAME: content[:length]})
        check(log, {"train_loss": [0.5]})
        assert any("half written" in note for note in log.notes) == (length > one)
    for length in range(1, one):
        with pytest.raises(DataError, match="no scalars"):
            read_event_files({NAME: content[:length]})


def test_damage_ends_the_file(tmp_path: Path) -> None:
    one = len(write(tmp_path / NAME, event(1, loss=0.5)))
    content = write(tmp_path / NAME, event(1, loss=0.5), event(2, loss=0.25))
    for place in (one + 2, one + 14):  # in the length of a record, and in its message
        hurt = bytearray(content)
        hurt[place] ^= 0xFF
        log = read_event_files({NAME: bytes(hurt)})
        check(log, {"train_loss": [0.5]})
        assert any("damaged" in note for note in log.notes)
    with pytest.raises(DataError, match="no TensorBoard event file"):
        read_event_files({NAME: b"epoch,loss\n1,0.5\n2,0.25\n"})
    with pytest.raises(DataError, match="no TensorBoard event file"):
        read_event_files({NAME: struct.pack("<QI", 2**63, 0) + b"x" * 20})


def test_what_is_an_event_file(tmp_path: Path) -> None:
    content = write(tmp_path / NAME, event(1, loss=0.5))
    assert is_event_file("renamed.bin", content)
    assert is_event_file(f"a/{NAME}", b"anything")
    assert not is_event_file(NAME, b"")  # an empty file is an empty log
    assert not is_event_file("log.csv", b"epoch,loss\n")
    check(read_any_log(content, "renamed.bin"), {"train_loss": [0.5]})


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = write(tmp_path / "run" / NAME, *(event(n, **{"loss": 0.5, "b": 1, "a": 2, "lr": 0.1}) for n in range(5)))
    monkeypatch.setattr(tensorboard, "MAX_COLUMNS", 3)
    log = read_event_files({NAME: content})
    assert set(log.columns) == {"train_loss", "learning_rate", "b", "seconds"}
    assert "1 of 4 tags are left out, those without a loss first." in log.notes
    monkeypatch.setattr(tensorboard, "MAX_ROWS", 4)
    with pytest.raises(DataError, match="5 steps and 3 tags"):
        read_event_files({NAME: content})
    monkeypatch.setattr(tensorboard, "MAX_BYTES", len(content))
    (tmp_path / "run" / "other.tfevents.2").write_bytes(content)
    with pytest.raises(DataError, match="more than"):
        read_event_folder(tmp_path / "run")
    monkeypatch.setattr(tensorboard, "MAX_FILES", 1)
    with pytest.raises(DataError, match="2 event files"):
        read_event_folder(tmp_path / "run")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(
        tmp_path_factory.mktemp("events") / NAME, *(event(n, loss=0.5, val_loss=tensor(0.25)) for n in range(3))
    )


@settings(max_examples=100)
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255), tail=st.binary(max_size=60))
def test_any_change_gives_a_log_or_a_typed_error(sample: bytes, place: int, byte: int, tail: bytes) -> None:
    hurt = bytearray(sample)
    hurt[place % len(hurt)] = byte
    try:
        log = read_event_files({NAME: bytes(hurt) + tail})
    except DataError:
        return
    assert len(log.epochs) <= 3
    assert set(log.columns["train_loss"][log.present["train_loss"]]) <= {0.5}
