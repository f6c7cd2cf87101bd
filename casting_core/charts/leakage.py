"""Charts of how alike pictures are, and of what a threshold of likeness decides."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from casting_core.charts.style import LEAST_COUNT, SERIES, Chart, Look, finish, log_counts, mark
from casting_core.data.provenance.grouping import HISTOGRAM_FROM

DEEP = 4.0  # times that both hills must stand above a valley
CHOSEN = {"color": SERIES[1].colour, "width": 3, "dash": "solid"}  # line at the threshold that was chosen


def valley(histogram: np.ndarray) -> float | None:
    """Find the emptiest place between two hills of a histogram of likeness.

    Both hills must stand at least four times as high as the valley, and one more, so that stray pairs make no hill. Of
    bins that are equally empty the middle one counts.

    Parameters
    ----------
    histogram : counts int (B,) over equal bins from 0.8 to 1.

    Returns
    -------
    The middle of its bin; None where there are no two hills.
    """
    numbers = np.asarray(histogram, float)
    left, right = np.maximum.accumulate(numbers), np.maximum.accumulate(numbers[::-1])[::-1]
    depth = np.minimum(left, right) / (numbers + 1)
    if not len(depth) or depth.max() < DEEP:
        return None
    places = np.flatnonzero(depth == depth.max())
    return float(_middles(len(numbers))[places[len(places) // 2]])


def _middles(bins: int) -> np.ndarray:
    width = (1 - HISTOGRAM_FROM) / bins
    return HISTOGRAM_FROM + width * (np.arange(bins) + 0.5)


def similarity(histogram: np.ndarray, threshold: float) -> Chart:
    """Pairs of pictures by how alike their rings are, with the valley and the threshold that was chosen.

    `histogram`: counts int (B,) over equal bins from 0.8 to 1.
    """
    numbers, middles = np.asarray(histogram), _middles(len(histogram))
    width, most = middles[1] - middles[0], int(numbers.max(initial=1))
    upright = (LEAST_COUNT, 2 * most)
    low = valley(numbers)
    figure = go.Figure()
    figure.add_bar(
        x=middles,
        y=numbers,
        width=width,
        name="pairs of pictures",
        marker={"color": SERIES[0].colour, "line": {"width": 0}},
        customdata=np.stack([middles - width / 2, middles + width / 2], axis=1),
        hovertemplate="likeness %{customdata[0]:.3f} to %{customdata[1]:.3f}: %{y:,} pairs<extra></extra>",
    )
    if low is not None:
        mark(figure, f"valley, at {low:.3f}", x=(low, low), y=upright)
    mark(figure, f"threshold, {threshold:.3f}", x=(threshold, threshold), y=upright, **CHOSEN)
    finish(figure, x="Likeness of two pictures (1 = the same)", y="Pairs")
    figure.update_xaxes(range=[HISTOGRAM_FROM, 1.001])
    figure.update_yaxes(**log_counts(most))
    above = int(numbers[middles >= threshold].sum())
    where = "There is no valley" if low is None else f"A valley is at {low:.3f},"
    alt = (
        f"Bars, on a logarithmic scale: pairs of pictures by their likeness from 0.8 to 1. {where} between two hills. "
        f"The threshold is at {threshold:.3f}, and {above:,} pairs are more alike than that."
    )
    return Chart(figure=figure, alt=alt)


def thresholds(
    values: Sequence[float], found: Sequence[int], copied: Sequence[int], *, tested: int, chosen: float
) -> Chart:
    """Draw what a threshold of likeness decides.

    Parameters
    ----------
    values : thresholds, rising.
    found, copied : at each, how many photographs there are, and how many of the `tested` test pictures show one that
        is in train too.
    chosen : the threshold that is marked.
    """
    shares = [100 * number / max(tested, 1) for number in copied]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1)
    told: tuple[tuple[Sequence[float], Look, str, str], ...] = (
        (shares, SERIES[0], "test pictures with a copy in train (%)", "%{y:.1f} % of test pictures"),
        (found, SERIES[2], "source photographs", "%{y:,} photographs"),
    )
    for row, (numbers, look, name, hover) in enumerate(told, start=1):
        figure.add_scatter(
            x=list(values),
            y=list(numbers),
            mode="lines+markers",
            name=name,
            line=look.line(),
            marker=look.marker(8),
            hovertemplate=f"threshold %{{x:.3f}}: {hover}<extra></extra>",
            row=row,
            col=1,
        )
    finish(figure, x="", y="", height=380)
    figure.update_xaxes(title={"text": "Threshold of likeness", "standoff": 8}, row=2, col=1)
    figure.update_yaxes(title={"text": "Share (%)", "standoff": 24}, range=[-4, 104], row=1, col=1)
    figure.update_yaxes(title={"text": "Photographs", "standoff": 24}, rangemode="tozero", row=2, col=1)
    figure.add_vline(x=chosen, line=CHOSEN)
    first, last = f"{values[0]:.3f}", f"{values[-1]:.3f}"
    alt = (
        f"Two lines over the threshold. Test pictures with a copy in train: {shares[0]:.1f} % at {first}, "
        f"{shares[-1]:.1f} % at {last}. Source photographs: {found[0]:,} at {first}, {found[-1]:,} at {last}."
    )
    return Chart(figure=figure, alt=alt)
