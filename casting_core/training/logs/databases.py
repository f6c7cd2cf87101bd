"""Trackers that keep their runs in a SQLite database: trackio and MLflow.

A database is read in memory. Only tables are asked, never views; what takes too long is broken off.

Source: trackio's `SQLiteStorage` (trackio/sqlite_storage.py), MLflow's `SqlMetric` and `SqlRun`
(mlflow/store/tracking/dbmodels/models.py), https://sqlite.org/fileformat.html for the bytes that tell of a write-ahead
log.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing

from casting_core.errors import DataError
from casting_core.training.logs.json_log import parsed
from casting_core.training.logs.table import MAX_ROWS, Table, from_records

NAMES = ("mlflow.db", "trackio/*.db")
MAGIC = b"SQLite format 3\0"
WRITE_AHEAD = b"\2\2"  # at bytes 18 and 19; a database in memory has no such log
STEPS = 50_000_000  # of SQLite's machine, until a query is broken off
COLUMNS = (
    "SELECT c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' AND s.name = 'metrics'"
)
QUERIES = {  # by the columns that the table `metrics` has
    frozenset({"run_name", "step", "metrics"}): "SELECT run_name AS run, step, metrics FROM metrics ORDER BY id",
    frozenset({"run_uuid", "key", "value", "step"}): (
        "SELECT coalesce(r.name, '') || ' ' || substr(m.run_uuid, 1, 6) AS run, m.step AS step, m.key AS key, "
        "CASE WHEN m.is_nan THEN 'nan' ELSE m.value END AS value, m.timestamp AS timestamp "
        "FROM metrics m LEFT JOIN runs r USING (run_uuid)"
    ),
}


def knows(path: str, content: bytes) -> bool:
    """Whether a file is a SQLite database."""
    return content.startswith(MAGIC)


def read(files: Mapping[str, bytes]) -> Table:
    """Read the runs of a tracker's database. Raises `DataError` where it is damaged, too large, or another's."""
    (content,) = files.values()
    notes = []
    if content[18:20] == WRITE_AHEAD:
        content = content[:18] + b"\1\1" + content[20:]
        notes.append("What still stands in the write-ahead log (-wal) beside the database is not read.")
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.row_factory = sqlite3.Row
            database.deserialize(content)
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_progress_handler(lambda: True, STEPS)
            columns = {name for (name,) in database.execute(COLUMNS)}
            query = next((query for needed, query in QUERIES.items() if needed <= columns), None)
            if query is None:
                raise DataError("is a database, but neither trackio's nor MLflow's; export the run as CSV.")
            rows = [dict(row) for row in database.execute(f"{query} LIMIT {MAX_ROWS + 1}")]
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read as a database ({error}); copy it anew.") from error
    return from_records([row | _metrics(row.pop("metrics", None)) for row in rows], notes)


def _metrics(told: object) -> dict[str, str | float]:
    """Return the single numbers and texts of trackio's JSON; none where it is damaged."""
    try:
        found = parsed(told) if isinstance(told, str | bytes) else {}
    except ValueError:
        found = {}
    return {key: value for key, value in found.items() if isinstance(value, str | float)} if type(found) is dict else {}
