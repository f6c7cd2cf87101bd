"""The page Comparison: which model is better, and how did it get there."""

import streamlit as st

from pages.shared import inputs, navigation, trouble
from pages.views.comparison import behaviour, curves, models_table, threshold

VIEWS = {
    "Table": models_table.show,
    "Curves": curves.show,
    "Behaviour": behaviour.show,
    "Threshold": threshold.show,
}

navigation.require()
st.title("Which model is better, and how did it get there?", anchor=False)
st.markdown(
    "Every figure comes from the models’ cards, logs and predictions. Judge a model by **castings that it has never "
    "seen**: on the official test even a model that only remembers does well."
)
view = inputs.one_of("View", VIEWS, "view")
with trouble.complaining("This view cannot be shown."):
    VIEWS[view]()
