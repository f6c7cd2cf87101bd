"""A comparison of models as rows for a spreadsheet or a data frame."""

from typing import Any

from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.model_rows import SPLITS, Origin
from casting_core.evaluation.comparison.models import VIEWS, Comparison
from casting_core.networks.figures import Figures

ABOUT = ("kind", "parameters", "input_size", "batch_size", "epochs", "learning_rate", "seconds", "device")


def comparison_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """One row per model, split and view, every figure in a column of its own; one per model of the study.

    A share `x` has the columns `x`, `x_low`, `x_high`, `x_count` and `x_of`, a number those without counts. What a row
    does not have is missing from it.
    """
    models = {model.name: model for model in comparison.models}
    rows: list[dict[str, Any]] = []
    for row in comparison.rows:
        about = {"model": row.name, "origin": str(row.origin), **{key: row.values[key] for key in ABOUT}}
        if row.origin is Origin.REPORTED:
            found = {"split": "official_test", "view": "as_filed", "accuracy": row.number("official_accuracy")}
            rows.append(about | found)
            continue
        for split in SPLITS:
            for view in VIEWS:
                rows.append(about | {"split": split, "view": view} | _flat(models[row.name].figures(split, view)))
                if test := row.against.get((split, view)):
                    rows[-1] |= {
                        "reference": comparison.reference,
                        "only_reference_right": test.only_first,
                        "only_model_right": test.only_second,
                        "p_pictures": test.p_pictures,
                        "p_photographs": test.p_photographs,
                        **_columns("reference_ahead", test.difference),
                    }
    return rows


def _flat(figures: Figures) -> dict[str, Any]:
    """Spread counts, shares and numbers with their intervals; tables within the figures are left to the card."""
    row: dict[str, Any] = {}
    for name, value in vars(figures).items():
        if isinstance(value, Estimate):
            row |= _columns(name, value)
        elif value is None or isinstance(value, int):
            row[name] = value
    return row


def _columns(name: str, found: Estimate | None) -> dict[str, Any]:
    if found is None:
        return {name: None}
    columns: dict[str, Any] = {name: found.value}
    columns |= dict(zip((f"{name}_low", f"{name}_high"), found.ends or (), strict=False))
    return columns if found.of is None else columns | {f"{name}_count": found.count, f"{name}_of": found.of}
