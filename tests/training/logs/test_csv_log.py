"""CSV logs of any dialect: encodings, delimiters, numbers, lines that are not whole, and what is no log at all."""

import csv
import io
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs import csv_log, table
from casting_core.training.logs.csv_log import decode, read_csv
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Table

SAMPLE = "epoch,loss\n1,0.5\n2,0.25\n"


def read(text: str, path: str = "x.csv") -> Table:
    return read_csv({path: text.encode()})[0]


def rows(text: str) -> list[list[float]]:
    return [each.values.tolist() for each in read(text).figures.values()]


def only(content: bytes | str, name: str = "log.csv") -> Run:
    (run,) = read_any_log(content.encode() if isinstance(content, str) else content, name)
    return run


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(encoding: str) -> None:
    assert decode("Fehler;0,5 µ\r\n1".encode(encoding), "x.csv") == "Fehler;0,5 µ\n1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "   "])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    assert rows(SAMPLE.replace(",", delimiter).replace("\n", end)) == [[1, 2], [0.5, 0.25]]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n" + SAMPLE,
        "# made by hand\n# twice\n" + SAMPLE,
        "# epoch,loss\n1,0.5\n2,0.25\n",
        "sep=,\n" + SAMPLE,
        '"epoch","loss"\n"1","0.5"\n2, "0.25"\n',
        "   epoch ,   loss \n  1,   0.5\n\n   2, 0.25  \n",
        "epoch,loss,\n1,0.5,\n2,0.25,\n",
        "epoch,loss\n1,0.5\nepoch,loss\n2,0.25\n",  # the header once more, by a tool that went on
        'epoch,loss\n1,0.5\n2,"0.25\n',  # a quotation mark that is never closed
        "Epoch   Train Loss\n    1          0.5\n    2         0.25\n",
    ],
)
def test_what_tools_and_spreadsheets_add(text: str) -> None:
    assert rows(text) == [[1, 2], [0.5, 0.25]]


values = st.floats(0.0001, 0.9999)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "decimal": st.sampled_from(".,"),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
        "end": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "count": st.sampled_from(["{}", "{}/30", "Epoch {}/30", "[{}/30]", "{}.0"]),
    }
)


@given(
    losses=st.lists(st.tuples(values, values, values), min_size=1, max_size=8),
    dialect=DIALECTS,
    order=st.permutations(range(4)),
    shuffled=st.randoms(use_true_random=False),
)
def test_any_csv_of_epochs_reads_back_the_same_in_any_dialect_and_order(
    losses: list[tuple[float, ...]], dialect: dict, order: list[int], shuffled: object
) -> None:
    """Also of rows and columns in any order, with and without a column for each image set."""
    names = ["epoch", "train_loss", "val_loss", "Val Acc"]
    lines = [
        [dialect["count"].format(epoch), *(repr(value).replace(".", dialect["decimal"]) for value in row)]
        for epoch, row in enumerate(losses, start=1)
    ]
    shuffled.shuffle(lines)
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter=dialect["delimiter"], quoting=dialect["quoting"], lineterminator=dialect["end"]
    )
    writer.writerows([[row[k] for k in order] for row in [names, *lines]])
    run = only(stream.getvalue().encode(dialect["encoding"]))
    assert run.epochs.tolist() == list(range(1, len(losses) + 1))
    for k, own in enumerate(("train_loss", "validation_loss", "validation_accuracy")):
        assert run.columns[own].tolist() == [row[k] for row in losses]
    assert run.guesses == ()


def test_lines_that_do_not_fit_are_left_out_and_named() -> None:
    found = read("epoch,loss\n1,0.5\n2\n3,0.25,7\n4,0.1\n5,1,2\n6,1,2\n7,0.05\n" + "," * 200_000 + "\n")
    assert found.figures["epoch"].values.tolist() == [1, 4, 7]
    assert found.notes == ("Left out, because they do not have 2 cells: lines 3, 4, 6 and 2 more.",)


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("3,0.123456", True),  # a whole file need not end in a line break
        ("3,0.1", False),  # less than half as long as all above it
        ("3,", False),
        ("3", False),
        ("3,0.1\n", True),
    ],
)
def test_a_last_line_without_a_line_break_may_be_half_written(last: str, kept: bool) -> None:
    found = read("epoch,loss\n1,0.654321\n2,0.333333\n" + last)
    assert found.figures["epoch"].values.tolist() == ([1, 2, 3] if kept else [1, 2])
    assert found.notes == (() if kept else ("The last line, 4, is half written; it is left out.",))


def test_columns_are_named_each_once_and_a_single_scalar_of_tensorboard_by_its_file() -> None:
    assert list(read("epoch,,f1,f1\n1,2,3,4\n").figures) == ["epoch", "(no name)", "f1", "f1 (2)"]
    exported = "Wall time,Step,Value\n1654943296.0,0,0.5\n1654943306.0,1,0.25\n"
    for name, column in {
        "run-train-tag-epoch_loss.csv": "train_epoch_loss",
        "run-validation-tag-epoch_loss.csv": "validation_epoch_loss",
        "run-resnet_train_2-tag-Loss_val.csv": "Loss_val",
        "val_loss.csv": "val_loss",
    }.items():
        assert list(read(exported, name).figures)[2] == column


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name,age\nBob,40\n", "x.csv has the columns name, age; none is called `epoch`"),
        (b"hello", "x.csv has the columns hello"),
        (b"Epoch 1/10\n32/32 [====] - loss: 0.5\nEpoch 2/10\n", "is what a console shows, no table"),
        (b"a,epoch\n1\n2\n", "is no table: no line has the 2 cells of the first one"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is an image"),
        (b"\x80\x04\x95\x1e\0\0\0\0\0\0\0cos\nsystem\n", "a Python pickle, which may run code and is never opened"),
        (b"\x1f\x8b\x08\0\0\0", "a gzip archive; unpack it first"),
        (b"\x01\0\x02\x03\0", "is no text and no log of a known tool"),
        (b"epoch,lr\n1,0.1\n", "has neither a loss nor an accuracy"),
    ],
)
def test_what_is_no_log_is_refused_with_the_true_reason(content: bytes, why: str) -> None:
    with pytest.raises(DataError) as caught:
        read_any_log(content, "x.csv")
    assert why in str(caught.value)


def test_nothing_yet() -> None:
    assert only("").notes == ("The file is empty.", "No epoch has been finished yet.")
    for text in ("epoch,loss\n", "epoch,tra"):
        assert only(text).notes[-1] == "No epoch has been finished yet."


def test_what_is_too_long_is_refused_before_it_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="first line of 200,010 characters"):
        read("epoch,loss" + "," * 200_000 + "\n1,0.5\n")
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    with pytest.raises(DataError, match="4 rows and 2 columns"):
        read("epoch,a\n1,1\n2,2\n3,3\n4,4\n")


def test_many_comments_are_read_in_linear_time() -> None:
    began = time.process_time()
    assert len(only("# comment\n" * 200_000 + "epoch,val_loss\n1,0.5\n").epochs) == 1
    assert time.process_time() - began < 5


ALPHABET = 'epochlsvatrinw_,;\t\n\r"0123456789.-+eE%:# |'


@given(
    content=st.binary(max_size=200)
    | st.text(ALPHABET, max_size=300).map(str.encode)
    | st.text(ALPHABET, max_size=300).map(lambda text: b"epoch,loss\n" + text.encode())
)
def test_any_bytes_become_runs_or_a_typed_error(content: bytes) -> None:
    try:
        runs = read_any_log(content, "x.csv")
    except DataError:
        return
    assert all((np.diff(run.epochs) > 0).all() for run in runs)
    assert csv_log.NAMELESS not in {run.name for run in runs}
