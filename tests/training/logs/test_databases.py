"""Databases of trackio and MLflow, rebuilt by their own statements; damage, foreign tables, endless queries."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import databases, table
from casting_core.training.logs.reading import read_any_log

TRACKIO = (
    "CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, "
    "run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT, space_id TEXT)"
)
MLFLOW = (
    "CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250))",
    "CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), step BIGINT, "
    "is_nan BOOLEAN)",
    "INSERT INTO runs VALUES ('a1b2c3d4', 'fox'), ('e5f6a7b8', 'fox')",
)


def made(statements: Sequence[str], rows: Sequence[tuple] = (), into: str = "") -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in statements:
            database.execute(statement)
        if rows:
            database.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        database.commit()
        return database.serialize()


def trackio(metrics: Sequence[object] = ({"epoch": 0, "val_loss": 0.9}, {"epoch": 1, "val_loss": 0.8})) -> bytes:
    rows = [
        (None, run, "2026-01-01", run, step, told if isinstance(told, str) else json.dumps(told), None, None)
        for run in ("one", "two")
        for step, told in enumerate(metrics)
    ]
    return made([TRACKIO], rows, "metrics")


def test_trackio_also_with_a_write_ahead_log() -> None:
    content = trackio()
    for each in (content, content[:18] + b"\2\2" + content[20:]):
        one, two = read_any_log(each, "castings.db")
        assert (one.name, two.name, one.epochs.tolist()) == ("castings, one", "castings, two", [1, 2])
        assert one.columns["validation_loss"].tolist() == [0.9, 0.8]
    assert "(-wal)" in one.notes[0]


def test_mlflow_tells_runs_of_one_name_apart() -> None:
    rows = [
        (key, value + step, 1716900000000 + 60_000 * step, run, step, key == "train_loss" and step == 1)
        for run in ("a1b2c3d4", "e5f6a7b8")
        for key, value in (("train_loss", 1.0), ("val_loss", 2.0))
        for step in (0, 1)
    ]
    one, two = read_any_log(made(MLFLOW, rows, "metrics"), "mlflow.db")
    assert (one.name, two.name) == ("mlflow, fox a1b2c3", "mlflow, fox e5f6a7")
    assert one.columns["validation_loss"].tolist() == [2, 3]
    assert one.series("train_loss")[0].tolist() == [1, 2]
    assert str(one.series("train_loss")[1].tolist()) == "[1.0, nan]"


def test_damaged_and_foreign_databases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = trackio()
    endless = (
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) SELECT k run_name, k step, k metrics FROM n"
    )
    for each, why in {
        content[:3000]: "cannot be read as a database",
        content[:100] + bytes(len(content) - 100): "cannot be read as a database|neither trackio's",
        made(["CREATE TABLE metrics (name TEXT)"]): "neither trackio's nor MLflow's",
        made([f"CREATE VIEW metrics AS {endless}"]): "neither trackio's nor MLflow's",  # is never asked
        trackio(["[" * 10_000, "no JSON"]): "has neither a loss",
        trackio(["[1]", '"x"']): "has neither a loss",
    }.items():
        with pytest.raises(DataError, match=why):
            read_any_log(each, "x.db")
    monkeypatch.setattr(databases, "STEPS", 10)
    with pytest.raises(DataError, match="interrupted"):
        read_any_log(content, "x.db")
    monkeypatch.undo()
    monkeypatch.setattr(databases, "MAX_ROWS", 3)
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    with pytest.raises(DataError, match="has 4 rows"):
        read_any_log(content, "x.db")
