"""One picture of a set: large, with its heatmap, its facts, the other pictures of its photograph, and its like."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from casting_core.charts.overlay import percent
from casting_core.data.provenance.alignment import lay_onto
from casting_core.errors import CastingError
from casting_core.exploration.neighbours import neighbours
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT
from pages.shared import resources, uploads, widgets
from pages.shared.downloads import neutral
from pages.shared.gallery import Tile
from pages.shared.gallery import show as show_gallery
from pages.shared.stepping import steps
from pages.shared.uploads import Upload
from pages.shared.wording import as_it_is
from pages.views.dataset import loaded, marking, tiles

OPENED, SEQUENCE = "picture", "sequence"  # in the link; in the session
COPIES = 8  # of its photograph, shown aligned
NOT_JUDGED = "–"


def turn_to(path: str | None, sequence: Sequence[str] | None = None) -> None:
    """Open a picture, None: close it. `sequence`: paths that can be stepped through from there."""
    if path is None:
        st.query_params.pop(OPENED, None)
    else:
        st.query_params[OPENED] = path
    if sequence is not None:
        st.session_state[SEQUENCE] = list(sequence)


def show(table: Table) -> None:
    """The picture that the link names, in a dialog; nothing where it names none."""
    path = st.query_params.get(OPENED)
    if path is None:
        return
    if path not in table.places:
        st.toast("The picture that this link names is not in this data set.", icon=":material/info:")
        return
    st.dialog("Picture", width="large", icon=":material/image:", on_dismiss=lambda: turn_to(None))(_dialog)(table, path)


def _dialog(table: Table, path: str) -> None:
    path = st.session_state.get("stepped") or path
    st.session_state.pop("stepped", None)
    place = table.places[path]
    steps(st.session_state.get(SEQUENCE, ()), path, _step)
    row = table.rows.iloc[place].to_dict()
    st.text(path)
    if table.index is None:
        st.info("This picture is not on this computer; what is known of it stands below.", icon=":material/hide_image:")
    else:
        _large(table, row)
    _facts(table, row)
    if table.index is not None:
        _marks(table, row)
        _copies(table, place, row)
        _alike(table, place)


def _step(path: str) -> None:
    turn_to(path)
    st.session_state["stepped"] = path


def _large(table: Table, row: dict[str, Any]) -> None:
    """The picture beside its evidence, as the shipped model sees it now."""
    assert table.index is not None
    upload = as_upload(table.index.root, row["path"])
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
    """A picture of a set as if it had been given to the app; None where it is gone."""
    import hashlib

    from casting_core.data.images import read
    from casting_core.errors import ImageError

    try:
        data = read(root / path)
    except ImageError:
        return None
    assert isinstance(data, bytes)
    return Upload(name=Path(path).name, sha256=hashlib.sha256(data).hexdigest(), data=data)


def _facts(table: Table, row: dict[str, Any]) -> None:
    copies = int((table.rows["source"] == row["source"]).sum())
    copied = "1 picture" if copies == 1 else f"{copies:,} pictures"
    told = [
        ("Split", row["split"] or "none"),
        ("Class", row["name"]),
        ("Filed as", tiles.LABELS[row["label"]] or "not known"),
        ("Source photograph", f"{row['source']}, shown by {copied}"),
        ("By-source fold", row["fold"] if row["fold"] >= 0 else "none"),
        ("Label doubted", "yes" if row["suspect"] else "no"),
    ]
    if row["verdict"]:
        unseen = "never having seen this casting" if table.unseen else "which may know this casting"
        p = NOT_JUDGED if np.isnan(row["probability"]) else percent(row["probability"])
        told += [(f"Judged by {table.model}, {unseen}", f"{p}: {row['outcome']}")]
    if table.index is not None:
        told += [
            ("Defects, as the set says", row["kinds"] or "none told"),
            ("Size", f"{row['width']} × {row['height']} px, {row['size']:,} bytes"),
            ("Brightness (grey level)", f"{row['brightness']:.0f}"),
            ("Sharpness (log10)", f"{row['sharpness']:.2f}"),
        ]
    told.append(("SHA-256", row["sha256"]))
    st.dataframe(
        [{"fact": name, "value": neutral(str(value))} for name, value in told],
        hide_index=True,
        column_config={"fact": "Fact", "value": st.column_config.TextColumn("Value", width="large")},
        height="content",
        alt="Facts about this picture.",
    )


def _marks(table: Table, row: dict[str, Any]) -> None:
    held = marking.holding(table, marking.current(table)).get(row["path"])
    key = f"mark {row['path']}"
    st.session_state[key] = None if held is None else marking.TITLES[held]

    def take() -> None:
        title = st.session_state[key]
        wanted = next((mark for mark, each in marking.TITLES.items() if each == title), None)
        marking.put(table, {row["path"]: row["sha256"]}, wanted)

    st.segmented_control("Mark this picture as", list(marking.TITLES.values()), key=key, on_change=take)


def _copies(table: Table, place: int, row: dict[str, Any]) -> None:
    """Other pictures of the same photograph, laid onto this one."""
    assert table.index is not None
    others = [p for p in np.flatnonzero((table.rows["source"] == row["source"]).to_numpy()).tolist() if p != place]
    if not others:
        return
    shown = [others[round(at)] for at in np.linspace(0, len(others) - 1, min(COPIES, len(others)))]
    count = f"{len(shown)} of {len(others):,}"
    st.markdown(f"**Other pictures of the same photograph**, turned to lie as this one does: {count}")
    made = []
    for other in shown:
        told = table.rows.iloc[other]
        filed = f"{told['split']}, {told['name']}".strip(", ")
        laid = aligned(str(table.index.root), row["path"], told["path"], row["sha256"], told["sha256"])
        note = "same file" if told["sha256"] == row["sha256"] else "cannot be laid on" if laid is None else laid[1]
        source = tiles.source(table, other) if laid is None else laid[0]
        made.append(
            Tile(
                key=told["path"],
                title=told["file"],
                source=source,
                notes=[(filed, bool(told["label"] != row["label"])), (note, False)],
            )
        )
    show_gallery(made, key="copies", label="Other pictures of the same photograph", on_open=_step)


@st.cache_data(max_entries=256, show_spinner=False)
def aligned(root: str, first: str, second: str, sha_first: str, sha_second: str) -> tuple[str, str] | None:
    """The second picture laid onto the first, as a data URI, and how it was turned; None where one cannot be read."""
    from PIL import Image

    from pages.shared.marked import as_uri

    one, other = loaded.pixels(root, first, sha_first), loaded.pixels(root, second, sha_second)
    if one is None or other is None:
        return None
    laid = lay_onto(one, other)
    small = Image.fromarray(laid.pixels)
    small.thumbnail((220, 220))
    turned = f"{'mirrored, ' if laid.mirrored else ''}turned by {laid.angle % 360:.0f}°"
    alike = "" if laid.similarity is None else f", {100 * laid.similarity:.0f} % alike in detail"
    return as_uri(small), turned + alike


def _alike(table: Table, place: int) -> None:
    """The nearest pictures of each class by the model's features."""
    index = table.index
    assert index is not None
    if not index.features.any():
        return
    group = table.rows["label" if table.classes is not None else "name"].to_numpy()
    found = neighbours(index.features, table.rows["source"].to_numpy(), group, place)
    st.markdown("**Most alike by what the model sees**, other photographs of each class")
    extra = {n.index: f"{100 * max(n.similarity, 0):.0f} % alike" for near in found.values() for n in near}
    for name, near in found.items():
        st.caption(as_it_is((tiles.LABELS.get(name) or name).capitalize()))
        shown = tiles.tiles(table, [n.index for n in near], {}, extra)
        show_gallery(shown, key=f"alike {name}", label=f"Most alike pictures of the class {name}", on_open=_step)
