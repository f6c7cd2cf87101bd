"""The command `compare` on what ships, in its three forms."""

import csv
import io
from collections.abc import Iterator
from functools import cache

import pytest
from typer.testing import CliRunner, Result

from casting_core.__main__ import app
from casting_core.errors import ModelError
from casting_core.evaluation.comparison import models
from casting_core.networks.card import DEFAULT, shipped


@pytest.fixture(scope="module", autouse=True)
def compared_once() -> Iterator[None]:
    """All forms show one comparison, which takes seconds."""
    of = cache(models.compare)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "compare", lambda names: of(tuple(names)))
        yield


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["compare", *arguments])
    assert result.exit_code == 0, result.output
    return result


def test_markdown_holds_every_model_and_the_study():
    shown = run("--markdown").stdout
    for name in shipped():
        assert f"\n| {name} " in shown
    assert "| Study: cnn | 99.86 % | not reported |" in shown
    assert shown.count("| --- |") == (5 if len(shipped()) > 1 else 4)


def test_csv_is_nothing_but_rows():
    rows = list(csv.DictReader(io.StringIO(run("--csv").stdout)))
    assert len(rows) == 4 * len(shipped()) + 3
    first = rows[0]
    assert (first["model"], first["split"], first["view"]) == (DEFAULT, "official_test", "as_filed")
    assert float(first["accuracy_low"]) <= float(first["accuracy"]) <= float(first["accuracy_high"])
    assert {row["roc_auc"] for row in rows if row["model"].startswith("Study")} == {""}  # it did not report it


def test_a_terminal_gets_grids():
    shown = run(DEFAULT).stdout
    assert "Settings and time of training" in shown
    assert DEFAULT in shown


def test_wrong_usage():
    result = CliRunner().invoke(app, ["compare", "--csv", "--markdown"])
    assert result.exit_code == 2
    assert "exclude each other" in result.output
    unknown = CliRunner().invoke(app, ["compare", "nothing"])
    assert isinstance(unknown.exception, ModelError)
    assert DEFAULT in str(unknown.exception)
