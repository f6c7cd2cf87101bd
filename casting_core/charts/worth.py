"""What a year costs over the plant's defect rate, by each way to inspect."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from casting_core.charts.style import SERIES, Chart, finish, listed, mark
from casting_core.estimate import Estimate
from casting_core.evaluation.plant.rounding import rounded

OPACITY = 0.18  # of a band
HEADROOM = 1.08


def cost_curve(
    costs: Mapping[str, Sequence[Estimate]],
    defect_rates: Sequence[float],
    titles: Mapping[str, str],
    *,
    at: float,
    currency: str,
) -> Chart:
    """Draw money per year by way, with its 95 % band.

    Parameters
    ----------
    costs : by way, one per defect rate; that of no inspection may leave the chart at the top, so that the others can
        be told apart.
    defect_rates : rising, in [0, 1].
    titles : of the ways.
    at : the plant's own defect rate, one of the `defect_rates`, which is marked.
    currency : its sign, empty for none.
    """
    percent = [100 * rate for rate in defect_rates]
    figure = go.Figure()
    inside = [each.span[1] for way, line in costs.items() if way != "uninspected" for each in line]
    top = HEADROOM * max(inside or [each.span[1] for line in costs.values() for each in line]) or 1.0
    for (way, line), look in zip(costs.items(), SERIES, strict=False):
        lows, highs = zip(*(each.span for each in line), strict=True)
        if lows != highs:
            band = {"mode": "lines", "fill": "toself", "fillcolor": look.faint(OPACITY), "line": {"width": 0}}
            figure.add_scatter(
                x=[*percent, *reversed(percent)],
                y=[*highs, *reversed(lows)],
                name=f"95 % range of {titles[way]}",
                legendgroup=way,
                showlegend=False,
                hoverinfo="skip",
                **band,
            )
        figure.add_scatter(
            x=percent,
            y=[each.value for each in line],
            legendgroup=way,
            customdata=[_told(each, currency) for each in line],
            **look.lines(titles[way], f"{titles[way]} at %{{x:.3~g}} %: %{{customdata}}", width=2.5),
        )
    mark(figure, f"your plant, {100 * at:g} %", x=(100 * at, 100 * at), y=(0, top))
    finish(figure, x="Defective parts (% of all)", y=f"Cost a year ({currency or 'money'})", height=420)
    figure.update_yaxes(range=[0, top], tickformat="~s")
    figure.update_xaxes(range=[percent[0], percent[-1]])
    places = sorted({0, list(defect_rates).index(at), len(percent) - 1})
    told = [
        f"{titles[way]}: {listed([f'{_told(line[place], currency)} at {percent[place]:g} %' for place in places])}"
        for way, line in costs.items()
    ]
    return Chart(
        figure=figure, alt=f"Lines with bands: what a year costs over the share of defective parts. {'. '.join(told)}."
    )


def _told(estimate: Estimate, currency: str) -> str:
    text = rounded(estimate, money=True)
    return f"{currency}{text.value}" + (f" ({text.range})" if text.low else "")
