"""Logs in JSON: records, or columns, or one record a line.

Keras' `History.history`, pandas' `to_json`, `evals_result` of XGBoost and LightGBM are columns; Hugging Face's
`trainer_state.json`, skorch's `history.json` and CatBoost's `catboost_training.json` records within; MMEngine's
`scalars.json`, Comet's and ClearML's offline messages and most loggers of one's own are lines.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH
from casting_core.training.logs.csv_log import decode
from casting_core.training.logs.table import MAX_COLUMNS, MAX_ROWS, Table, check_size, from_records, some

NAMES = ("trainer_state.json", "history.json", "scalars.json", "evals_result.json", "catboost_training.json")
MAX_JSON = 16 * 2**20  # bytes: parsed, it takes many times the memory
SINGLE = str | float | bool | None
SHORT, DEEP = 10, 4  # values of a list within a record; mappings within each other
RECORDS = ("log_history", "history", "iterations", "epochs", "logs", "metrics")  # under which records stand
POINT = ("wall time", "step", "value")  # what tensorboardX exports of each tag


def knows(path: str, content: bytes) -> bool:
    """Whether a file begins as JSON does."""
    return content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read(files: Mapping[str, bytes]) -> Table:
    """Read a log in JSON. Raises `DataError` where it is damaged, too large, or holds no course over epochs."""
    (content,) = files.values()
    if len(content) > MAX_JSON:
        raise DataError(f"has more than {MAX_JSON // 2**20} MiB; save the log as CSV.")
    text, notes = decode(content), list[str]()
    try:
        told = parsed(text)
    except ValueError:
        told, notes = _lines(text)
    if isinstance(told, dict):
        told = next((told[key] for key in RECORDS if _are_records(told.get(key))), None) or _rows(told)
    return from_records(_tidy(told), notes)


def _rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return records of the points by tag that tensorboardX exports, else of the longest lists."""
    if points := {tag: each for tag, each in told.items() if _are_points(each)}:
        return [dict(zip(POINT, point, strict=True), tag=tag) for tag, each in points.items() for point in each]
    lists = {name: value for name, value in _leaves(told) if isinstance(value, list)}
    longest = max(map(len, lists.values()), default=0)
    lists = {name: values for name, values in lists.items() if len(values) == longest}
    check_size(longest, len(lists))
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]


def parsed(text: str | bytes) -> Any:
    """Parse JSON with numbers of any length. Raises `ValueError`, also where it is nested too deep."""
    try:
        return json.loads(text, parse_int=float)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _are_records(told: Any) -> bool:
    return isinstance(told, list) and any(isinstance(each, dict) for each in told)


def _are_points(told: Any) -> bool:
    return isinstance(told, list) and told != [] and all(isinstance(each, list) and len(each) == 3 for each in told)


def _lines(text: str) -> tuple[list[Any], list[str]]:
    """One record a line, and what is left out; a last one without a line break may be half written."""
    records, odd, lines = [], [], text.split("\n")
    for number, line in enumerate(lines, start=1):
        try:
            told = parsed(line) if line.strip() else []
        except ValueError:
            odd.append(number)
        else:
            records += told if isinstance(told, list) else [told]
    if odd and (not _are_records(records) or len(odd) > len(records)):
        raise DataError(f"begins as JSON, but is damaged or cut in line {odd[0]}; save it anew.")
    half = f"The last line, {len(lines)}, is half written; it is left out."
    left = f"Left out, because they are no JSON: line{'s' * (len(odd) > 1)} {some([*map(str, odd)], 3)}."
    return records, [half if odd == [len(lines)] else left] if odd else []


def _tidy(told: Sequence[Any]) -> list[dict[str, Any]]:
    """Return records as they are meant: flat, each with an epoch or a step.

    Of Comet's messages the metrics; without Hugging Face's last record, of the whole training; those of MMEngine, which
    counts steps in training and epochs in validation, by images.
    """
    given = [each for each in told[: MAX_ROWS + 1] if isinstance(each, dict)]
    payloads = [each["payload"] for each in given if each.get("type") == "metric_msg" and "payload" in each]
    metrics = [each["metric"] for each in payloads if isinstance(each, dict) and isinstance(each.get("metric"), dict)]
    records = [_flat(each) for each in metrics or given]
    records = [each for each in records if "train_runtime" not in each]
    if any({"iter", "data_time"} <= each.keys() and "mode" not in each for each in records):
        records = [each if "iter" in each else {**each, "mode": "val", EPOCH: each.get("step")} for each in records]
        records = [{"mode": "train", **each, "time": None} for each in records]  # of a step, not of an epoch
    return records


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    """Single values by name, those of short lists by `name/0`."""
    flat: dict[str, Any] = {}
    for name, value in islice(_leaves(told), MAX_COLUMNS + 1):
        if not isinstance(value, list):
            flat[name] = value
        elif len(value) <= SHORT:
            flat |= {f"{name}/{n}": each for n, each in enumerate(value)}
    return flat


def _leaves(told: Mapping[str, Any], before: str = "", deep: int = DEEP) -> Iterator[tuple[str, Any]]:
    """Yield single values, and lists of them, by name, of mappings within by `outer/inner`."""
    for key, value in told.items():
        if isinstance(value, dict) and value and all(each.isdigit() for each in value):  # by row, as pandas writes it
            value = list(value.values())
        if isinstance(value, dict) and deep > 1:
            yield from _leaves(value, f"{before}{key}/", deep - 1)
        elif all(isinstance(each, SINGLE) for each in (value if isinstance(value, list) else [value])):
            yield f"{before}{key}", value
