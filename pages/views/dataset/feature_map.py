"""All pictures on a plane, by what the model sees in them; an area that is drawn there becomes the gallery below."""

import numpy as np
import streamlit as st

from casting_core.charts import style
from casting_core.charts.feature_map import feature_map
from casting_core.charts.style import LABELS, WORDS
from casting_core.exploration.browse import inside
from casting_core.exploration.table import Table
from casting_core.labels import Label
from pages.shared.widgets import INK
from pages.views.dataset import gallery

KEY, AREA = "map", "area"  # of the chart; in the link
CORNERS = 60  # of an area, at most: the link must stay short
NEIGHBOURS, COMPONENTS = "Neighbours together (t-SNE)", "Largest differences (PCA)"
COLOURED = {
    "label": "Filed as",
    "name": "Class",
    "split": "Split",
    "outcome": "What became of it",
    "source": "Photograph",
}


def show(table: Table) -> None:
    """The map, and the pictures of the area that was chosen."""
    index = table.index
    st.subheader("All pictures by what the model sees in them", anchor=False)
    if index is None or not index.features.any():
        st.info(
            "There is no map: it is made from the pictures themselves, and needs at least three that differ.",
            icon=":material/layers_clear:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        drawn = st.segmented_control(
            "Map", (NEIGHBOURS, COMPONENTS), default=NEIGHBOURS, required=True, key="plane", bind="query-params",
            on_change=forget,
            wrap=True,
        )  # fmt: skip
        options = [title for column, title in COLOURED.items() if table.rows[column].nunique() > 1]
        options = options or [COLOURED["label"]]
        colour = st.selectbox("Colour", options, key="colour", bind="query-params", width=220)
    column = next(name for name, title in COLOURED.items() if title == colour)
    points = index.tsne if drawn == NEIGHBOURS else index.pca
    axes = ("t-SNE 1", "t-SNE 2")
    if drawn == COMPONENTS:
        first, second = (f"{100 * share:.0f} %" for share in index.explained)
        axes = (f"First component ({first} of the variance)", f"Second component ({second})")
    area = chosen_area()
    rows = table.rows
    hover = [f"{file}<br>{split} {name}, {told}" for file, split, name, told in zip(
        rows["file"].map(_plain), rows["split"], rows["name"].map(_plain), rows["outcome"], strict=True
    )]  # fmt: skip
    told = rows[column].astype(str)
    if column == "label":
        told = told.map(lambda label: WORDS[Label(label)] if label else "unknown")
    by_word = {WORDS[label]: look for label, look in LABELS.items()}
    chart = feature_map(points, told.tolist(), hover, axes=axes, outline=area, looks=by_word)
    style.ink(chart.figure, INK[st.context.theme.type or "light"])
    st.plotly_chart(
        chart.figure,
        key=KEY,
        on_select=take_area,
        selection_mode=("lasso", "box"),
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"{chart.alt} Coloured by: {colour}. What is drawn around is listed below.",
    )
    st.caption(
        "Each point is a picture; pictures that the network of castnet sees alike lie near each other. Draw around a "
        "group with the mouse, and it is listed below. "
        + ("Distances between groups mean little on this map." if drawn == NEIGHBOURS else "Distances can be compared.")
    )
    if area is None:
        st.info("Nothing is chosen on the map, so all pictures are listed.", icon=":material/gesture_select:")
        gallery.browse(gallery.with_marks(table), None)
        return
    st.button("Clear the area", icon=":material/deselect:", on_click=forget)
    gallery.browse(gallery.with_marks(table), inside(points, area))


def _plain(text: str) -> str:
    """For hover texts, which read a little HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def forget() -> None:
    """Nothing is chosen any more."""
    st.query_params.pop(AREA, None)
    st.session_state.pop(KEY, None)


def take_area() -> None:
    """Put the outline of what was drawn into the link."""
    selection = st.session_state[KEY].selection
    outline: np.ndarray | None = None
    if selection.get("lasso"):
        last = selection["lasso"][-1]
        outline = np.stack([last["x"], last["y"]], axis=1).astype(float)
    elif selection.get("box"):
        (left, right), (low, high) = selection["box"][-1]["x"], selection["box"][-1]["y"]
        outline = np.array([[left, low], [right, low], [right, high], [left, high]], float)
    if outline is None:
        st.query_params.pop(AREA, None)
        return
    if len(outline) > CORNERS:
        outline = outline[np.linspace(0, len(outline) - 1, CORNERS).round().astype(int)]
    st.query_params[AREA] = "_".join(f"{x:.5g},{y:.5g}" for x, y in outline)


def chosen_area() -> np.ndarray | None:
    """The outline in the link, float (V, 2); None where there is none, or it is nonsense."""
    told = st.query_params.get(AREA)
    if not told or len(told) > 40 * CORNERS:
        return None
    try:
        outline = np.array([[float(value) for value in corner.split(",")] for corner in told.split("_")], float)
    except ValueError:
        return None
    right = outline.ndim == 2 and outline.shape[1] == 2 and len(outline) > 2 and np.isfinite(outline).all()
    return outline if right else None
