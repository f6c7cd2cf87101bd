"""The rates of a shipped model that a plant's figures are worked out from, and a cost over many defect rates.

The rates are those of castings never seen, each judged with the thresholds that were fitted without its fold, as the
card's figures are; gates are not asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation import costs, evaluate, held_out_verdicts
from casting_core.evaluation.plant.economics import compare_inspection_methods
from casting_core.evaluation.plant.verdict_rates import VerdictRates, measure_rates
from casting_core.evaluation.predictions import as_arrays
from casting_core.networks.card import MODELS, folder_of, read_card

WAYS = ("model", "second_look", "by_hand", "uninspected")


def has_rates(model: str, folder: Path = MODELS) -> bool:
    """Whether a shipped model was judged on castings never seen, picture by picture."""
    home = folder_of(model, folder)
    return read_card(home).metrics.by_source is not None and (home / "predictions.csv").is_file()


def model_rates(model: str, folder: Path = MODELS, *, as_filed: bool = False) -> VerdictRates:
    """How often each verdict of a shipped model falls on parts that it had never seen.

    Parameters
    ----------
    model
        Name of its folder.
    folder
        Where the models are.
    as_filed
        With the doubted labels as they were filed, else without those pictures.

    Raises
    ------
    ModelError, DataError
        Card or predictions are missing or damaged, or no prediction is of a casting never seen.
    """
    left_out = frozenset() if as_filed else evaluate.suspects_of(folder_of(model, folder))
    rows = [each for each in held_out_verdicts.judged(model, folder) if each.unseen and each.row.path not in left_out]
    if not rows:
        raise DataError(f"{model} was judged on no casting that it had never seen; train and ship it by source.")
    return measure_rates(as_arrays([each.row for each in rows]), held_out_verdicts.used_thresholds(rows))


def cost_over_defect_rate(
    rates: VerdictRates, plant: costs.Plant, defect_rates: Sequence[float]
) -> dict[str, list[Estimate]]:
    """Money per year by each of `WAYS`, at every defect rate in [0, 1]; all else is the plant's."""
    found = [compare_inspection_methods(rates, replace(plant, defect_rate=rate)) for rate in defect_rates]
    return {way: [getattr(each, way).per_year.cost for each in found] for way in WAYS}
