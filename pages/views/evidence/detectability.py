"""The view on probability of detection: how small a defect a model still sees, by the kind of defect."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from casting_core.charts import detectability as charts
from casting_core.charts.detectability import Scale, reached_text, surer
from casting_core.charts.overlay import percent as percent_text
from casting_core.charts.style import Look, looks
from casting_core.errors import CastingError
from casting_core.estimate import Estimate
from casting_core.evaluation.detectability.summary import summarise
from casting_core.evaluation.detectability.trials import FILE, PUBLIC, RENDERED, read_trials
from casting_core.labels import Verdict
from casting_core.networks.card import MODELS, ModelCard, folder_of
from casting_core.networks.limit_figures import CensoredSize, DetectabilityFigures, KindFigures
from pages.shared import inputs, tables
from pages.shared.drawing import draw
from pages.views.evidence import choice

# one worker: the castings that are shown first come first, and pages keep the other processors
_background = ThreadPoolExecutor(1, thread_name_prefix="marked")
BASES = {"Real sound castings": PUBLIC, "Rendered castings": RENDERED}
STOPPED, MARKED = "stopped", "marked"
COUNTED = {"Not passed": STOPPED, "Marked by the map": MARKED}
KINDS = {  # kind → one of it, several of it
    "blow hole": ("A blow hole", "blow holes"),
    "pinhole": ("A pinhole", "pinholes"),
    "shrinkage": ("A cluster of shrinkage holes", "shrinkage holes"),
    "chipping": ("A chip", "chips"),
    "burr": ("A burr", "burrs"),
    "scratch": ("A scratch", "scratches"),
}
SIZES = {"a50": "a50", "a90": "a90", "a90_95": "a90/95, handbook", "a90_95_photographs": "a90/95, castings drawn anew"}
COLUMNS = (
    *("castings", "counted", "kind", "what", "percent", "percent_to", "px", "mm"),
    *("share", "low", "high", "hits", "trials", "remark"),
)


def show() -> None:
    """Draw the view."""
    st.subheader("How small a defect does it still see?", anchor=False)
    chosen = choice.measured("detectability", "tried with defects of known sizes")
    if chosen is not None:
        card, measured = chosen
        _view(card, measured)
        for base in measured:
            marked(card, base)  # begins in the background, so that it is there when it is asked for


def _view(card: ModelCard, measured: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bases = [title for title, base in BASES.items() if base in measured]
        base = BASES[inputs.one_of("Defects drawn into", bases, "castings", wrap=True)]
        meaning = (
            "Not passed: the part is rejected, sent to a person, or has no verdict. Marked: the evidence map marks a "
            "place on the defect."
        )
        seen = COUNTED[inputs.one_of("Counts as found", COUNTED, "found", help=meaning, wrap=True)]
        diameter = inputs.diameter("all sizes")
    found = measured[base] if seen == STOPPED else marked(card, base).result()
    kinds = list(found.kinds)
    chosen = st.multiselect(
        "Kinds of defect", kinds, default=kinds, key="kinds", bind="query-params", placeholder="Choose one or several"
    )
    scale = Scale(pixels=found.diameter or charts.SIDE, millimetres=diameter)
    _basis(card, base, found, scale)
    if not chosen:
        st.info("Choose at least one kind of defect.", icon=":material/touch_app:")
        return
    shown = {kind: found.kinds[kind] for kind in kinds if kind in chosen}
    look = looks(kinds)  # of all, so that a kind keeps its look when others leave
    st.subheader("In short", anchor=False)
    st.markdown("\n".join(f"- {sentence(kind, each, scale, seen)}" for kind, each in shown.items()))
    draw(
        charts.compared(shown, look, scale),
        "Further left is better: smaller defects are found. The marks are where a curve reaches 9 of 10, the dotted "
        f"line. Sizes are in percent of the part’s diameter and in pixels of a picture of {charts.SIDE} px"
        + ("." if diameter is None else f", and in millimetres of a part of {diameter:g} mm."),
        "pod all",
    )
    st.subheader("Each kind with its trials", anchor=False)
    _kinds(shown, look, scale, seen)
    _table(shown, scale, seen)
    _method(base, found, seen)
    content = partial(to_csv, shown, scale, castings=base, counted=seen)
    tables.save_button("Save these figures as CSV", "detectability.csv", content, key="pod csv")


def marked(card: ModelCard, base: str) -> Future[DetectabilityFigures]:
    """Begin to count anew, where a hit is a place that the map marks on the defect.

    The card holds sizes only; the curves come from the trials. Their result raises `DataError` for a damaged file.
    """
    file = folder_of(card.name, MODELS) / FILE
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    begun = _marked(str(file), card.weights_sha256, stamp, base)
    if begun.done() and isinstance(begun.exception(), CastingError):
        _marked.clear(str(file), card.weights_sha256, stamp, base)  # the file may be restored
    return begun


@st.cache_resource(max_entries=4, show_spinner=False)
def _marked(file: str, weights_sha256: str, stamp: int, base: str) -> Future[DetectabilityFigures]:
    return _background.submit(_count_marked, Path(file), base)


def _count_marked(file: Path, base: str) -> DetectabilityFigures:
    trials = [trial for trial in read_trials(file) if trial.base == base]
    verdict = {True: Verdict.DEFECTIVE, False: Verdict.OK}
    return summarise([replace(trial, verdict=verdict[trial.marked]) for trial in trials])[base]


def _basis(card: ModelCard, base: str, found: DetectabilityFigures, scale: Scale) -> None:
    """Say what was tried."""
    tried = max((each.trials for each in found.kinds.values()), default=0)
    if base == PUBLIC:
        what = (
            f"Into pictures of **{found.photographs} real sound castings** ({found.pictures:,} pictures), one "
            "defect of known size was drawn at a time. Each was judged by a copy of the model that had never seen that "
            "casting."
        )
    else:
        what = (
            f"Into **{found.pictures:,} castings that this app rendered**, one defect of known size was drawn at a "
            f"time. {card.name} as it ships judged them; it was never trained on such castings."
        )
    st.markdown(f"{what} Up to {tried:,} trials of each kind, in pictures that had passed without the defect.")
    if scale.millimetres is None:
        st.caption("On a part of 100 mm, 1 % of the diameter is 1 mm. Tell the diameter of yours to see millimetres.")


def sentence(kind: str, found: KindFigures, scale: Scale, seen: str) -> str:
    """Tell what was found for one kind to somebody who never heard of such curves."""
    one, several = KINDS.get(kind, (f"A {kind}", kind))
    a90, sure = found.a90, surer(found)
    if a90.value is None and a90.beyond == "above":
        told = (
            f"**{several.capitalize()}: 9 of 10 is not reached within the sizes tried** "
            f"({found.least:.1f} % to {found.most:.1f} %). "
            f"{found.hits:,} of {found.trials:,} were {seen}"
        )
        return f"{told}, large ones no more often than small ones." if found.fit == "no rise" else f"{told}."
    if a90.value is None:
        told = f"**{one} is {seen} 9 times of 10 even at the smallest size tried**, {_size(found.least, scale)}"
    else:
        told = f"**{one} of {_size(a90.value, scale)} is {seen} 9 times of 10**"
    if sure.value is not None:
        return f"{told}; with 95 % confidence that holds from **{_size(sure.value, scale, part=False)}**."
    if sure.beyond == "below":
        return f"{told}; with 95 % confidence that holds at all sizes tried."
    return f"{told}; with 95 % confidence that is not reached within the sizes tried (up to {found.most:.1f} %)."


def _size(percent: float, scale: Scale, *, part: bool = True) -> str:
    """`4.9 % of the diameter (12 px, 2.9 mm on a 60 mm part)`."""
    first, *others = scale.parts(percent)
    on = f" on a {scale.millimetres:g} mm part" if part and scale.millimetres is not None else ""
    return f"{first}{' of the diameter' if part else ''} ({', '.join(others)}{on})"


def _kinds(shown: Mapping[str, KindFigures], look: Mapping[str, Look], scale: Scale, seen: str) -> None:
    st.markdown(
        f"A ring is the share that was {seen} of the trials of about that size; beside it stand the numbers. The line "
        "is the curve that fits them best, and the shade is how far it could lie off if other castings had been tried; "
        "where rings lie off the line, believe the rings. ◆ a50 is the size that is found every second time, ▲ a90 "
        "nine times of ten, and ■ a90/95 the size from which nine times of ten is sure with 95 % confidence."
    )
    for cell, (kind, each) in tables.grid(list(shown.items()), 2, gap="large"):
        chart = charts.curve(kind, each, look[kind], scale, seen=seen)
        tables.panel(cell, kind.capitalize(), chart, caption(each, seen), f"pod {kind}")


def caption(found: KindFigures, seen: str) -> str:
    """Say what to see in the chart of one kind."""
    told = f"{found.hits:,} of {found.trials:,} {seen}."
    if found.fit == "no rise":
        return f"{told} The curve does not rise: size is not what decides here."
    if found.fit in ("all hit", "none hit"):
        return f"{told} Without a size that parts found from not found there is no curve, only a straight line."
    last = found.bins[-1]
    left = last.trials - last.hits
    if left:
        return f"{told} Of the {last.trials} largest, {left} {'was' if left == 1 else 'were'} not."
    return f"{told} All of the {last.trials} largest were."


def _table(shown: Mapping[str, KindFigures], scale: Scale, seen: str) -> None:
    st.subheader("All sizes", anchor=False)
    wide = st.column_config.TextColumn
    tables.show_table(
        [
            (
                kind,
                *(reached_text(getattr(each, name), scale) for name in SIZES),
                f"{each.hits:,} of {each.trials:,}",
                f"{each.least:.1f} to {each.most:.1f}",
            )
            for kind, each in shown.items()
        ],
        {
            "kind": wide("Kind", width=90, pinned=True),
            **{name: wide(title, width=235) for name, title in SIZES.items()},
            "hits": wide(seen.capitalize(), width=90),
            "tried": wide("Tried (%)", width=95),
        },
        "Sizes a50, a90 and a90/95 of every kind of defect, in percent of the diameter, pixels and millimetres.",
        height="content",
        key="pod table",
    )
    st.caption(
        "a90/95 is given twice: as the handbook has it, where each trial counts for itself, and from drawing the "
        "castings anew, since trials on one casting resemble each other. Above and in the charts stands the larger of "
        "the two. *Not reached* means that larger defects would have to be tried, or that size does not decide."
    )


def _method(base: str, found: DetectabilityFigures, seen: str) -> None:
    st.subheader("What this can say, and what it cannot", anchor=False)
    told = [
        "**Method.** A curve of detection over size is fitted to trials that say found or not found, as the handbook "
        "of the US Department of Defense for such studies has it (MIL-HDBK-1823A, 2009, hit/miss data).",
        "**Not real defects.** The defects are drawn, not grown: by the same brush that drew defects for training. "
        "Real ones look different, and larger ones may be needed. Try it on your own scrap before you rely on a size.",
    ]
    if base == PUBLIC:
        told.append(
            f"**Few castings.** {found.photographs} sound castings stand behind all trials, under one camera and "
            "one light. For others it says nothing."
        )
    else:
        told.append(
            "**Not real castings.** They are rendered; real metal is less even. Where the two kinds of castings agree, "
            "the size is the more to be trusted."
        )
    what = "were not passed" if seen == STOPPED else "had a marked place"
    told.append(
        "**Alarms without a defect**, to set beside: of the same castings as they were, "
        f"{_calls(found.false_calls)} {what}; with a harmless change drawn in, "
        f"{_calls(found.false_calls_harmless)}."
    )
    st.markdown("\n".join(f"- {each}" for each in told))


def _calls(found: Estimate | None) -> str:
    if found is None:
        return "none of 0"
    low, high = map(percent_text, found.span)
    return f"{found.count:,} of {found.of:,} ({percent_text(found.value)}; {low} to {high})"


def to_csv(shown: Mapping[str, KindFigures], scale: Scale, *, castings: str, counted: str) -> bytes:
    """Sizes, counts by size and curves, one row each, with `COLUMNS`."""
    rows = [
        {"castings": castings, "counted": counted, "kind": kind} | row
        for kind, found in shown.items()
        for row in _rows(found, scale)
    ]
    return tables.to_csv(COLUMNS, (map(row.get, COLUMNS) for row in rows))


def _rows(found: KindFigures, scale: Scale) -> Iterator[dict[str, Any]]:
    def lengths(percent: float) -> dict[str, Any]:
        told = {"percent": percent, "px": f"{percent / 100 * scale.pixels:.4g}"}
        return told if scale.millimetres is None else told | {"mm": f"{percent / 100 * scale.millimetres:.4g}"}

    for name in SIZES:
        reached: CensoredSize = getattr(found, name)
        beyond = {"remark": f"{reached.beyond} the sizes tried"}
        yield {"what": name} | (beyond if reached.value is None else lengths(reached.value))
    for each in found.bins:
        counts = {"share": f"{each.hits / each.trials:.4g}", "hits": each.hits, "trials": each.trials}
        yield {"what": "counted", "percent_to": each.to} | lengths(each.from_) | counts
    line = found.curve
    for percent, share, low, high in zip(line.percent, line.pod, line.low, line.high, strict=True):
        yield {"what": "curve", "share": share, "low": low, "high": high} | lengths(percent)
