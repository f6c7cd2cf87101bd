"""What a card's figures mean: rates with their intervals, and how many parts of a thousand that is.

The headline is always the split by source, castings never seen, without the pictures whose label is doubted. The
official test is told beside it as what it is: 98.9 % of its pictures are copies of known ones (`known_pictures`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casting_core.data.dataset import Sample
from casting_core.networks.card import ModelCard


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`count` of `of` pictures; `share` in [0, 1], with its 95 % interval from `low` to `high`."""

    count: int
    of: int
    share: float
    low: float
    high: float

    def of_thousand(self) -> str:
        """As a whole number of a thousand, never rounded to nothing: `4`, `fewer than 1`, `0`."""
        return _thousand(self.share, self.count > 0)

    def interval_of_thousand(self) -> tuple[str, str]:
        """Both ends of the interval, likewise."""
        return _thousand(self.low, self.low > 0), _thousand(self.high, self.high > 0)


def _thousand(share: float, some: bool) -> str:
    number = round(1000 * share)
    return "fewer than 1" if some and number == 0 else f"{number:,}"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a model did on one split: counts of pictures and of different photographs, and the rates of its errors.

    `missed`: of the defective parts, those passed as sound; `false_alarms`: of the sound ones, those rejected;
    `reviews`: of all, those sent to a person; `wrong`: of all, those on the wrong side of a probability of 50 %.
    """

    pictures: int
    photographs: int
    defective_photographs: int
    missed: Rate
    false_alarms: Rate
    reviews: Rate
    wrong: Rate

    @property
    def sound_photographs(self) -> int:
        """Different photographs of sound parts."""
        return self.photographs - self.defective_photographs


def unseen(card: ModelCard) -> Figures | None:
    """On castings never seen, without doubted labels; None where the card has no such figures."""
    return _figures(card.metrics.get("by_source"))


def official(card: ModelCard) -> Figures | None:
    """On the official test, without doubted labels; None where the card has no such figures."""
    return _figures(card.metrics.get("official_test"))


def known_pictures(samples: Sequence[Sample]) -> tuple[int, int]:
    """How many pictures of the official test show a photograph of the training split, and of how many."""
    known = {sample.source for sample in samples if sample.split == "train"}
    test = [sample.source in known for sample in samples if sample.split == "test"]
    return sum(test), len(test)


def _figures(split: Any) -> Figures | None:
    if not split or not split.get("without_suspects"):
        return None
    values = split["without_suspects"]
    return Figures(
        pictures=values["pictures"],
        photographs=values["photographs"],
        defective_photographs=values["defective_photographs"],
        missed=_rate(values["missed_defects"]),
        false_alarms=_rate(values["false_alarms"]),
        reviews=_rate(values["reviews"]),
        wrong=_rate(values["wrong"]),
    )


def _rate(values: dict[str, Any]) -> Rate:
    return Rate(**{name: values[name] for name in ("count", "of", "share", "low", "high")})
