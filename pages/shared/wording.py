"""What the app says of a verdict and of a place, in the words of somebody who stands beside the part."""

import re
from dataclasses import dataclass

from casting_core.charts.style import WORDS
from casting_core.explanation.regions import Region
from casting_core.inspection.results import Inspection
from casting_core.labels import Verdict
from casting_core.networks.card import ModelCard
from casting_core.networks.registry import architecture


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How a verdict is told: a word, an icon, a colour, and what to do with the part."""

    word: str
    icon: str
    mark: str  # the icon where only text can stand
    colour: str
    advice: str


WORDING = {
    Verdict.OK: Wording(word="Sound", icon="check_circle", mark="✓", colour="green", advice="Pass this part on"),
    Verdict.REVIEW: Wording(
        word="Review",
        icon="visibility",
        mark="?",
        colour="orange",
        advice="Have a person look at this part before it moves on",
    ),
    Verdict.DEFECTIVE: Wording(
        word="Defective", icon="dangerous", mark="✕", colour="red", advice="Set this part aside and do not ship it"
    ),
    Verdict.UNUSABLE: Wording(
        word="No verdict", icon="hide_image", mark="–", colour="gray", advice="Take or export this picture again"
    ),
}


NONE_MARKED = "No place reaches a probability of 50 %, from which it would be marked."
NO_MAP = "The model has no map of its evidence, so it marks no places."


def purpose(card: ModelCard) -> str:
    """One sentence: what a model is there for, or which other product it was trained on."""
    if not card.on_public_set:
        learned = classes(card)
        told = f" ({learned})" if learned else ""
        return f"{card.name}: trained on another product{told}. What it says of any other part means nothing."
    return f"{card.name}: {architecture(card.architecture).purpose}."


def classes(card: ModelCard) -> str:
    """Return the classes that a model was trained on, each with its label: `good: sound; scratch: defective`."""
    return "; ".join(f"{name}: {WORDS.get(label, label)}" for name, label in card.data.get("classes", {}).items())


def as_it_is(text: str) -> str:
    """Return a text with names from outside, such as those of classes, as Markdown that shows it as it is.

    On one line: white space of any kind is one space, as it is in a paragraph of Markdown.
    """
    line = " ".join(text.split())
    escaped = re.sub(r"[\\`*_{}\[\]<>|~$&@]|:(?=\S)|(?<=[wW]{3})\.|^[#+\-=]|-(?=-)", r"\\\g<0>", line)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", escaped)  # a list would begin


def advice(inspection: Inspection) -> str:
    """One sentence: what to do with this part, and where to look on it."""
    sentence = WORDING[inspection.verdict].advice
    if inspection.regions:
        place = f"place 1{where(inspection.regions[0])}"
        if inspection.verdict is Verdict.OK:
            sentence += f": what speaks against it, at {place}, is too weak"
        elif inspection.verdict is not Verdict.UNUSABLE:
            sentence += f"; look first at {place}"
    return sentence + "."


def where(region: Region) -> str:
    """Return where a region is, in brackets: ` (4 o’clock, 82 % of the way to the rim)`; empty without a part."""
    if region.clock is None or region.radius is None:
        return ""
    at = clock(region.clock)
    told = at if "clock" in at else f"{at} on the clock"
    return f" ({told}, {100 * region.radius:.0f} % of the way from the centre to the rim)"


def clock(hours: float) -> str:
    """Return a direction on the face of a clock, to the half hour: `4 o’clock`, `4:30`."""
    halves = round(2 * hours) % 24
    hour = halves // 2 or 12
    return f"{hour}:30" if halves % 2 else f"{hour} o’clock"


def region_columns(diameter: float | None = None) -> tuple[str, ...]:
    """Titles for `region_row`."""
    sizes = ("Size (px)", "Size (% of diameter)") + (() if diameter is None else ("Size (mm)",))
    return ("Place", "Clock", "From centre (% of radius)", *sizes, "Share of evidence (%)", "Strength (%)")


def region_row(number: int, region: Region, diameter: float | None = None) -> tuple[str, ...]:
    """Return a region as texts for `region_columns`.

    `diameter`: of the part, in millimetres; None where nobody told it. The strength is the strongest evidence in
    the region.
    """
    extent = region.extent
    millimetres = () if diameter is None else ("–" if extent is None else f"{extent * diameter:.1f}",)
    return (
        str(number),
        "–" if region.clock is None else clock(region.clock),
        "–" if region.radius is None else f"{100 * region.radius:.0f}",
        f"{region.width} × {region.height}",
        "–" if extent is None else f"{100 * extent:.1f}",
        *millimetres,
        f"{100 * region.share:.0f}",
        f"{100 * region.score:.0f}",
    )
