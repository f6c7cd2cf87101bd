"""A comparison of models as small tables, each of which reads without the others.

Beside the models' own figures, all computed, stand those that the original study of the set reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casting_core.evaluation.comparison import published
from casting_core.evaluation.comparison.models import SPLITS, VIEWS, Compared, Comparison
from casting_core.evaluation.reporting.cells import chance, markdown, number, percent, share
from casting_core.evaluation.reporting.markdown import stated
from casting_core.networks.registry import BASELINE, architecture

COLUMNS = (
    "official test, as filed",
    "official test, without the doubted labels",
    "castings never seen, as filed",
    "castings never seen, without the doubted labels",
)
NOT_REPORTED = "not reported"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A title, a header, rows of as many cells, and how to read it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str

    def to_markdown(self) -> str:
        """With its title in bold above and its note below."""
        return f"**{self.title}**\n\n{markdown(self.header, self.rows)}\n{self.note}\n"


def comparison_tables(comparison: Comparison) -> tuple[Table, ...]:
    """Five tables: accuracy, verdicts, probabilities, chance, settings; that of chance only where there are two."""
    models = comparison.models
    tables = [_accuracy(models), _verdicts(models), _probabilities(models)]
    if len(models) > 1:
        tables.append(_chance(comparison))
    return (*tables, _settings(models))


def _label(model: Compared) -> str:
    return f"{model.name} (mean brightness alone, the floor)" if model.name == BASELINE else model.name


def _accuracy(models: tuple[Compared, ...]) -> Table:
    rows = []
    for model in models:
        figures = [model.figures(split, view) for split in SPLITS for view in VIEWS]
        fall = "none" if model.fall is None else f"{100 * model.fall:.2f} points"
        rows.append((_label(model), *(_accuracy_of(f) for f in figures), fall))
    for study in published.STUDY:
        right = "" if study.right is None else f", {study.right[0]} of {study.right[1]}"
        remark = f" ({study.remark})" if study.remark else ""
        rows.append((study_name(study), f"{100 * study.accuracy:.4g} %{right}{remark}", *[NOT_REPORTED] * 4))
    return Table(
        title="Known photographs beside castings never seen: accuracy at a probability of 50 %",
        header=("", *COLUMNS, "fall from known to new"),
        rows=tuple(rows),
        note="In brackets the 95 % interval over source photographs. Nearly all pictures of the official test are "
        "turned or mirrored copies of training pictures; castings never seen are judged by models that were fitted "
        "without any picture of them. The fall, in percentage points, is between both columns without the doubted "
        "labels. The study's rows are as it reported them.",
    )


def _accuracy_of(figures: Mapping[str, Any]) -> str:
    interval = figures["intervals"]["accuracy"]
    if interval is None:
        return "no pictures"
    return f"{percent(figures['accuracy'])} ({percent(interval['low'])} to {percent(interval['high'])})"


def _verdicts(models: tuple[Compared, ...]) -> Table:
    first = models[0].figures("by_source", "without_suspects")
    costs, rate = first["costs"], first["defective_pictures"] / max(1, first["pictures"])
    rows = []
    for model in models:
        figures = model.figures("by_source", "without_suspects")
        shares = (share(figures[name]) for name in ("missed_defects", "false_alarms", "reviews"))
        rows.append((_label(model), *shares, number(figures, "mean_cost")))
    return Table(
        title="Verdicts on castings never seen, without the doubted labels",
        header=("", "defective parts passed as ok", "ok parts rejected", "sent to a person", "mean cost of a part"),
        rows=tuple(rows),
        note=f"Costs as stated: {stated(costs)}. A person who looks at every part costs {costs['review']:g} a part. "
        f"Thresholds are cross-fitted: those applied to a casting come from others. {rate:.0%} of these pictures show "
        "defective parts; at a plant's rate the mean cost is another.".replace("%", " %"),
    )


def _probabilities(models: tuple[Compared, ...]) -> Table:
    names = ("roc_auc", "pr_auc", "f1", "balanced_accuracy", "brier_score", "expected_calibration_error")
    rows = []
    for model in models:
        figures = model.figures("by_source", "without_suspects")
        rows.append((_label(model), *(number(figures, name) for name in names)))
    titles = ("ROC-AUC", "PR-AUC", "F1", "balanced accuracy", "Brier score", "expected calibration error")
    return Table(
        title="Probabilities on castings never seen, without the doubted labels",
        header=("", *titles),
        rows=tuple(rows),
        note="1 is best for the first four, 0 for the last two. F1 and balanced accuracy are at a probability of 50 %.",
    )


def _chance(comparison: Comparison) -> Table:
    rows = []
    for model in comparison.models:
        cells = []
        for found in model.against.values():
            pictures = f"{found.only_first:,} against {found.only_second:,}"
            cells.append(f"{pictures}; {chance(found.p_photographs)} (McNemar: {chance(found.p_pictures)})")
        if cells:
            rows.append((_label(model), *cells))
    reference = comparison.reference
    return Table(
        title=f"Can the difference to {reference} be chance?",
        header=("", *COLUMNS),
        rows=tuple(rows),
        note=f"Pictures that only {reference} judges right against those that only the other does. p counts source "
        "photographs (exact test by turning signs); in brackets McNemar's exact test over pictures, which takes the "
        "copies of a photograph for independent and so makes p far too small.",
    )


def _settings(models: tuple[Compared, ...]) -> Table:
    rows = []
    for model in models:
        card, training = model.card, model.card.training
        settings = training.get("settings", {})
        device = str(training.get("device", "unknown"))
        if "threads" in training:
            device += f", {training['threads']} thread{'s' if training['threads'] != 1 else ''}"
        rows.append(
            (
                model.name,
                architecture(card.architecture).title,
                f"{card.input_size} px",
                f"{card.parameters:,}",
                *(_setting(settings.get(name)) for name in ("batch_size", "epochs", "learning_rate")),
                _clock(training.get("seconds")),
                device,
            )
        )
    for study in published.STUDY:
        fixed = (_setting(v) for v in (published.BATCH_SIZE, published.EPOCHS, published.LEARNING_RATE))
        rows.append((study_name(study), study.title, *[NOT_REPORTED] * 2, *fixed, _clock(study.seconds), NOT_REPORTED))
    return Table(
        title="Settings and time of training",
        header=("", "kind", "input", "parameters", "batch", "epochs", "learning rate", "time", "on"),
        rows=tuple(rows),
        note="Time in minutes and seconds, of the model that ships. Times on different machines do not compare.",
    )


def study_name(study: published.Published) -> str:
    """What a row of the study is called."""
    return f"the study's {study.title.partition(',')[0]}"


def _setting(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _clock(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{int(seconds // 60)}:{int(seconds % 60):02d}"
