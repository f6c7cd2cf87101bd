"""The page *Overview*: what this is, and what it is worth to the visitor."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casting_core.data.provenance.grouping import leakage
from casting_core.data.samples import read_provenance
from casting_core.errors import CastingError
from casting_core.networks import card as cards
from pages.shared import navigation, trouble, widgets
from pages.views.overview import defect_kinds


def opening() -> None:
    """Say what it is, and where to begin."""
    st.title("Castings, looked at one by one", anchor=False)
    st.markdown(
        "Molten metal is poured into a mould and sets: that is a **casting**. Most come out sound. Some do not, and "
        "a defect that leaves the foundry costs far more than one that is found there. Casting Inspector looks at a "
        "**photograph of a part**, says whether it is sound, shows **where and why not**, and says **how far that "
        "verdict can be trusted**."
    )
    with st.container(horizontal=True):
        st.page_link("pages/inspection.py", label="Inspect a part", icon=":material/troubleshoot:")
        st.page_link(
            "pages/inspection.py",
            label="See it judge a defective part",
            icon=":material/play_circle:",
            query_params={"source": "Sample", "sample": "Blow hole"},
        )


def defects() -> list[tuple[DeltaGenerator, defect_kinds.Kind]]:
    """Draw the kinds of defects; return the places where each is to be shown on a rendered part."""
    st.header("What goes wrong with a casting", anchor=False)
    st.caption("The parts shown are rendered by this app, an impeller of a water pump, seen from above.")
    places = []
    for row in (defect_kinds.KINDS[:3], defect_kinds.KINDS[3:]):
        for column, kind in zip(st.columns(3, border=True), row, strict=True):
            with column:
                places.append((st.empty(), kind))
                st.subheader(kind.title, anchor=False)
                st.markdown(f"**Where it comes from.** {kind.cause}")
                st.markdown(f"**What it does.** {kind.consequence}")
    return places


def steps() -> None:
    """Say what the app does."""
    st.header("What the app does", anchor=False)
    told = (
        ("photo_camera", "1. You give a photograph", "From a camera, a file or a folder; one part or hundreds."),
        (
            "fact_check",
            "2. It gives one of four answers",
            "Sound, defective, *a person should look*, or *no verdict* where the picture cannot be judged. "
            "With the answer comes its probability.",
        ),
        (
            "location_searching",
            "3. It shows what the answer rests on",
            "Places that speak for a defect are marked and told by the clock, as *4 o’clock, near the rim*, so that "
            "they are found on the part in hand.",
        ),
    )
    for column, (icon, title, text) in zip(st.columns(3), told, strict=True):
        with column:
            st.markdown(f"**:material/{icon}: {title}**")
            st.markdown(text)


def worth(card: cards.ModelCard) -> None:
    """How good it is on castings never seen, and what that means."""
    st.header("How good it is on castings that it has never seen", anchor=False)
    widgets.unseen_figures(card)
    st.page_link(
        "pages/evidence.py",
        label="Work out what that is worth in your plant",
        icon=":material/calculate:",
        query_params={"view": "What it is worth"},
    )
    official = card.metrics.official_test
    if official and (wrong := official.without_suspects.wrong) and (filed := official.as_filed.wrong):
        leaked = leakage(read_provenance())
        with st.expander("Why not 99.9 %, as others report?"):
            st.markdown(
                f"On the public test that everybody uses, this model is wrong on {filed.count} of "
                f"{filed.of} pictures as they were filed, and on {wrong.count} of {wrong.of} "
                "without those whose label is doubted. "
                f"That figure is not ours to boast of: **{100 * leaked.share:.1f} % of "
                "those pictures are turned copies of pictures that the model was trained on.** They measure memory. "
                "A foundry makes castings that nobody has photographed yet, so we measure on those."
            )


def limits() -> None:
    """Say what it cannot do."""
    st.header("What it cannot do", anchor=False)
    st.markdown(
        "- **One product.** It knows the impeller of one pump, photographed from above. Other parts need their own "
        "training; a picture without such a part gets no silent verdict.\n"
        "- **Only what a camera sees.** Cavities inside the metal do not show; X-ray and leak tests stay.\n"
        "- **It points, it does not measure.** The size of a marked place is that of the evidence, not of the defect.\n"
        "- **Try it on your own parts first**, with a person beside it, before you rely on it."
    )


def own_limits(card: cards.ModelCard) -> None:
    """List the limits that the model's card names."""
    with st.expander("The limits in the model’s own card"):
        st.markdown("\n".join(f"- {limit}" for limit in card.limits) or "The card names none.")


def ways() -> None:
    """Where to go for which question."""
    st.header("Where to go from here", anchor=False)
    for page in navigation.PAGES[1:]:
        st.page_link(page.file, label=page.question, icon=":material/arrow_forward:")


navigation.require()
opening()
shown = defects()
steps()
try:
    card = cards.read_card(cards.folder_of(cards.DEFAULT, cards.MODELS))
    worth(card)
    limits()
    own_limits(card)
except CastingError as error:
    trouble.complain("There is no model to tell of.", error)
    limits()
ways()
for place, kind in shown:  # last: rendering takes longer than all texts
    alt = f"Close view of a rendered part. The ring marks the defect: {kind.title.lower()}."
    place.image(defect_kinds.picture(kind.kind), width="stretch", alt=alt)
