"""`predictions.csv` there and back, and what is no such file."""

from pathlib import Path

import pytest

from casting_core.errors import DataError
from casting_core.evaluation.predictions import as_arrays, read_predictions, write_predictions
from casting_core.labels import Label
from tests.factories import prediction

LABELS = [Label.OK, Label.DEFECTIVE, Label.OK, Label.DEFECTIVE, Label.OK]
ROWS = [prediction(f"test/x/{n}.jpeg", each, n / 7, source=n, logit=(n - 2) / 3) for n, each in enumerate(LABELS)]
HEADER = "path,split,label,source,logit,probability\n"


def test_predictions_survive_the_file(tmp_path: Path):
    write_predictions(tmp_path / "p.csv", ROWS)
    back = read_predictions(tmp_path / "p.csv")
    for row, again in zip(ROWS, back, strict=True):
        assert (again.path, again.split, again.label, again.source) == (row.path, row.split, row.label, row.source)
        assert again.logit == pytest.approx(row.logit, rel=1e-8)
        assert again.probability == pytest.approx(row.probability, rel=1e-8)
    write_predictions(tmp_path / "again.csv", back)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "p.csv").read_bytes()


def test_arrays_keep_the_order():
    arrays = as_arrays(ROWS)
    assert arrays.positive.tolist() == [False, True, False, True, False]
    assert arrays.source.tolist() == [0, 1, 2, 3, 4]
    assert arrays.probability == pytest.approx([n / 7 for n in range(5)])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("path,split\n1,2\n", "cannot be read"),
        (HEADER + "a,official-test,scratched,0,1.0,0.5\n", "scratched"),
        (HEADER + "a,official-test,ok,0,1.0\n", "cannot be read"),
        (HEADER + "a,official-test,ok,0,nan,0.5\n", "finite logit"),
        (HEADER + "a,official-test,ok,0,inf,0.5\n", "finite logit"),
        (HEADER + "a,official-test,ok,0,1.0,nan\n", "from 0 to 1"),
        (HEADER + "a,official-test,ok,0,1.0,1.5\n", "from 0 to 1"),
        (HEADER + "a,official-test,ok,0,1.0,0.5\n" * 2, "twice"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: str, complaint: str):
    (tmp_path / "p.csv").write_text(content)
    with pytest.raises(DataError, match=complaint):
        read_predictions(tmp_path / "p.csv")


def test_a_picture_may_be_in_two_splits_and_certain(tmp_path: Path):
    (tmp_path / "p.csv").write_text(HEADER + "a,official-test,ok,0,1.0,0\na,by-source-0,ok,0,1.0,1\n")
    assert [row.probability for row in read_predictions(tmp_path / "p.csv")] == [0, 1]


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        read_predictions(tmp_path / "nowhere.csv")
