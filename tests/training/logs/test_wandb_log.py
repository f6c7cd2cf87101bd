"""Offline runs of Weights & Biases: records over several blocks, cut anywhere, damaged, too large."""

import struct
from collections.abc import Sequence

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import wandb_log
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.wandb_log import BLOCK, HEADER


def field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes."""
    parts = []
    for value in (number << 3 | 2, len(content)):
        while value > 127:
            parts.append(value % 128 + 128)
            value //= 128
        parts.append(value)
    return bytes(parts) + content


def history(step: int, **values: object) -> bytes:
    items = [field(2, key.encode()) + field(16, str(told).encode()) for key, told in {"_step": step, **values}.items()]
    return field(2, b"".join(field(1, item) for item in items))


def written(messages: Sequence[bytes]) -> bytes:
    """As W&B writes them: the log format of LevelDB, check sums left out."""
    content = b":W&B\xe1\xbe\x00"
    for message in messages:
        first = True
        while first or message:
            left = BLOCK - len(content) % BLOCK
            if left < HEADER:
                content += bytes(left)
                continue
            part, message = message[: left - HEADER], message[left - HEADER :]
            kind = (1 if first else 4) if not message else (2 if first else 3)
            content += struct.pack("<IHB", 0, len(part), kind) + part
            first = False
    return content


RUN = [
    history(n, epoch=n, **{"val/loss": 1 - n / 10, "text": '"' + "x" * 30_000 + '"', "nan": "NaN"}) for n in range(5)
]


def test_a_history_over_several_blocks() -> None:
    content = written([field(17, field(8, b"brisk-fox-3")), *RUN])
    assert len(content) > 3 * BLOCK
    (run,) = read_any_log(content, "run-abc.wandb")
    assert (run.name, run.epochs.tolist()) == ("brisk-fox-3", [1, 2, 3, 4, 5])
    assert run.columns["validation_loss"].tolist() == [1, 0.9, 0.8, 0.7, 0.6]


def test_a_file_that_is_being_written_may_break_anywhere() -> None:
    whole = [history(n, loss=n) for n in range(3)]
    content, two = written(whole), len(written(whole[:2]))
    for length in range(two, len(content)):
        (run,) = read_any_log(content[:length], "x.wandb")
        assert run.epochs.tolist() == [0, 1]
        assert any("half written" in note for note in run.notes) == (length > two)


def test_what_cannot_be_read_is_refused_with_the_true_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no course over epochs"):
        read_any_log(written([b""]), "x.wandb")
    for damaged in (b"\xff\xff\xff", field(2, field(1, b"\xff\xff\xff"))):
        (run,) = read_any_log(written([RUN[0], damaged]), "x.wandb")
        assert "The end of the file is half written or damaged; it is left out." in run.notes
    monkeypatch.setattr(wandb_log, "MAX_ROWS", 3)
    with pytest.raises(DataError, match="over 3 rows"):
        read_any_log(written(RUN), "x.wandb")
    monkeypatch.setattr(wandb_log, "MAX_FILE", 100)
    with pytest.raises(DataError, match="sync it, and export the run's charts"):
        read_any_log(written(RUN), "x.wandb")
