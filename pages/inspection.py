"""Is this part sound, and why was it flagged?"""

import streamlit as st

from casting_core.errors import CastingError
from pages.shared import batch, resources, single, uploads
from pages.shared.uploads import Upload

SOURCES = {
    "Files": ":material/upload_file:",
    "Folder": ":material/folder_open:",
    "Camera": ":material/photo_camera:",
    "Sample": ":material/science:",
}


def choose() -> tuple[Upload, ...]:
    """The pictures to judge, from the source that the visitor picked."""
    source = st.segmented_control(
        "Where the pictures come from",
        list(SOURCES),
        format_func=lambda name: f"{SOURCES[name]} {name}",
        default="Files",
        required=True,
        key="source",
        bind="query-params",
        label_visibility="collapsed",
    )
    if source == "Sample":
        return choose_sample()
    key = f"{source}-{st.session_state.get('cleared', 0)}"
    arguments = {"key": key, "on_change": uploads.keep, "args": (source, key)}
    if source == "Camera":
        st.camera_input("Photograph the part from above, whole and in focus", **arguments)
    else:
        st.file_uploader(
            "Drop one or many pictures of parts: JPEG, PNG, BMP, TIFF or WebP, up to 32 MB each",
            accept_multiple_files="directory" if source == "Folder" else True,
            **arguments,
        )
    chosen = uploads.kept(source)
    if len(chosen) > 1:
        st.button("Clear the list", icon=":material/delete_sweep:", on_click=clear)
    return chosen


def choose_sample() -> tuple[Upload, ...]:
    """One of the castings that the product renders by itself."""
    pictures = resources.sample_pictures()
    name = st.pills(
        "Rendered castings, no photographs of real parts",
        list(pictures),
        key="sample",
        bind="query-params",
    )
    if name is None:
        return ()
    st.caption(pictures[name].sentence)
    return (pictures[name].upload,)


def clear() -> None:
    """Forget the pictures, and empty the uploader by giving it a new key."""
    uploads.clear()
    st.session_state["cleared"] = st.session_state.get("cleared", 0) + 1


st.title("Is this part sound?", anchor=False)
st.markdown("Give a photograph of a casting, taken from above, and see the verdict and what it rests on.")
pictures = choose()
try:
    if not pictures:
        st.info(
            "Nothing to judge yet. Drop pictures above, take one with the camera, or pick **Sample** to see "
            "a casting that this app rendered.",
            icon=":material/touch_app:",
        )
    elif len(pictures) == 1:
        single.show(pictures[0])
    else:
        batch.show(pictures)
except CastingError as error:
    st.error("The picture could not be judged.", icon=":material/error:")
    st.text(str(error))
