"""Charts of how large a defect has to be to be seen: probability of detection over its size.

Sizes are in percent of the part's diameter, on a logarithmic axis; below each stands what that is in pixels of a
picture of 300 px and, where the part's diameter is known, in millimetres.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from casting_core.charts.overlay import percent as percent_text
from casting_core.charts.style import NEUTRAL, Chart, Look, finish, plain
from casting_core.networks.limit_figures import CensoredSize, DetectionCurve, KindFigures

SIDE = 300  # px, of the pictures that were tried
TICKS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)  # % of the diameter
SPARSE = (0.5, 1.5, 5.0, 15.0, 40.0)  # the same where more would lie over each other on a phone
WIDE = 24.0  # times as large as the least is the most, from which on they would
SIZES = {  # size → name, share that is found there, symbol
    "a50": ("a50", 50, "diamond"),
    "a90": ("a90", 90, "triangle-up"),
    "sure": ("a90/95", 90, "square"),
}
ROOM = 0.2  # of the axis, that the last name takes to the right of its line
SMOOTH: dict[str, Any] = {"shape": "spline", "smoothing": 0.8}
FAINT = 0.2  # of the colour, in a band
UNREACHED = "not reached within the sizes tried"
TITLE = "Longest line of the defect"  # of the axis
TALL, SMALL = 420, 320  # px


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What a size in percent of the diameter is besides.

    Attributes
    ----------
    pixels : the part's diameter, px of a picture.
    millimetres : that of a real part, None where it is not known.
    """

    pixels: float
    millimetres: float | None = None

    def parts(self, percent: float) -> list[str]:
        """Tell a size in every unit: `4.9 %`, `12 px`, `2.9 mm`."""
        told = [f"{percent:.1f}\N{NO-BREAK SPACE}%", f"{short(percent / 100 * self.pixels)}\N{NO-BREAK SPACE}px"]
        if self.millimetres is not None:
            told.append(f"{short(percent / 100 * self.millimetres)}\N{NO-BREAK SPACE}mm")
        return told


def short(value: float) -> str:
    """Tell a length in as many places as it needs: `0.04`, `2.9`, `12`."""
    return f"{value:.2f}" if value < 0.1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def surer(figures: KindFigures) -> CensoredSize:
    """Return the size from which nine of ten are found with 95 % confidence: the larger of the two that are known.

    One counts every trial as independent, as the handbook does; the other draws castings anew.
    """

    def size(reached: CensoredSize) -> float:
        if reached.value is not None:
            return reached.value
        return math.inf if reached.beyond == "above" else 0.0

    return max(figures.a90_95, figures.a90_95_photographs, key=size)


def reached_text(reached: CensoredSize, scale: Scale) -> str:
    """Tell a size in all units, `4.9 % · 12 px · 2.9 mm`, or in words where it lies beyond what was tried."""
    if reached.value is not None:
        return " · ".join(scale.parts(reached.value))
    return "below the smallest size tried" if reached.beyond == "below" else UNREACHED


def compared(kinds: Mapping[str, KindFigures], looks: Mapping[str, Look], scale: Scale) -> Chart:
    """Draw the curves of several kinds of defect over each other, with the size that is found nine times of ten."""
    figure = go.Figure()
    told = []
    for kind, found in kinds.items():
        _curve(figure, found.curve, looks[kind], kind)
        size = found.a90.value
        if size is not None:
            point = looks[kind].points("", f"{plain(kind)}, 9 of 10: {' · '.join(scale.parts(size))}", 11)
            figure.add_scatter(x=[size], y=[90], showlegend=False, **point)
        told.append(f"{kind}: {reached_text(found.a90, scale)}")
    _finish(figure, kinds, scale, TALL)
    return Chart(figure=figure, alt=f"Curves of detection over size. Found 9 times of 10: {'; '.join(told)}.")


def curve(kind: str, found: KindFigures, look: Look, scale: Scale, *, seen: str) -> Chart:
    """One kind of defect: its curve with the band, what was counted by size, and the sizes a50, a90 and a90/95.

    `seen`: the word for what is counted, as *stopped*.
    """
    figure, line = go.Figure(), found.curve
    band = {"mode": "lines", "line": {"width": 0, **SMOOTH}, "name": "range of the curve", "hoverinfo": "skip"}
    for edge, fill in ((line.low, {}), (line.high, {"fill": "tonexty", "fillcolor": look.faint(FAINT)})):
        figure.add_scatter(x=line.percent, y=[100 * value for value in edge], **band, **fill)
    _curve(figure, line, look, "curve")
    middles = [(each.from_ * each.to) ** 0.5 for each in found.bins]
    shares = [100 * each.hits / each.trials for each in found.bins]
    told = [f"{each.from_:.1f} to {each.to:.1f} %: {each.hits} of {each.trials}" for each in found.bins]
    figure.add_scatter(
        x=middles,
        y=shares,
        mode="markers+text",
        name=f"{seen}, of those tried",
        marker={"color": look.colour, "symbol": "circle-open", "size": 10, "line": {"width": 2}},
        text=[f"{each.hits}/{each.trials}" for each in found.bins],
        textposition=[_beside(line, middle, share) for middle, share in zip(middles, shares, strict=True)],
        textfont={"size": 11},
        cliponaxis=False,
        customdata=told,
        hovertemplate=f"%{{customdata}} {seen}<extra></extra>",
    )
    reached = {"a50": found.a50, "a90": found.a90, "sure": surer(found)}
    for key, each in reached.items():
        if each.value is not None:
            _mark_size(figure, key, each.value, found, look, scale)
    _finish(figure, {kind: found}, scale, SMALL)
    figure.update_layout(showlegend=False)  # the page says what is what, once for all kinds
    sizes = "; ".join(f"{SIZES[key][0]} {reached_text(each, scale)}" for key, each in reached.items())
    alt = f"Curve of detection of {kind} over size, with its range. {sizes}."
    return Chart(figure=figure, alt=f"{alt} Counted by size, {seen}: {'; '.join(told)}.")


def _mark_size(figure: go.Figure, key: str, size: float, found: KindFigures, look: Look, scale: Scale) -> None:
    """Return a size at which a share is found: a line up to the curve, with its name at the foot."""
    name, height, symbol = SIZES[key]
    room = math.log(found.most / size) > ROOM * math.log(found.most / found.least)
    aside, level = ("left", 0) if key != "sure" else ("right", 0) if room else ("left", 12)
    white = {"color": "#FFFFFF", "width": 1}
    figure.add_scatter(
        x=[size] * 3,
        y=[0, level, height],
        mode="lines+markers+text",
        name=name,
        line={"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        marker={"color": look.colour, "symbol": symbol, "size": [0, 0, 13], "line": white},
        text=["", name, ""],
        textposition=f"top {aside}",
        cliponaxis=False,
        hovertemplate=f"{name}: {' · '.join(scale.parts(size))}<extra></extra>",
    )


def _curve(figure: go.Figure, line: DetectionCurve, look: Look, name: str) -> None:
    figure.add_scatter(
        x=line.percent,
        y=[100 * value for value in line.pod],
        customdata=[percent_text(value) for value in line.pod],
        **look.lines(name, plain(name) + ", %{x:.2g} % of the diameter: %{customdata}", **SMOOTH),
    )


def _beside(line: DetectionCurve, size: float, share: float) -> str:
    """Where the numbers of a ring stand: on its side of the curve, which rises, so that they do not lie on it."""
    expected = 100 * np.interp(math.log(size), np.log(line.percent), line.pod)
    return "top left" if share >= expected else "bottom right"


def _finish(figure: go.Figure, kinds: Mapping[str, KindFigures], scale: Scale, height: int) -> None:
    """Titles, the line at nine tenths, and one axis of sizes for all `kinds`."""
    least, most = min(each.least for each in kinds.values()), max(each.most for each in kinds.values())
    finish(figure, x=TITLE, y="Found (% of such defects)", height=height)
    ticks = [tick for tick in (SPARSE if most > WIDE * least else TICKS) if 0.9 * least <= tick <= 1.1 * most]
    figure.update_xaxes(
        type="log",
        range=[math.log10(least) - 0.04, math.log10(most) + 0.04],
        tickvals=ticks,
        ticktext=["<br>".join([f"{tick:g}\N{NO-BREAK SPACE}%", *scale.parts(tick)[1:]]) for tick in ticks],
        tickangle=0,
    )
    figure.update_yaxes(range=[-3, 108], tickvals=[0, 25, 50, 75, 90, 100])
    figure.add_hline(y=90, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
