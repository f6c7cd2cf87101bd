"""Trackers that write a file for each metric: MLflow's folder `mlruns` and DVCLive's `plots/metrics`.

MLflow: `<run>/metrics/<key>` has one line a value: time in milliseconds, value, step. `<run>/tags/mlflow.runName` holds
the run's name. DVCLive: `<run>/plots/metrics/<key>.tsv` has the columns step, perhaps timestamp, and the value.

Source: MLflow's `FileStore` (mlflow/store/tracking/file_store.py) and DVCLive's `Metric` (dvclive/plots/metric.py).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from casting_core.errors import DataError
from casting_core.training.logs.csv_log import decode
from casting_core.training.logs.table import MAX_ROWS, Table, from_cells, log_name

MLFLOW = re.compile(r"(?:(?P<run>.+)/)?metrics/(?P<key>(?!.*\.\w{2,5}$).+)")
DVCLIVE = re.compile(r"(?:(?P<run>.+)/)?plots/metrics/(?P<key>.+)\.tsv")
RUN_NAME = "/tags/mlflow.runName"
LINE = re.compile(rb"\d{12,14} [-+.\dA-Za-z]+ -?\d+(?: .*)?\s")  # of MLflow


def is_metric_file(path: str, content: bytes) -> bool:
    """Whether a file holds the values of one metric, or the name of their run."""
    return bool(DVCLIVE.fullmatch(path) or path.endswith(RUN_NAME) or LINE.match(content[:300]))


def runs_of_files(paths: Iterable[str]) -> dict[str, str]:
    """Return the run that each file belongs to."""
    runs = {}
    for path in paths:
        match = DVCLIVE.fullmatch(path) or MLFLOW.fullmatch(path)
        runs[path] = path.removesuffix(RUN_NAME) if path.endswith(RUN_NAME) else match["run"] or "" if match else path
    return runs


def read_metric_files(files: Mapping[str, bytes]) -> list[Table]:
    """Read the metrics of one run, bytes by path; a half-written last line is left out."""
    cells: dict[str, list[str]] = {"key": [], "step": [], "value": [], "timestamp": []}
    name, run = "", runs_of_files(files)[min(files)]
    for path, content in sorted(files.items()):
        text = decode(content, path)
        if path.endswith(RUN_NAME):
            name = text.strip()[:100]
            continue
        match = DVCLIVE.fullmatch(path) or MLFLOW.fullmatch(path)
        key = match["key"] if match else PurePosixPath(path).name
        lines = text[: text.rfind("\n") + 1].splitlines()  # what follows is still being written
        if len(cells["key"]) + len(lines) > MAX_ROWS:
            raise DataError(f"{run} holds over {MAX_ROWS:,} values; log once an epoch.")
        tabs = DVCLIVE.fullmatch(path) is not None
        rows = [line.split("\t" if tabs else " ") for line in (lines[1:] if tabs else lines)]
        for parts in (row for row in rows if len(row) >= (2 if tabs else 3)):
            told = (key, parts[0], parts[-1], "") if tabs else (key, parts[2], parts[1], parts[0])
            for column, cell in zip(cells.values(), told, strict=True):
                column.append(cell)
    if not cells["key"]:
        raise DataError(f"{run or min(files)} holds no values of a metric; choose the folder of a training.")
    return [from_cells(run or min(files), cells, name=name or (log_name(run) if run else log_name(min(files))))]
