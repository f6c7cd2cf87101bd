"""Pieces of a page that show what the core found."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.charts.overlay import ACTIVATION, EVIDENCE, Palette, gradient, overlay, percent
from casting_core.charts.probability_scale import probability_scale
from casting_core.estimate import Estimate
from casting_core.explanation.proof import Proof
from casting_core.inspection.results import Inspection
from casting_core.networks.card import ModelCard
from pages.shared import marked, wording

INK = {"light": "#0F1417", "dark": "#E8EBED"}  # the text colours of .streamlit/config.toml


def verdict(inspection: Inspection) -> None:
    """Draw the verdict in words, and one sentence on what to do with the part."""
    word = wording.WORDING[inspection.verdict]
    st.header(f":{word.colour}[:material/{word.icon}: {word.word}]", anchor=False)
    st.markdown(f"**{wording.advice(inspection)}**")
    for said in filter(None, (inspection.reason, inspection.note)):
        st.text(said)


def probability(inspection: Inspection, p: float) -> None:
    """Draw the calibrated probability `p` on its scale, with both thresholds of the inspection."""
    low, high = inspection.threshold_pass, inspection.threshold_reject
    st.plotly_chart(
        probability_scale(p, low, high, ink=INK[st.context.theme.type or "light"]),
        config={"displayModeBar": False},
        alt=(
            f"Scale from 0 to 100 %: the probability of a defect is {percent(p)}. Parts below "
            f"{percent(low)} pass, parts from {percent(high)} on are rejected."
        ),
    )


def evidence(
    picture: Image.Image,
    heatmap: np.ndarray | None,
    inspection: Inspection,
    *,
    opacity: float,
    palette: Palette = EVIDENCE,
    diameter: float | None = None,
) -> None:
    """Draw the picture, its evidence beside it, the places marked in both and listed below, and the scale."""
    frame = (inspection.width or picture.width, inspection.height or picture.height)
    shown = [("Picture", picture, f"The picture as it was given, {frame[0]} × {frame[1]} px.")]
    if heatmap is not None:
        count = len(inspection.regions)
        alt = f"Evidence map over the picture: strongest {100 * float(heatmap.max()):.0f} %, {count} places marked."
        evidence = overlay(picture, heatmap, opacity=opacity, palette=palette)
        shown.append(("Evidence map of this model", evidence, alt))
    empty = "" if heatmap is None else wording.NONE_MARKED  # without a map the page says why
    marked.show(shown, inspection.regions, frame=frame, key="marked", diameter=diameter, empty=empty)
    if heatmap is not None:
        evidence_legend(palette, opacity)


def evidence_legend(palette: Palette = EVIDENCE, opacity: float = 0.7) -> None:
    """Draw the scale of an evidence map."""
    title = "Probability of a defect by the evidence at that place (the same scale for every picture)"
    legend(title, palette, opacity, ("0 %", "50 %", "100 %"))


def activation(picture: Image.Image, heatmap: np.ndarray, title: str) -> None:
    """Draw the picture with an activation map, and its scale below."""
    shown = overlay(picture, heatmap, opacity=0.55, palette=ACTIVATION)
    st.markdown(f"**Activation map: {title}**")
    st.image(shown, width="stretch", alt=f"{title} over the picture, stretched to its own maximum.")
    ends = ("none", "", "most in this picture")
    legend("Part in the verdict, on this picture’s own scale", ACTIVATION, 1.0, ends)


def legend(title: str, palette: Palette, opacity: float, ticks: Sequence[str]) -> None:
    """Draw a colour bar with its title, and ticks spread evenly below it."""
    marks = "".join(f"<span>{tick}</span>" for tick in ticks)
    st.html(
        f'<div role="img" aria-label="{title}: {ticks[0]} to {ticks[-1]}" style="font-size:0.8rem">{title}'
        '<div style="height:0.8rem;border:1px solid #888;margin:0.15rem 0;background:'
        f'{gradient(palette, opacity=opacity)},#9a9a9a"></div>'
        f'<div style="display:flex;justify-content:space-between">{marks}</div></div>'
    )


def proof(found: Proof, inspection: Inspection) -> None:
    """Show what repairing the marked places did to the probability, with its control and the repaired picture."""
    left, right = st.columns([1, 2])
    with left:
        alt = "The part with its marked places covered by sound metal of the same ring."
        st.image(found.pixels, width="stretch", alt=alt, caption="Repaired by this app, not by a foundry")
    with right:
        before, after = percent(found.before), percent(found.after)
        st.markdown(f"**Probability of a defect: {before} as given, {after} repaired.**")
        if found.after < inspection.threshold_pass:
            st.markdown("So repaired, the part would pass: **the marked places were the reason.**")
        elif found.after < found.before - 0.05:
            st.markdown("It falls, but the part would not pass: weaker signs beside the marked places remain.")
        else:
            st.markdown(
                "It hardly falls: the reason lies not in the marked places alone, or they could not be covered, as "
                "where flash runs all around the rim and no sound piece of the ring is left."
            )
        if found.largest_control is not None:
            moved = 100 * found.largest_control
            st.markdown(f"Control: the same at places that are not marked moved it by at most {moved:.1f} points.")
        rows = [
            {"place": number, "alone": 100 * alone, "control": None if control is None else 100 * control}
            for number, (alone, control) in enumerate(zip(found.alone, found.control, strict=True), start=1)
        ]
        column = st.column_config
        st.dataframe(
            rows,
            hide_index=True,
            placeholder="no free place",
            alt="Probability after repairing one place alone, and after the same at a place that is not marked.",
            column_config={
                "place": column.NumberColumn("Place"),
                "alone": column.NumberColumn("This place alone repaired (%)", format="%.1f"),
                "control": column.NumberColumn("A sound place likewise (%)", format="%.1f"),
            },
        )
        st.caption(f"{100 * found.replaced:.1f} % of the part’s disc were covered.")


def natural_rate(title: str, rate: Estimate | None, filed: Estimate | None, meaning: str) -> None:
    """Draw a rate as a number of a thousand parts, with its 95 % interval, what it was counted on, and as filed."""
    st.markdown(f"**{title}**")
    if rate is None:
        st.markdown("Not measured: there were no such parts.")
        return
    low, high = rate.interval_of_thousand()
    st.header(rate.of_thousand(), anchor=False)
    st.markdown(f"between {low} and {high}")
    st.caption(f"{meaning} Counted: {rate.count:,} of {rate.of:,} pictures.")
    if filed is not None and (filed.count, filed.of) != (rate.count, rate.of):
        st.caption(f"With the doubted labels counted as they were filed: {filed.count:,} of {filed.of:,}.")


def model(card: ModelCard) -> None:
    """Say in a sentence what judges."""
    fitted = card.training.get("fitted_on")
    learned = f", fitted on {fitted:,} pictures of one product" if fitted else ""
    st.markdown(
        f"The model **{card.name}** is a network of {card.parameters:,} weights that sees a picture scaled to "
        f"{card.input_size} px{learned}. Below is how it did on parts that it had never seen."
    )
    told = wording.classes(card)
    if told:
        st.text(f"Classes that it was trained on: {told}.")


def unseen_figures(card: ModelCard) -> None:
    """How the model does on castings never seen, of a thousand parts, and what that was measured on."""
    unseen = card.metrics.by_source
    if unseen is None:
        st.info(f"The model {card.name} has not been measured on castings never seen.", icon=":material/pending:")
        return
    found, filed = unseen.without_suspects, unseen.as_filed
    told = (
        ("Of 1,000 defective parts, passed as sound", "missed_defects", "A missed defect leaves the foundry."),
        ("Of 1,000 sound parts, rejected", "false_alarms", "A false alarm: a good part is set aside."),
        ("Of 1,000 parts, sent to a person", "reviews", "The model asks where it is not sure enough."),
    )
    for column, (title, name, meaning) in zip(st.columns(3, border=True), told, strict=True):
        with column:
            natural_rate(title, getattr(found, name), getattr(filed, name), meaning)
    st.markdown(
        f"These figures come from **{found.pictures:,} pictures of {found.photographs} castings, "
        f"{found.defective_photographs} defective and {found.sound_photographs} sound**, each judged by a model that "
        "had never seen that casting. In 95 of 100 such studies the true number lies in its range. The ranges are wide "
        f"because few different castings stand behind many pictures: {found.sound_photographs} sound ones cannot show "
        "more, even where not one was rejected. Pictures whose label is doubted were named before any figure was made."
    )


def details(inspection: Inspection) -> None:
    """Which model, on what, how long, and which picture exactly."""
    seconds = inspection.seconds
    stages = ", ".join(f"{stage} {1000 * s:.0f}" for stage, s in seconds.items() if stage != "total")
    st.caption(
        f"Judged by **{inspection.model}** on **{inspection.device}** in "
        f"**{1000 * seconds.get('total', 0.0):.0f} ms** ({stages} ms)."
    )
    if inspection.sha256:
        st.caption(f"SHA-256 of the file: {inspection.sha256}")
