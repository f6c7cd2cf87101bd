"""The figures of a card on every set of pictures that it was measured on, in one form, to be set side by side.

The sets are the official test, the castings never seen (split by source), a second camera, and those pictures of the
second camera whose castings are found nowhere in the public set. A figure that a card does not hold is None: it was not
measured, or not kept, which is not the same as nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casting_core.errors import ModelError
from casting_core.networks.card import ModelCard

OFFICIAL, UNSEEN, SECOND, NEW = SETS = ("official_test", "by_source", "second_capture", "new_photographs")
FIGURES = ("missed", "false_alarms", "reviews", "accuracy", "roc_auc")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure in [0, 1], and its 95 % interval from `low` to `high`, None where none was kept.

    `count` of `of` pictures where it is a share of pictures; else both are None.
    """

    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class SetFigures:
    """What was measured on one set.

    `figures` by the names of `FIGURES`: `missed`, of the defective parts those that pass as sound; `false_alarms`, of
    the sound parts those that are rejected; `reviews`, of all those sent to a person; `accuracy`, of all those on the
    right side of a probability of 50 %; `roc_auc`, how well parts are ranked. `defective_photographs` is None where the
    card does not tell it; `known_pictures`, those of photographs that the public set holds, where somebody looked.
    """

    pictures: int
    photographs: int
    defective_pictures: int
    defective_photographs: int | None
    figures: Mapping[str, Figure | None]
    known_pictures: int | None = None

    @property
    def sound_pictures(self) -> int:
        """Pictures of sound parts."""
        return self.pictures - self.defective_pictures

    @property
    def sound_photographs(self) -> int | None:
        """Different photographs of sound parts; None where the card does not tell."""
        return None if self.defective_photographs is None else self.photographs - self.defective_photographs


def set_figures(card: ModelCard, name: str, *, as_filed: bool = False) -> SetFigures | None:
    """The figures of a card on one of `SETS`; None where it has none.

    `as_filed`: with the doubted labels counted as they were filed, else without those pictures. The second camera has
    no doubted labels, so nothing changes there. Raises `ModelError` where the card is of another form.
    """
    try:
        if name in (OFFICIAL, UNSEEN):
            values = card.metrics.get(name)
            return None if values is None else _split(values["as_filed" if as_filed else "without_suspects"])
        values = card.metrics.get(SECOND)
        if name == NEW and values is not None:
            values = values.get(NEW)
        return None if values is None else _camera(values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The figures {name} in the card of {card.name} have another form ({error!r}); write them anew with: "
            f"python -m casting_core evaluate {card.name} --save"
        ) from error


def _split(values: Mapping[str, Any]) -> SetFigures:
    intervals, wrong = values["intervals"], values["wrong"]
    right = None if wrong["share"] is None else wrong["of"] - wrong["count"]
    of = None if right is None else wrong["of"]
    return SetFigures(
        pictures=values["pictures"],
        photographs=values["photographs"],
        defective_pictures=values["defective_pictures"],
        defective_photographs=values["defective_photographs"],
        figures={
            "missed": _share(values["missed_defects"]),
            "false_alarms": _share(values["false_alarms"]),
            "reviews": _share(values["reviews"]),
            "accuracy": _number(values["accuracy"], intervals.get("accuracy"), right, of),
            "roc_auc": _number(values["roc_auc"], intervals.get("roc_auc")),
        },
    )


def _camera(values: Mapping[str, Any]) -> SetFigures:
    return SetFigures(
        pictures=values["pictures"],
        photographs=values["photographs"],
        defective_pictures=values["defective_pictures"],
        defective_photographs=None,
        figures={
            "missed": _share(values["passed"]),
            "false_alarms": _share(values["rejected"]),
            "reviews": None,
            "accuracy": _share(values.get("right")),
            "roc_auc": _number(values["roc_auc"], None),
        },
        known_pictures=known["pictures"] if (known := values.get("known_photographs")) else None,
    )


def _share(values: Mapping[str, Any] | None) -> Figure | None:
    if values is None or values["share"] is None:
        return None
    return Figure(value=values["share"], low=values["low"], high=values["high"], count=values["count"], of=values["of"])


def _number(
    value: float | None, interval: Mapping[str, float] | None, count: int | None = None, of: int | None = None
) -> Figure | None:
    if value is None:
        return None
    low, high = (None, None) if interval is None else (interval["low"], interval["high"])
    return Figure(value=value, low=low, high=high, count=count, of=of)


def found_by_kind(card: ModelCard) -> dict[str, dict[str, float]]:
    """Of the rendered castings with defects of one kind alone, the share that is judged defective at 50 %, by kind.

    As a card holds shares: `count`, `of`, `share`, `low`, `high`; every casting is its own photograph, so the interval
    is Clopper and Pearson's. Empty where it was not measured.
    """
    from casting_core.evaluation.statistics.intervals import clopper_pearson

    found = {}
    for kind, values in (card.metrics.get("rendered") or {}).get("found_by_kind", {}).items():
        low, high = clopper_pearson(values["count"], values["of"])
        found[kind] = {**values, "share": values["count"] / values["of"], "low": low, "high": high}
    return found
