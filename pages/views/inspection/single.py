"""One picture: its verdict first, then where and why, how far to trust it, and files to take away."""

from collections.abc import Callable

import streamlit as st
from PIL.Image import Image

from casting_core.charts.overlay import EVIDENCE_PALETTES
from casting_core.explanation.methods import DEFAULT_METHOD, METHODS
from pages.shared import downloads, inputs, resources, uploads, widgets
from pages.views.inspection import printout, second_opinions

COMPARE = "Compare parts by the evidence map, whose scale is the same for all."
TOLD = "told"  # in the session: what the page to print is made with, which is made outside of the session
UNTOUCHED = 70, next(iter(EVIDENCE_PALETTES)), None  # what `settings` gives where nothing is set


def show(upload: uploads.Upload, *, model: str) -> None:
    """All that is known of one picture."""
    st.text(upload.name)
    if upload.refusal is not None:
        st.error("No verdict: this file was not taken.", icon=":material/hide_image:")
        st.text(upload.refusal)
        return
    with st.spinner("Judging the picture…"):
        judged = resources.judge(upload, model=model)
    inspection = judged.inspection
    if inspection.probability is None:
        with st.container(border=True):
            widgets.verdict(inspection)
    else:
        left, right = st.columns([2, 3], vertical_alignment="center", border=True)
        with left:
            widgets.verdict(inspection)
        with right:
            widgets.probability(inspection, inspection.probability)
    recall, why = st.container(), st.container()
    with st.expander("How far can this verdict be trusted?"):
        widgets.model(resources.card(model))
        widgets.unseen_figures(resources.card(model))
    widgets.details(inspection)
    take_away(upload, judged)
    resources.give_way()
    if judged.picture is not None and inspection.probability is None:
        with why:  # a gate refused it: nothing was judged, so there is nothing to explain
            st.image(judged.picture, width=360, alt="The picture as it was given.")
    elif judged.picture is not None:
        with recall:
            second_opinions.seen_before(upload, model)
        with why:  # last: an activation map takes longer than all the rest
            explain(upload, judged, model)
            if inspection.regions and judged.evidence is not None:
                second_opinions.repair(upload, judged.inspection, model)
            second_opinions.stability(upload, model)
            second_opinions.precedents(upload, model)


@st.fragment
def explain(upload: uploads.Upload, judged: resources.DisplayedInspection, model: str) -> None:
    """Show the picture and its evidence with the marked places, and an activation map beside it."""
    picture = judged.picture
    assert picture is not None
    st.subheader("Where, and why", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opacity, colours, diameter = settings() if judged.evidence is not None else UNTOUCHED
        with_map = st.toggle("Show an activation map beside it", value=True, key="activation", bind="query-params")
    palette = EVIDENCE_PALETTES[colours]
    alone = judged.evidence is None  # the picture, which is not to fill the page
    places = st.columns([1 if alone else 2, 1]) if with_map or alone else [st.container()]
    with places[0]:
        widgets.evidence(
            picture, judged.evidence, judged.inspection, opacity=opacity / 100, palette=palette, diameter=diameter
        )
        if judged.evidence is None:
            st.info(
                f"The model {model} has no map of its evidence: it weighs the picture as a whole, not place by place.",
                icon=":material/layers_clear:",
            )
    if with_map:
        with places[1]:
            activation(upload, picture, judged, model)


def activation(upload: uploads.Upload, picture: Image, judged: resources.DisplayedInspection, model: str) -> None:
    """One of the activation maps of the literature, chosen by the visitor."""
    if not resources.has_convolutions(model):
        st.info(
            f"The model {model} has no convolutions: no layer of it keeps places apart, so there is nothing that an "
            "activation map could show.",
            icon=":material/layers_clear:",
        )
        return
    place = st.container(gap="xsmall")  # level with the pictures beside it
    method = st.selectbox(
        "Activation map",
        list(METHODS),
        index=list(METHODS).index(DEFAULT_METHOD),
        format_func=lambda name: METHODS[name].title,
        key="method",
        bind="query-params",
    )
    title = METHODS[method].title
    if METHODS[method].slow and not second_opinions.asked(f"Compute {title}", ":material/layers:", upload, model):
        st.caption(METHODS[method].sentence)
        return
    with place:
        with st.spinner(f"Computing {title}…"):
            heatmap, seconds = resources.activation_map(upload, model=model, method=method)
        widgets.activation(picture, heatmap, title)
    st.caption(
        f"{METHODS[method].sentence} Its scale is its own: every such map is stretched to its own maximum, so it glows "
        f"on sound parts too. {'Parts cannot be compared by it.' if judged.evidence is None else COMPARE}"
    )
    # no caption, in which links fade
    st.markdown(f":small[Computed in {1000 * seconds:.0f} ms. Source: {METHODS[method].source}]")


def settings() -> tuple[int, str, float | None]:
    """How the evidence is shown: opacity in %, colours, diameter of the part in mm. No use without a map."""
    opacity = st.slider(
        "Opacity of the evidence (%)", 0, 100, UNTOUCHED[0], 5, key="opacity", bind="query-params", width=260
    )
    seen = "All three can be told apart with any kind of colour vision."
    colours = st.selectbox(
        "Colours of the evidence", list(EVIDENCE_PALETTES), key="colours", bind="query-params", help=seen, width=200
    )
    diameter = inputs.diameter("the sizes of the marked places")
    st.session_state.setdefault(TOLD, {})["diameter"] = diameter
    return opacity, colours, diameter


def take_away(upload: uploads.Upload, judged: resources.DisplayedInspection) -> None:
    """Offer the result as files."""
    line, told = (upload, judged.inspection), st.session_state.setdefault(TOLD, {})
    files: list[tuple[str, str, Callable[[], str | bytes]]] = [
        ("JSON", "inspection.json", lambda: downloads.to_json(downloads.record(*line))),
        ("CSV", "inspection.csv", lambda: downloads.to_csv([line])),
    ]
    if judged.inspection.probability is not None:
        files += [
            ("All answers as JSON", "examination.json", lambda: all_answers(upload, judged)),
            ("Page to print", "inspection.html", lambda: printout.page(upload, judged, **told)),
        ]
    if judged.evidence is not None:
        files.append(("Overlay as PNG", "overlay.png", lambda: downloads.overlay_png(judged)))
    downloads.offer(*files)


def all_answers(upload: uploads.Upload, judged: resources.DisplayedInspection) -> str:
    """Return the inspection, and what can be asked beside it: seen before, precedents, repair proof, stability."""
    record = downloads.record(upload, judged.inspection)
    answers = resources.examination(upload, model=judged.inspection.model)
    return downloads.to_json({**record, "examination": answers.to_json()})
