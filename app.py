"""The frame of the app: page settings, navigation (`pages/shared/navigation.py` lists the pages), run.

`streamlit run` imports this file for the server, with its door; Streamlit runs it as a script for every page.
"""

import streamlit as st
from starlette.middleware import Middleware

from casting_core.system.openmp import wait_briefly
from pages.shared import navigation, resources
from pages.shared.server.admission import Admission
from pages.shared.server.door import Door
from pages.shared.server.startup import greet
from pages.shared.server.upload_limit import UploadLimit

ICON = (  # drawn here: Streamlit would fetch its own from the internet
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="10" fill="none" '
    'stroke="#1F5F8B" stroke-width="8"/><circle cx="23" cy="9" r="4" fill="#E69F00"/></svg>'
)

wait_briefly()
if __name__ == "__main__":
    st.set_page_config(page_title="Casting Inspector", page_icon=ICON, layout="wide")
    navigation.navigate().run()
    resources.warm_up()  # last, so that the first page need not wait for it
else:
    layers = [Middleware(layer) for layer in (Door, Admission, UploadLimit)]
    app = st.App(__file__, middleware=layers, lifespan=greet)
