"""The figures of a card as Markdown tables, for the README."""

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


SETS = {"second_capture": "second camera, masks drawn by people", "rendered": "rendered castings"}
MAP_ROWS = {
    "right": "right at a probability of 50 %",
    "missed_at_half": "defective parts below 50 %",
    "false_at_half": "sound parts at 50 % or above",
    "roc_auc": "ROC-AUC of the verdict",
    "peak_on_defect": "strongest place of the map lies on the defect",
    "pixel_auroc": "ROC-AUC of the map's pixels",
    "aupro_30": "AUPRO up to 30 % false positives",
    "peak_of_sound": "strongest place on sound parts",
    "peak_of_defective": "strongest place on defective parts",
    "sound_without_marked_place": "sound parts without a marked place",
}


def map_table(metrics: Mapping[str, Any]) -> str:
    """What was judged against known defects: one column a set, one row a figure; empty where nothing was."""
    sets = [name for name in SETS if name in metrics]
    if not sets:
        return ""
    lines = ["| | " + " | ".join(SETS[name] for name in sets) + " |", "| --- |" + " ---: |" * len(sets)]
    counts = [f"{metrics[name]['pictures']:,} ({metrics[name]['photographs']:,})" for name in sets]
    lines.append("| pictures (photographs) | " + " | ".join(counts) + " |")
    for key, text in MAP_ROWS.items():
        lines.append(f"| {text} | " + " | ".join(_cell(metrics[name][key]) for name in sets) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.4f}"
    if "share" in value:
        return _share(value)
    if "median" in value:
        return f"median {value['median']:.3f}, 95th percentile {value['p95']:.3f}"
    return f"{value['value']:.4f} ({value['low']:.4f} to {value['high']:.4f})"


def _share(value: Mapping[str, Any]) -> str:
    if value["share"] is None:
        return "none of this label"
    interval = f"{value['low']:.2%} to {value['high']:.2%}".replace("%", " %")
    return f"{value['count']:,} of {value['of']:,}: {value['share']:.2%}".replace("%", " %") + f" ({interval})"


def _decimal(value: float | None, places: int) -> str:
    return "needs both labels" if value is None else f"{value:.{places}f}"
