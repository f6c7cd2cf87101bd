"""Many pictures: judged one after the other, listed in a table, any of them opened."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from casting_core.labels import Verdict
from pages.shared import downloads, resources, single
from pages.shared.downloads import Line
from pages.shared.uploads import Upload
from pages.shared.widgets import WORDING

if TYPE_CHECKING:
    from casting_core import Inspection


def show(chosen: tuple[Upload, ...]) -> None:
    """Judge what waits, then the counts, the table, and the picture that was opened."""
    results = judge_waiting(chosen)
    lines: list[Line] = [(upload, results.get(upload.sha256)) for upload in chosen]
    tally(lines)
    opened = table(lines)
    with st.container(horizontal=True):
        st.download_button(
            "Table as CSV",
            lambda: downloads.to_csv(lines),
            "inspections.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Inspections as JSON",
            lambda: downloads.to_json([downloads.record(*line) for line in lines]),
            "inspections.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    if opened is None:
        st.info("Select a line of the table to open that picture.", icon=":material/table_view:")
    else:
        st.divider()
        single.show(chosen[opened])


def judge_waiting(chosen: tuple[Upload, ...]) -> "dict[str, Inspection]":
    """Judge what has no result yet, with progress; a click on Stop ends it and keeps what is done.

    Any other click interrupts it too, and it goes on where it was: results are kept as they come.
    """
    ours = {upload.sha256 for upload in chosen if upload.data is not None}
    before: dict[str, Inspection] = st.session_state.get("results", {})
    results = {sha256: inspection for sha256, inspection in before.items() if sha256 in ours}
    st.session_state["results"] = results
    missing = ours - set(results)
    waiting = [upload for upload in {u.sha256: u for u in chosen}.values() if upload.sha256 in missing]
    if not waiting:
        return results
    place = st.empty()
    with place.container():
        if st.session_state.get("stopped") == ours:
            st.warning(f"Stopped: {len(waiting)} not judged yet.", icon=":material/pause_circle:")
            st.button("Go on", icon=":material/play_arrow:", on_click=halt, args=(None,))
            return results
        bar = st.progress(0.0, f"Judging {len(waiting)} pictures…")
        st.button("Stop", icon=":material/stop:", on_click=halt, args=(ours,))
        judged = zip(waiting, resources.judge_many(waiting), strict=True)
        for done, (upload, inspection) in enumerate(judged, start=1):
            results[upload.sha256] = inspection
            bar.progress(done / len(waiting), f"Judged {done} of {len(waiting)} pictures")
    place.empty()
    return results


def halt(pictures: set[str] | None) -> None:
    """Leave these pictures, by their SHA-256, as they are; None: none."""
    st.session_state["stopped"] = pictures


def tally(lines: Sequence[Line]) -> None:
    """How many pictures got which verdict."""
    counts = Counter(verdict_of(line) for line in lines)
    with st.container(horizontal=True):
        for verdict, wording in WORDING.items():
            if counts[verdict]:
                icon = f":material/{wording.icon}:"
                st.badge(f"{counts[verdict]} {wording.word.lower()}", icon=icon, color=wording.colour)
        if counts[None]:
            st.badge(f"{counts[None]} not judged", icon=":material/hourglass_empty:", color="gray")


def verdict_of(line: Line) -> Verdict | None:
    """The verdict of a line; a file that was refused is unusable, one not judged yet has none."""
    upload, inspection = line
    if inspection is not None:
        return inspection.verdict
    return None if upload.refusal is None else Verdict.UNUSABLE


def table(lines: Sequence[Line]) -> int | None:
    """One line a file, in their order; the index of the selected one."""
    rows = []
    for upload, inspection in lines:
        verdict = verdict_of((upload, inspection))
        told = "not judged" if verdict is None else f"{WORDING[verdict].mark} {WORDING[verdict].word}"
        p = None if inspection is None else inspection.probability
        rows.append(
            {
                "file": upload.name,
                "verdict": told,
                "probability": None if p is None else 100 * p,
                "places": len(inspection.regions) if inspection and p is not None else None,
                "note": upload.refusal or (inspection.reason if inspection else None),
            }
        )
    column = st.column_config
    state = st.dataframe(
        rows,
        hide_index=True,
        key="table",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt="One line a picture: file, verdict, probability of a defect, places, note.",
        column_config={
            "file": column.TextColumn("File"),
            "verdict": column.TextColumn("Verdict"),
            "probability": column.NumberColumn("Probability of a defect (%)", format="%.1f"),
            "places": column.NumberColumn("Places", help="How many places speak for a defect."),
            "note": column.TextColumn("Note", width="large"),
        },
    )
    selected = state["selection"]["rows"]
    return selected[0] if selected and selected[0] < len(lines) else None
