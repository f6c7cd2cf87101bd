"""What is known beside the verdict: was this casting seen before, which castings is it like, and does the verdict hold.

Does it fall when what is marked is made sound, and does it stay when the picture is turned and lit otherwise?
"""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import streamlit as st

from casting_core.charts import overlay, style
from casting_core.data.provenance.seen_before import SeenBefore
from casting_core.errors import CastingError
from casting_core.explanation.precedents import Precedent
from casting_core.inspection.results import Inspection
from casting_core.labels import Label
from pages.shared import resources, trouble, uploads, widgets, wording

if TYPE_CHECKING:
    from casting_core.inspection.stability import Stability

EXPOSURES = {1.0: "as given (%)", 0.8: "darker, × 0.8 (%)", 1.25: "brighter, × 1.25 (%)"}


def seen_before(upload: uploads.Upload, model: str) -> None:
    """Draw a banner where the picture shows a photograph that the model was trained on; else a line."""
    try:
        found = resources.seen_before(upload, model=model)
    except CastingError as error:
        return trouble.excuse("It cannot be told whether this casting was seen before.", error)
    if found is None and not resources.card(model).on_public_set:
        st.caption("Not looked up among the training photographs: this model was trained on pictures of your own.")
        return
    if found is None:
        st.caption("Looked up among the training photographs: this casting was not seen before.")
        return
    st.warning(
        "**Recall, not inspection.** This is one of the photographs that the model was trained on, so the verdict says "
        "how well it remembers, not how well it judges a part that it has never seen.",
        icon=":material/history:",
    )
    with st.expander("Which photograph"):
        _match(found)


def _match(found: SeenBefore) -> None:
    if found.confirmed:
        mirrored = "mirrored and " if found.mirrored else ""
        st.markdown(
            f"Found by laying the two on each other: similarity {100 * found.similarity:.0f} %; the training picture "
            f"must be {mirrored}turned by {found.angle:.0f}° clockwise to lie like this one."
        )
    else:
        st.markdown(
            f"Found by its signature alone, similarity {100 * found.similarity:.0f} %; the training pictures are not "
            "on this computer, so it could not be confirmed."
        )
    st.markdown(
        f"Of this photograph, {found.defective:,} training pictures are filed as defective and {found.ok:,} as sound."
    )
    _known_picture(found.path, f"Training picture, filed as {style.WORDS[found.label]}")


def precedents(upload: uploads.Upload, model: str) -> None:
    """Show the known castings of both classes that the model sees most alike."""
    own = not resources.card(model).on_public_set
    st.subheader("Known parts most like this one" if own else "Known castings most like this one", anchor=False)
    try:
        found = resources.precedents(upload, model=model)
    except CastingError as error:
        return trouble.excuse("The known castings of this model cannot be read.", error)
    if found is None:
        st.info(
            f"The model {model} has no features in which castings could be compared.", icon=":material/layers_clear:"
        )
        return
    st.markdown(
        "By what this model sees in them, of each kind the nearest that it was trained on. 100 % would be the same "
        "picture, 0 % nothing in common. Where both kinds are about as near, the verdict rests on little."
    )
    if own:
        st.caption(
            "Its training pictures are not part of this app, so they are named and not shown. A picture that it was "
            "trained on is most like itself."
        )
    elif all(resources.known_picture(each.path) is None for kind in found.values() for each in kind):
        st.caption("The public set is not on this computer, so they are named and not shown.")
    for column, label in zip(st.columns(2, border=True), Label, strict=True):
        with column:
            st.markdown(f"**{style.WORDS[label].capitalize()} {'parts' if own else 'castings'}**")
            for place, each in zip(st.columns(max(1, len(found[label]))), found[label], strict=False):
                with place:
                    _precedent(each, own)


def _precedent(each: Precedent, own: bool) -> None:
    st.markdown(f"**{100 * max(each.similarity, 0.0):.0f} %** alike")  # below 0 is no less in common than 0
    if own:  # its folder is its class, and a picture of the public set could have the same path
        st.text(each.path)
    else:
        _known_picture(each.path, f"Known casting, filed as {style.WORDS[each.label]}")
    st.caption(f"Probability of a defect by this model: {overlay.percent(each.probability)}")


def _known_picture(path: str, alt: str) -> None:
    """Show a picture of the data set where it is on this computer, and its name."""
    picture = resources.known_picture(path)
    if picture is not None:
        st.image(picture, width=180, alt=alt)
    st.text(PurePosixPath(path).name)


@st.fragment
def repair(upload: uploads.Upload, inspection: Inspection, model: str) -> None:
    """On demand: the marked places are made sound, and the part is judged again."""
    st.subheader("The test: make the marked places sound, and judge again", anchor=False)
    st.markdown(
        "Each marked place is covered with sound metal of the same ring, taken from another clock position of this "
        "part. If the probability falls, these places were the reason. As a control the same is done at places that "
        "are not marked: that must change nothing."
    )
    if not resources.card(model).gates:
        st.info(
            f"Not for the model {model}: its product is not one that is found in the picture, so there is no ring to "
            "take sound metal from.",
            icon=":material/block:",
        )
        return
    if not asked("Repair and judge again", ":material/healing:", upload, model):
        return
    with st.spinner("Repairing, and judging again…"):
        proof = resources.prove(upload, model=model)
    if proof is None:
        st.info("No part was found in this picture, so there is no ring to take metal from.", icon=":material/block:")
        return
    widgets.proof(proof, inspection)


@st.fragment
def stability(upload: uploads.Upload, model: str) -> None:
    """On demand: the verdict in eight orientations and three exposures."""
    st.subheader("Does the verdict hold?", anchor=False)
    st.markdown(
        "A part is what it is however it lies. The same picture is judged in its eight orientations, each as it is, "
        "darker and brighter. Where the answers differ, a person should look."
    )
    if not asked("Turn, relight and judge again", ":material/cached:", upload, model):
        return
    with st.spinner("Judging 24 variants…"):
        found = resources.stability(upload, model=model)
    _stability(found)


def asked(label: str, icon: str, upload: uploads.Upload, model: str) -> bool:
    """Whether the visitor has asked for what takes a while, which no link does; draws the button for it where not."""
    known = st.session_state.setdefault("asked", set())
    key = (label, model, upload.sha256)
    if key in known or st.button(label, icon=icon):
        known.add(key)
    return key in known


def _stability(found: "Stability") -> None:
    if found.agrees:
        word = wording.WORDING[found.verdict].word.lower()
        st.success(f"It holds: all {len(found.variants)} variants are judged **{word}**.", icon=":material/check:")
    else:
        counts = ", ".join(
            f"{count} × {wording.WORDING[verdict].word.lower()}" for verdict, count in found.counts.items()
        )
        st.warning(f"It does not hold: {counts}. **A person should look.**", icon=":material/balance:")
    if found.lowest is None or found.highest is None:
        return
    low, high = overlay.percent(found.lowest), overlay.percent(found.highest)
    told = f"is **{low}** in all of them" if low == high else f"lies between **{low}** and **{high}**"
    st.markdown(f"The probability of a defect {told}.")
    rows: dict[tuple[bool, int], dict[str, object]] = {}
    for each in found.variants:
        name = ("mirrored, " if each.mirrored else "") + (f"turned {each.turn}°" if each.turn else "not turned")
        row = rows.setdefault((each.mirrored, each.turn), {"orientation": name})
        row[EXPOSURES[each.gain]] = None if each.probability is None else 100 * each.probability
    column = st.column_config
    st.dataframe(
        list(rows.values()),
        hide_index=True,
        placeholder="no verdict",
        alt="Probability of a defect by orientation and exposure.",
        column_config={
            "orientation": column.TextColumn("Orientation"),
            **{title: column.NumberColumn(title, format="%.1f") for title in EXPOSURES.values()},
        },
    )
