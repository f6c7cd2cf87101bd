"""Charts of how models behave: how well they rank, and what their probabilities mean."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from casting_core.charts.style import LABELS, NEUTRAL, WORDS, Chart, Look, finish, listed, log_counts, mark, plain
from casting_core.evaluation.comparison.behaviour import BARS, Behaviour, Interval
from casting_core.evaluation.metrics.curves import Curve
from casting_core.labels import Label, Verdict

CORNER = 10.0  # %, of both axes, that a zoomed curve shows
FINE = 1000  # steps along an axis that the eye can tell apart
SQUARE = 380  # px
THIN = {"width": 1, "dash": "solid"}  # of lines to compare with, for models have lines of every pattern


def roc(models: Mapping[str, Behaviour], looks: Mapping[str, Look], *, zoom: bool = False) -> Chart:
    """ROC curves by name of the model, with a mark where each model's reject threshold stands.

    `zoom`: the upper left corner, where few sound parts are lost and few defects are missed.
    """
    figure, told = go.Figure(), []
    if not zoom:
        mark(figure, "by tossing a coin", x=(0, 100), y=(0, 100), **THIN)
    hover = "sound parts rejected: %{x:.2f} %<br>defective parts found: %{y:.2f} %"
    for name, each in models.items():
        if each.roc is not None:
            alarms, found = (each.share(label, Verdict.DEFECTIVE) for label in (Label.OK, Label.DEFECTIVE))
            _curve(figure, name, each.roc, (alarms, found), looks[name], hover, zoom)
            area = f"{name}: area {each.roc.area:.4f}"
            told.append(f"{area}, at its reject threshold {_of(found)} found for {_of(alarms)} lost")
    finish(figure, x="Sound parts rejected (%)", y="Defective parts found (%)", height=SQUARE)
    _frame(figure, zoom, right=False)
    return Chart(figure=figure, alt=f"ROC curves{_corner(zoom)}. {'; '.join(told) or 'None: one label alone'}.")


def precision_recall(models: Mapping[str, Behaviour], looks: Mapping[str, Look], *, zoom: bool = False) -> Chart:
    """Precision–recall curves likewise. `zoom`: the upper right corner."""
    figure, told = go.Figure(), []
    hover = "defective parts found: %{x:.2f} %<br>truly defective of those called so: %{y:.2f} %"
    for name, each in models.items():
        if each.precision_recall is not None:
            found, precise = each.share(Label.DEFECTIVE, Verdict.DEFECTIVE), _precision(each)
            _curve(figure, name, each.precision_recall, (found, precise), looks[name], hover, zoom, shape="vh")
            area = f"{name}: area {each.precision_recall.area:.4f}"
            told.append(f"{area}, at its reject threshold {_of(precise)} of those called so are")
    finish(figure, x="Defective parts found (%)", y="Truly defective of those called so (%)", height=SQUARE)
    _frame(figure, zoom, right=True)
    return Chart(
        figure=figure, alt=f"Precision–recall curves{_corner(zoom)}. {'; '.join(told) or 'None: one label alone'}."
    )


def reliability(name: str, model: Behaviour, look: Look) -> Chart:
    """How many parts of each probability are defective, with 95 % intervals, above how many pictures that is."""
    points = model.reliability
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.06)
    mark(figure, "as it should be", x=(0, 100), y=(0, 100), **THIN)
    shares = [each.estimate.times(100) for each in points]
    figure.add_scatter(
        x=[100 * each.probability for each in points],
        y=[share.value for share in shares],
        error_y=look.intervals(shares),
        customdata=[(each.pictures, each.photographs, *each.estimate.times(100).span) for each in points],
        **look.points(
            name,
            "said: %{x:.1f} %<br>defective: %{y:.1f} % (%{customdata[2]:.1f} to %{customdata[3]:.1f})<br>"
            "%{customdata[0]:,} pictures of %{customdata[1]} photographs",
            9,
        ),
    )
    figure.add_bar(
        x=[50 * (each.from_ + each.to) for each in points],
        y=[each.pictures for each in points],
        width=[92 * (each.to - each.from_) for each in points],
        marker=look.bar(),
        showlegend=False,
        hovertemplate="%{y:,} pictures<extra></extra>",
        row=2,
        col=1,
    )
    finish(figure, x="Probability of a defect that was said (%)", y="Truly defective (%)", height=SQUARE + 60)
    figure.update_xaxes(range=[-2, 102])
    figure.update_xaxes(title={"text": ""}, row=1, col=1)
    figure.update_yaxes(range=[-4, 104], row=1, col=1)
    most = max((each.pictures for each in points), default=1)
    figure.update_yaxes(title={"text": "Pictures"}, row=2, col=1, **log_counts(most))
    told = [
        f"{100 * each.from_:.0f} to {100 * each.to:.0f} %: {100 * each.share:.0f} % of {each.pictures:,}"
        for each in points
    ]
    error = 100 * model.calibration_error
    alt = (
        f"Reliability of {name}: by the probability that it said, the share of pictures that are defective. "
        f"{'; '.join(told)}. Expected calibration error {error:.1f} points."
    )
    return Chart(figure=figure, alt=alt)


def spread(name: str, model: Behaviour) -> Chart:
    """How many pictures of each label get which probability, on a scale of powers of ten, with both thresholds."""
    figure, told = go.Figure(), []
    edges = np.linspace(0, 100, BARS + 1)
    most = max(int(each.max()) for each in model.spread.values())
    for ends, word in ((model.passing, "pass"), (model.rejecting, "reject")):
        middle = 50 * sum(ends)
        if ends[1] - ends[0] > 1e-9:
            figure.add_vrect(x0=100 * ends[0], x1=100 * ends[1], fillcolor=NEUTRAL, opacity=0.25, line_width=0)
        else:
            figure.add_vline(x=middle, line={"color": NEUTRAL, "width": 2, "dash": "dot"})
        figure.add_annotation(
            x=middle, y=1, yref="paper", yanchor="bottom", text=word, showarrow=False,
            xanchor="right" if word == "pass" else "left",
        )  # fmt: skip
        told.append(f"{word} threshold {_range(ends)}")
    for label, look in LABELS.items():
        numbers = model.spread[label]
        figure.add_scatter(
            x=[edges[0], *edges],
            y=[0.1, *np.maximum(numbers, 0.1), 0.1],  # below the axis, which has no zero
            customdata=[0, *numbers, 0],
            **look.lines(
                f"{WORDS[label]} parts", f"from %{{x:.1f}} % on: %{{customdata:,}} {WORDS[label]}", shape="hv"
            ),
        )
        half = BARS // 2
        below, above = int(numbers[:half].sum()), int(numbers[half:].sum())
        told.append(f"{below:,} {WORDS[label]} below 50 %, {above:,} from there on")
    finish(figure, x="Probability of a defect (%)", y="Pictures")
    figure.update_layout(legend={"y": 1.12}, margin={"t": 24})
    figure.update_xaxes(range=[-1, 101])
    figure.update_yaxes(**log_counts(most))
    return Chart(figure=figure, alt=f"Pictures by the probability that {name} gave them. {listed(told)}.")


def _curve(
    figure: go.Figure,
    name: str,
    curve: Curve,
    threshold: tuple[float | None, float | None],
    look: Look,
    hover: str,
    zoom: bool,
    shape: str = "linear",
) -> None:
    """One line, in %, of as many points as can be told apart, and a mark where the reject threshold stands."""
    x, y = 100 * curve.x, 100 * curve.y
    step = (CORNER if zoom else 100.0) / FINE
    along = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    keep = np.append(np.diff(np.floor(along / step)) > 0, True) if len(x) > 1 else np.ones(len(x), bool)
    keep[:1] = True
    line = look.lines(name, f"{plain(name)}<br>{hover}", shape=shape)
    figure.add_scatter(x=x[keep].astype(np.float32), y=y[keep].astype(np.float32), legendgroup=name, **line)
    at, height = threshold
    if at is not None and height is not None:
        point = look.points(name, f"{plain(name)} at its reject threshold<br>{hover}", 11)
        figure.add_scatter(x=[100 * at], y=[100 * height], legendgroup=name, showlegend=False, **point)


def _frame(figure: go.Figure, zoom: bool, *, right: bool) -> None:
    """Axes in % that show all, or the upper corner, with a little room on all sides."""
    reach = CORNER if zoom else 100.0
    room = 0.02 * reach
    upper = [100 - reach - room, 100 + room]
    figure.update_xaxes(range=upper if right else [-room, reach + room])
    figure.update_yaxes(range=upper)


def _precision(model: Behaviour) -> float | None:
    """Of the pictures with verdict defective, the share that is."""
    right, wrong = (len(model.cells[label, Verdict.DEFECTIVE]) for label in (Label.DEFECTIVE, Label.OK))
    return right / (right + wrong) if right + wrong else None


def _corner(zoom: bool) -> str:
    return f", the corner of {CORNER:.0f} %" if zoom else ""


def _of(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"


def _range(ends: Interval) -> str:
    low, high = (f"{100 * end:.1f} %" for end in ends)
    return low if low == high else f"{low} to {high} (by fold)"
