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
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas  # noqa: F401  whole: Plotly uses it from the moment that another thread begins to load it
import plotly.graph_objects as go

from casting_core.labels import Label

NEUTRAL = "#7A838A"  # of lines that are only there to compare with
HEIGHT = 320  # px
LINE = 42  # letters that fit below a chart on a phone
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "showTips": False}  # for st.plotly_chart


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one thing is drawn: its `colour`, the `dash` of its lines, the `symbol` of its points and the `pattern` of
    its bars, in Plotly's words."""

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

    def bar(self) -> dict[str, Any]:
        """For the `marker` of bars."""
        pattern = {"shape": self.pattern, "fillmode": "overlay", "fgcolor": "white", "size": 8, "solidity": 0.15}
        return {"color": self.colour, "pattern": pattern, "line": {"width": 0}}


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
    """A look for each name: that of its label, where every label is that of one name alone; else one after another.

    More names than there are looks begin again at the first.
    """
    known = [] if labels is None else [labels[name] for name in names if name in labels]
    if labels is not None and len(known) == len(names) == len(set(known)):
        return {name: LABELS[labels[name]] for name in names}
    return {name: SERIES[place % len(SERIES)] for place, name in enumerate(names)}


def finish(
    figure: go.Figure, *, x: str, y: str, title: str | None = None, height: int = HEIGHT, zoom: bool = False
) -> go.Figure:
    """Give a figure the look of the app, and give it back.

    Parameters
    ----------
    x, y : titles of the axes, with their unit in brackets; empty where the axis says it itself.
    title : of the figure; left out where the page has one above it.
    height : px.
    zoom : whether dragging zooms; else it scrolls the page, which matters on a phone.
    """
    axis = {"automargin": True, "fixedrange": not zoom, "zeroline": False, "separatethousands": True}
    across = axis | ({"title": {"text": "<br>".join(textwrap.wrap(x, LINE)), "standoff": 8}} if x else {})
    down = axis | ({"title": {"text": y, "standoff": 24}} if y else {})  # any nearer, it lies on the numbers
    figure.update_layout(
        {name: across if name.startswith("x") else down for name in _axes(figure)},
        height=height,
        margin={"l": 8, "r": 12, "t": 8 if title is None else 56, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 13},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
        hoverlabel={"bgcolor": "#22282C", "bordercolor": NEUTRAL, "font": {"color": "#FFFFFF", "size": 14}},
        dragmode="zoom" if zoom else False,
        bargap=0.25,
    )
    if title is not None:
        figure.update_layout(
            title={"text": title, "font": {"size": 16}, "x": 0, "xanchor": "left", "yref": "container"}
        )
    return figure


def ink(figure: go.Figure, colour: str) -> go.Figure:
    """Colour all texts of a figure, and give it back: `colour` of the text of the page that it stands on."""
    font = {"color": colour}
    figure.update_layout(
        {name: {"tickfont": font, "title": {"font": font}} for name in _axes(figure)},
        font=font,
        legend={"font": font},
        title={"font": font},
    )
    return figure


def _axes(figure: go.Figure) -> set[str]:
    """Names of the axes in the layout, one pair in a plain figure; to set all at once takes a third of the time."""
    return {"xaxis", "yaxis"} | {name for name in figure.layout if name.startswith(("xaxis", "yaxis"))}


def mark(
    figure: go.Figure, name: str, *, x: float | None = None, y: float | None = None, ends: tuple[float, float]
) -> None:
    """Draw a straight line to compare with, down at `x` or across at `y`, from one of the `ends` to the other; its
    `name` stands in the legend."""
    along = list(ends)
    across = [x if x is not None else y] * 2
    figure.add_scatter(
        x=across if x is not None else along,
        y=along if x is not None else across,
        mode="lines",
        name=name,
        line={"color": NEUTRAL, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )


def plain(text: str) -> str:
    """A text from outside, such as the name of a folder, so that Plotly takes none of it for markup."""
    return html.escape(text, quote=False)


def listed(parts: Sequence[str]) -> str:
    """Words in a row, as in a sentence: `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
