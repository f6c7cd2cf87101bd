"""Charts of what a disturbance does to the verdicts, and their words: shares of parts, and where the figures hold.

The levels that were tried stand at equal distances, whatever lies between them; the one at which nothing is changed is
called *as taken*. Where the published figures hold, the ground is shaded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from casting_core.charts.overlay import percent
from casting_core.charts.style import NEUTRAL, SERIES, Chart, finish, listed
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS

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

Figures = Mapping[str, Any]  # of one disturbance, as a card holds them


def level_text(name: str, level: float, found: Figures) -> str:
    """Tell a level in words: `× 0.8`, `3 px`, `as taken`."""
    if level == found["none"]:
        return AS_TAKEN
    return _plain_level(name, level, found)


def title_of(name: str) -> str:
    """Return what a disturbance is called."""
    return CORRUPTIONS[name].title if name in CORRUPTIONS else name


def unit_of(name: str, found: Figures) -> str:
    """Return what the levels of a disturbance are."""
    return CORRUPTIONS[name].axis if name in CORRUPTIONS else str(found["unit"])


def range_text(name: str, found: Figures, ends: str = "envelope") -> str:
    """Between which levels the figures hold (`envelope`), or the errors alone do (`errors_hold`)."""
    least, most, none = found[ends]["least"], found[ends]["most"], found["none"]
    tried = [each["level"] for each in found["levels"]]
    if least == most:
        return f"only {AS_TAKEN}"
    if none == tried[0]:
        return f"up to {level_text(name, most, found)}"
    if none == tried[-1]:
        return f"down to {level_text(name, least, found)}"
    low, high = (
        f"{_plain_level(name, level, found)}{f' ({AS_TAKEN})' if level == none else ''}" for level in (least, most)
    )
    return f"from {low} to {high}"


def _plain_level(name: str, level: float, found: Figures) -> str:
    return CORRUPTIONS[name].text.format(level) if name in CORRUPTIONS else f"{level:g} {found['unit']}"


def share_of(level: Mapping[str, Any], figure: str) -> tuple[float | None, float | None, float | None]:
    """Return a figure of a level, with its interval where it has one, all in [0, 1]."""
    value = level[figure]
    if isinstance(value, Mapping):
        return value["share"], value.get("low"), value.get("high")
    return value, None, None


def handed_over(level: Mapping[str, Any]) -> float:
    """Return the share of parts, in [0, 1], that are sent to a person or get no verdict."""
    return (share_of(level, "reviews")[0] or 0.0) + (share_of(level, "unusable")[0] or 0.0)


def beyond(name: str, found: Figures) -> list[str]:
    """Tell what happens at the first step on either side at which the figures no longer hold."""
    levels = found["levels"]
    tried = [each["level"] for each in levels]
    low, high = (tried.index(found["envelope"][end]) for end in ("least", "most"))
    outside = [levels[place] for place in (low - 1, high + 1) if 0 <= place < len(levels)]
    return [
        f"at {level_text(name, each['level'], found)}: {_percent(share_of(each, 'missed')[0])} missed, "
        f"{_percent(share_of(each, 'false_alarms')[0])} false alarms, {_percent(handed_over(each))} to a person"
        for each in outside
    ]


def unnoticed(disturbances: Mapping[str, Any]) -> list[str]:
    """Where errors rise most without being handed to a person, in words: what somebody has to watch himself."""
    told = []
    for figure, words in (
        ("missed", "of the defective parts pass as sound"),
        ("false_alarms", "of the sound parts are rejected"),
    ):
        worst = [
            (share, name, each)
            for name, found in disturbances.items()
            for each in found["levels"]
            if not each["errors_hold"] and (share := share_of(each, figure)[0]) and handed_over(each) <= SILENT
        ]
        if not worst:
            continue
        share, name, each = max(worst, key=lambda one: one[0])
        found, share_handed = disturbances[name], handed_over(each)
        handed = f"only {_percent(share_handed)} of all parts are" if share_handed else "no part is"
        told.append(
            f"**{title_of(name)}, {level_text(name, each['level'], found)}: {_percent(share)} {words}**, and "
            f"{handed} sent to a person or refused. The published figures hold {range_text(name, found)}."
        )
    whole = [f"*{title_of(name)}*" for name, each in disturbances.items() if _everywhere(each, "errors_hold")]
    if whole:
        told.append(
            f"**{listed(whole)}: no more errors at any step that was tried.** Where a photograph is too far off, "
            "it is sent to a person or refused."
        )
    return told


def _everywhere(found: Mapping[str, Any], ends: str) -> bool:
    return bool(found[ends]["to_the_least"] and found[ends]["to_the_most"])


def disturbed(name: str, found: Figures, keys: Sequence[str] = tuple(FIGURES), *, large: bool = False) -> Chart:
    """Figures over the levels of one disturbance: `keys` of `FIGURES`; of errors alone the scale is their own.

    `large` with legend and titles, else one of many.
    """
    levels, figure = found["levels"], go.Figure()
    words = [level_text(name, each["level"], found) for each in levels]
    tried = [each["level"] for each in levels]
    low, high = (tried.index(found["envelope"][end]) for end in ("least", "most"))
    figure.add_vrect(x0=low - AROUND, x1=high + AROUND, fillcolor=NEUTRAL, opacity=0.18, line_width=0, layer="below")
    for key in keys:
        title, look = FIGURES[key]
        told = [share_of(each, key) for each in levels]
        ranges = [f", {_percent(low)} to {_percent(high)}" if low is not None else "" for _, low, high in told]
        shares, lows, highs = ([_points(value) for value in part] for part in zip(*told, strict=True))
        bars = any(low is not None for low in lows)
        figure.add_scatter(
            x=list(range(len(levels))),
            y=shares,
            error_y=look.intervals(shares, lows, highs, thickness=1.5, width=3) if bars else None,
            mode="lines+markers",
            name=title,
            line=look.line(),
            marker=look.marker(9 if large else 6),
            customdata=[
                f"{word}: {title} {_percent(share)}{ends}"
                for word, (share, _, _), ends in zip(words, told, ranges, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    unit = unit_of(name, found)
    down, height = ("Share of parts (%)", LARGE) if large else ("%", SMALL)
    finish(figure, x=unit[:1].upper() + unit[1:], y=down, height=height)
    figure.update_xaxes(
        tickvals=list(range(len(levels))),
        ticktext=[AS_TAKEN.replace(" ", "<br>") if each == found["none"] else f"{each:g}" for each in tried],
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
        f"{word}: " + ", ".join(f"{FIGURES[key][0]} {_percent(share_of(each, key)[0])}" for key in keys)
        for word, each in zip(words, levels, strict=True)
    )
    holds = f"The published figures hold {range_text(name, found)}"
    return Chart(figure=figure, alt=f"{title_of(name)}, {unit}. {holds}. {said}.")


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _percent(share: float | None) -> str:
    return "none judged" if share is None else percent(share)
