"""A chart of what thresholds would do: missed defects, false alarms, and parts that a person has to look at."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from casting_core.charts.style import SERIES, Chart, finish, mark

Pair = tuple[float, float]  # pass and reject, in [0, 1]
SCALE = (0.1, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9)  # %, ticks of the thresholds
RATES = (0.01, 0.1, 1.0, 10.0, 100.0)  # %, ticks of the rates; the first is the least that is drawn
ENDS = 0.0007  # 0 and 1 have no place on the scale of thresholds; they are drawn here from its ends
HEIGHT = 400  # px
GRID = expit(np.linspace(-7.2, 7.2, 289))  # thresholds that make smooth curves


def rates(thresholds: np.ndarray, below: np.ndarray, of: np.ndarray, *, chosen: Pair, shipped: Pair) -> Chart:
    """Draw the rates over the threshold, and mark the chosen and the shipped pair.

    Missed defects are drawn as the pass threshold moves, false alarms as the reject threshold does, and what goes to a
    person twice: as either moves and the other stays as chosen. Rates of 0 have no place on a logarithmic scale: their
    lines end.

    Parameters
    ----------
    thresholds : float (T,) in [0, 1], rising, those of `chosen` among them.
    below, of : sound and defective pictures below each, int (2, T), and in all, int (2, 1), as `counts_below` gives.
    """
    figure = go.Figure()
    low, high = (int(np.searchsorted(thresholds, value)) for value in chosen)
    with np.errstate(invalid="ignore", divide="ignore"):
        alarms, missed = 100 * (of - below)[0] / of[0], 100 * below[1] / of[1]
    passed = 100 * below.sum(0) / of.sum()
    by_pass, by_reject = passed[high] - passed, passed - passed[low]
    lines = (
        ("missed defects", SERIES[1], slice(None), missed, "pass"),
        ("false alarms", SERIES[0], slice(None), alarms, "reject"),
        ("sent to a person", SERIES[2], slice(None, high + 1), by_pass, "pass"),
        ("sent to a person", SERIES[2], slice(low, None), by_reject, "reject"),
    )
    for place, (name, look, part, share, moved) in enumerate(lines):
        figure.add_scatter(
            x=_place(thresholds[part]),
            y=np.where(share[part] >= RATES[0], share[part], np.nan),
            legendgroup=name,
            showlegend=place < 3,
            customdata=100 * thresholds[part],
            **look.lines(name, f"{moved} threshold %{{customdata:.2f}} %: %{{y:.2f}} % {name}"),
        )
    for name, pair, dash in (("shipped thresholds", shipped, "dot"), ("chosen thresholds", chosen, "solid")):
        first, second = _place(pair)
        upright = (RATES[0], RATES[-1], None, RATES[0], RATES[-1])
        mark(figure, name, x=(first, first, None, second, second), y=upright, dash=dash)
    finish(figure, x="Threshold (probability of a defect, %)", y="Share of parts (%)", height=HEIGHT)
    reach = 1.02 * float(_place(1.0))
    ticks = _place(np.array(SCALE) / 100)
    figure.update_xaxes(range=[-reach, reach], tickvals=ticks, ticktext=[f"{value:g}" for value in SCALE], tickangle=0)
    figure.update_yaxes(
        type="log", range=[np.log10(RATES[0]), 2.05], tickvals=RATES, ticktext=[f"{value:g}" for value in RATES]
    )
    alt = (
        "Lines: missed defects rise with the pass threshold, false alarms fall with the reject threshold; what "
        f"lies between goes to a person. Chosen: pass below {_told(chosen[0])}, which misses {missed[low]:.2f} % of "
        f"the defective parts; reject from {_told(chosen[1])}, which rejects {alarms[high]:.2f} % of the sound ones; "
        f"{by_pass[low]:.2f} % of the pictures go to a person. Shipped: {_told(shipped[0])} and {_told(shipped[1])}."
    )
    return Chart(figure=figure, alt=alt)


def _place(threshold: ArrayLike) -> np.ndarray:
    """Where thresholds in [0, 1] lie on a scale that is fine near both ends."""
    return logit(np.clip(threshold, ENDS, 1 - ENDS))


def _told(threshold: float) -> str:
    return f"{100 * threshold:.2f} %"
