"""A comparison of models as rows for a spreadsheet or a data frame."""

from collections.abc import Mapping
from typing import Any

from casting_core.evaluation.comparison import published
from casting_core.evaluation.comparison.models import SPLITS, VIEWS, Comparison
from casting_core.evaluation.comparison.tables import study_name
from casting_core.networks.registry import architecture


def comparison_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """One row a model, split and view, every figure in a column of its own; one a model of the study.

    A share `x` has the columns `x`, `x_low`, `x_high`, `x_count` and `x_of`, a number those without counts. What a row
    does not have is missing from it.
    """
    rows: list[dict[str, Any]] = []
    for model in comparison.models:
        card = model.card
        settings = card.training.get("settings", {})
        about = {
            "model": model.name,
            "origin": "computed",
            "kind": architecture(card.architecture).title,
            "parameters": card.parameters,
            "input_size": card.input_size,
            **{name: settings.get(name) for name in ("batch_size", "epochs", "learning_rate")},
            "seconds": card.training.get("seconds"),
            "device": card.training.get("device"),
        }
        for split in SPLITS:
            for view in VIEWS:
                rows.append(about | {"split": split, "view": view} | _flat(model.figures(split, view)))
                if found := model.against.get((split, view)):
                    rows[-1] |= {
                        "reference": comparison.reference,
                        "only_reference_right": found.only_first,
                        "only_model_right": found.only_second,
                        "p_pictures": found.p_pictures,
                        "p_photographs": found.p_photographs,
                        "reference_ahead": found.difference,
                        "reference_ahead_low": found.low,
                        "reference_ahead_high": found.high,
                    }
    for study in published.STUDY:
        rows.append(
            {
                "model": study_name(study),
                "origin": "reported",
                "kind": study.title,
                "batch_size": published.BATCH_SIZE,
                "epochs": published.EPOCHS,
                "learning_rate": published.LEARNING_RATE,
                "seconds": study.seconds,
                "split": "official_test",
                "view": "as_filed",
                "accuracy": study.accuracy,
            }
        )
    return rows


def _flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Shares and numbers with their intervals; tables within the figures are left to the card."""
    row: dict[str, Any] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping) and "share" in value:
            row |= {name: value["share"], f"{name}_low": value["low"], f"{name}_high": value["high"]}
            row |= {f"{name}_count": value["count"], f"{name}_of": value["of"]}
        elif not isinstance(value, Mapping | list):
            row[name] = value
            if interval := figures["intervals"].get(name):
                row |= {f"{name}_low": interval["low"], f"{name}_high": interval["high"]}
    return row
