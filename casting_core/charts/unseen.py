"""Charts of the figures of models on several sets of pictures."""

from collections.abc import Mapping, Sequence

from casting_core.charts.dots import Dot, draw_dots
from casting_core.charts.overlay import percent
from casting_core.charts.style import Chart, looks, plain
from casting_core.estimate import Estimate
from casting_core.evaluation.reporting.cells import decimal

NOT_MEASURED = "not measured"


def figure_text(figure: Estimate | None, *, share: bool = True) -> str:
    """Tell a figure in words: `98.5 % (97.1 % to 99.6 %), 7,211 of 7,324`; what is no share to four places."""
    if figure is None:
        return NOT_MEASURED

    def text(value: float) -> str:
        return percent(value) if share else decimal(value, 4)

    ends = "no range kept" if figure.ends is None else " to ".join(map(text, figure.ends))
    told = f"{text(figure.value)} ({ends})"
    return told if figure.count is None else f"{told}, {figure.count:,} of {figure.of:,}"


def side_by_side(
    measured: Mapping[str, Mapping[str, Estimate | None]], sets: Sequence[str], *, title: str, share: bool = True
) -> Chart:
    """One figure of every model on every set: models on the rows, a look for each set, 95 % intervals.

    Parameters
    ----------
    measured : by model and set; None, or missing, where it was not measured.
    sets : titles of the sets, in their order.
    title : of the figure, for the axis.
    share : whether it is a share, drawn in percent; else a number in [0, 1].
    """
    scale = 100.0 if share else 1.0
    dots, told = [], []
    for name in sets:
        found = {model: by_set.get(name) for model, by_set in measured.items()}
        words = {model: figure_text(each, share=share) for model, each in found.items()}
        dots += [
            Dot(
                row=model, series=name, figure=each.times(scale), text=f"{plain(model)}, {name.lower()}: {words[model]}"
            )
            for model, each in found.items()
            if each is not None
        ]
        told.append(f"{name}: {'; '.join(f'{model} {text}' for model, text in words.items())}")
    figure = draw_dots(
        dots,
        list(measured),
        looks(sets),
        x=f"{title} (%)" if share else title,
        names={model: model.replace("_", " ") for model in measured},
        bounds=(0.0, scale),
    )
    return Chart(figure=figure, alt=f"Dots with 95 % intervals: {title}. {'. '.join(told)}.")
