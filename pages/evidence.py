"""The page Evidence: how far a model can be trusted on parts that it has never seen."""

import streamlit as st

from pages.shared import inputs, navigation, trouble
from pages.views.evidence import detectability, maps, robustness, unseen, worth

VIEWS = {
    "Parts never seen": unseen.show,
    "Smallest defect seen": detectability.show,
    "What shakes it": robustness.show,
    "Does the map point at it?": maps.show,
    "What it is worth": worth.show,
}

navigation.require()
st.title("How far can it be trusted on parts it has never seen?", anchor=False)
st.markdown("What was measured, on which pictures, how sure that is, and what it would mean in a plant.")
view = inputs.one_of("View", VIEWS, "view")
with trouble.complaining("This view cannot be shown."):
    VIEWS[view]()
