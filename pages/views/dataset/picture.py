"""One picture of a set: large, with its heatmap, its facts, the other pictures of its photograph, and its like."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.charts.overlay import percent
from casting_core.charts.style import WORDS
from casting_core.data.images import read
from casting_core.errors import CastingError, ImageError
from casting_core.exploration.neighbours import neighbours
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT
from pages.shared import gallery, resources, uploads, widgets
from pages.shared.marked import as_uri
from pages.shared.tables import show_table
from pages.shared.uploads import Upload
from pages.shared.wording import as_it_is
from pages.views.dataset import loaded, marking, tiles
from pages.views.dataset.opened import dialog, turn_to

COPIES = 8  # of its photograph, shown aligned
SMALL = 220  # px, at most, of each


def show(table: Table) -> None:
    """Open the picture that the link names, in a dialog; nothing where it names none."""
    unknown = "The picture that this link names is not in this data set."
    dialog(table.places.__contains__, lambda path: _draw(table, table.places[path]), unknown=unknown)


def _draw(table: Table, place: int) -> None:
    row = table.rows.iloc[place].to_dict()
    st.text(row["path"])
    if table.index is None:
        st.info("This picture is not on this computer; what is known of it stands below.", icon=":material/hide_image:")
    else:
        _large(table, table.index.root, row)
    _facts(table, row)
    if table.index is not None:
        _marks(table, row["path"])
        _copies(table, place, row)
        _alike(table, table.index.features, place)


def _large(table: Table, root: Path, row: dict[str, Any]) -> None:
    """Draw the picture beside its evidence, as the shipped model sees it now."""
    upload = as_upload(root, row["path"])
    if upload is None:
        st.warning("This picture is no longer in its folder, or cannot be read any more.", icon=":material/hide_image:")
        return
    if upload.sha256 != row["sha256"]:
        st.warning("This picture has changed since the index was made.", icon=":material/sync_problem:")
    model = table.model if table.model is not None and resources.has_convolutions(table.model) else DEFAULT
    try:
        with st.spinner("Judging the picture…"):
            judged = resources.judge(upload, model=model)
    except CastingError as error:
        st.info("There is no evidence map: the model cannot be used.", icon=":material/block:")
        st.text(str(error))
        return
    if judged.picture is None:
        st.text(judged.inspection.reason)
        return
    widgets.evidence(judged.picture, judged.evidence, judged.inspection, opacity=0.7)
    told = "–" if judged.inspection.probability is None else percent(judged.inspection.probability)
    seen = " It was trained on this photograph, so it may remember it." if table.public else ""
    st.caption(
        f"The evidence map is that of the shipped model {model}, which gives this picture a probability of a defect of "
        f"{told}.{seen}"
    )
    if st.button("Open in inspection", icon=":material/troubleshoot:"):
        st.session_state["source"] = "Files"
        st.session_state[uploads.KEPT] = ("Files", (upload,))
        st.switch_page("pages/inspection.py", query_params={"model": model})


def as_upload(root: Path, path: str) -> Upload | None:
    """Read a picture of a set as if it had been given to the app; None where it is gone."""
    try:
        data = read(root / path)
    except ImageError:
        return None
    assert isinstance(data, bytes)
    return Upload(name=Path(path).name, sha256=hashlib.sha256(data).hexdigest(), data=data)


def _facts(table: Table, row: dict[str, Any]) -> None:
    copies = int((table.rows["source"] == row["source"]).sum())
    told = [
        ("Split", row["split"] or "none"),
        ("Class", row["name"]),
        ("Filed as", WORDS.get(row["label"], "not known")),
        ("Source photograph", f"{row['source']}, shown by {copies:,} picture{'' if copies == 1 else 's'}"),
        ("By-source fold", str(row["fold"]) if row["fold"] >= 0 else "none"),
        ("Label doubted", "yes" if row["suspect"] else "no"),
    ]
    if row["verdict"]:
        unseen = "never having seen this casting" if table.unseen else "which may know this casting"
        p = "–" if np.isnan(row["probability"]) else percent(row["probability"])
        told.append((f"Judged by {table.model}, {unseen}", f"{p}: {row['outcome']}"))
    if table.index is not None:
        told += [
            ("Defects, as the set says", row["kinds"] or "none told"),
            ("Size", f"{row['width']} × {row['height']} px, {row['size']:,} bytes"),
            ("Brightness (grey level)", f"{row['brightness']:.0f}"),
            ("Sharpness (log10)", f"{row['sharpness']:.2f}"),
        ]
    told.append(("SHA-256", row["sha256"]))
    columns = {"fact": "Fact", "value": st.column_config.TextColumn("Value", width="large")}
    show_table(told, columns, "Facts about this picture.", height="content")


def _marks(table: Table, path: str) -> None:
    key = f"mark {path}"
    st.session_state[key] = marking.holding(table, marking.current(table)).get(path)
    st.segmented_control(
        "Mark this picture as",
        list(marking.TITLES),
        format_func=marking.TITLES.__getitem__,
        key=key,
        on_change=lambda: marking.put(table, path, st.session_state[key]),
    )


def _copies(table: Table, place: int, row: dict[str, Any]) -> None:
    """Other pictures of the same photograph, laid onto this one."""
    others = [p for p in np.flatnonzero((table.rows["source"] == row["source"]).to_numpy()).tolist() if p != place]
    if not others:
        return
    shown = [others[round(at)] for at in np.linspace(0, len(others) - 1, min(COPIES, len(others)))]
    count = f"{len(shown)} of {len(others):,}"
    st.markdown(f"**Other pictures of the same photograph**, turned to lie as this one does: {count}")
    made = []
    for other in shown:
        told = table.rows.iloc[other]
        laid = aligned(table, place, other)
        note = "same file" if told["sha256"] == row["sha256"] else "cannot be laid on" if laid is None else laid[1]
        made.append(
            gallery.Tile(
                key=told["path"],
                title=told["file"],
                source=tiles.source(table, other) if laid is None else laid[0],
                notes=[(tiles.filed(told), bool(told["label"] != row["label"])), (note, False)],
            )
        )
    gallery.show(made, key="copies", label="Other pictures of the same photograph", on_open=turn_to)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=loaded.PER_TABLE)
def aligned(table: Table, first: int, second: int) -> tuple[str, str] | None:
    """Lay the second picture onto the first: a data URI, and how it was turned; None where one cannot be read."""
    pair = loaded.laid(table, first, second)
    if pair is None:
        return None
    laid = pair[1]
    small = Image.fromarray(laid.pixels)
    small.thumbnail((SMALL, SMALL))
    turned = f"{'mirrored, ' if laid.mirrored else ''}turned by {laid.angle % 360:.0f}°"
    alike = "" if laid.similarity is None else f", {100 * laid.similarity:.0f} % alike in detail"
    return as_uri(small), turned + alike


def _alike(table: Table, features: np.ndarray, place: int) -> None:
    """Draw the nearest pictures of each class by the model's features."""
    if not features.any():
        return
    group = table.rows["label" if table.classes is not None else "name"].to_numpy()
    found = neighbours(features, table.rows["source"].to_numpy(), group, place)
    st.markdown("**Most alike by what the model sees**, other photographs of each class")
    words = {str(label): word for label, word in WORDS.items()}
    for name, near in found.items():
        st.caption(as_it_is(words.get(name, name).capitalize()))
        extra = {each.index: f"{100 * max(each.similarity, 0):.0f} % alike" for each in near}
        shown = tiles.tiles(table, list(extra), {}, extra)
        gallery.show(shown, key=f"alike {name}", label=f"Most alike pictures of the class {name}", on_open=turn_to)
