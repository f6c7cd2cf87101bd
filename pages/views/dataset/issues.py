"""Pictures that a person should look at: doubtful labels, odd ones, bad photographs; and their marks."""

import numpy as np
import streamlit as st

from casting_core.exploration.issues.find import Issue, IssueType, find_issues
from casting_core.exploration.table import Table
from pages.views.dataset import gallery, marking


def show(table: Table) -> None:
    """One kind of suspicion at a time, the strongest first, to be marked."""
    st.subheader("Pictures that a person should look at", anchor=False)
    st.markdown(
        "None of these is certainly wrong. Open a picture, look, and mark it: **wrong label**, **unusable**, or "
        "**fine**. Marks change no picture and no label; training can leave the marked ones out."
    )
    found = suspicions(table)
    if not found:
        st.success("Nothing is suspicious.", icon=":material/check_circle:")
        return
    kinds = [kind for kind in IssueType if kind in found]
    kind = st.pills(
        "What is suspicious",
        kinds,
        default=kinds[0],
        required=True,
        format_func=lambda name: f"{name.title} ({len(found[name])})",
        key="suspicion",
    )
    st.markdown(kind.explanation)
    with st.container(horizontal=True, vertical_alignment="center"):
        held = marking.holding(table, marking.current(table))
        hide = st.toggle("Hide those that are marked", key="hide-marked", bind="query-params")
    mine = [each for each in found[kind] if not (hide and table.rows["path"].iloc[each.index] in held)]
    if not mine:
        st.success("All of these are marked.", icon=":material/done_all:")
        marking.tools(table, marking.current(table))
        return
    told = {each.index: each.sentence for each in mine}
    gallery.draw(table, list(told), key="suspects", extra=told)


def suspicions(table: Table) -> dict[IssueType, list[Issue]]:
    """All suspicions by kind, the strongest first; found once a set, judge and classes."""
    key = None if table.index is None else table.index.key
    classes = None if table.classes is None else tuple(sorted((n, str(label)) for n, label in table.classes.items()))
    with st.spinner("Looking for what is suspicious…"):
        return _found(key, classes, table.model, table)


@st.cache_resource(max_entries=4, show_spinner=False)
def _found(
    key: str | None, classes: tuple[tuple[str, str], ...] | None, model: str | None, _table: Table
) -> dict[IssueType, list[Issue]]:
    rows, index = _table.rows, _table.index
    known = _table.classes is not None
    judged = known and _table.thresholds is not None and _table.unseen
    low, high = _table.thresholds if judged and _table.thresholds else (None, None)
    measures = None
    if index is not None:
        measures = {name: index.measures[name] for name in ("brightness", "dark", "bright", "sharpness", "margin")}
    found = find_issues(
        positive=(rows["label"] == "defective").to_numpy() if known else None,
        source=rows["source"].to_numpy(),
        sha256=rows["sha256"].tolist(),
        probability=rows["probability"].to_numpy() if judged else None,
        threshold_pass=low,
        threshold_reject=high,
        filed_suspect=rows["suspect"].to_numpy(bool),
        measures=measures,
        part_found=None if index is None or index.grouping == "picture" else ~np.isnan(index.measures["margin"]),
        edges=None if index is None else index.forest.links.T,
        features=None if index is None else index.features,
    )
    by_kind: dict[IssueType, list[Issue]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    return by_kind
