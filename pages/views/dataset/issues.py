"""Pictures that a person should look at: doubtful labels, odd ones, bad photographs; and their marks."""

import streamlit as st

from casting_core.exploration.issues.find import Issue, IssueType, find_issues
from casting_core.exploration.table import Table
from pages.views.dataset import gallery, loaded, marking


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
    kind = st.pills(
        "What is suspicious",
        list(found),
        default=next(iter(found)),
        required=True,
        format_func=lambda name: f"{name.title} ({len(found[name])})",
        key="suspicion",
    )
    st.markdown(kind.explanation)
    told = {each.index: each.sentence for each in found[kind]}
    with st.container(horizontal=True, vertical_alignment="center"):
        hide = st.toggle("Hide those that are marked", key="hide-marked", bind="query-params")
    marks = marking.current(table)
    if hide:
        held = marking.holding(table, marks)
        told = {place: said for place, said in told.items() if table.rows["path"].iloc[place] not in held}
    if told:
        gallery.draw(table, list(told), key="suspects", extra=told)
    else:
        st.success("All of these are marked.", icon=":material/done_all:")
        marking.tools(table, marks)


def suspicions(table: Table) -> dict[IssueType, list[Issue]]:
    """All suspicions by kind, the strongest first; found once a set, judge and classes."""
    with st.spinner("Looking for what is suspicious…"):
        return _found(table, table.model)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=loaded.PER_TABLE)
def _found(table: Table, model: str | None) -> dict[IssueType, list[Issue]]:
    """`model`: the table's own; with another one it is another table."""
    rows, index = table.rows, table.index
    known = table.classes is not None
    if known:
        rows = rows.assign(positive=rows["label"] == "defective")
    if index is not None and index.grouping != "picture":
        rows = rows.assign(part_found=rows["margin"].notna())
    found = find_issues(
        rows.astype({"suspect": bool}),
        thresholds=table.thresholds if known and table.unseen else None,
        edges=None if index is None else index.forest.links.T,
        features=None if index is None else index.features,
    )
    by_kind = {kind: [each for each in found if each.kind is kind] for kind in IssueType}
    return {kind: mine for kind, mine in by_kind.items() if mine}
