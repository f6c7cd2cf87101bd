"""Charts of a data set: how many, how bright, how alike, and what gives the label away."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from casting_core.charts.dots import Dot, draw_dots
from casting_core.charts.style import SERIES, WORDS, Chart, Look, finish, listed, log_counts, looks, mark, plain
from casting_core.estimate import Estimate
from casting_core.exploration.issues.shortcuts import Shortcut

SPLITS = ("train", "val", "test")  # in this order; others come after them
BINS = (8, 40)  # of a distribution, at least and at most
MAX_SIZES = 12  # sizes of pictures that get a bar
MAX_PHOTOGRAPHS = 400  # that get a bar
STEEP = 20  # pictures of one photograph from which the scale is logarithmic
WHOLE = "all pictures"


def counts(pictures: Mapping[str, Mapping[str, int]], looks: Mapping[str, Look]) -> Chart:
    """Pictures by split and class. `pictures`: by class and split; `looks`: of the classes."""
    splits = sorted({split for each in pictures.values() for split in each}, key=_place)
    figure = go.Figure()
    for name, by_split in pictures.items():
        numbers = [by_split.get(split, 0) for split in splits]
        figure.add_bar(
            x=[plain(split) for split in splits],
            y=numbers,
            name=plain(name),
            marker=looks[name].bar(),
            text=[f"{number:,}" for number in numbers],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}, %{fullData.name}: %{y:,} pictures<extra></extra>",
        )
    figure.update_layout(barmode="group")
    finish(figure, x="Split", y="Pictures")
    told = [
        f"{split}: " + listed([f"{each.get(split, 0):,} {name}" for name, each in pictures.items()]) for split in splits
    ]
    return Chart(figure=figure, alt=f"Bars: pictures by split and class. {'; '.join(told)}.")


def distribution(values: Mapping[str, np.ndarray], looks: Mapping[str, Look], *, title: str) -> Chart:
    """How a measure is spread within each class, as shares of the class, with its medians.

    Parameters
    ----------
    values : by class, float (n,), of which NaN are left out; a class without any is left out.
    looks : of the classes.
    title : of the measure, with its unit in brackets.
    """
    known = {name: each[np.isfinite(each)] for name, each in values.items()}
    known = {name: each for name, each in known.items() if len(each)}
    figure, told = go.Figure(), []
    edges = _edges(np.concatenate(list(known.values()))) if known else np.zeros(2)
    shares = {name: 100 * np.histogram(each, edges)[0] / len(each) for name, each in known.items()}
    top = 1.08 * max((each.max() for each in shares.values()), default=1.0)
    for name, each in known.items():
        low, middle, high = np.quantile(each, [0.25, 0.5, 0.75])
        figure.add_scatter(
            x=[edges[0], *edges],
            y=[0.0, *shares[name], 0.0],  # the outline of the bars, from the ground to the ground
            legendgroup=name,
            **looks[name].lines(name, "from %{x:.4~g} on: %{y:.1f} % of %{fullData.name}", shape="hv"),
        )
        figure.add_scatter(
            x=[middle, middle],
            y=[0.0, top],
            legendgroup=name,
            showlegend=False,
            **looks[name].lines(f"median of {name}", "%{fullData.name}: %{x:.4~g}", width=1.5, dash="dot"),
        )
        told.append(f"{name}: median {middle:.4g}, middle half from {low:.4g} to {high:.4g}")
    finish(figure, x=title, y="Share of the class (%)")
    figure.update_yaxes(rangemode="tozero")
    return Chart(figure=figure, alt=f"Distribution of {title}. {'; '.join(told) or 'It was measured on no picture'}.")


def _place(split: str | None) -> tuple[int, str]:
    """Where a split stands among others; None is all of them and comes first."""
    if split is None:
        return -1, ""
    return (SPLITS.index(split) if split in SPLITS else len(SPLITS)), split


def _edges(values: np.ndarray) -> np.ndarray:
    """As many equal bins as the square root of the number of values, within bounds that no stray value can break."""
    few, most = BINS
    low, high = float(values.min()), float(values.max())
    close = 1e-9 * max(abs(low), abs(high))
    if high - low <= close:  # one value, but for rounding
        low, high = low - max(close, 0.5), high + max(close, 0.5)
    return np.linspace(low, high, min(max(round(len(values) ** 0.5), few), most) + 1)


def sizes(pictures: Mapping[tuple[int, int], int]) -> Chart:
    """How many pictures have which size. `pictures`: by width and height in px; the most common get a bar."""
    ordered = sorted(pictures.items(), key=lambda item: (-item[1], item[0]))
    shown = ordered[:MAX_SIZES]
    names = [f"{width} × {height}" for (width, height), _ in shown]
    figure = go.Figure()
    figure.add_bar(
        x=[count for _, count in shown],
        y=names,
        orientation="h",
        marker=SERIES[0].bar(),
        text=[f"{count:,}" for _, count in shown],
        textposition="auto",
        hovertemplate="%{y} px: %{x:,} pictures<extra></extra>",
    )
    finish(figure, x="Pictures", y="Size (px)", height=90 + 34 * len(shown))
    figure.update_yaxes(autorange="reversed", type="category")
    told = "; ".join(f"{name}: {count:,}" for name, (_, count) in zip(names, shown, strict=True))
    rest = f" {len(ordered) - len(shown)} rarer sizes are not drawn." if len(ordered) > len(shown) else ""
    return Chart(figure=figure, alt=f"Bars: pictures by their size in pixels. {told}.{rest}")


def photographs(pictures: Mapping[str, Sequence[int]], looks: Mapping[str, Look]) -> Chart:
    """How many pictures show each source photograph, the one with the most first.

    Parameters
    ----------
    pictures : numbers of pictures, one a photograph, by what the photograph is filed under, such as `sound`.
    looks : of these.

    Of very many photographs only those with the most pictures are drawn, which the text says. The scale is logarithmic
    where one has 20 pictures or more.
    """
    ordered = sorted(((n, kind) for kind, each in pictures.items() for n in each), key=lambda pair: -pair[0])
    numbers, shown = [n for n, _ in ordered], ordered[:MAX_PHOTOGRAPHS]
    figure = go.Figure()
    for kind in pictures:
        ranks = [rank for rank, (_, mine) in enumerate(shown, start=1) if mine == kind]
        figure.add_bar(
            x=ranks,
            y=[shown[rank - 1][0] for rank in ranks],
            name=plain(kind),
            width=1,
            marker={"color": looks[kind].colour, "line": {"width": 0}},
            hovertemplate="Number %{x} by its copies: %{y:,} pictures, %{fullData.name}<extra></extra>",
        )
    finish(figure, x="Source photographs, the most copied first", y="Pictures of it")
    figure.update_layout(barmode="overlay")
    steep = bool(numbers) and numbers[0] >= STEEP
    if steep:
        figure.update_yaxes(**log_counts(numbers[0]))
    told = "; ".join(f"{len(each):,} {kind} photographs with {sum(each):,} pictures" for kind, each in pictures.items())
    rest = f" Only the {len(shown)} with the most pictures are drawn." if len(ordered) > len(shown) else ""
    alt = f"Bars: pictures of each source photograph{', on a logarithmic scale' if steep else ''}. {told}."
    if numbers:
        alt += f" Most pictures of one: {numbers[0]:,}; half of the photographs have {np.median(numbers):g} or fewer."
    return Chart(figure=figure, alt=alt + rest)


def shortcuts(rows: Sequence[Shortcut], names: Mapping[str, str]) -> Chart:
    """How well each measure alone tells the label: a dot with its 95 % interval, for all pictures and each split.

    `names`: of the measures, from the bottom of the chart to its top; rows without an area are left out.
    """
    known = [row for row in rows if row.auc is not None and row.measure in names]
    titles = {split: WHOLE if split is None else split for split in sorted({r.split for r in known}, key=_place)}
    dots = [
        Dot(
            row=row.measure,
            series=titles[row.split],
            figure=Estimate(value=row.auc, low=row.low, high=row.high),
            text=f"{_area(row, names)}<br>{_higher(row)}",
        )
        for row in known
        if row.auc is not None
    ]
    series = looks(list(titles.values()))
    rows_down = list(names)[::-1]
    figure = draw_dots(dots, rows_down, series, x="Area under the ROC curve", names=names, bounds=None)
    mark(figure, "chance: tells nothing", x=(0.5, 0.5), y=(-0.6, len(names) - 0.4))
    figure.update_layout(showlegend=True)
    lowest = min((row.low for row in known if row.low is not None), default=0.5)
    figure.update_xaxes(range=[min(0.4, lowest) - 0.02, 1.01])
    overall = sorted((row for row in known if row.split is None), key=lambda row: rows_down.index(row.measure))
    told = "; ".join(_area(row, names) for row in overall) or "None was measured"
    alt = (
        "Dots with 95 % intervals: how well each measure alone tells the label, in all pictures, where 0.50 is chance."
    )
    return Chart(figure=figure, alt=f"{alt} {told}.")


def _area(row: Shortcut, names: Mapping[str, str]) -> str:
    return f"{names[row.measure]}: {row.auc:.2f} ({row.low:.2f} to {row.high:.2f})"


def _higher(row: Shortcut) -> str:
    return "no side is higher" if row.higher is None else f"{WORDS[row.higher]} pictures have the higher values"
