"""Charts of what a disturbance does to the verdicts, and their words: shares of parts, and where the figures hold.

The levels that were tried stand at equal distances, whatever lies between them; the one at which nothing is changed is
called *as taken*. Where the published figures hold, the ground is shaded.
"""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from casting_core.charts.overlay import percent
from casting_core.charts.style import NEUTRAL, SERIES, Chart, finish, listed
from casting_core.estimate import Estimate
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.networks.limit_figures import DisturbanceFigures

FIGURES = {  # figure of a level → name, look
    "accuracy": ("right at 50 %", SERIES[3]),
    "missed": ("missed defects", SERIES[1]),
    "false_alarms": ("false alarms", SERIES[0]),
    "reviews": ("sent to a person", SERIES[2]),
    "unusable": ("no verdict", SERIES[4]),
}
ERRORS = ("missed", "false_alarms")
AS_TAKEN = "as taken"
LARGE, SMALL = 380, 240  # px
SILENT = 0.5  # of the parts, at most, that are handed over where errors go unnoticed
AROUND = 0.3  # steps by which the ground is shaded beyond the levels that hold


def level_text(name: str, level: float, found: DisturbanceFigures) -> str:
    """Tell a level in words: `× 0.8`, `3 px`, `as taken`."""
    return AS_TAKEN if level == found.none else _plain_level(name, level, found)


def title_of(name: str) -> str:
    """Return what a disturbance is called."""
    return CORRUPTIONS[name].title if name in CORRUPTIONS else name


def unit_of(name: str, found: DisturbanceFigures) -> str:
    """Return what the levels of a disturbance are."""
    return CORRUPTIONS[name].axis if name in CORRUPTIONS else found.unit


def range_text(name: str, found: DisturbanceFigures, ends: str = "envelope") -> str:
    """Between which levels the figures hold (`envelope`), or the errors alone do (`errors_hold`)."""
    held, none = getattr(found, ends), found.none
    least, most = held.least, held.most
    if least == most:
        return f"only {AS_TAKEN}"
    if none == found.levels[0].level:
        return f"up to {level_text(name, most, found)}"
    if none == found.levels[-1].level:
        return f"down to {level_text(name, least, found)}"
    low, high = (
        f"{_plain_level(name, level, found)}{f' ({AS_TAKEN})' if level == none else ''}" for level in (least, most)
    )
    return f"from {low} to {high}"


def _plain_level(name: str, level: float, found: DisturbanceFigures) -> str:
    return CORRUPTIONS[name].text.format(level) if name in CORRUPTIONS else f"{level:g} {found.unit}"


def beyond(name: str, found: DisturbanceFigures) -> list[str]:
    """Tell what happens at the first step on either side at which the figures no longer hold."""
    low, high = _held(found)
    outside = [found.levels[place] for place in (low - 1, high + 1) if 0 <= place < len(found.levels)]
    return [
        f"at {level_text(name, each.level, found)}: {_percent(each.missed)} missed, "
        f"{_percent(each.false_alarms)} false alarms, {percent(each.handed_over)} to a person"
        for each in outside
    ]


def _held(found: DisturbanceFigures) -> tuple[int, int]:
    """Places of the first and the last level at which the figures hold."""
    tried = [each.level for each in found.levels]
    return tried.index(found.envelope.least), tried.index(found.envelope.most)


def unnoticed(disturbances: Mapping[str, DisturbanceFigures]) -> list[str]:
    """Where errors rise most without being handed to a person, in words: what somebody has to watch himself."""
    told = []
    for figure, words in (
        ("missed", "of the defective parts pass as sound"),
        ("false_alarms", "of the sound parts are rejected"),
    ):
        worst = [
            (share.value, name, each)
            for name, found in disturbances.items()
            for each in found.levels
            if (share := each.share(figure)) and share.value and not each.errors_hold and each.handed_over <= SILENT
        ]
        if not worst:
            continue
        most, name, each = max(worst, key=lambda one: one[0])
        found = disturbances[name]
        handed = f"only {percent(each.handed_over)} of all parts are" if each.handed_over else "no part is"
        told.append(
            f"**{title_of(name)}, {level_text(name, each.level, found)}: {percent(most)} {words}**, and "
            f"{handed} sent to a person or refused. The published figures hold {range_text(name, found)}."
        )
    whole = [
        f"*{title_of(name)}*"
        for name, each in disturbances.items()
        if each.errors_hold.to_the_least and each.errors_hold.to_the_most
    ]
    if whole:
        told.append(
            f"**{listed(whole)}: no more errors at any step that was tried.** Where a photograph is too far off, "
            "it is sent to a person or refused."
        )
    return told


def disturbed(
    name: str, found: DisturbanceFigures, keys: Sequence[str] = tuple(FIGURES), *, large: bool = False
) -> Chart:
    """Figures over the levels of one disturbance: `keys` of `FIGURES`; of errors alone the scale is their own.

    `large` with legend and titles, else one of many.
    """
    levels, figure = found.levels, go.Figure()
    words = [level_text(name, each.level, found) for each in levels]
    low, high = _held(found)
    figure.add_vrect(x0=low - AROUND, x1=high + AROUND, fillcolor=NEUTRAL, opacity=0.18, line_width=0, layer="below")
    for key in keys:
        title, look = FIGURES[key]
        told = [each.share(key) for each in levels]
        points = [None if each is None else each.times(100) for each in told]
        bars = any(each and each.ends for each in points)
        figure.add_scatter(
            x=list(range(len(levels))),
            y=[each and each.value for each in points],
            error_y=look.intervals(points, thickness=1.5, width=3) if bars else None,
            marker=look.marker(9 if large else 6),
            customdata=[
                f"{word}: {title} {_percent(each)}{_range(each)}" for word, each in zip(words, told, strict=True)
            ],
            **look.lines(title, "%{customdata}") | {"mode": "lines+markers"},
        )
    unit = unit_of(name, found)
    down, height = ("Share of parts (%)", LARGE) if large else ("%", SMALL)
    finish(figure, x=unit[:1].upper() + unit[1:], y=down, height=height)
    figure.update_xaxes(
        tickvals=list(range(len(levels))),
        ticktext=[AS_TAKEN.replace(" ", "<br>") if each.level == found.none else f"{each.level:g}" for each in levels],
        range=[-0.5, len(levels) - 0.5],
        showgrid=False,
        tickangle=0,
    )
    if set(keys) <= set(ERRORS):
        figure.update_yaxes(rangemode="tozero")
    else:
        figure.update_yaxes(range=[-4, 104], tickvals=[0, 25, 50, 75, 100])
    figure.update_layout(showlegend=large)
    said = "; ".join(
        f"{word}: " + ", ".join(f"{FIGURES[key][0]} {_percent(each.share(key))}" for key in keys)
        for word, each in zip(words, levels, strict=True)
    )
    holds = f"The published figures hold {range_text(name, found)}"
    return Chart(figure=figure, alt=f"{title_of(name)}, {unit}. {holds}. {said}.")


def _percent(share: Estimate | None) -> str:
    return "none judged" if share is None else percent(share.value)


def _range(share: Estimate | None) -> str:
    return "" if share is None or share.ends is None else f", {percent(share.ends[0])} to {percent(share.ends[1])}"
