"""Logs in JSON: records, or columns, or one record a line.

Keras' `History.history`, pandas' `to_json`, `evals_result` of XGBoost and LightGBM are columns; Hugging Face's
`trainer_state.json`, skorch's `history.json` and CatBoost's `catboost_training.json` records within; MMEngine's
`scalars.json`, Comet's and ClearML's offline messages and most loggers of one's own are lines.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH
from casting_core.training.logs.csv_log import decode
from casting_core.training.logs.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    check_size,
    from_cells,
    from_records,
    short_path,
)

MAX_JSON = 16 * 2**20  # bytes: parsed, it takes many times the memory
SHORT = 10  # values of a list within a record
RECORDS = ("log_history", "history", "iterations", "epochs", "logs", "metrics")  # under which records stand


def is_json(path: str, content: bytes) -> bool:
    """Whether a file begins as JSON does."""
    return content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_json(files: Mapping[str, bytes]) -> list[Table]:
    """Read a log in JSON. Raises `DataError` where it is damaged, too large, or holds no course over epochs."""
    ((path, content),) = files.items()
    if len(content) > MAX_JSON:
        raise DataError(f"{short_path(path)} has more than {MAX_JSON // 2**20} MiB; save the log as CSV.")
    text = decode(content, path)
    notes: list[str] = []
    try:
        told = _parsed(text)
    except (ValueError, RecursionError):
        told = _lines(text, path, notes)
    if isinstance(told, dict):
        found = next((told[key] for key in RECORDS if _are_records(told.get(key))), None)
        return [from_records(path, _tidy(found), notes)] if found else [_columns(path, told)]
    if not _are_records(told):
        raise DataError(f"{short_path(path)} is JSON, but holds no records of epochs; save one record an epoch.")
    return [from_records(path, _tidy(told), notes)]


def _parsed(text: str) -> Any:
    return json.loads(text, parse_int=float)  # of any length


def _are_records(told: Any) -> bool:
    return isinstance(told, list) and any(isinstance(each, dict) for each in told)


def _lines(text: str, path: str, notes: list[str]) -> list[Any]:
    """One record a line; a last one without a line break may be half written."""
    records, odd = [], []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        try:
            told = _parsed(line) if line.strip() else []
        except (ValueError, RecursionError):
            odd.append(number)
        else:
            records += told if isinstance(told, list) else [told]
    if odd and (not _are_records(records) or len(odd) > len(records)):
        raise DataError(f"{short_path(path)} begins as JSON, but is damaged or cut in line {odd[0]}; save it anew.")
    if odd == [len(lines)]:
        notes.append(f"The last line, {len(lines)}, is half written; it is left out.")
    elif odd:
        notes.append(f"Left out, because they are no JSON: {len(odd)} lines, the first of them {odd[0]}.")
    return records


def _tidy(told: Sequence[Any]) -> list[dict[str, Any]]:
    """Return records as they are meant: flat, each with an epoch or a step.

    Of Comet's messages the metrics; without Hugging Face's last record, of the whole training; those of MMEngine, which
    counts steps in training and epochs in validation, by images.
    """
    given = [each for each in told[: MAX_ROWS + 1] if isinstance(each, dict)]
    metrics = [each for each in given if each.get("type") == "metric_msg" and isinstance(each.get("payload"), dict)]
    records = [_flat(each["payload"].get("metric") or {}) for each in metrics] or [_flat(each) for each in given]
    records = [each for each in records if "train_runtime" not in each]
    if any({"iter", "data_time"} <= each.keys() and "mode" not in each for each in records):
        records = [each if "iter" in each else {**each, "mode": "val", EPOCH: each.get("step")} for each in records]
        records = [{"mode": "train", **each, "time": None} for each in records]  # of a step, not of an epoch
    return records


def _flat(told: Mapping[str, Any], before: str = "", depth: int = 3) -> dict[str, Any]:
    """Single values by name, of mappings within by `outer/inner`, of short lists by `name/0`."""
    flat: dict[str, Any] = {}
    for key, value in told.items():
        if len(flat) > MAX_COLUMNS:
            break
        if isinstance(value, list) and len(value) <= SHORT:
            value = {str(n): each for n, each in enumerate(value)}
        if isinstance(value, dict) and depth:
            flat |= _flat(value, f"{before}{key}/", depth - 1)
        elif isinstance(value, str | float | bool | None):
            flat[f"{before}{key}"] = value
    return flat


def _columns(path: str, told: Mapping[str, Any]) -> Table:
    """Make a table of lists by name, also of mappings within; or, as pandas writes them, of mappings by row number."""
    if points := {tag: each for tag, each in told.items() if _are_points(each)}:  # tensorboardX: time, step, value
        names = ("tag", "wall time", "step", "value")
        return from_records(
            path, [dict(zip(names, (tag, *p), strict=True)) for tag, each in points.items() for p in each]
        )
    lists = _lists(told)
    longest = max(map(len, lists.values()), default=0)
    lists = {name: values for name, values in lists.items() if len(values) == longest}
    if not longest:
        raise DataError(
            f"{short_path(path)} holds single values, and no course over epochs. Choose the log of the training."
        )
    check_size(path, longest, len(lists))
    return from_cells(path, lists)


def _are_points(told: Any) -> bool:
    return isinstance(told, list) and bool(told) and all(isinstance(each, list) and len(each) == 3 for each in told)


def _lists(told: Mapping[str, Any], before: str = "", depth: int = 3) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in list(told.items())[: MAX_COLUMNS + 1]:
        if isinstance(value, dict) and value and all(str(each).isdigit() for each in value):
            value = list(value.values())
        if isinstance(value, dict) and depth:
            found |= _lists(value, f"{before}{key}/", depth - 1)
        elif isinstance(value, list) and value and all(isinstance(each, str | float | bool | None) for each in value):
            found[f"{before}{key}"] = value
    return found
