"""CSV logs of any dialect: encodings, delimiters, numbers, lines that are not whole, and what is no log at all."""

import csv
import io
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs import csv_log, table
from casting_core.training.logs.reading import read_any_log
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Table

ENDS, QUOTES = ("\n", "\r\n", "\r"), (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
SAMPLE = "epoch,loss\n1,0.5\n2,0.25\n"


def read(text: str, path: str = "x.csv") -> Table:
    return csv_log.read({path: text.encode()})


def column(found: Table, name: str) -> list[float]:
    return found.points[found.points["name"] == name]["value"].tolist()


def rows(text: str) -> list[list[float]]:
    found = read(text)
    return [column(found, name) for name in found.columns]


def only(content: bytes | str, name: str = "log.csv") -> Run:
    (run,) = read_any_log(content.encode() if isinstance(content, str) else content, name)
    return run


ADDED = [  # by tools and spreadsheets
    "\n\n" + SAMPLE,
    "# made by hand\n# twice\n" + SAMPLE,
    "# " + SAMPLE,
    "sep=,\n" + SAMPLE,
    '"epoch","loss"\n"1","0.5"\n2, "0.25"\n',
    "   epoch ,   loss \n  1,   0.5\n\n   2, 0.25  \n",
    "epoch,loss,\n1,0.5,\n2,0.25,\n",
    "epoch,loss\n1,0.5\nepoch,loss\n2,0.25\n",  # the header once more, by a tool that went on
    'epoch,loss\n1,0.5\n2,"0.25\n',  # a quotation mark that is never closed
    "Epoch   Train Loss\n    1          0.5\n    2         0.25\n",
]


@pytest.mark.parametrize("text", [*ADDED, *(SAMPLE.replace(",", each) for each in (*",;\t| ", "   "))])
def test_delimiters_line_ends_and_what_else_stands_there(text: str) -> None:
    for end in ENDS:
        assert rows(text.replace("\n", end)) == [[1, 2], [0.5, 0.25]]


values = st.floats(0.0001, 0.9999)
CHOICES = (  # encodings, decimal signs, counts, and how `csv` writes
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
    ".,",
    ["{}", "{}/30", "Epoch {}/30", "[{}/30]", "{}.0"],
    [{"delimiter": sign, "lineterminator": end, "quoting": q} for sign in ",;\t|" for end in ENDS for q in QUOTES],
)
DIALECTS = st.tuples(*map(st.sampled_from, CHOICES))


@given(
    losses=st.lists(st.tuples(values, values, values), min_size=1, max_size=8),
    dialect=DIALECTS,
    order=st.permutations(range(4)),
    shuffled=st.randoms(use_true_random=False),
)
def test_any_csv_of_epochs_reads_back_the_same_in_any_dialect_and_order(
    losses: list[tuple[float, ...]], dialect: tuple, order: list[int], shuffled: random.Random
) -> None:
    """Also of rows and columns in any order."""
    encoding, decimal, count, form = dialect
    lines = [
        [count.format(epoch), *(repr(value).replace(".", decimal) for value in row)]
        for epoch, row in enumerate(losses, start=1)
    ]
    shuffled.shuffle(lines)
    stream = io.StringIO()
    every = [["epoch", "train_loss", "val_loss", "Val Acc"], *lines]
    csv.writer(stream, **form).writerows([[row[k] for k in order] for row in every])
    run = only(stream.getvalue().encode(encoding))
    assert run.epochs.tolist() == list(range(1, len(losses) + 1))
    for k, own in enumerate(("train_loss", "validation_loss", "validation_accuracy")):
        assert run.columns[own].tolist() == [row[k] for row in losses]
    assert run.guesses == ()


def test_lines_that_do_not_fit_are_left_out_and_named() -> None:
    found = read("epoch,loss\n1,0.5\n2\n3,0.25,7\n4,0.1\n5,1,2\n6,1,2\n7,0.05\n" + "," * 200_000 + "\n")
    assert column(found, "epoch") == [1, 4, 7]
    assert found.notes == ("Left out, because they do not have 2 cells: lines 3, 4, 6 and 2 more.",)


def test_a_last_line_without_a_line_break_may_be_half_written() -> None:
    start, half = "epoch,loss\n1,0.654321\n2,0.333333\n", "The last line, 4, is half written; it is left out."
    for last in ("3,0.123456", "3,0.1\n"):  # a whole file need not end in a line break
        assert (column(read(start + last), "epoch"), read(start + last).notes) == ([1, 2, 3], ())
    for last in ("3,0.1", "3,0.12345.", "3,", "3"):  # less than half as long as all above it, and so on
        assert (column(read(start + last), "epoch"), read(start + last).notes) == ([1, 2], (half,))


def test_columns_are_named_each_once_and_a_single_scalar_of_tensorboard_by_its_file() -> None:
    assert csv_log.read({"x.csv": "epoch;µ\n1;2\n".encode("cp1252")}).columns == ("epoch", "µ")
    assert list(read("epoch,,f1,f1\n1,2,3,4\n").columns) == ["epoch", "(no name)", "f1", "f1 (2)"]
    exported = "Wall time,Step,Value\n1654943296.0,0,0.5\n1654943306.0,1,0.25\n"
    names = {"run-train-tag-epoch_loss.csv": "train_epoch_loss", "run-fit_train_2-tag-Loss_val.csv": "Loss_val"}
    for name, column in (names | {"val_loss.csv": "val_loss"}).items():
        assert read(exported, name).columns[2] == column


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name,age\nBob,40\n", "x.csv has the columns name, age; none is called `epoch`"),
        (b"hello", "x.csv has the columns hello"),
        (b"Epoch 1/10\n32/32 [====] - loss: 0.5\nEpoch 2/10\n", "is what a console shows, no table"),
        (b"a,epoch\n1\n2\n", "is no table of epochs: no line has the 2 cells of the first one"),
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
    with pytest.raises(DataError, match="no line has the 0 cells"):
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
