"""Dots with their intervals, one row a thing, one look a series: how all charts of measured figures are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from casting_core.charts.style import NEUTRAL, Look, finish, plain
from casting_core.estimate import Estimate

BETWEEN = 0.8  # of a row's height, over which its series are spread
ROW, SERIES_HEIGHT, AROUND = 26, 15, 104  # px: of a row, of each series in it, of axis and legend


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A figure of a row and a series, in the unit of the axis; `text`: in words, for those who point at it."""

    row: str
    series: str
    figure: Estimate
    text: str


def draw_dots(
    dots: Sequence[Dot],
    rows: Sequence[str],
    looks: Mapping[str, Look],
    *,
    x: str,
    names: Mapping[str, str] | None = None,
    bounds: tuple[float, float] | None = (0.0, 100.0),
    apart: bool = True,
) -> go.Figure:
    """Draw dots with intervals, the first of the `rows` on top, the first of the series on top within its row.

    Parameters
    ----------
    rows : in their order, those without a dot too.
    looks : of the series, in their order; one without a dot is left out.
    x : title of the axis, with its unit.
    names : what a row is called, where that is not its key.
    bounds : that the axis never leaves, but for a margin.
    apart : whether series are spread over a row; not where each row has one dot alone.
    """
    figure = go.Figure()
    height = {row: len(rows) - 1 - place for place, row in enumerate(rows)}
    within = {row: [name for name in looks if any((d.row, d.series) == (row, name) for d in dots)] for row in rows}
    drawn = [name for name in looks if any(name in series for series in within.values())]

    def place(dot: Dot) -> float:
        """Height of a dot: in the middle of its row, or spread over it together with the row's other series."""
        others = within[dot.row]
        aside = (len(others) - 1) / 2 - others.index(dot.series) if apart else 0.0
        return height[dot.row] + BETWEEN / len(drawn) * aside

    for name in drawn:
        mine = [dot for dot in dots if dot.series == name and dot.row in height]
        figure.add_scatter(
            x=[dot.figure.value for dot in mine],
            y=[place(dot) for dot in mine],
            error_x=looks[name].intervals([dot.figure for dot in mine]),
            customdata=[dot.text for dot in mine],
            **looks[name].points(name, "%{customdata}"),
        )
    tall = AROUND + len(rows) * (ROW + SERIES_HEIGHT * (len(drawn) if apart and drawn else 1))
    finish(figure, x=x, y="", height=tall)
    edge = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": NEUTRAL, "width": 0.5}, "opacity": 0.5}
    edges = [edge | {"y0": place + 0.5, "y1": place + 0.5} for place in range(len(rows) - 1)]
    figure.update_layout(showlegend=len(drawn) > 1, shapes=edges)  # lines between the rows: what belongs together
    figure.update_yaxes(
        tickvals=list(height.values()),
        ticktext=[plain((names or {}).get(row, row)) for row in rows],
        range=[-0.55, len(rows) - 0.45],
        showgrid=False,
    )
    if bounds is not None and dots:
        ends = [end for dot in dots for end in dot.figure.span]
        low, high = min(ends), max(ends)
        reach = 0.02 * (bounds[1] - bounds[0])
        margin = 0.06 * max(high - low, reach)
        figure.update_xaxes(range=[max(low - margin, bounds[0] - reach), min(high + margin, bounds[1] + reach)])
    return figure
