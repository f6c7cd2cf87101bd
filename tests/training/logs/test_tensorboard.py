"""TensorBoard event files, written by TensorBoard's own writer: scalars by epoch or by step, damage, limits."""

import io
import struct
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.tensorflow_stub import dtypes
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util.tensor_util import make_tensor_proto

from casting_core.errors import DataError
from casting_core.training.logs import tensorboard
from casting_core.training.logs.columns import EPOCH
from casting_core.training.logs.reading import read_any_log, read_files
from casting_core.training.logs.run import Run
from casting_core.training.logs.tensorboard import knows, runs_of_files
from tests.training.logs.test_csv_log import only

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


def write(*events: Event) -> bytes:
    """An event file as TensorBoard writes it."""
    stream = io.BytesIO()
    writer = RecordWriter(stream)
    for each in (Event(wall_time=1.0, file_version="brain.Event:2"), *events):
        writer.write(each.SerializeToString())
    return stream.getvalue()


def keras() -> dict[str, bytes]:
    """The event files of a fit by Keras, in a folder for each kind of images."""
    files = {}
    for number, (folder, scale) in enumerate((("train", 1), ("validation", 2)), start=1):
        epochs = [event(n, epoch_loss=tensor(scale / (n + 1))) for n in range(3)]
        batches = [event(n * 50, batch_loss=9.0) for n in range(5)]
        files[f"fit/{folder}/events.out.tfevents.{number}"] = write(*epochs, *batches)
    return files


def check(log: Run, columns: Mapping[str, list[float]]) -> None:
    for name, values in columns.items():
        np.testing.assert_allclose(log.columns[name], values, rtol=1e-6, err_msg=name)


THIRDS = [1, 1 / 2, 1 / 3]


def test_by_epoch_as_most_write_it() -> None:
    losses = [{"Loss/train": 1 / (n + 1), "Loss/val": 2 / (n + 1), "Accuracy/val": 75.0 + n} for n in range(3)]
    run = only(write(*(event(n, 100.0 + 10 * n, **told) for n, told in enumerate(losses))), f"resnet/{NAME}")
    assert (run.name, run.unit, run.epochs.tolist()) == ("resnet", EPOCH, [1, 2, 3])
    check(run, {"train_loss": THIRDS, "validation_loss": [2, 1, 2 / 3]})
    check(run, {"validation_accuracy": [0.75, 0.76, 0.77], "seconds": [NAN, 10, 10]})


def test_keras_counts_epochs_and_batches_in_one_file() -> None:
    ((run,),) = (log.runs for log in read_files(keras().items()).logs)
    assert (run.name, run.unit, run.epochs.tolist()) == ("fit", EPOCH, [1, 2, 3])
    check(run, {"train_loss": THIRDS, "validation_loss": [2, 1, 2 / 3]})
    assert "Left out, because they are not counted in epochs: train/batch_loss, validation/batch_loss." in run.notes


def test_lightning_counts_steps_and_says_the_epoch_of_each() -> None:
    train = [event(4 * e + n, train_loss=1.0 - e / 2 + n / 10, epoch=e) for e in (0, 1) for n in (1, 3)]
    run = only(write(*train, *(event(4 * e + 3, val_loss=0.75 - e / 2, epoch=e) for e in (0, 1))), NAME)
    assert (run.unit, run.epochs.tolist()) == (EPOCH, [1, 2])
    check(run, {"train_loss": [1.2, 0.7], "validation_loss": [0.75, 0.25]})


def test_steps_that_were_written_again_are_a_part_of_their_own() -> None:
    first = write(*(event(n, loss=9.0 - n) for n in (1, 2, 3)))
    second = write(event(2, loss=1.0), event(3, loss=NAN))
    (log,) = read_files([("a/b.tfevents.2", second), ("a/b.tfevents.1", first)]).logs
    assert [run.epochs.tolist() for run in log.runs] == [[1, 2, 3], [2, 3]]
    check(log.runs[1], {"loss": [1, NAN]})
    assert log.runs[1].present["loss"].all()


def test_which_files_are_of_one_run() -> None:
    runs = {"fit": ["fit/train/a", "fit/validation/a"], "b": ["b/e", "b/Accuracy/train/e"], "e.1": ["e.1"]}
    expected = {file: run for run, files in (runs | {".": ["val/e"]}).items() for file in files}
    assert runs_of_files(expected) == expected


def test_only_single_numbers_are_taken() -> None:
    one = TensorShapeProto(dim=[TensorShapeProto.Dim(size=10**12)])
    huge = TensorProto(dtype=dtypes.float32.as_datatype_enum, tensor_shape=one, float_val=[1.0])
    broken = TensorProto(dtype=dtypes.float32.as_datatype_enum, tensor_content=b"\0\0\0")
    hparams = Summary.Value(tag="_hparams_/x", metadata=SummaryMetadata())
    numbers = {"double": np.float64(0.25), "whole": np.int64(3), "one": np.array([0.125]), "most": np.int64(2**63 - 1)}
    others = {"text": b"hello", "pair": np.array([1.0, 2.0]), "huge": huge, "broken": broken, "true": np.array(True)}
    others |= {"unknown": TensorProto(dtype=99, float_val=[1.0]), "strange": TensorProto(dtype=3, int_val=[])}
    values = {
        "loss": 0.5,
        **{tag: tensor(each) for tag, each in (numbers | others).items()},
        "hparams": lambda _: hparams,
    }
    (log,) = read_files([(NAME, write(event(2**63 - 1, **values), event(-(2**63), loss=0.25)))]).logs
    assert log.columns == ["double", "loss", "most", "one", "whole"]
    check(log.runs[0], {"loss": [0.25, 0.5]})


def test_a_file_that_is_being_written_may_break_anywhere() -> None:
    head, one = len(write()), len(write(event(1, loss=0.5)))
    content = write(event(1, loss=0.5), event(2, loss=0.25))
    for length in range(one, len(content)):
        run = only(content[:length], NAME)
        check(run, {"loss": [0.5]})
        assert any("half written" in note for note in run.notes) == (length > one)
    for length in range(head, one):
        with pytest.raises(DataError, match="no course over epochs"):
            read_any_log(content[:length], NAME)


def test_damage_ends_the_file() -> None:
    one = len(write(event(1, loss=0.5)))
    content = write(event(1, loss=0.5), event(2, loss=0.25))
    for place in (one + 2, one + 14):  # in the length of a record, and in its message
        hurt = bytearray(content)
        hurt[place] ^= 0xFF
        run = only(bytes(hurt), NAME)
        check(run, {"loss": [0.5]})
        assert any("damaged" in note for note in run.notes)
    for content in (b"epoch,loss\n1,0.5\n2,0.25\n", struct.pack("<QI", 2**63, 0) + b"x" * 20):
        with pytest.raises(DataError, match="no TensorBoard event file"):
            read_any_log(content, NAME)


def test_what_is_an_event_file() -> None:
    content = write(event(1, loss=0.5))
    files = {"renamed.bin": content, f"a/{NAME}": b"x", NAME: b"", "log.csv": b"epoch,loss\n"}  # an empty one: a log
    assert [knows(*each) for each in files.items()] == [True, True, False, False]


def test_all_is_bounded_before_it_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    content = write(*(event(n, **{"loss": 0.5, "lr": 0.1, "a": 2}) for n in range(5)))
    monkeypatch.setattr(tensorboard, "MAX_TAGS", 2)
    run = only(content, NAME)
    assert set(run.read_as.values()) == {"loss", "lr", "step"}
    assert "Left out: all but the first 2 of 3 kinds of figures." in run.notes
    monkeypatch.setattr(tensorboard, "MAX_VALUES", 4)
    with pytest.raises(DataError, match="over 4 values"):
        read_any_log(content, NAME)


def test_millions_of_tags_take_neither_memory_nor_time() -> None:
    """One event that holds them all, and an event for each."""
    crowd = [Summary.Value(tag=f"t{n}", simple_value=1.0) for n in range(100_000)]
    began = time.process_time()
    for content in (
        write(Event(step=1, summary=Summary(value=crowd)), event(2, loss=0.5)),
        write(*(event(1, **{f"t{n}": 1.0}) for n in range(20_000)), event(2, loss=0.5)),
    ):
        run = only(content, NAME)
        assert len(run.epochs) <= 2
    assert time.process_time() - began < 30
