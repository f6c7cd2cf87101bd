"""How all charts of the app look: one place for colours, lines, titles and margins.

1. A chart is drawn with the looks of `LABELS` and `SERIES`, so that the same thing has the same look everywhere.
2. `finish` gives it titles with units, a legend above it, and margins that leave room on a phone.
3. It goes to a page as a `Chart`, together with what it shows in words, for those who cannot see it.

No background is set, so the page's own shows through, light or dark; `ink` colours the texts for it, since no gray is
dark enough for the one and light enough for the other. The colours of the looks stand out from both, 3:1 and more, as
WCAG 2.2 asks of graphics (https://www.w3.org/TR/WCAG22/#non-text-contrast). The two of the labels are Okabe and Ito's,
which all eyes tell apart ("Color Universal Design", 2008). No look is a colour alone: dash, symbol and pattern differ
too.
"""

import html
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas  # noqa: F401  whole: Plotly uses it from the moment that another thread begins to load it
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb

from casting_core.estimate import Estimate
from casting_core.labels import Label

NEUTRAL = "#7A838A"  # of lines that are only there to compare with
HEIGHT = 320  # px
LINE = 42  # letters that fit below a chart on a phone
LEAST_COUNT = 0.7  # where an axis of counts in powers of ten begins
Points = Sequence[float | None]
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "showTips": False}  # for st.plotly_chart


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one thing is drawn: its lines, its points and its bars, in Plotly's words."""

    colour: str
    dash: str
    symbol: str
    pattern: str

    def line(self, width: float = 2) -> dict[str, Any]:
        """For the `line` of a trace."""
        return {"color": self.colour, "dash": self.dash, "width": width}

    def marker(self, size: float = 10) -> dict[str, Any]:
        """For the `marker` of points."""
        return {"color": self.colour, "symbol": self.symbol, "size": size}

    def lines(self, name: str, hover: str, *, width: float = 2, **line: Any) -> dict[str, Any]:
        """For a trace of lines: its name in the legend, plain, and the template of what is read on pointing."""
        looks = self.line(width) | line
        return {"mode": "lines", "name": plain(name), "line": looks, "hovertemplate": f"{hover}<extra></extra>"}

    def points(self, name: str, hover: str, size: float = 10) -> dict[str, Any]:
        """For a trace of points, likewise."""
        looks = self.marker(size)
        return {"mode": "markers", "name": plain(name), "marker": looks, "hovertemplate": f"{hover}<extra></extra>"}

    def bar(self) -> dict[str, Any]:
        """For the `marker` of bars."""
        pattern = {"shape": self.pattern, "fillmode": "overlay", "fgcolor": "white", "size": 8, "solidity": 0.15}
        return {"color": self.colour, "pattern": pattern, "line": {"width": 0}}

    def faint(self, opacity: float) -> str:
        """For the `fillcolor` of a band."""
        red, green, blue = hex_to_rgb(self.colour)
        return f"rgba({red},{green},{blue},{opacity})"

    def intervals(
        self, figures: Sequence[Estimate | None], *, thickness: float = 2, width: float = 4
    ) -> dict[str, Any]:
        """For `error_x` or `error_y` of points: the interval of each, nothing where there is none."""
        lengths = [(0.0, 0.0) if f is None else (f.value - f.span[0], f.span[1] - f.value) for f in figures]
        below, above = map(list, zip(*lengths, strict=True))
        bars = {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
        return bars | {"color": self.colour, "thickness": thickness, "width": width}


LABEL_COLOURS = {Label.OK: "#009E73", Label.DEFECTIVE: "#D55E00"}
LABELS = {
    Label.OK: Look(colour=LABEL_COLOURS[Label.OK], dash="solid", symbol="circle", pattern=""),
    Label.DEFECTIVE: Look(colour=LABEL_COLOURS[Label.DEFECTIVE], dash="dash", symbol="x", pattern="/"),
}
WORDS = {Label.OK: "sound", Label.DEFECTIVE: "defective"}

SERIES = (  # of things that are no labels: splits, models, classes whose label nobody knows
    Look(colour="#0072B2", dash="solid", symbol="circle", pattern=""),
    Look(colour="#B97D00", dash="dash", symbol="square", pattern="\\"),
    Look(colour="#C66FA0", dash="dot", symbol="diamond", pattern="x"),
    Look(colour="#96694C", dash="dashdot", symbol="triangle-up", pattern="-"),
    Look(colour="#3B93C7", dash="longdash", symbol="triangle-down", pattern="."),
    Look(colour="#7F8C1F", dash="longdashdot", symbol="cross", pattern="|"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """A figure, and in `alt` what it shows in words and numbers."""

    figure: go.Figure
    alt: str


def looks(names: Sequence[str], labels: Mapping[str, Label] | None = None) -> dict[str, Look]:
    """Choose a look for each name: its label's, where each label is that of one name alone; else one after another.

    More names than there are looks begin again at the first.
    """
    known = [] if labels is None else [labels[name] for name in names if name in labels]
    if labels is not None and len(known) == len(names) == len(set(known)):
        return {name: LABELS[labels[name]] for name in names}
    return {name: SERIES[place % len(SERIES)] for place, name in enumerate(names)}


def finish(figure: go.Figure, *, x: str, y: str, height: int = HEIGHT, zoom: bool = False) -> go.Figure:
    """Give a figure the look of the app, and give it back.

    Parameters
    ----------
    x, y : titles of the axes, with their unit in brackets; empty where the axis says it itself.
    height : px.
    zoom : whether dragging zooms; else it scrolls the page, which matters on a phone.
    """
    axis = {"automargin": True, "fixedrange": not zoom, "zeroline": False, "separatethousands": True}
    across = axis | ({"title": {"text": "<br>".join(textwrap.wrap(x, LINE)), "standoff": 8}} if x else {})
    down = axis | ({"title": {"text": y, "standoff": 24}} if y else {})  # any nearer, it lies on the numbers
    figure.update_layout(
        {name: across if name.startswith("x") else down for name in _axes(figure)},
        height=height,
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 13},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
        hoverlabel={"bgcolor": "#22282C", "bordercolor": NEUTRAL, "font": {"color": "#FFFFFF", "size": 14}},
        dragmode="zoom" if zoom else False,
        bargap=0.25,
    )
    return figure


def ink(figure: go.Figure, colour: str) -> go.Figure:
    """Colour all texts of a figure, and give it back: `colour` of the text of the page that it stands on."""
    font = {"color": colour}
    figure.update_layout(
        {name: {"tickfont": font, "title": {"font": font}} for name in _axes(figure)}, font=font, legend={"font": font}
    )
    return figure


def _axes(figure: go.Figure) -> set[str]:
    """Names of the axes in the layout, one pair in a plain figure; to set all at once takes a third of the time."""
    return {"xaxis", "yaxis"} | {name for name in figure.layout if name.startswith(("xaxis", "yaxis"))}


def mark(figure: go.Figure, name: str, *, x: Points, y: Points, **line: Any) -> None:
    """Draw a line to compare with through some points; its `name` stands in the legend, `line` changes its look.

    The line is broken where a point is None.
    """
    look = {"color": NEUTRAL, "width": 2, "dash": "dot", **line}
    figure.add_scatter(x=list(x), y=list(y), mode="lines", name=name, line=look, hoverinfo="skip")


def log_counts(most: int) -> dict[str, Any]:
    """For an axis of counts up to `most` in powers of ten, from just below one on."""
    return {"type": "log", "range": [math.log10(LEAST_COUNT), math.log10(1.6 * max(most, 1))], "dtick": 1}


def plain(text: str) -> str:
    """Escape a text from outside, such as the name of a folder, so that Plotly takes none of it for markup."""
    return html.escape(text, quote=False)


def listed(parts: Sequence[str], word: str = "and") -> str:
    """Words in a row, as in a sentence: `a, b and c`."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
