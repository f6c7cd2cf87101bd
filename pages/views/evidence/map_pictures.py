"""The castings on which the map points best and worst, side by side with what was marked."""

import os
from pathlib import Path

import numpy as np
import streamlit as st

from casting_core.charts import maps as charts
from casting_core.charts.overlay import EVIDENCE, percent
from casting_core.data.images import encoded
from casting_core.data.masked_set import read_marked
from casting_core.errors import CastingError
from casting_core.evaluation.localization.labelled import evidence, rendered
from casting_core.evaluation.localization.pointing_game import Judge, PointingResult
from casting_core.labels import Verdict
from casting_core.networks.card import ModelCard
from pages.shared import resources, trouble, widgets, wording
from pages.views.evidence.album import Album, album

FEW = 12  # rendered castings that are judged first
STEP = 10  # pictures between two looks at the progress
SEARCH = ":material/search:"
PANELS = ("Picture", "What was marked", "What the map says")


def show(card: ModelCard) -> None:
    """Draw the pictures, on demand: rendered ones, and those of the second camera where they are on this computer."""
    st.subheader("Where it points best and worst", anchor=False)
    if not card.on_public_set:
        st.markdown("The castings that the app renders are not the product of this model, so there is nothing to show.")
        return
    st.markdown(
        "Ordered by three questions: does the strongest place lie on a defect; how many of the defects does a marked "
        "place touch; how much of the map’s light lies on defects. The ring is around the strongest place."
    )
    widgets.legend("Probability of a defect by the evidence at that place", EVIDENCE, 0.7, ("0 %", "50 %", "100 %"))
    _rendered(card)
    _second_camera(card)


def _judge(model: str) -> Judge:
    def judge(pixels: np.ndarray) -> tuple[float, np.ndarray, Verdict]:
        probability, heatmap, inspection = evidence(resources.inspector(model), pixels)
        return probability, heatmap, inspection.verdict

    return judge


def _rendered(card: ModelCard) -> None:
    st.markdown("**Rendered castings** (drawn by this app; no photographs of real parts)")
    total = FEW if card.metrics.rendered is None else card.metrics.rendered.pictures
    key = ("rendered", card.name, card.weights_sha256, str(total))
    found = album(key, rendered(total).read(), _judge(card.name))
    place = st.empty()
    if found.done < min(FEW, total):
        offer = f"Render {min(FEW, total)} castings and judge them"
        if not place.button(offer, icon=SEARCH, key="map few rendered"):
            return
        place.empty()
        with st.spinner("Rendering castings and judging them…"):
            while found.advance(FEW):
                pass
    offer = f"Search all {total} castings that the figures above were measured on (takes about a minute)"
    if found.done < total and place.button(offer, icon=SEARCH, key="map all rendered"):
        place.empty()
        _search(found, total, "Rendering and judging")
    _extremes(found, "castings rendered here", "a defect")


def _second_camera(card: ModelCard) -> None:
    st.markdown("**Photographs of the second camera**")
    told = os.environ.get("CASTING_MASKS")
    folder = Path(told) if told else None
    if folder is None or not (folder / "labels.csv").is_file():
        st.info(
            "These photographs belong to others, so they do not come with the app. Where the variable CASTING_MASKS "
            "names a folder with them, the best and the worst are shown here.",
            icon=":material/hide_image:",
        )
        return
    key = ("masks", card.name, card.weights_sha256, str(folder), str((folder / "labels.csv").stat().st_mtime_ns))
    place = st.empty()
    pictures, judge = read_marked(folder), _judge(card.name)
    found = album(key, pictures, judge)
    if not (found.done or found.finished):
        offer = "Find the best and the worst of the photographs on this computer (takes about half a minute)"
        if not place.button(offer, icon=SEARCH, key="map all masks"):
            return
        place.empty()
    try:
        if not found.finished:
            measured = card.metrics.second_capture
            _search(found, measured.pictures if measured else 0, "Reading and judging photographs")
    except CastingError as error:
        album.clear(key, pictures, judge)
        trouble.complain("The photographs with marked defects cannot be used.", error)
        return
    _extremes(found, "photographs", "a marked defect")


def _search(found: Album, total: int, words: str) -> None:
    """Go through the rest of an album, and say how far it is."""
    bar = st.progress(0.0, text=f"{words}…")
    while found.advance():
        if found.done % STEP == 0:
            bar.progress(min(1.0, found.done / max(total, found.done)), text=f"{words}: {found.done} of {total}")
    bar.empty()


def _extremes(found: Album, what: str, defect: str) -> None:
    extremes = found.extremes
    if not extremes.seen:
        st.markdown("There is no defective part with a marked defect among them.")
        return
    st.markdown(
        f"Of {found.done:,} {what}, {extremes.seen:,} have known defects. The strongest place lies on {defect} in "
        f"**{extremes.hits:,} of {extremes.seen:,}**."
    )
    for title, several in (("Worst", extremes.worst), ("Best", extremes.best)):
        for number, each in enumerate(several, start=1):
            _one(f"{title} {number}", each)


def _one(title: str, each: PointingResult) -> None:
    sentence = _sentence(each)
    marked = f"The same part; lines run around its {each.defects} known defects."
    alts = ("The part as it was judged.", marked, sentence)
    with st.container(border=True):
        st.markdown(f"**{title}.** {sentence}")
        st.text(f"{each.known.name}{': ' + ', '.join(each.known.kinds) if each.known.kinds else ''}")
        shown = zip(st.columns(3), _panels(each.digest, each), PANELS, alts, strict=True)
        for column, picture, caption, alt in shown:
            column.image(picture, width="stretch", caption=caption, alt=alt)


@st.cache_data(max_entries=40, show_spinner=False)
def _panels(digest: str, _each: PointingResult) -> tuple[bytes, ...]:
    """Draw the picture, what was marked on it and what the map says, each as a JPEG file."""
    picture = charts.enlarged(_each.known.pixels)
    marked, pointed = charts.outlined(picture, _each.known.mask), charts.pointed(picture, _each.heatmap, _each.place)
    return tuple(encoded(each, "JPEG", quality=90) for each in (picture, marked, pointed))


def _sentence(each: PointingResult) -> str:
    where = "lies on a defect" if each.on_defect else "**lies beside all defects**"
    if each.defects == 1:
        touched = f"a marked place {'touches' if each.touched else 'does not touch'} the only defect"
    else:
        touched = f"marked places touch {each.touched} of {each.defects} defects"
    return (
        f"The strongest place {where}; {touched}; {percent(each.heat_inside)} of the light lies on defects. "
        f"Verdict: {wording.WORDING[each.verdict].word.lower()}, probability of a defect {percent(each.probability)}."
    )
