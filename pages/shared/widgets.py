"""Pieces of a page that show what the core found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from casting_core import figures
from casting_core.labels import Verdict

if TYPE_CHECKING:
    from casting_core import Inspection, Region


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How a verdict is told: a word, an icon, a colour, and what to do with the part."""

    word: str
    icon: str
    mark: str  # the icon where only text can stand
    colour: str
    advice: str


INK = {"light": "#0F1417", "dark": "#E8EBED"}  # the text colours of .streamlit/config.toml
WORDING = {
    Verdict.OK: Wording(
        word="Sound",
        icon="check_circle",
        mark="✓",
        colour="green",
        advice="Pass this part on.",
    ),
    Verdict.REVIEW: Wording(
        word="Review",
        icon="visibility",
        mark="?",
        colour="orange",
        advice="Have a person look at this part before it moves on.",
    ),
    Verdict.DEFECTIVE: Wording(
        word="Defective",
        icon="dangerous",
        mark="✕",
        colour="red",
        advice="Set this part aside; do not ship it.",
    ),
    Verdict.UNUSABLE: Wording(
        word="No verdict",
        icon="hide_image",
        mark="–",
        colour="gray",
        advice="Take or export this picture again.",
    ),
}


def verdict(inspection: "Inspection") -> None:
    """The verdict in words, what to do with the part, and where to look on it."""
    wording = WORDING[inspection.verdict]
    st.header(f":{wording.colour}[:material/{wording.icon}: {wording.word}]", anchor=False)
    place = ""
    if inspection.regions:
        where = f"place 1{_where(inspection.regions[0])}"
        weak = inspection.verdict is Verdict.OK
        place = f" What speaks against it, at {where}, is too weak." if weak else f" Look first at {where}."
    st.markdown(f"**{wording.advice}**{place}")
    if inspection.reason:
        st.text(inspection.reason)


def _where(region: "Region") -> str:
    if region.clock is None or region.radius is None:
        return ""
    return f" ({clock(region.clock)}, {100 * region.radius:.0f} % of the way from the centre to the rim)"


def clock(hours: float) -> str:
    """A direction on the face of a clock, to the half hour: `4 o’clock`, `4:30`."""
    halves = round(2 * hours) % 24
    hour = halves // 2 or 12
    return f"{hour}:30" if halves % 2 else f"{hour} o’clock"


def probability(inspection: "Inspection", p: float) -> None:
    """The calibrated probability `p` on its scale, with both thresholds of the inspection."""
    low, high = inspection.threshold_pass, inspection.threshold_reject
    st.plotly_chart(
        figures.probability_scale(p, low, high, ink=INK[st.context.theme.type or "light"]),
        config={"displayModeBar": False},
        alt=(
            f"Scale from 0 to 100 %: the probability of a defect is {figures.percent(p)}. Parts below "
            f"{figures.percent(low)} pass, parts from {figures.percent(high)} on are rejected."
        ),
    )


def evidence(picture: Image.Image, heatmap: np.ndarray | None, inspection: "Inspection", opacity: float) -> None:
    """The picture with its evidence map, regions outlined, and the scale below."""
    if heatmap is None:
        st.text("This model gives no map of its evidence.")
        return
    shown = figures.overlay(picture, heatmap, opacity=opacity)
    frame = (inspection.width or picture.width, inspection.height or picture.height)
    shown = figures.outline(shown, inspection.regions, frame=frame)
    places = len(inspection.regions)
    st.image(
        shown,
        width="stretch",
        alt=f"Evidence map over the picture: strongest {heatmap.max():.2f}, {places} places outlined.",
    )
    legend("Local evidence for a defect, as a probability", figures.EVIDENCE, opacity, ("0", "0.5", "1"))


def grad_cam(picture: Image.Image, heatmap: np.ndarray) -> None:
    """The picture with its Grad-CAM, and the scale below."""
    shown = figures.overlay(picture, heatmap, opacity=0.55, palette=figures.GRAD_CAM)
    st.image(shown, width="stretch", alt="Grad-CAM over the picture, stretched to its own maximum.")
    ends = ("none", "", "most in this picture")
    legend("Pull on the verdict, on this picture's own scale", figures.GRAD_CAM, 1.0, ends)


def legend(title: str, palette: figures.Palette, opacity: float, ticks: Sequence[str]) -> None:
    """A colour bar with its title, and ticks spread evenly below it."""
    marks = "".join(f"<span>{tick}</span>" for tick in ticks)
    st.html(
        f'<div role="img" aria-label="{title}: {ticks[0]} to {ticks[-1]}" style="font-size:0.8rem">{title}'
        '<div style="height:0.8rem;border:1px solid #888;margin:0.15rem 0;background:'
        f'{figures.gradient(palette, opacity=opacity)},#9a9a9a"></div>'
        f'<div style="display:flex;justify-content:space-between">{marks}</div></div>'
    )


def regions(found: "Sequence[Region]") -> None:
    """The outlined places as a table, numbered as in the picture."""
    if not found:
        st.text("No place reaches the level of 0.5 from which it would be outlined.")
        return
    rows = [
        {
            "place": number,
            "clock": None if region.clock is None else clock(region.clock),
            "distance": None if region.radius is None else 100 * region.radius,
            "size": f"{region.width} × {region.height}",
            "area": region.area,
            "score": region.score,
        }
        for number, region in enumerate(found, start=1)
    ]
    column = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="–",
        alt="Places that speak for a defect, strongest first.",
        column_config={
            "place": column.NumberColumn("Place", help="Its number in the picture."),
            "clock": column.TextColumn("Clock", help="Direction from the part's centre, 12 at the top."),
            "distance": column.NumberColumn(
                "From centre (% of radius)", format="%.0f", help="0 at the centre, 100 at the rim."
            ),
            "size": column.TextColumn("Size (px)", help="Width × height in pixels of the given picture."),
            "area": column.NumberColumn("Area (px)", help="Pixels with evidence of at least 0.5."),
            "score": column.NumberColumn("Score", format="%.2f", help="Strongest evidence in it, 0 to 1."),
        },
    )


def details(inspection: "Inspection") -> None:
    """Which model, on what, how long, and which picture exactly."""
    seconds = inspection.seconds
    stages = ", ".join(f"{stage} {1000 * s:.0f}" for stage, s in seconds.items() if stage != "total")
    st.caption(
        f"Judged by **{inspection.model}** on **{inspection.device}** in "
        f"**{1000 * seconds.get('total', 0.0):.0f} ms** ({stages} ms)."
    )
    if inspection.sha256:
        st.caption(f"SHA-256 of the file: {inspection.sha256}")
