"""The page *Inspection*: whether a part is sound, and why it was flagged."""

from typing import Any

import streamlit as st

from casting_core.errors import CastingError, ModelError
from casting_core.networks.card import DEFAULT
from casting_core.networks.registry import architecture
from pages.shared import inputs, navigation, resources, trouble, uploads, wording
from pages.shared.sample_pictures import sample_pictures
from pages.views.inspection import batch, single

MODEL_HELP = (
    "Which model judges the pictures. castnet is made for it; the networks of the published study and the mean "
    "brightness are there to be compared with."
)
SOURCES = ("Files", "Folder", "Camera", "Sample")


def choose(source: str, model: str) -> tuple[uploads.Upload, ...]:
    """Let the visitor choose the pictures to judge, from the source that was picked."""
    if source == "Sample":
        if resources.card(model).on_public_set:
            return choose_sample()
        st.info(
            "The samples are castings, and this model was trained on another product. Give it pictures of its own "
            "product, or choose a model of castings.",
            icon=":material/category:",
        )
        return ()
    key = f"{source}-{st.session_state.get('cleared', 0)}"
    arguments: Any = {"key": key, "on_change": uploads.keep, "args": (source, key)}
    if source == "Camera":
        st.camera_input("Photograph the part from above, whole and in focus", **arguments)
    else:
        st.file_uploader(
            "Drop one or many pictures of parts: JPEG, PNG, BMP, TIFF, WebP or AVIF, up to 32 MB each, 256 MB in all",
            accept_multiple_files="directory" if source == "Folder" else True,
            **arguments,
        )
    chosen = uploads.kept(source)
    if len(chosen) > 1:
        st.button("Clear the list", icon=":material/delete_sweep:", on_click=clear)
    return chosen


def choose_sample() -> tuple[uploads.Upload, ...]:
    """One of the castings that the product renders by itself."""
    pictures = sample_pictures()
    name = st.pills(
        "Castings that this app rendered; they are no photographs of real parts",
        list(pictures),
        default=next(iter(pictures)),
        required=True,
        key="sample",
        bind="query-params",
    )
    st.caption(pictures[name].sentence)
    return (pictures[name].upload,)


def invite(model: str) -> None:
    """Say what to do on an empty page: give a picture, or try one of the samples, which are castings."""
    if not resources.card(model).on_public_set:
        st.info(
            "Nothing to judge yet. Drop pictures above or take one with the camera, taken as those were that the "
            "model was trained on.",
            icon=":material/touch_app:",
        )
        return
    st.info(
        "Nothing to judge yet. Drop pictures above or take one with the camera. The part should be seen "
        "from above, whole and in focus, as in these samples.",
        icon=":material/touch_app:",
    )
    with st.container(horizontal=True):
        for name, sample in sample_pictures().items():
            with st.container(width=140, gap="xsmall"):  # all in one row on a desk
                st.image(sample.upload.data, alt=f"{name}. {sample.sentence}")
                st.button(name, key=f"try {name}", on_click=try_sample, args=(name,), width="stretch")


def try_sample(name: str) -> None:
    """Turn to the samples, and pick one."""
    st.session_state["source"] = "Sample"
    st.session_state["sample"] = name


def clear() -> None:
    """Forget the pictures, and empty the uploader by giving it a new key."""
    uploads.clear()
    st.session_state["cleared"] = st.session_state.get("cleared", 0) + 1


def tell_purpose(model: str) -> None:
    """Say what the chosen model is there for, where there is a choice or it is not the one made for castings."""
    card = resources.card(model)
    if card.on_public_set and architecture(card.architecture).comparison_only:
        # a warning: a verdict stands below, with advice
        st.warning(wording.as_it_is(wording.purpose(card)), icon=":material/science:")
    elif model != DEFAULT or len(resources.models()) > 1:
        with st.container(horizontal_alignment="right"):  # below the choice; on a phone that is all of the width
            st.caption(wording.as_it_is(wording.purpose(card)), width="content")


navigation.require()
st.title("Is this part sound?", anchor=False)
st.markdown("Give a photograph of a casting, taken from above, and see the verdict and what it rests on.")
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    source = inputs.one_of("Where the pictures come from", SOURCES, "source")
    model = inputs.model(resources.models() or [DEFAULT], instead="another one judges", help=MODEL_HELP) or DEFAULT
try:
    tell_purpose(model)
    pictures = choose(source, model)
    if len(pictures) == 1:
        single.show(pictures[0], model=model)
    elif pictures:
        batch.show(pictures, model=model)
    elif source != "Sample":  # of which it was told why there is none
        invite(model)
except CastingError as error:
    damaged = isinstance(error, ModelError)
    said = "This model cannot be used; choose another one." if damaged else "The picture could not be judged."
    trouble.complain(said, error)
