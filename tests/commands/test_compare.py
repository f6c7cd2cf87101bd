"""The command `compare` on what ships, in its three forms."""

import csv
import io
from collections.abc import Iterator
from functools import cache

import pytest

from casting_core.errors import ModelError
from casting_core.evaluation.comparison import models
from casting_core.networks.card import DEFAULT, shipped
from tests.commands.conftest import invoke, refused, wrong


@pytest.fixture(scope="module", autouse=True)
def compared_once() -> Iterator[None]:
    """All forms show one comparison, which takes seconds."""
    of = cache(models.compare)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "compare", lambda names: of(tuple(names)))
        yield


def test_markdown_holds_every_model_and_the_study():
    shown = invoke("compare", "--markdown").stdout
    for name in shipped():
        assert f"\n| {name} " in shown
    assert "| Study: cnn | 99.86 % | not reported |" in shown
    assert shown.count("| --- |") == (5 if len(shipped()) > 1 else 4)


def test_csv_is_nothing_but_rows():
    rows = list(csv.DictReader(io.StringIO(invoke("compare", "--csv").stdout)))
    assert len(rows) == 4 * len(shipped()) + 3
    first = rows[0]
    assert (first["model"], first["split"], first["view"]) == (DEFAULT, "official_test", "as_filed")
    assert float(first["accuracy_low"]) <= float(first["accuracy"]) <= float(first["accuracy_high"])
    assert {row["roc_auc"] for row in rows if row["model"].startswith("Study")} == {""}  # it did not report it


def test_a_terminal_gets_grids():
    shown = invoke("compare", DEFAULT).stdout
    assert "Settings and time of training" in shown
    assert DEFAULT in shown


def test_wrong_usage():
    assert "exclude each other" in wrong("compare", "--csv", "--markdown")
    unknown = refused("compare", "nothing")
    assert isinstance(unknown, ModelError)
    assert DEFAULT in str(unknown)
