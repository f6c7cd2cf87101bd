"""The figures of a card on every set of pictures that it was measured on, in one form, to be set side by side.

The sets are the official test, the castings never seen (split by source), a second camera, and those pictures of the
second camera whose castings are found nowhere in the public set. A figure that a card does not hold is None: it was not
measured, or not kept, which is not the same as nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from casting_core.estimate import Estimate
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.card import ModelCard
from casting_core.networks.figures import Figures
from casting_core.networks.localization_figures import Headline, LocalizationFigures

OFFICIAL, UNSEEN, SECOND, NEW = SETS = ("official_test", "by_source", "second_capture", "new_photographs")
FIGURES = ("missed", "false_alarms", "reviews", "accuracy", "roc_auc")


@dataclass(frozen=True, kw_only=True)
class SetFigures:
    """What was measured on one set.

    Attributes
    ----------
    defective_photographs : None where the card does not tell it.
    figures : by the names of `FIGURES`: `missed`, of the defective parts those that pass as sound; `false_alarms`, of
        the sound parts those that are rejected; `reviews`, of all those sent to a person; `accuracy`, of all those on
        the right side of a probability of 50 %; `roc_auc`, how well parts are ranked.
    known_pictures : of photographs that the public set holds, where somebody looked.
    """

    pictures: int
    photographs: int
    defective_pictures: int
    defective_photographs: int | None
    figures: Mapping[str, Estimate | None]
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
    """Return the figures of a card on one of `SETS`; None where it has none.

    `as_filed`: with the doubted labels counted as they were filed, else without those pictures. The second camera has
    no doubted labels, so nothing changes there.
    """
    if name in (OFFICIAL, UNSEEN):
        split = card.metrics.split(name == UNSEEN)
        return None if split is None else _split(split.view(as_filed))
    found: Headline | None = card.metrics.second_capture
    if name == NEW:
        found = getattr(found, "new_photographs", None)
    return None if found is None else _camera(found)


def _split(figures: Figures) -> SetFigures:
    return SetFigures(
        pictures=figures.pictures,
        photographs=figures.photographs,
        defective_pictures=figures.defective_pictures,
        defective_photographs=figures.defective_photographs,
        figures={
            "missed": figures.missed_defects,
            **{name: getattr(figures, name) for name in FIGURES if name != "missed"},
        },
    )


def _camera(figures: Headline) -> SetFigures:
    whole = figures if isinstance(figures, LocalizationFigures) else None
    known = None if whole is None else whole.known_photographs
    return SetFigures(
        pictures=figures.pictures,
        photographs=figures.photographs,
        defective_pictures=figures.defective_pictures,
        defective_photographs=None,
        figures={
            "missed": figures.passed,
            "false_alarms": figures.rejected,
            "reviews": None,
            "accuracy": None if whole is None else whole.right,
            "roc_auc": None if figures.roc_auc is None else Estimate(value=figures.roc_auc),
        },
        known_pictures=None if known is None else known.pictures,
    )


def found_by_kind(card: ModelCard) -> dict[str, Estimate]:
    """Of the rendered castings with defects of one kind alone, the share that is judged defective at 50 %, by kind.

    Every casting is its own photograph, so the interval is Clopper and Pearson's. Empty where it was not measured.
    """
    rendered, found = card.metrics.rendered, {}
    for kind, each in ((rendered and rendered.found_by_kind) or {}).items():
        low, high = clopper_pearson(each.count, each.of)
        found[kind] = Estimate(value=each.count / each.of, low=low, high=high, count=each.count, of=each.of)
    return found
