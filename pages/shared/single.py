"""One picture: its verdict first, then the evidence, Grad-CAM, the places, and the record."""

import streamlit as st

from pages.shared import downloads, resources, widgets
from pages.shared.uploads import Upload


def show(upload: Upload) -> None:
    """All that is known of one picture."""
    st.text(upload.name)
    if upload.data is None:
        st.error("No verdict: this file was not taken.", icon=":material/hide_image:")
        st.text(upload.refusal)
        return
    with st.spinner("Judging the picture…"):
        judged = resources.judge(upload)
    inspection = judged.inspection
    if inspection.probability is None:
        with st.container(border=True):
            widgets.verdict(inspection)
    else:
        left, right = st.columns([2, 3], vertical_alignment="center", border=True)
        with left:
            widgets.verdict(inspection)
        with right:
            widgets.probability(inspection, inspection.probability)
    if judged.picture is not None:
        explain(upload, judged)
        st.subheader("Places that speak for a defect", anchor=False)
        widgets.regions(inspection.regions)
    widgets.details(inspection)
    st.download_button(
        "Inspection as JSON",
        downloads.to_json(downloads.record(upload, inspection)),
        file_name="inspection.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )


@st.fragment
def explain(upload: Upload, judged: resources.Judged) -> None:
    """The picture, its evidence, and Grad-CAM beside it."""
    st.subheader("Where, and why", anchor=False)
    settings = st.columns(2, vertical_alignment="bottom")
    with settings[0]:
        opacity = st.slider("Opacity of the evidence (%)", 0, 100, 70, 5, key="opacity", bind="query-params")
    with settings[1]:
        with_cam = st.toggle("Show Grad-CAM beside it", value=True, key="gradcam", bind="query-params")
    places = st.columns(3 if with_cam else 2)
    with places[0]:
        st.markdown("**Picture**")
        st.image(judged.picture, width="stretch", alt="The picture as it was given.")
        st.caption(f"{judged.inspection.width} × {judged.inspection.height} px")
    with places[1]:
        st.markdown("**Evidence map** of this model")
        widgets.evidence(judged.picture, judged.evidence, judged.inspection, opacity / 100)
    if with_cam:
        with places[2]:
            st.markdown("**Grad-CAM**")
            heatmap = resources.grad_cam(upload)
            if heatmap is None:
                st.text("This model has no convolutions, so there is no Grad-CAM.")
                return
            widgets.grad_cam(judged.picture, heatmap)
            st.caption(
                "Its scale is its own: every map is stretched to its own maximum, so it glows on sound "
                "parts too. Compare parts by the evidence map, whose scale is the same for all."
            )
