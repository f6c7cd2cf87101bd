"""The kinds of defects, told for somebody who does not cast: how each looks, where it comes from, what it does."""

from dataclasses import dataclass

import streamlit as st
from PIL import Image, ImageDraw

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting

SIZE = 640  # px, of the rendered part
WINDOW = 0.36  # of its side, shown around the defect
SHOWN = 480  # px, of what is shown


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of defect. `seed` decides the rendered part that shows it."""

    kind: DefectKind
    title: str
    cause: str
    consequence: str
    seed: int


KINDS = (
    Kind(
        kind=DefectKind.BLOW_HOLE,
        title="Blow hole",
        cause="Gas from the mould or the melt was caught in the metal and left a rounded pit.",
        consequence="The wall is thinner there: it can leak, and break under load.",
        seed=32,
    ),
    Kind(
        kind=DefectKind.PINHOLE,
        title="Pinhole",
        cause="Gas dissolved in the melt came out as a small bubble while the metal set.",
        consequence="Seldom alone: many of them make a part porous, and it leaks under pressure.",
        seed=31,
    ),
    Kind(
        kind=DefectKind.SHRINKAGE,
        title="Shrinkage",
        cause="Metal shrinks as it sets. Where no liquid metal could follow, it tore into a cluster of cavities.",
        consequence="Cracks start here; for strength it is the most harmful kind.",
        seed=30,
    ),
    Kind(
        kind=DefectKind.CHIPPING,
        title="Chipped edge",
        cause="Metal broke away from an edge when the part was knocked out of its mould, trimmed or dropped.",
        consequence="An impeller runs out of balance, and the edge can break further.",
        seed=33,
    ),
    Kind(
        kind=DefectKind.BURR,
        title="Burr, or flash",
        cause="Metal crept into the gap between the halves of the mould and set as a thin fin.",
        consequence="The part does not sit true, cuts hands, and can shed pieces into the pump.",
        seed=36,
    ),
    Kind(
        kind=DefectKind.SCRATCH,
        title="Scratch",
        cause="A tool, a clamp or another part was dragged across the machined face.",
        consequence="Often only a blemish; on a face that seals it becomes a leak.",
        seed=32,
    ),
)


@st.cache_resource(show_spinner=False)
def picture(kind: DefectKind) -> Image.Image:
    """Return a rendered part seen close, with a ring around its largest defect; gray levels in an RGB picture."""
    entry = next(each for each in KINDS if each.kind is kind)
    rendered = render_casting(seed=entry.seed, size=SIZE, defects=[kind])
    defect = max(rendered.defects, key=lambda each: each.area)
    x, y = defect.x + defect.width / 2, defect.y + defect.height / 2
    side = round(max(WINDOW * SIZE, 1.3 * max(defect.width, defect.height)))
    left, top = (round(min(max(centre - side / 2, 0), SIZE - side)) for centre in (x, y))
    part = Image.fromarray(rendered.pixels).convert("RGB")
    close = part.crop((left, top, left + side, top + side)).resize((SHOWN, SHOWN), Image.Resampling.BICUBIC)
    scale = SHOWN / side
    reach = 0.5 * scale * max(defect.width, defect.height) + 16
    centre = ((x - left) * scale, (y - top) * scale)
    draw = ImageDraw.Draw(close)
    for width, colour, gap in ((5, "black", 0.0), (2, "white", 1.5)):
        box = [centre[0] - reach + gap, centre[1] - reach + gap, centre[0] + reach - gap, centre[1] + reach - gap]
        draw.ellipse(box, outline=colour, width=width)
    return close
