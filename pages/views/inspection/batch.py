"""Many pictures: judged beside the page, listed in a table while they are, any of them opened and stepped through."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from casting_core.labels import Verdict
from pages.shared import downloads, resources, stepping, trouble, uploads, wording
from pages.views.inspection import batch_table, single
from pages.views.inspection.batch_job import Job

EVERY = 1.0  # s, between two looks at a running job
JOB, OPENED, TURN = "job", "opened", "turn"  # in the session


def show(chosen: tuple[uploads.Upload, ...], *, model: str) -> None:
    """Show the table with its totals, or the picture that was opened from it."""
    job = begin(chosen, model)
    arranged = arrange(gather(chosen, job))
    opened = st.session_state.get(OPENED)
    index = next((i for i, line in enumerate(arranged) if line.upload is opened), None)
    if index is None:
        watched = job.running  # drawn anew every second only while there is something new to see
        st.fragment(overview, run_every=EVERY if watched else None)(chosen, job, watched)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back to the table", icon=":material/table_view:", on_click=turn_to, args=(None,))
        stepping.steps(range(len(arranged)), index, lambda other: turn_to(arranged[other].upload))
    single.show(arranged[index].upload, model=model)


def begin(chosen: tuple[uploads.Upload, ...], model: str) -> Job:
    """Return the job of these pictures and this model: the one that runs, or a new one, in place of an old one."""
    wanted = (model, tuple(upload.sha256 for upload in chosen))
    before, job = st.session_state.get(JOB, (None, None))
    if before == wanted:
        return job
    if job is not None:
        job.stop()
    job = Job(chosen, partial(resources.judge_many, model=model))
    st.session_state[JOB] = (wanted, job)
    job.start()
    return job


def gather(chosen: Sequence[uploads.Upload], job: Job) -> list[batch_table.Line]:
    """Return the lines of the table as they stand now."""
    results = ((upload, *job.result(upload.sha256)) for upload in chosen)
    return [batch_table.Line(upload=upload, inspection=found, thumbnail=small) for upload, found, small in results]


def arrange(lines: Sequence[batch_table.Line]) -> list[batch_table.Line]:
    """Return the lines that the visitor's filter shows, in the visitor's order."""
    state = st.session_state
    order = state.get("order") or batch_table.ORDERS[0]
    return batch_table.arrange(lines, word=state.get("filter"), text=state.get("search") or "", order=order)


def overview(chosen: tuple[uploads.Upload, ...], job: Job, watched: bool) -> None:
    """Progress, totals, filter, table and files. `watched`: whether the job ran when the page was drawn."""
    if job.running != watched:
        st.rerun()  # the whole page: it begins, or need no longer, look again every second
    lines = gather(chosen, job)
    progress(job)
    totals(lines)
    choose(lines)
    arranged = arrange(lines)
    if not arranged:
        st.info("No line fits this filter. Choose another verdict or clear the search.", icon=":material/filter_alt:")
    else:
        st.caption(f"{len(arranged):,} of {len(lines):,} pictures. Select a line to open its picture.")
        selected = batch_table.draw(arranged, key=f"table {st.session_state.get(TURN, 0)}")
        if selected is not None:
            turn_to(arranged[selected].upload)
            st.rerun()
    found = [(line.upload, line.inspection) for line in arranged]
    downloads.offer(
        ("Table as CSV", "inspections.csv", lambda: downloads.to_csv(found)),
        ("Inspections as JSON", "inspections.json", lambda: downloads.to_json([downloads.record(*f) for f in found])),
    )


def progress(job: Job) -> None:
    """How far the job is, with Stop; or Go on, where it was stopped; or what ended it."""
    if job.finished:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.running:
            left = job.seconds_left()
            soon = "" if left is None else f", about {max(1, round(left))} s left"
            st.progress(job.done / job.total, f"Judged {job.done:,} of {job.total:,} pictures{soon}")
            st.button("Stop", icon=":material/stop:", on_click=job.stop)
            return
        waiting = job.total - job.done
        if job.error:
            trouble.complain(f"{waiting} pictures were not judged.", job.error)
        else:
            st.warning(f"Stopped: {waiting} not judged yet.", icon=":material/pause_circle:")
        st.button("Go on", icon=":material/play_arrow:", on_click=job.start)


def totals(lines: Sequence[batch_table.Line]) -> None:
    """How many parts got which verdict, and the share that was flagged."""
    counts, flagged = batch_table.counted(lines), batch_table.share_flagged(lines)
    with st.container(horizontal=True):
        for verdict in Verdict:  # they stand two in a row on a phone
            word = wording.WORDING[verdict].word
            st.metric(word, f"{counts[word]:,}", border=True, width=170)
        st.metric(
            "Flagged",
            "–" if flagged is None else f"{100 * flagged:.1f} %",
            border=True,
            width=200,  # up to 100.0 %
            help="Of the parts with a verdict, those that are defective or to be reviewed.",
        )


def choose(lines: Sequence[batch_table.Line]) -> None:
    """Filter by verdict and file name, and order; `arrange` reads them."""
    counts = batch_table.counted(lines)
    words = [wording.WORDING[verdict].word for verdict in Verdict] + [batch_table.WAITING]
    offered = [word for word in words if counts[word] or st.session_state.get("filter") == word]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keep: Any = {"persist_state": "session"}  # also while a picture is open and these are not drawn
        st.pills("Show only", offered, format_func=lambda word: f"{word} ({counts[word]:,})", key="filter", **keep)
        st.text_input("File name contains", key="search", width=220, **keep)
        st.selectbox("Order", batch_table.ORDERS, key="order", width=220, **keep)


def turn_to(upload: uploads.Upload | None) -> None:
    """Open a picture; None: the table, with nothing selected."""
    st.session_state[OPENED] = upload
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
