"""The probability of one part on a scale from 0 to 100 %, with both thresholds."""

import plotly.graph_objects as go

from casting_core.charts import style
from casting_core.charts.overlay import COLOURS, WORDS, percent
from casting_core.labels import Verdict


def probability_scale(
    probability: float, threshold_pass: float, threshold_reject: float, *, ink: str = "#0F1417"
) -> go.Figure:
    """Draw the calibrated probability of *defective* on a scale from 0 to 100 %, with both thresholds.

    All three in [0, 1], `threshold_pass` ≤ `threshold_reject`. Below the first the part passes, from the
    second on it is rejected, in between a person decides. `ink`: colour of texts and lines.
    """
    figure = go.Figure()
    zones = (
        (Verdict.OK, 0.0, threshold_pass),
        (Verdict.REVIEW, threshold_pass, threshold_reject),
        (Verdict.DEFECTIVE, threshold_reject, 1.0),
    )
    for verdict, start, end in zones:
        figure.add_bar(
            x=[100 * (end - start)],
            base=[100 * start],
            y=[0],
            width=0.5,
            orientation="h",
            name=WORDS[verdict],
            marker={"color": COLOURS[verdict], "opacity": 0.75},
            hovertemplate=f"{WORDS[verdict]}: {percent(start)} to {percent(end)}<extra></extra>",
        )
    figure.add_scatter(
        x=[100 * probability],
        y=[0],
        mode="markers",
        name="this part",
        marker={"symbol": "diamond", "size": 20, "color": "white", "line": {"color": "black", "width": 3}},
        hovertemplate=f"this part: {percent(probability)}<extra></extra>",
        cliponaxis=False,
    )
    lines = ((threshold_pass, "passes below", -0.25, -0.42), (threshold_reject, "rejected from", 0.25, 0.42))
    for value, words, edge, tip in lines:
        figure.add_shape(type="line", x0=100 * value, x1=100 * value, y0=-edge, y1=tip, line={"width": 2, "color": ink})
        figure.add_annotation(
            x=100 * value,
            y=tip,
            text=f"{words} {percent(value)}",
            showarrow=False,
            xanchor="left" if value < 0.5 else "right",
            yanchor="bottom" if tip > 0 else "top",
            font={"color": ink},
        )
    figure.update_layout(
        title={"text": f"Probability of a defect: {percent(probability)}", "font": {"size": 16, "color": ink}},
        xaxis={"range": [0, 100], "tickvals": [0, 25, 50, 75, 100], "fixedrange": True, "showgrid": False},
        xaxis_title_text="probability of a defect (%)",
        yaxis={"visible": False, "range": [-0.75, 0.75], "fixedrange": True},
        barmode="overlay",
        height=230,
        margin={"l": 16, "r": 24, "t": 44, "b": 8},
        legend={"orientation": "h", "y": -0.6, "x": 0},
    )
    return style.ink(figure, ink)
