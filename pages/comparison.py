"""Which model is better, and how did it get there?"""

import streamlit as st

from casting_core.errors import CastingError
from pages.shared import navigation
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
view = st.segmented_control("View", list(VIEWS), default="Table", required=True, key="view", bind="query-params")
try:
    VIEWS[view]()
except CastingError as error:
    st.error("This view cannot be shown.", icon=":material/error:")
    st.text(str(error))
