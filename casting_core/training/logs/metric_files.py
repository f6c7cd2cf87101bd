"""Trackers that write a file for each metric: MLflow's folder `mlruns` and DVCLive's `plots/metrics`.

MLflow: `<run>/metrics/<key>` has one line a value: time in milliseconds, value, step. `<run>/tags/mlflow.runName` holds
the run's name. DVCLive: `<run>/plots/metrics/<key>.tsv` has the columns step, perhaps timestamp, and the value.

Source: MLflow's `FileStore` (mlflow/store/tracking/file_store.py) and DVCLive's `Metric` (dvclive/plots/metric.py).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from casting_core.training.logs.csv_log import decode
from casting_core.training.logs.table import Table, check_size, from_records

NAMES = ("metrics/*", "metrics/*/*", "tags/mlflow.runName")
FILE = re.compile(r"(?:(?P<run>.+)/)?(?:plots/metrics/(?P<dvclive>.+)\.tsv|metrics/(?P<mlflow>(?!.*\.\w{2,5}$).+))")
CELLS = ("timestamp", "value", "step", "key")  # of a line of MLflow
RUN_NAME = "/tags/mlflow.runName"
LINE = re.compile(rb"\d{12,14} [-+.\dA-Za-z]+ -?\d+(?: .*)?\s")  # of MLflow


def knows(path: str, content: bytes) -> bool:
    """Whether a file holds the values of one metric, or the name of their run."""
    match = FILE.fullmatch(path)
    return bool((match and match["dvclive"]) or path.endswith(RUN_NAME) or LINE.match(content[:300]))


def runs_of_files(paths: Iterable[str]) -> dict[str, str]:
    """Return the run that each file belongs to."""
    matches = {path: FILE.fullmatch(path) for path in paths}
    return {path: (match["run"] or ".") if match else path.removesuffix(RUN_NAME) for path, match in matches.items()}


def read(files: Mapping[str, bytes]) -> Table:
    """Read the metrics of one run, bytes by path; a half-written last line is left out."""
    records, name = list[dict[str, str]](), ""
    for path, content in sorted(files.items()):
        text, match = decode(content), FILE.fullmatch(path)
        if path.endswith(RUN_NAME):
            name = text.strip()[:100]
            continue
        check_size(len(records) + text.count("\n"), len(CELLS))
        lines = text.split("\n")[:-1]  # what follows is still being written
        if match and match["dvclive"]:
            rows = [line.split("\t") for line in lines[1:]]
            records += [{"key": match["dvclive"], "step": row[0], "value": row[-1]} for row in rows if len(row) > 1]
        else:
            key = match["mlflow"] if match else PurePosixPath(path).name
            rows = [line.split(" ") for line in lines]
            records += [dict(zip(CELLS, [*row[:3], key], strict=True)) for row in rows if len(row) > 2]
    return from_records(records, name=name)
