"""Gates: what a picture must have before the model's figures speak for it.

A gate never decides between sound and defective. It says that a picture cannot be judged (`unusable`), or that the
model can judge it but nobody has measured how well (`review`), why, and what to do.

1. `part`: the part is found, and no other beside it. `kind`: it has the proportions of the part that the model knows.
   Else: unusable.
2. `frame`, `size`, `light`, `focus`, `shape`: the photograph is like those on which the figures were measured. Outside
   the envelope of the model's card: review. So far outside that the verdict is a guess: unusable.
3. `evidence`: what speaks for a defect lies on the part. Else: review.

The measured properties are those of `data.part.capture`, their bounds those of the card (`inspection.gate_bounds`).
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.capture import PhotoConditions, measure
from casting_core.data.part.finder import Part
from casting_core.explanation.regions import LEVEL
from casting_core.labels import Verdict
from casting_core.networks.card import ModelCard

PART, EVIDENCE = "part", "evidence"
ON_PART = 1.15  # radii of the disc that count as the part: flash stands out beyond the rim
STRONG = 0.5  # of the strongest place, from which on a place counts as what the verdict rests on

NO_PART = (
    "No casting of the kind that the model knows was found in this picture. "
    "Photograph the part from above, whole and in focus."
)
SEVERAL = "There are several parts in this picture, but a verdict is for one. Photograph one part alone, or crop to it."
OTHER_PART = (
    "This looks like another part: {detail}. The model knows one product only. "
    "Check what was photographed; for another product, train a model on its own pictures."
)
OFF_PART = (
    "What speaks for a defect lies beside the part, not on it. "
    "Clear the table and take the picture again, or let a person look."
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a gate says: `verdict` is `review` or `unusable`, `reason` why and what to do, in words."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """One property of `PhotoConditions`: `gate` it belongs to, what to say below and above its bounds.

    `far`: the share of its lower bound below which nothing can be judged; 1 where that is so at once. The words may
    name the `value`. `bound` and `bound_above` say where a photograph leaves its bounds, for whoever asks for the
    limits; they may name the bound as `value` or, where less is more, what is missing to 1 as `rest`.
    """

    gate: str
    name: str
    below: str
    above: str = ""
    far: float = 1.0
    bound: str = ""
    bound_above: str = ""


# In the order in which they are told: what explains the others comes first.
RULES = (
    _Rule(
        gate="frame",
        name="visible",
        below="The part is cut off: only {value:.0%} of its rim is in the picture. Photograph it whole, with some "
        "background all around.",
        far=0.8,
        bound="less than {value:.0%} of the rim is in the picture",
    ),
    _Rule(
        gate="size",
        name="diameter",
        below="The part has too few pixels: it is {value:.0f} pixels wide. Use a higher resolution, or go closer.",
        far=0.5,
        bound="the part is less than {value:.0f} px wide",
    ),
    _Rule(
        gate="size",
        name="extent",
        below="The part is too small in the picture. Go closer, or crop the picture to the part.",
        above="The part is larger in the picture than in any that the model was measured on. Go back a little.",
        far=0.6,
        bound="the part is narrower than {value:.0%} of the picture’s short side",
        bound_above="the part is wider than {value:.0%} of the picture’s short side",
    ),
    _Rule(
        gate="light",
        name="contrast",
        below="The light is too weak, or a haze lies over the picture: the face of the part is hardly brighter than "
        "its opening. Add light, clean the lens, or expose for longer.",
        far=0.4,
        bound="the face is less than {value:.0f} grey levels brighter than the opening",
    ),
    _Rule(
        gate="light",
        name="brightness",
        below="The part is too dark. Add light, or expose for longer.",
        far=0.4,
        bound="the face of the part is darker than {value:.0f} of 255 grey levels",
    ),
    _Rule(
        gate="light",
        name="drawing",
        below="The part is overexposed: on {rest:.0%} of its face everything is white. Expose for a shorter time, or "
        "turn the lamp aside.",
        far=0.2,
        bound="more than {rest:.0%} of the face is burnt out to white",
    ),
    _Rule(
        gate="focus",
        name="sharpness",
        below="The picture is blurred. Focus on the face of the part and hold the camera still; if the picture was "
        "enlarged, use the original.",
        far=0.65,
        bound="the edge of the opening rises by less than {value:.0%} of its height a pixel",
    ),
    _Rule(gate="kind", name="ratio", below="its opening is larger", above="its opening is smaller"),
    _Rule(gate="kind", name="hub", below="its hub is smaller", above="its hub is larger"),
    _Rule(gate="kind", name="bore", below="its hub has no bore", above="its hub is unlike"),
    _Rule(gate="kind", name="holes", below="holes are missing on its face", above="it has a circle of holes"),
    _Rule(
        gate="shape",
        name="roundness",
        below="The part looks squeezed, more than in any picture that the model was measured on. Photograph it from "
        "straight above, and do not change the picture's proportions.",
        far=0.5,
        bound="the part’s short axis is less than {value:.0%} of its long one",
    ),
)
NAMES = (PART, *dict.fromkeys(rule.gate for rule in RULES), EVIDENCE)


def check_picture(card: ModelCard, inputs: np.ndarray, part: Part | None, shape: tuple[int, int]) -> Finding | None:
    """Gates that need no network; the worst finding, or None where the picture passes.

    `inputs`: the network's input, uint8 (h, w); `part`: in pixels of the picture, of `shape` (H, W).
    """
    if part is None:
        return Finding(verdict=Verdict.UNUSABLE, reason=NO_PART) if PART in card.gates else None
    if part.others and PART in card.gates:
        return Finding(verdict=Verdict.UNUSABLE, reason=SEVERAL)
    if not card.envelope:
        return None
    return check_capture(card, measure(inputs, part, shape))


def check_capture(card: ModelCard, capture: PhotoConditions) -> Finding | None:
    """Do the same for measured properties."""
    first: Finding | None = None
    for rule in RULES:
        if rule.gate not in card.gates or rule.name not in card.envelope:
            continue
        finding = _apply(rule, float(getattr(capture, rule.name)), card.envelope[rule.name])
        if finding is not None and finding.verdict is Verdict.UNUSABLE:
            return finding
        first = first or finding
    return first


def _apply(rule: _Rule, value: float, bounds: tuple[float, float]) -> Finding | None:
    least, most = bounds
    if least <= value <= most:
        return None
    words = rule.below if value < least else rule.above or rule.below
    reason = OTHER_PART.format(detail=words) if rule.gate == "kind" else words.format(value=value, rest=1 - value)
    reason = reason.replace("%", " %")
    hopeless = rule.gate == "kind" or value < rule.far * least
    return Finding(verdict=Verdict.UNUSABLE if hopeless else Verdict.REVIEW, reason=reason)


def check_evidence(
    card: ModelCard, local: np.ndarray, part: Part | None, shape: tuple[int, int], *, passes: bool
) -> Finding | None:
    """Whether the places on which the verdict rests lie beside the part.

    `local`: local probability of a defect, float (h, w), before it is enlarged to the picture's `shape` (H, W).
    `passes`: the verdict would be *ok*; then faint places do not matter.
    """
    if EVIDENCE not in card.gates or part is None:
        return None
    strongest = float(local.max())
    if passes and strongest < LEVEL:
        return None
    rows, columns = np.nonzero(local >= STRONG * strongest)
    heat = local[rows, columns]
    x = (columns + 0.5) * (shape[1] / local.shape[1]) - 0.5 - part.disc.x
    y = (rows + 0.5) * (shape[0] / local.shape[0]) - 0.5 - part.disc.y
    u, v = np.linalg.solve(part.disc.matrix, np.stack([x, y]))
    beside = float(heat[u * u + v * v > ON_PART**2].sum())
    return Finding(verdict=Verdict.REVIEW, reason=OFF_PART) if beside > 0.5 * float(heat.sum()) else None
