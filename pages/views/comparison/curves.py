"""How did the models get there: loss and accuracy of trainings over each other, also while they go on.

Runs of this computer are those in the folder that the environment variable `CASTING_RUNS` names, else in `runs`. While
one goes on, the charts are drawn anew every two seconds; what the reader chose, and the part that is zoomed on, stays.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from casting_core.charts import curves as charts
from casting_core.charts.style import listed
from casting_core.training.logs import columns
from casting_core.training.logs.columns import EPOCH
from casting_core.training.logs.curve_lines import MAX_POINTS, View, thinned, time_unit, untimed
from casting_core.training.logs.curve_summary import describe
from casting_core.training.logs.run import Run
from casting_core.training.logs.runs import RunState
from pages.shared import drawing, inputs, wording
from pages.views.comparison import log_numbers, own_logs, training_runs
from pages.views.comparison.training_runs import Training

EVERY, WATCH = 2.0, 10.0  # s, between two looks: at runs that go on, and whether one has begun
MOST = 12  # runs that are drawn
BY_EPOCH, BY_TIME = "Epoch", "Time"
LINEAR, LOGARITHMIC = "Linear", "Logarithmic"
FROM, TO, FOLLOWED = "from", "to", "followed"
CHARTS = {
    charts.LOSS: (
        "Loss",
        "How far the probabilities lie from the truth: lower is better. Where the solid line turns up while the dotted "
        "one goes on falling, the model is overfitting.",
    ),
    charts.ACCURACY: (
        "Accuracy",
        "Higher is better: pictures on the right side of a probability of 50 %. Training pictures may be altered "
        "before they are judged; then the dotted line can lie below the solid one.",
    ),
}


def show() -> None:
    """Draw the view."""
    st.subheader("How did it get there?", anchor=False)
    place = st.container()
    own_logs.show()
    every = training_runs.find()
    if not any(each.drawable or each.running for each in every):
        st.info(
            "There is no training log yet. Train a model, and its curve appears here while it trains; or drop a log "
            "of another tool above.",
            icon=":material/show_chart:",
        )
        st.code("python -m casting_core train castnet", language=None)
        _without(every)
        return
    with place:
        chosen, view = _choose(every), _ask()
    running = _running(every)
    st.fragment(_draw, run_every=EVERY if running else None)(chosen, view, running)
    _without(every)
    if not running:
        st.fragment(_watch, run_every=WATCH)()


def _running(every: Iterable[Training]) -> frozenset[str]:
    return frozenset(each.label for each in every if each.running)


def _watch() -> None:
    """Draw the whole view anew as soon as a run begins."""
    if _running(training_runs.find()):
        st.rerun()


def _choose(every: Sequence[Training]) -> list[str]:
    """Which runs to draw; a link that names others says so."""
    options = [each.label for each in every if each.drawable or each.running]
    if "runs" not in st.session_state:
        gone = [label for label in st.query_params.get_all("runs") if label and label not in options]
        if gone:
            st.warning("Some runs that the link names are not here.", icon=":material/link_off:")
            st.text("\n".join(f"• {label}" for label in gone[:MOST]))
    usual: list[str] | None = [each.label for each in every if each.usual][:MOST]
    if own_logs.CHOSEN in st.session_state:  # a value, or a default: Streamlit wants one of the two
        st.session_state["runs"], usual = st.session_state.pop(own_logs.CHOSEN), None
    return st.multiselect(
        "Runs",
        options,
        default=usual,
        key="runs",
        bind="query-params",
        max_selections=MOST,
        placeholder="Choose one or several",
        help="A model’s name alone is the training of the weights that ship. Folds were trained without a fifth of the "
        "castings, and judged on these.",
    )


def _ask() -> View:
    """Over time, on a logarithmic axis, and how much smoothed; of the whole training."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        by = inputs.one_of("By", (BY_EPOCH, BY_TIME), "by", on_change=_whole)
        axis = inputs.one_of("Axis of the loss", (LINEAR, LOGARITHMIC), "axis")
        weight = "Weight of the epochs before. What was logged stays visible behind the smoothed line."
        smoothing = st.slider(
            "Smoothing", 0.0, 0.95, 0.0, 0.05, key="smooth", bind="query-params", width=260, help=weight
        )
    phone = "Mobi" in (st.context.headers.get("User-Agent") or "")  # a finger drawn across a chart moves the page
    return View(smoothing=smoothing, by_time=by == BY_TIME, logarithmic=axis == LOGARITHMIC, select=not phone)


def _whole() -> None:
    """Show the whole training again."""
    st.session_state[FROM] = st.session_state[TO] = None


def _draw(chosen: Sequence[str], view: View, was: frozenset[str]) -> None:
    """Charts and sentences, of the logs as they stand now."""
    every = {each.label: each for each in training_runs.find()}
    if _running(every.values()) != was:
        st.rerun()  # one has begun or ended: what can be chosen, and how often this is drawn, is another
    shown = [*chosen, *(label for label in _follow(every) if label not in chosen)]
    there = [each for label in shown if (each := every.get(label)) is not None and each.drawable]
    if not there:
        waiting = "Nothing has been logged yet by what is chosen." if shown else "No run is chosen; choose some above."
        st.info(waiting, icon=":material/touch_app:")
        return
    if len(there) > MOST:
        st.caption(f"Of {len(there)} runs, the first {MOST} are drawn.")
    picked = [(each, run) for each in there[:MOST] if (run := each.run) is not None]
    runs = [run for _, run in picked]
    start, end = _part(time_unit(runs)[0] if view.by_time else "epoch")
    view = replace(view, start=start, end=end)
    starred = "; the star marks the epoch whose weights ship" if any(run.shipped for run in runs) else ""
    without = any({columns.LOSS, columns.ACCURACY} & run.columns.keys() for run in runs)
    unnamed = f"Dashed lines: {charts.UNNAMED}. " if without else ""
    st.caption(
        f"Solid lines: {charts.HELD_OUT}. Dotted lines: {charts.TRAIN}. {unnamed}One colour a run{starred}. An epoch "
        "is once through all training images."
    )
    for column, measure in zip(st.columns(2, gap="large"), CHARTS, strict=True):
        with column:
            _chart(runs, measure, view)
    _remarks(runs, view)
    _sentences(picked)
    log_numbers.show(runs, view)


def _follow(every: dict[str, Training]) -> list[str]:
    """How far runs are that go on; these and those that have ended since the page was opened are drawn too."""
    followed: list[str] = st.session_state.setdefault(FOLLOWED, [])
    followed += [label for label, each in every.items() if each.running and label not in followed]
    if not followed:
        return []
    for label in followed:
        entry = every[label].entry if label in every else None
        if entry is None or entry.state is not RunState.RUNNING:
            continue
        planned = entry.epochs_planned
        told = f"{wording.as_it_is(label)}: {entry.epochs_done} of {planned or 'an unknown number of'} epochs"
        st.progress(min(entry.epochs_done / planned, 1.0) if planned else 0.0, told)
    follow = st.toggle(
        "Draw runs in progress", value=True, key="follow", bind="query-params", help="Also after they have ended."
    )
    return followed if follow else []


def _part(unit: str) -> tuple[float, float]:
    """Ask for the part that is shown, set by number or by marking it in a chart."""
    field = partial(st.number_input, min_value=0.0, value=None, bind="query-params", width=170, format="%g")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        start = field(f"From ({unit})", key=FROM, placeholder="first")
        end = field(f"To ({unit})", key=TO, placeholder="last")
        if start is not None or end is not None:
            st.button("Show all", icon=":material/zoom_out_map:", on_click=_whole, key="whole")
    if start is not None and end is not None and start >= end:
        st.warning("*To* must be more than *From*; all is shown.", icon=":material/warning:")
        return -math.inf, math.inf
    return -math.inf if start is None else start, math.inf if end is None else end


def _chart(runs: Sequence[Run], measure: str, view: View) -> None:
    title, caption = CHARTS[measure]
    chart = charts.curves(runs, measure, view)
    st.markdown(f"**{title}**")
    if not any(trace.name for trace in chart.figure.data):
        st.info(f"None of these logs tells the {measure} here.", icon=":material/show_chart:")
        return
    key = f"curves {measure}"
    selecting: dict[str, Any] = {"on_select": lambda: _take_part(key), "selection_mode": "box"} if view.select else {}
    drawing.draw(chart, caption, key, **selecting)


def _take_part(key: str) -> None:
    """Show the part that was marked in a chart."""
    boxes = st.session_state[key]["selection"].get("box")
    if not boxes:
        return
    low, high = sorted(boxes[-1]["x"][:2])
    if high > low:
        st.session_state[FROM], st.session_state[TO] = max(0.0, float(f"{low:.3g}")), float(f"{high:.3g}")


def _remarks(runs: Sequence[Run], view: View) -> None:
    """Say what is to be known of these lines."""
    told = [] if not view.select else ["Draw across a chart with the mouse to zoom in on a part, or name it above."]
    if long := thinned(runs, view):
        told.append(
            f"Of {listed(long)} not every epoch is drawn: lines of more than {MAX_POINTS:,} points show the least "
            "and the most of every few epochs. Zoom in to see each."
        )
    if view.by_time and (timeless := untimed(runs)):
        told.append(f"Not drawn over time, as the log tells none: {listed(timeless)}.")
    stepped = [run.name for run in runs if run.unit != EPOCH]
    if stepped and not view.by_time and len(stepped) < len(runs):
        told.append(f"Counted in steps, not in epochs: {listed(stepped)}. Compare by time, or alone.")
    st.caption(wording.as_it_is(" ".join(told)))


def _sentences(picked: Sequence[tuple[Training, Run]]) -> None:
    """Say what each curve shows, computed from the log as it is, not smoothed; and what was guessed or left out."""
    st.markdown("**What the curves say**")
    lines = []
    for each, run in picked:
        said = describe(run)
        lines.append(f"- **{wording.as_it_is(each.label)}**{_state(each)}{said and f': {said}'}")
        notes = [f"Guessed: {guess}" for guess in run.guesses]
        notes += dict.fromkeys([*(each.entry.notes if each.entry is not None else ()), *run.notes])
        lines += [f"  - {wording.as_it_is(note)}" for note in notes]
    st.markdown("\n".join(lines))
    entries = [each.entry for each, _ in picked if each.entry is not None]
    if any(entry.split == "official" and not entry.settings.get("name") for entry in entries):  # of the public set
        st.caption(
            "Held-out images of a run on the official split are its test, nearly all of them turned copies of "
            "training images, so both lines improve together there. Choose a fold to see castings that the model had "
            "never seen."
        )


def _state(each: Training) -> str:
    entry = each.entry
    if entry is None or entry.state in (RunState.FINISHED, RunState.QUIET):
        return ""
    planned = f" of {entry.epochs_planned}" if entry.epochs_planned else ""
    how = "in progress," if each.running else "stopped after"
    return f" ({how} {entry.epochs_done}{planned} epochs)"


def _without(every: Sequence[Training]) -> None:
    """Trainings that have no curve, and why."""
    told = [
        f"• {each.label}: {' '.join(each.entry.notes)}"
        for each in every
        if not each.drawable and not each.running and each.entry is not None
    ]
    if told:
        with st.expander(f"Trainings without a curve ({len(told)})", icon=":material/block:"):
            st.text("\n".join(told))
