"""All pictures on a plane, by what the model sees in them; an area that is drawn there becomes the gallery below."""

import numpy as np
import streamlit as st

from casting_core.charts import style
from casting_core.charts.feature_map import feature_map
from casting_core.charts.style import LABELS, WORDS, plain
from casting_core.exploration.browse import inside
from casting_core.exploration.table import Table
from pages.shared.widgets import INK
from pages.views.dataset import gallery

KEY, AREA = "map", "area"  # of the chart; in the link
CORNERS = 60  # of an area, at most: the link must stay short
NEIGHBOURS, COMPONENTS = "Neighbours together (t-SNE)", "Largest differences (PCA)"
COLOURED = {  # title → column
    "Filed as": "label",
    "Class": "name",
    "Split": "split",
    "What became of it": "outcome",
    "Photograph": "source",
}


def show(table: Table) -> None:
    """Draw the map, and the pictures of the area that was chosen."""
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
        options = {title: column for title, column in COLOURED.items() if table.rows[column].nunique() > 1}
        options = options or {"Filed as": "label"}
        colour = st.selectbox("Colour", list(options), key="colour", bind="query-params", width=220)
    area = chosen_area()
    points = index.tsne if drawn == NEIGHBOURS else index.pca
    axes = ("t-SNE 1", "t-SNE 2")
    if drawn == COMPONENTS:
        first, second = (f"{100 * share:.0f} %" for share in index.explained)
        axes = (f"First component ({first} of the variance)", f"Second component ({second})")
    _draw(table, points, axes, colour, options[colour], area)
    st.caption(
        "Each point is a picture; pictures that the network of castnet sees alike lie near each other. Draw around a "
        "group with the mouse, and it is listed below. "
        + ("Distances between groups mean little on this map." if drawn == NEIGHBOURS else "Distances can be compared.")
    )
    if area is None:
        st.info("Nothing is chosen on the map, so all pictures are listed.", icon=":material/gesture_select:")
        gallery.show(table)
    else:
        st.button("Clear the area", icon=":material/deselect:", on_click=forget)
        gallery.show(table, inside(points, area))


def _draw(
    table: Table, points: np.ndarray, axes: tuple[str, str], colour: str, column: str, area: np.ndarray | None
) -> None:
    rows = table.rows
    files, names = rows["file"].map(plain), rows["name"].map(plain)
    columns = zip(files, rows["split"], names, rows["outcome"], strict=True)
    hover = [f"{file}<br>{split} {name}, {told}" for file, split, name, told in columns]
    told = rows[column].astype(str)
    if column == "label":
        told = told.map({str(label): word for label, word in WORDS.items()} | {"": "unknown"})
    looks = {WORDS[label]: look for label, look in LABELS.items()}
    chart = feature_map(points, told.tolist(), hover, axes=axes, outline=area, looks=looks)
    style.ink(chart.figure, INK[st.context.theme.type or "light"])
    st.plotly_chart(
        chart.figure,
        key=KEY,
        on_select=take_area,
        selection_mode=("lasso", "box"),
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"{chart.alt} Coloured by: {colour}. What is drawn around is listed below.",
    )


def forget() -> None:
    """Nothing is chosen any more."""
    st.query_params.pop(AREA, None)
    st.session_state.pop(KEY, None)


def take_area() -> None:
    """Put the outline of what was drawn into the link."""
    selection = st.session_state[KEY].selection
    if selection.get("lasso"):
        last = selection["lasso"][-1]
        outline = list(zip(last["x"], last["y"], strict=True))
    elif selection.get("box"):
        (left, right), (low, high) = selection["box"][-1]["x"], selection["box"][-1]["y"]
        outline = [(left, low), (right, low), (right, high), (left, high)]
    else:
        st.query_params.pop(AREA, None)
        return
    kept = np.linspace(0, len(outline) - 1, min(len(outline), CORNERS)).round().astype(int)
    st.query_params[AREA] = "_".join("{:.5g},{:.5g}".format(*outline[place]) for place in kept)


def chosen_area() -> np.ndarray | None:
    """Read the outline in the link, float (V, 2); None where there is none, or it is nonsense."""
    told = st.query_params.get(AREA)
    if not told or len(told) > 40 * CORNERS:
        return None
    try:
        outline = np.array([[float(value) for value in corner.split(",")] for corner in told.split("_")], float)
    except ValueError:
        return None
    right = outline.ndim == 2 and outline.shape[1] == 2 and len(outline) > 2 and np.isfinite(outline).all()
    return outline if right else None
