"""Text to columns of numbers: delimiters, encodings, cells, and lines that are not whole."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import DataError
from casting_core.training.logs import csv_table
from casting_core.training.logs.csv_table import MISSING, NUMBER, TEXT, decode, read_table

SAMPLE = "epoch,loss\n1,0.5\n2,0.25\n"


def rows(text: str) -> list[list[float]]:
    table = read_table(decode(text.encode(), "x.csv"), "x.csv")
    return [table.values(column).tolist() for column in range(len(table.names))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding: str) -> None:
    assert decode("Fehler;0,5 µ\r\n1".encode(encoding), "x.csv") == "Fehler;0,5 µ\n1"


def test_what_is_no_text_is_refused() -> None:
    for content in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0", b"\x80\x04\x95\0\0"):
        with pytest.raises(DataError, match=r"runs/x\.csv is neither text nor"):
            decode(content, "somewhere/runs/x.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    assert rows(SAMPLE.replace(",", delimiter).replace("\n", end)) == [[1, 2], [0.5, 0.25]]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n" + SAMPLE,
        "# made by hand\n# twice\n" + SAMPLE,
        "sep=,\n" + SAMPLE,
        '"epoch","loss"\n"1","0.5"\n2, "0.25"\n',
        "   epoch ,   loss \n  1,   0.5\n\n   2, 0.25  \n",
        "epoch,loss,\n1,0.5,\n2,0.25,\n",
        "epoch,loss\n1,0.5\nepoch,loss\n2,0.25\n",  # the header once more, by a tool that went on
    ],
)
def test_what_tools_and_spreadsheets_add(text: str) -> None:
    assert rows(text) == [[1, 2], [0.5, 0.25]]


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("0.5", NUMBER, 0.5),
        ("1e-05", NUMBER, 1e-5),
        ("-inf", NUMBER, -math.inf),
        ("Infinity", NUMBER, math.inf),
        ("97.5%", NUMBER, 0.975),
        ("nan", NUMBER, math.nan),  # something was written, and it is no number
        ("NaN", NUMBER, math.nan),
        ("", MISSING, math.nan),
        ("None", MISSING, math.nan),
        ("N/A", MISSING, math.nan),
        ("-", MISSING, math.nan),
        ("1_000", TEXT, math.nan),
        ("0x10", TEXT, math.nan),
        ("tensor(0.5)", TEXT, math.nan),
        ("__import__('os').abort()", TEXT, math.nan),
        ("9" * 65, TEXT, math.nan),
        ("00:12", TEXT, math.nan),  # not a column of times
    ],
)
def test_cells(cell: str, kind: int, value: float) -> None:
    table = read_table(f"epoch,x\n1,{cell}\n", "x.csv")
    assert table.kinds[1][0] == kind
    np.testing.assert_array_equal(table.values(1), [value])
    assert table.are(1, kind).tolist() == [True]


def test_decimal_commas_where_the_comma_is_no_delimiter() -> None:
    assert rows("epoch;loss\n1;0,5\n2;1.234,5\n3;0.25\n") == [[1, 2, 3], [0.5, 1234.5, 0.25]]
    assert read_table('epoch,loss\n1,"0,5"\n', "x.csv").kinds[1][0] == TEXT  # half, or five? Nobody knows


def test_times_of_a_clock() -> None:
    table = read_table("epoch,time,loss\n0,23:00,1\n1,1:02:44.5,1\n2,90:00,1\n", "x.csv")
    assert table.values(1).tolist() == [1380, 3764.5, 5400]
    assert table.clocked
    assert not read_table("epoch,time\n0,23.5\n", "x.csv").clocked


def test_lines_that_do_not_fit_are_left_out_and_named() -> None:
    table = read_table("epoch,loss\n1,0.5\n2\n3,0.25,7\n4,0.1\n5,1,2\n6,1,2\n7,0.05\n", "x.csv")
    assert table.values(0).tolist() == [1, 4, 7]
    assert table.notes == ["Left out, because they do not have 2 cells: lines 3, 4, 6 and 1 more."]
    assert "cells: line 2." in read_table("epoch,loss\n1\n", "x.csv").notes[0]


def test_endless_lines_are_not_even_cut_into_cells() -> None:
    assert "line 2." in read_table("epoch,loss\n" + "," * 200_000 + "\n3,0.5\n", "x.csv").notes[0]
    with pytest.raises(DataError, match="first line of 200,010 characters"):
        read_table("epoch,loss" + "," * 200_000 + "\n1,0.5\n", "x.csv")


def test_a_quotation_mark_that_is_never_closed_ends_with_its_line() -> None:
    table = read_table('epoch,loss\n1,"0.5\n2,0.25\n', "x.csv")
    assert table.values(0)[-1] == 2
    assert table.values(1)[-1] == 0.25


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("3,0.123456", True),  # a whole file need not end in a line break
        ("3,0.12345", True),
        ("3,0.1", False),  # less than half as long as all above it
        ("3,", False),
        ("3", False),
        ("3,0.123456\n", True),
        ("3,0.1\n", True),
    ],
)
def test_a_last_line_without_a_line_break(last: str, kept: bool) -> None:
    table = read_table("epoch,loss\n1,0.654321\n2,0.333333\n" + last, "x.csv")
    assert table.values(0).tolist() == ([1, 2, 3] if kept else [1, 2])
    assert table.notes == ([] if kept else ["The last line, 4, is half written; it is left out."])


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "MAX_ROWS", 3)
    monkeypatch.setattr(csv_table, "MAX_COLUMNS", 3)
    monkeypatch.setattr(csv_table, "MAX_CELLS", 10)
    assert rows("epoch,a\n1,1\n2,2\n3,3\n")[0] == [1, 2, 3]
    with pytest.raises(DataError, match="5 lines; a log may have 3"):
        read_table("epoch,a\n1,1\n2,2\n3,3\n4,4\n", "x.csv")
    with pytest.raises(DataError, match="4 columns and 2 lines"):
        read_table("epoch,a,b,c\n1,1,1,1\n", "x.csv")
    with pytest.raises(DataError, match="3 columns and 4 lines"):
        read_table("epoch,a,b\n1,1,1\n2,2,2\n3,3,3\n", "x.csv")


@given(content=st.binary(max_size=200) | st.text(alphabet='epoch,;\t\n\r"0123.#nae-', max_size=200).map(str.encode))
def test_any_bytes_become_a_table_or_a_typed_error(content: bytes) -> None:
    try:
        text = decode(content, "x.csv")
    except DataError:
        return
    if text.strip():
        table = read_table(text, "x.csv")
        assert len({len(numbers) for numbers in table.numbers}) == 1
        assert [len(kinds) for kinds in table.kinds] == [len(numbers) for numbers in table.numbers]
