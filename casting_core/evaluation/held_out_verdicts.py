"""What a shipped model made of every held-out picture: its probability, and its verdict by the thresholds that held.

The official test is judged with the thresholds that ship. Each by-source fold is judged with those that were fitted
without it, as the card's figures are, so counts made from these verdicts are the card's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casting_core.errors import ModelError
from casting_core.evaluation.predictions import BY_SOURCE, Prediction, read_predictions
from casting_core.labels import Verdict
from casting_core.networks.card import MODELS, ModelCard, folder_of, read_card

PREDICTIONS = "predictions.csv"


@dataclass(frozen=True, kw_only=True)
class HeldOutVerdict:
    """A prediction, and the verdict and the thresholds that it was judged with."""

    row: Prediction
    verdict: Verdict
    threshold_pass: float
    threshold_reject: float

    @property
    def unseen(self) -> bool:
        """Whether the model had never seen the casting: it was judged by source."""
        return self.row.split.startswith(BY_SOURCE)


def verdict_at(probability: float, threshold_pass: float, threshold_reject: float) -> Verdict:
    """The verdict of a probability between two thresholds; gates are not asked."""
    if probability < threshold_pass:
        return Verdict.OK
    return Verdict.DEFECTIVE if probability >= threshold_reject else Verdict.REVIEW


def thresholds(card: ModelCard) -> dict[str, tuple[float, float]]:
    """Pass and reject by split, as `predictions.csv` names them. Raises `ModelError` where the card is of another
    form."""
    found = {"official-test": (card.threshold_pass, card.threshold_reject)}
    try:
        by_source = card.metrics.get("by_source", {})
        for fold, (low, high) in zip(by_source.get("folds", ()), by_source.get("thresholds", ()), strict=True):
            found[f"{BY_SOURCE}{fold}"] = (float(low), float(high))
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelError(
            f"The card of {card.name} does not say which thresholds its folds were judged with; write them with: "
            f"python -m casting_core evaluate {card.name} --save"
        ) from error
    return found


def judge_rows(rows: Sequence[Prediction], card: ModelCard) -> list[HeldOutVerdict]:
    """The verdict of every prediction. Raises `ModelError` where the card knows no thresholds of a split."""
    limits = thresholds(card)
    missing = sorted({row.split for row in rows} - limits.keys())
    if missing:
        raise ModelError(
            f"The card of {card.name} knows no thresholds of {missing[0]}; write them with: "
            f"python -m casting_core evaluate {card.name} --save"
        )
    return [
        HeldOutVerdict(
            row=row,
            verdict=verdict_at(row.probability, *limits[row.split]),
            threshold_pass=limits[row.split][0],
            threshold_reject=limits[row.split][1],
        )
        for row in rows
    ]


def judged(model: str, folder: Path = MODELS) -> list[HeldOutVerdict]:
    """All held-out pictures of a shipped model. Raises `ModelError` or `DataError` where card or table are damaged."""
    home = folder_of(model, folder)
    card = read_card(home)
    return judge_rows(read_predictions(home / PREDICTIONS), card)
