"""What do the pictures look like, and what is wrong with them?"""

import streamlit as st

from casting_core.errors import CastingError
from pages.explorer import (
    at_a_glance,
    fairness,
    feature_map,
    gallery,
    loaded,
    picture,
    shortcuts,
    source,
    suspects,
)
from pages.shared import frame

VIEWS = {
    "At a glance": at_a_glance.show,
    "Gallery": gallery.show,
    "Map": feature_map.show,
    "Is the test fair?": fairness.show,
    "Suspects": suspects.show,
    "Shortcuts": shortcuts.show,
}

frame.require()
st.title("What is in the data, and can it be trusted?", anchor=False)
st.markdown("What a model learns, and what its figures are worth, is decided by its pictures. Look at them here.")
try:
    top = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with top:
        chosen = source.choose()
    if chosen is not None:
        source.explain(chosen)
        table = loaded.load(chosen, top)
        if table is not None:
            if table.question:
                st.warning("It is not known which classes are defective; choose them above.", icon=":material/help:")
                st.text(table.question)
            view = st.segmented_control(
                "View", list(VIEWS), default="At a glance", required=True, key="view", bind="query-params"
            )
            VIEWS[view](table)
            picture.show(table)
except CastingError as error:
    st.error("This data set cannot be shown.", icon=":material/error:")
    st.text(str(error))
