"""What a shipped model made of every held-out picture: its probability, and its verdict by the thresholds that held.

The official test is judged with the thresholds that ship. Each by-source fold is judged with those that were fitted
without it, as the card's figures are, so counts made from these verdicts are the card's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casting_core.errors import ModelError
from casting_core.evaluation.predictions import BY_SOURCE, OFFICIAL, Prediction, read_predictions
from casting_core.labels import Verdict
from casting_core.networks.card import MODELS, ModelCard, folder_of, read_card
from casting_core.networks.thresholds import Thresholds

PREDICTIONS = "predictions.csv"


@dataclass(frozen=True, kw_only=True)
class HeldOutVerdict:
    """A prediction, and the thresholds that it was judged with."""

    row: Prediction
    thresholds: Thresholds

    @property
    def verdict(self) -> Verdict:
        """By the thresholds."""
        return self.thresholds.verdict(self.row.probability)

    @property
    def unseen(self) -> bool:
        """Whether the model had never seen the casting: it was judged by source."""
        return self.row.split.startswith(BY_SOURCE)


def thresholds(card: ModelCard) -> dict[str, Thresholds]:
    """By split, as `predictions.csv` names them. Raises `ModelError` where folds and thresholds do not match."""
    by_source = card.metrics.by_source
    try:
        folds = {} if by_source is None else by_source.fold_thresholds()
    except ValueError as error:
        raise ModelError(
            f"The card of {card.name} does not say which thresholds its folds were judged with; write them with: "
            f"python -m casting_core evaluate {card.name} --save"
        ) from error
    return {OFFICIAL: card.thresholds, **{f"{BY_SOURCE}{fold}": each for fold, each in folds.items()}}


def judge_rows(rows: Sequence[Prediction], card: ModelCard) -> list[HeldOutVerdict]:
    """Return the verdict of every prediction. Raises `ModelError` where the card knows no thresholds of a split."""
    known = thresholds(card)
    if missing := {row.split for row in rows} - known.keys():
        raise ModelError(
            f"The card of {card.name} knows no thresholds of {min(missing)}; write them with: "
            f"python -m casting_core evaluate {card.name} --save"
        )
    return [HeldOutVerdict(row=row, thresholds=known[row.split]) for row in rows]


def used_thresholds(rows: Sequence[HeldOutVerdict]) -> Thresholds:
    """Those of every row, each float (N,)."""
    low, high = ([getattr(each.thresholds, name) for each in rows] for name in ("passing", "rejecting"))
    return Thresholds(passing=np.array(low, float), rejecting=np.array(high, float))


def judged(model: str, folder: Path = MODELS) -> list[HeldOutVerdict]:
    """All held-out pictures of a shipped model. Raises `ModelError` or `DataError` where card or table are damaged."""
    home = folder_of(model, folder)
    card = read_card(home)
    return judge_rows(read_predictions(home / PREDICTIONS), card)
