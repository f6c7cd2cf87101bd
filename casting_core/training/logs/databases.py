"""Trackers that keep their runs in a SQLite database: trackio and MLflow.

A database is read in memory. Only tables are asked, never views; what takes too long is broken off.

Source: trackio's `SQLiteStorage` (trackio/sqlite_storage.py), MLflow's `SqlMetric` and `SqlRun`
(mlflow/store/tracking/dbmodels/models.py), https://sqlite.org/fileformat.html for the bytes that tell of a write-ahead
log.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing

from casting_core.errors import DataError
from casting_core.training.logs.table import MAX_ROWS, Table, from_records, short_path

MAGIC = b"SQLite format 3\0"
WRITE_AHEAD = b"\2\2"  # at bytes 18 and 19; a database in memory has no such log
STEPS = 50_000_000  # of SQLite's machine, until a query is broken off
QUERIES = {  # by the columns that the table `metrics` has
    frozenset({"run_name", "step", "metrics"}): "SELECT run_name, step, metrics FROM metrics ORDER BY id",
    frozenset({"run_uuid", "key", "value", "step"}): (
        "SELECT coalesce(r.name, '') || ' ' || substr(m.run_uuid, 1, 6), m.step, m.key, "
        "CASE WHEN m.is_nan THEN 'nan' ELSE m.value END, m.timestamp FROM metrics m LEFT JOIN runs r USING (run_uuid)"
    ),
}


def is_database(path: str, content: bytes) -> bool:
    """Whether a file is a SQLite database."""
    return content.startswith(MAGIC)


def read_database(files: Mapping[str, bytes]) -> list[Table]:
    """Read the runs of a tracker's database. Raises `DataError` where it is damaged, too large, or another's."""
    ((path, content),) = files.items()
    notes = []
    if content[18:20] == WRITE_AHEAD:
        content = content[:18] + b"\1\1" + content[20:]
        notes.append("What still stands in the write-ahead log (-wal) beside the database is not read.")
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(content)
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_progress_handler(lambda: True, STEPS)
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            columns = (
                {row[1] for row in database.execute("PRAGMA table_info(metrics)")} if "metrics" in tables else set()
            )
            query = next((query for needed, query in QUERIES.items() if needed <= columns), None)
            if query is None:
                raise DataError(
                    f"{short_path(path)} is a database, but neither trackio's nor MLflow's; export the run as CSV."
                )
            rows = database.execute(f"{query} LIMIT {MAX_ROWS + 1}").fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise DataError(f"{short_path(path)} cannot be read as a database ({error}); copy it anew.") from error
    if len(rows) > MAX_ROWS:
        raise DataError(f"{short_path(path)} holds over {MAX_ROWS:,} rows; keep the runs that are to be compared.")
    if "key" in columns:
        names = ("run", "step", "key", "value", "timestamp")
        return [from_records(path, [dict(zip(names, row, strict=True)) for row in rows], notes)]
    return [from_records(path, [{"run": run, "step": step} | _metrics(told) for run, step, told in rows], notes)]


def _metrics(told: str | bytes | float | None) -> dict[str, str | float]:
    """Return the single numbers and texts of trackio's JSON; none where it is damaged."""
    try:
        found = json.loads(told, parse_int=float) if isinstance(told, str | bytes) else {}
    except (ValueError, RecursionError):
        found = {}
    return {key: value for key, value in found.items() if isinstance(value, str | float)} if type(found) is dict else {}
