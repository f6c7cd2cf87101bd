"""The figures of a card as Markdown tables, for the README."""

from collections.abc import Mapping

from casting_core.estimate import Estimate
from casting_core.evaluation.localization.method_comparison import EVIDENCE, winners
from casting_core.evaluation.reporting.cells import markdown, number, percent, share
from casting_core.explanation.methods import METHODS
from casting_core.networks.figures import Figures, Metrics
from casting_core.networks.limit_figures import DetectabilityFigures, HeldRange, RobustnessFigures
from casting_core.networks.localization_figures import LocalizationFigures, Quantiles, RepairFigures

SPLITS = {"official_test": "official test (known photographs)", "by_source": "castings never seen (by source)"}
SHARES = {
    "wrong": "wrong at a probability of 50 %",
    "recall": "defective parts at 50 % or above (recall)",
    "precision": "truly defective among parts at 50 % or above (precision)",
    "specificity": "ok parts below 50 % (specificity)",
    "missed_defects": "defective parts passed as ok",
    "false_alarms": "ok parts rejected",
    "reviews": "sent to a person",
}
NUMBERS = {
    "accuracy": "accuracy",
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy",
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC (average precision)",
    "brier_score": "Brier score",
    "expected_calibration_error": "expected calibration error",
    "mean_cost": "mean cost of a part",
}
NONE, BOTH = "none of this label", "needs both labels"
NOTHING = {"precision": "no part called defective", "wrong": "no pictures", "reviews": "no pictures"}
VIEWS = {"as_filed": "as filed", "without_suspects": "without the doubted labels"}


def results_table(metrics: Metrics) -> str:
    """One column a split and view, one row a figure, each with its 95 % interval over photographs.

    The mean cost is in the unit of the costs that its row names.
    """
    columns = [(split, view) for split in SPLITS for view in VIEWS]
    figures: list[Figures] = [getattr(getattr(metrics, split), view) for split, view in columns]
    rows = [["pictures (photographs)", *(f"{f.pictures:,} ({f.photographs})" for f in figures)]]
    rows += [[text, *(share(getattr(f, key), NOTHING.get(key, NONE)) for f in figures)] for key, text in SHARES.items()]
    for key, text in NUMBERS.items():
        rows.append([text, *(number(getattr(f, key), BOTH if f.pictures else "no pictures") for f in figures)])
    rows[-1][0] += f" ({stated(figures[0].costs)})"
    return markdown(["", *(f"{SPLITS[split]}, {VIEWS[view]}" for split, view in columns)], rows)


def stated(costs: Mapping[str, float]) -> str:
    """Costs in words."""
    return (
        f"a defect passed {costs['missed_defect']:g}, a false reject {costs['false_alarm']:g}, "
        f"a review {costs['review']:g}"
    )


SETS = {"second_capture": "second camera, masks drawn by people", "rendered": "rendered castings"}
MAP_ROWS = {
    "right": "right at a probability of 50 %",
    "missed_at_half": "defective parts below 50 %",
    "passed": "defective parts passed as ok",
    "rejected": "sound parts rejected",
    "false_at_half": "sound parts at 50 % or above",
    "roc_auc": "ROC-AUC of the verdict",
    "peak_on_defect": "strongest place of the map lies on the defect",
    "pixel_auroc": "ROC-AUC of the map's pixels",
    "aupro_30": "AUPRO up to 30 % false positives",
    "peak_of_sound": "strongest place on sound parts",
    "peak_of_defective": "strongest place on defective parts",
    "sound_without_marked_place": "sound parts without a marked place",
    "region_recall.all": "drawn defects that a marked place touches",
    "region_recall.small": "of these small ones, under 0.2 % of the picture",
    "region_recall.medium": "medium ones, 0.2 % to 0.5 %",
    "region_recall.large": "large ones, over 0.5 %",
    "region_precision.all": "marked places that touch a drawn defect",
    "known_photographs.pictures": "pictures of photographs that the public set holds",
    "known_photographs.roc_auc": "ROC-AUC of the verdict on these",
    "known_photographs.passed": "defective ones of these passed as ok",
    "known_photographs.peak_on_defect": "strongest place on the defect on these",
    "new_photographs.pictures": "pictures of photographs found nowhere in the public set",
    "new_photographs.roc_auc": "ROC-AUC of the verdict on these",
    "new_photographs.passed": "defective ones of these passed as ok",
    "new_photographs.peak_on_defect": "strongest place on the defect on these",
}


def map_table(metrics: Metrics) -> str:
    """Tabulate what was judged against known defects: one column a set, one row a figure; empty where nothing was.

    A figure that no set has is left out.
    """
    sets = {title: figures for name, title in SETS.items() if (figures := getattr(metrics, name)) is not None}
    if not sets:
        return ""
    rows = [["pictures (photographs)", *map(_counted, sets.values())]]
    for key, text in MAP_ROWS.items():
        values = [figures.at(key) for figures in sets.values()]
        if any(value is not None for value in values):
            rows.append([text, *map(_cell, values)])
    return markdown(["", *sets], rows)


METHOD_COLUMNS = {
    "peak_on_defect": "strongest place on the defect",
    "heat_inside": "heat inside the defects",
    "pixel_auroc": "ROC-AUC of the pixels",
    "aupro_30": "AUPRO up to 30 %",
    "drop": "fall when removed",
    "control_drop": "fall when as much is removed elsewhere",
    "peak_of_sound": "strongest place on sound parts",
    "milliseconds": "ms a picture",
}


def methods_table(metrics: Metrics) -> str:
    """Ways to make a map on the same pictures: one row a method, the best of each column in bold; empty where none."""
    figures = metrics.maps_second_capture
    if not figures:
        return ""
    best, most = winners(figures), max(row.pictures for row in figures.values())
    rows = []
    for method, row in figures.items():
        title = "evidence map" if method == EVIDENCE else METHODS[method].title
        if row.pictures < most:
            title += f" (on {row.pictures:,} of {most:,} pictures)"
        cells = {key: _cell(getattr(row, key)) for key in METHOD_COLUMNS}
        rows.append([title, *(f"**{cell}**" if best.get(key) == method else cell for key, cell in cells.items())])
    return markdown(["", *METHOD_COLUMNS.values()], rows)


REPAIR_ROWS = {
    "falls": "flagged parts that pass once all marked places are repaired",
    "control_moves": "verdicts that the same repair at a sound place turns into another",
    "before": "probability as given",
    "after": "probability with all marked places repaired",
    "control_shift": "how far a control moves the probability",
    "replaced": "share of the disc that was replaced",
}


def repair_table(metrics: Metrics) -> str:
    """Tell what repairing the marked places does to the verdict; empty where it was not measured."""
    figures = metrics.repair
    if not figures:
        return ""
    rows = [["pictures (photographs)", _counted(figures)]]
    rows += [[text, _cell(getattr(figures, key))] for key, text in REPAIR_ROWS.items()]
    return markdown(["", "flagged defective parts"], rows)


def _counted(figures: LocalizationFigures | RepairFigures) -> str:
    return f"{figures.pictures:,} ({figures.photographs:,})"


def _cell(value: Estimate | Quantiles | float | None) -> str:
    if isinstance(value, Estimate):
        return number(value) if value.of is None else share(value)
    if isinstance(value, Quantiles):
        return f"median {value.median:.3f}, 95th percentile {value.p95:.3f}"
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}" if abs(value) <= 1 else f"{value:,.1f}"


def detectability_table(figures: Mapping[str, DetectabilityFigures]) -> str:
    """Tabulate a card's `detectability`, one row a base and kind, and the false calls below it."""
    sizes = ("a50", "a90", "a90_95", "a90_95_photographs")
    rows = [
        (
            f"{base}: {kind}",
            f"{of_kind.hits} of {of_kind.trials}",
            *map(of_kind.size_text, sizes),
            of_kind.marked.size_text("a90"),
            of_kind.fit,
        )
        for base, of_base in figures.items()
        for kind, of_kind in of_base.kinds.items()
    ]
    header = ("defect", "not passed", "a50", "a90", "a90/95", "a90/95 over photographs", "a90 of the map", "fit")
    calls = [
        f"{base}: sound castings not passed {share(of_base.false_calls)}; "
        f"with a harmless change {share(of_base.false_calls_harmless)}"
        for base, of_base in figures.items()
    ]
    return "\n".join([markdown(header, rows), *calls])


def robustness_table(figures: RobustnessFigures) -> str:
    """Tabulate a card's `robustness`, one row a disturbance and level, and the envelopes below it."""
    shares = ("accuracy", "missed", "false_alarms", "reviews", "unusable", "flips")
    rows = [
        (
            f"{name}, {level.level:g} {each.unit}",
            *("none" if (found := level.share(figure)) is None else percent(found.value) for figure in shares),
            "yes" if level.holds else "errors only" if level.errors_hold else "no",
        )
        for name, each in figures.disturbances.items()
        for level in each.levels
    ]
    header = ("disturbance", *(figure.replace("_", " ") for figure in shares), "holds")
    lines = [
        f"{name}: figures hold {_range(each.envelope)}, errors alone {_range(each.errors_hold)} ({each.unit})"
        for name, each in figures.disturbances.items()
    ]
    return "\n".join([markdown(header, rows), *lines])


def _range(ends: HeldRange) -> str:
    return f"from {ends.least:g} to {ends.most:g}"
