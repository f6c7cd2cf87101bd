"""The figures of a card as a Markdown table, for the README."""

from collections.abc import Mapping
from typing import Any

SPLITS = {"official_test": "official test (known photographs)", "by_source": "castings never seen (by source)"}
ROWS = {
    "wrong": "wrong at a probability of 50 %",
    "missed_defects": "defective parts passed as ok",
    "false_alarms": "ok parts rejected",
    "reviews": "sent to a person",
}
VIEWS = {"as_filed": "as filed", "without_suspects": "without the doubted labels"}


def results_table(metrics: Mapping[str, Any]) -> str:
    """One column a split and view, one row a figure, each share with its 95 % interval over photographs."""
    columns = [(split, view) for split in SPLITS for view in VIEWS]
    lines = [
        "| | " + " | ".join(f"{SPLITS[split]}, {VIEWS[view]}" for split, view in columns) + " |",
        "| --- |" + " ---: |" * len(columns),
    ]
    figures = [metrics[split][view] for split, view in columns]
    lines.append(
        "| pictures (photographs) | " + " | ".join(f"{f['pictures']:,} ({f['photographs']})" for f in figures) + " |"
    )
    for key, text in ROWS.items():
        lines.append(f"| {text} | " + " | ".join(_share(f[key]) for f in figures) + " |")
    lines.append("| ROC-AUC | " + " | ".join(_decimal(f["roc_auc"], 5) for f in figures) + " |")
    error = [_decimal(f["expected_calibration_error"], 4) for f in figures]
    lines.append("| expected calibration error | " + " | ".join(error) + " |")
    return "\n".join(lines) + "\n"


def _share(value: Mapping[str, Any]) -> str:
    if value["share"] is None:
        return "none of this label"
    interval = f"{value['low']:.2%} to {value['high']:.2%}".replace("%", " %")
    return f"{value['count']:,} of {value['of']:,}: {value['share']:.2%}".replace("%", " %") + f" ({interval})"


def _decimal(value: float | None, places: int) -> str:
    return "needs both labels" if value is None else f"{value:.{places}f}"
