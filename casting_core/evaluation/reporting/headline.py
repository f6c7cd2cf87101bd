"""What a card's figures mean: rates with their intervals, and how many parts of a thousand that is.

The headline is always the split by source, castings never seen, without the pictures whose label is doubted, and as
filed beside it. The official test is told as what it is: nearly all of its pictures are copies of known ones, see
`known_pictures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casting_core.data.samples import Sample
from casting_core.errors import ModelError
from casting_core.evaluation.statistics.intervals import Rate
from casting_core.networks.card import ModelCard


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a model did on one split: counts of pictures and of different photographs, and the rates of its errors.

    `missed`: of the defective parts, those passed as sound; `false_alarms`: of the sound ones, those rejected;
    `reviews`: of all, those sent to a person; `wrong`: of all, those on the wrong side of a probability of 50 %.
    A rate is None where there was nothing to count it on.
    """

    pictures: int
    photographs: int
    defective_photographs: int
    missed: Rate | None
    false_alarms: Rate | None
    reviews: Rate | None
    wrong: Rate | None

    @property
    def sound_photographs(self) -> int:
        """Different photographs of sound parts."""
        return self.photographs - self.defective_photographs


def unseen(card: ModelCard, *, as_filed: bool = False) -> Figures | None:
    """On castings never seen, without the doubted labels or with all as they were filed.

    None where the card has no such figures; raises `ModelError` where they have another form.
    """
    return _figures(card, "by_source", as_filed)


def official(card: ModelCard, *, as_filed: bool = False) -> Figures | None:
    """On the official test, likewise."""
    return _figures(card, "official_test", as_filed)


def known_pictures(samples: Sequence[Sample]) -> tuple[int, int]:
    """How many pictures of the official test show a photograph of the training split, and of how many."""
    known = {sample.source for sample in samples if sample.split == "train"}
    test = [sample.source in known for sample in samples if sample.split == "test"]
    return sum(test), len(test)


def _figures(card: ModelCard, split: str, as_filed: bool) -> Figures | None:
    if split not in card.metrics:
        return None
    try:
        values = card.metrics[split]["as_filed" if as_filed else "without_suspects"]
        return Figures(
            pictures=values["pictures"],
            photographs=values["photographs"],
            defective_photographs=values["defective_photographs"],
            missed=_rate(values["missed_defects"]),
            false_alarms=_rate(values["false_alarms"]),
            reviews=_rate(values["reviews"]),
            wrong=_rate(values["wrong"]),
        )
    except (KeyError, TypeError) as error:
        raise ModelError(f"The figures {split} in the card of {card.name} have another form ({error!r}).") from error


def _rate(values: dict[str, Any]) -> Rate | None:
    if values["share"] is None:
        return None
    return Rate(**{name: values[name] for name in ("count", "of", "share", "low", "high")})
