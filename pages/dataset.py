"""The page Dataset: what the pictures look like, and what is wrong with them."""

import streamlit as st

from pages.shared import inputs, navigation, trouble
from pages.views.dataset import feature_map, gallery, issues, leakage, loaded, overview, picture, shortcuts, source

VIEWS = {
    "At a glance": overview.show,
    "Gallery": gallery.show,
    "Map": feature_map.show,
    "Is the test fair?": leakage.show,
    "Suspects": issues.show,
    "Shortcuts": shortcuts.show,
}

navigation.require()
st.title("What is in the data, and can it be trusted?", anchor=False)
st.markdown("What a model learns, and what its figures are worth, is decided by its pictures. Look at them here.")
with trouble.complaining("This data set cannot be shown."):
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
            VIEWS[inputs.one_of("View", VIEWS, "view")](table)
            picture.show(table)
