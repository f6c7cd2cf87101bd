"""All models in one table, figure by figure: those that ship, one's own, and what the original study reported.

1. Every figure is read from a model's card, so it is that of `evaluate` and `compare`; the study's are those that it
   printed (`published`), and nothing else of it is known.
2. The official test is counted as filed, as the study counted it. Figures on castings never seen are without the
   pictures whose label is doubted, or as filed where that is asked for.
3. In each column the best value is found, among rows that can be compared: of the same data. The floor, which sees the
   mean brightness alone, takes no part, since hardly anything is smaller or quicker; nor does the study but with its
   accuracy, since its times are those of another machine.
4. What makes rows not comparable is said in sentences (`warnings`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from casting_core.estimate import Estimate
from casting_core.evaluation.comparison import published
from casting_core.evaluation.comparison.columns import COLUMNS, Column
from casting_core.evaluation.statistics.paired_tests import Disagreement
from casting_core.networks.card import MODELS, ModelCard, folder_of
from casting_core.networks.registry import ARCHITECTURES, BASELINE

WEIGHTS = "weights.safetensors"
KINDS = {name: architecture.title for name, architecture in ARCHITECTURES.items()}  # in the order of the rows
SPLITS = {"official_test": "the official test", "by_source": "castings never seen"}


class Origin(StrEnum):
    """Where a row's figures come from: a model of the public set, the study's report, or a model of another product."""

    PUBLIC = "measured here"
    REPORTED = "reported by the study"
    OWN = "measured here, another product"


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model.

    Attributes
    ----------
    values : by the key of a column: an `Estimate` where the figure has an interval, else a number or text; None where
        there is none.
    printed : as the study printed it, where that is coarser.
    data : fingerprint of what it was trained on.
    official : whether the test split came with the data.
    judged : by split (`SPLITS`), how many images and photographs; a split is missing where nothing was measured on it.
    against : by split and view, the reference of a comparison (as the first of the two) and this model.
    """

    name: str
    origin: Origin
    values: Mapping[str, Any]
    printed: Mapping[str, str] = field(default_factory=dict)
    data: str = ""
    official: bool = True
    judged: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    against: Mapping[tuple[str, str], Disagreement] = field(default_factory=dict)

    @property
    def floor(self) -> bool:
        """Whether it is the floor that every other row has to be read beside."""
        return self.origin is Origin.PUBLIC and self.values["kind"] == KINDS[BASELINE]

    def number(self, key: str) -> Any:
        """Return the value of a column without its interval."""
        value = self.values[key]
        return value.value if isinstance(value, Estimate) else value


UNSEEN = {  # column → figure of a card
    "unseen_accuracy": "accuracy",
    "calibration_error": "expected_calibration_error",
    **{name: name for name in ("missed_defects", "false_alarms", "reviews", "mean_cost", "roc_auc", "pr_auc", "f1")},
    **{name: name for name in ("balanced_accuracy", "brier_score")},
}


def model_rows(
    cards: Sequence[ModelCard],
    *,
    folder: Path = MODELS,
    as_filed: bool = False,
    milliseconds: Mapping[str, float] | None = None,
) -> tuple[ModelRow, ...]:
    """Return the rows of all: by kind, each of the study's below ours, then the floor, then one's own.

    Parameters
    ----------
    folder : where the models lie, for the size of their weights; a file that is missing has none.
    as_filed : whether figures on castings never seen count the doubted labels as filed, or leave these pictures out.
    milliseconds : a picture, by name, of the models whose time was taken.
    """
    ours = [_of_card(card, folder, as_filed, (milliseconds or {}).get(card.name)) for card in cards]
    rows = [*ours, *map(_of_study, published.STUDY)]
    kinds = list(KINDS.values())

    def place(row: ModelRow) -> tuple[bool, int, bool, str]:
        kind = row.values["kind"]
        known = kinds.index(kind) if kind in kinds else len(kinds)
        return row.origin is Origin.OWN, known, row.origin is Origin.REPORTED, row.name

    return tuple(sorted(rows, key=place))


def _of_card(card: ModelCard, folder: Path, as_filed: bool, milliseconds: float | None) -> ModelRow:
    settings = card.training.get("settings") or {}
    threads = card.training.get("threads")
    device = card.training.get("device")
    weights = folder_of(card.name, folder) / WEIGHTS
    values: dict[str, Any] = {
        "kind": KINDS.get(card.architecture, card.architecture),
        **{name: settings.get(name) for name in ("batch_size", "epochs", "learning_rate")},
        "parameters": card.parameters,
        "input_size": card.input_size,
        "megabytes": weights.stat().st_size / 1e6 if weights.is_file() else None,
        "milliseconds": milliseconds,
        "seconds": card.training.get("seconds"),
        "device": f"{device}, {threads} thread{'s' * (threads != 1)}" if device and threads else device,
        "note": _note(card),
    }
    if official := card.metrics.official_test:
        values["official_accuracy"] = official.as_filed.accuracy
        values["official_trusted"] = known = official.without_suspects.accuracy
    if unseen := card.metrics.by_source:
        figures = unseen.view(as_filed)
        values |= {column: getattr(figures, name) for column, name in UNSEEN.items()}
        values["unseen_filed"] = unseen.as_filed.accuracy
        new = unseen.without_suspects.accuracy
        values["fall"] = known.value - new.value if official and known and new else None
    judged = {
        name: (found.pictures, found.photographs)
        for name in SPLITS
        if (split := getattr(card.metrics, name)) and (found := split.view(as_filed or name == "official_test"))
    }
    return ModelRow(
        name=card.name,
        origin=Origin.PUBLIC if card.on_public_set else Origin.OWN,
        values={column.key: values.get(column.key) for column in COLUMNS},
        data=card.data_fingerprint,
        official=bool(card.data.get("official", card.on_public_set)),
        judged=judged,
    )


def _note(card: ModelCard) -> str:
    if not card.on_public_set:
        return "Trained on another product."
    return "The floor: sees nothing but the mean brightness." if card.architecture == BASELINE else ""


def _of_study(study: published.Published) -> ModelRow:
    kind = study.title.partition(",")[0]
    right = study.right and "Right on {} of {}.".format(*study.right)
    notes = ("As the study printed it.", right, study.remark and f"{study.remark}.")
    values = published.SETTINGS | {
        "kind": kind,
        "official_accuracy": study.accuracy,
        "seconds": study.seconds,
        "note": " ".join(filter(None, notes)),
    }
    return ModelRow(
        name=f"Study: {next(name for name, title in KINDS.items() if title == kind)}",
        origin=Origin.REPORTED,
        values={column.key: values.get(column.key) for column in COLUMNS},
        printed={"official_accuracy": f"{100 * study.accuracy:.4g} %"},
    )


def best(rows: Sequence[ModelRow], column: Column) -> frozenset[str]:
    """Names of the rows with the best value of a column, several where they are equal, by the rules of the module.

    Models of the same data are compared with each other. Nobody is best alone, nor where all are the same.
    """
    if not column.better:
        return frozenset()
    public = next((row.data for row in rows if row.origin is Origin.PUBLIC), None)
    groups: dict[str | None, dict[str, float]] = {}
    for row in rows:
        value = row.number(column.key)
        reported = row.origin is Origin.REPORTED
        if value is None or row.floor or (reported and column.key != "official_accuracy"):
            continue
        groups.setdefault(public if reported else row.data, {})[row.name] = column.better * value
    winners: set[str] = set()
    for values in groups.values():
        top = max(values.values())
        if len(values) > 1 and min(values.values()) < top:
            winners |= {name for name, value in values.items() if value == top}
    return frozenset(winners)


def differing(rows: Sequence[ModelRow], columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns in which the rows that have a value do not all have the same."""
    return tuple(column for column in columns if len({row.number(column.key) for row in rows} - {None, ""}) > 1)


def warnings(rows: Sequence[ModelRow]) -> tuple[str, ...]:
    """Return what makes rows not comparable: the study's own measurement, other data, another split, other pictures.

    Rows are held against the first model of the public set, or else against the first model.
    """
    found = []
    studied = [row for row in rows if row.origin is Origin.REPORTED]
    if studied:
        found.append(
            "The study’s rows are as it printed them. It measured on the official test alone and gave no predictions, "
            "so they cannot be checked here, and its training times are those of another machine."
        )
    ours = [row for row in rows if row.origin is not Origin.REPORTED]
    reference = next((row for row in ours if row.origin is Origin.PUBLIC), ours[0] if ours else None)
    for row in ours:
        if row is reference or reference is None:
            continue
        if row.data != reference.data:
            found.append(
                f"{row.name} was trained and judged on other data than {reference.name}: no figure of the one says "
                "anything beside that of the other."
            )
            if not row.official:
                found.append(f"The data of {row.name} came without a test of its own; its test split was dealt out.")
            continue
        found += _other_pictures(reference, row)
    found += [
        f"{row.name} has not been measured on {title}."
        for row in ours
        for split, title in SPLITS.items()
        if split not in row.judged
    ]
    devices = {row.values["device"] for row in ours if row.values["device"]}
    if len(devices) > 1:
        found.append(f"Training times are of different machines: {'; '.join(sorted(devices))}.")
    return tuple(found)


def _other_pictures(reference: ModelRow, row: ModelRow) -> list[str]:
    found = []
    for split, title in SPLITS.items():
        mine, theirs = row.judged.get(split), reference.judged.get(split)
        if mine and theirs and mine != theirs:
            found.append(
                f"{row.name} judged other pictures than {reference.name} in {title}: {mine[0]:,} of {mine[1]:,} "
                f"photographs against {theirs[0]:,} of {theirs[1]:,}."
            )
    return found
