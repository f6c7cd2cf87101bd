"""What all charts have in common: seen on both themes, by all eyes, on a phone."""

import math
import tomllib

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from casting_core.charts import style
from casting_core.charts.overlay import COLOURS
from casting_core.charts.style import (
    LABEL_COLOURS,
    LABELS,
    NEUTRAL,
    SERIES,
    finish,
    ink,
    listed,
    log_counts,
    looks,
    mark,
    plain,
)
from casting_core.estimate import Estimate
from casting_core.labels import Label, Verdict
from tests import ROOT

CONFIG = ROOT / ".streamlit" / "config.toml"


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [*LABEL_COLOURS.values(), *(look.colour for look in SERIES), NEUTRAL])
def test_colours_stand_out_from_the_page(colour, theme):
    background = tomllib.loads(CONFIG.read_text())["theme"][theme]["backgroundColor"]
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast(colour, background) >= 3


@pytest.mark.parametrize("group", [tuple(LABELS.values()), SERIES])
def test_no_two_looks_differ_by_colour_alone(group):
    for attribute in ("colour", "dash", "symbol", "pattern"):
        assert len({getattr(look, attribute) for look in group}) == len(group)


def test_labels_have_the_colours_of_their_verdicts():
    assert {Label.OK: COLOURS[Verdict.OK], Label.DEFECTIVE: COLOURS[Verdict.DEFECTIVE]} == LABEL_COLOURS
    assert not set(LABEL_COLOURS.values()) & {look.colour for look in SERIES}


def test_a_name_has_the_look_of_its_label_where_no_other_has_that_label():
    labels = {"good": Label.OK, "bad": Label.DEFECTIVE, "worse": Label.DEFECTIVE}
    assert looks(["bad", "good"], labels) == {"bad": LABELS[Label.DEFECTIVE], "good": LABELS[Label.OK]}
    assert looks(["good", "bad", "worse"], labels) == dict(zip(["good", "bad", "worse"], SERIES, strict=False))
    assert looks(["good", "other"], labels) == {"good": SERIES[0], "other": SERIES[1]}
    assert looks(["a"]) == {"a": SERIES[0]}
    many = looks([str(number) for number in range(len(SERIES) + 1)])
    assert many[str(len(SERIES))] == many["0"]


def test_bars_keep_their_colour_under_their_pattern():
    bar = LABELS[Label.DEFECTIVE].bar()
    assert bar["color"] == LABEL_COLOURS[Label.DEFECTIVE]
    assert bar["pattern"]["fillmode"] == "overlay"  # else the colour is taken for the lines alone


def test_finish_names_the_axes_and_leaves_the_page_to_scroll():
    figure = go.Figure()
    assert finish(figure, x="Time (s)", y="Loss", height=200) is figure
    layout = figure.layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text, layout.height) == ("Time (s)", "Loss", 200)
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.dragmode is False
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.title.text is None
    assert layout.margin.l + layout.margin.r < 40  # px of 390
    assert layout.legend.y > 1


def test_finish_can_let_a_chart_be_zoomed():
    layout = finish(go.Figure(), x="x", y="y", zoom=True).layout
    assert layout.dragmode == "zoom"
    assert not layout.xaxis.fixedrange


def test_a_long_title_of_an_axis_is_broken_into_lines_that_fit_on_a_phone():
    words = "Contrast of the part (standard deviation of its gray levels from 0 to 255)"
    lines = finish(go.Figure(), x=words, y="").layout.xaxis.title.text.split("<br>")
    assert " ".join(lines) == words
    assert max(map(len, lines)) <= style.LINE


def test_finish_and_ink_reach_every_axis_of_a_figure():
    figure = make_subplots(rows=2, cols=1)
    finish(figure, x="", y="", height=300)
    ink(figure, "#123456")
    for axis in (figure.layout.xaxis, figure.layout.xaxis2, figure.layout.yaxis, figure.layout.yaxis2):
        assert axis.fixedrange
        assert axis.tickfont.color == axis.title.font.color == "#123456"
    assert figure.layout.font.color == figure.layout.legend.font.color == "#123456"


def test_ink_changes_nothing_but_colours():
    figure = finish(go.Figure(), x="Time (s)", y="Loss")
    before = figure.to_plotly_json()["layout"]
    assert ink(figure, "#123456") is figure
    after = figure.layout
    assert (after.xaxis.title.text, after.yaxis.title.text) == ("Time (s)", "Loss")
    assert after.font.size == before["font"]["size"]
    assert after.hoverlabel.font.color == "#FFFFFF"  # on its own dark ground


def test_a_line_to_compare_with_stands_in_the_legend():
    figure = go.Figure()
    mark(figure, "down", x=(0.5, 0.5), y=(0, 9))
    mark(figure, "across", x=(1, 2), y=(3, 3), width=1)
    down, across = figure.data
    assert (list(down.x), list(down.y)) == ([0.5, 0.5], [0, 9])
    assert (list(across.x), list(across.y)) == ([1, 2], [3, 3])
    assert [trace.name for trace in figure.data] == ["down", "across"]
    assert [(trace.line.color, trace.line.dash, trace.line.width) for trace in figure.data] == [
        (NEUTRAL, "dot", 2),
        (NEUTRAL, "dot", 1),
    ]


def test_intervals_are_lengths_on_either_side_and_none_where_an_end_is_missing():
    bars = SERIES[0].intervals([Estimate(value=5.0, low=3.0, high=9.0), Estimate(value=5.0), None])
    assert (bars["arrayminus"], bars["array"]) == ([2.0, 0.0, 0.0], [4.0, 0.0, 0.0])
    assert bars["color"] == SERIES[0].colour


def test_a_band_has_the_colour_of_its_look():
    assert SERIES[0].faint(0.2) == "rgba(0,114,178,0.2)"


@pytest.mark.parametrize("most", [0, 1, 1000])
def test_an_axis_of_counts_shows_one_and_the_most(most):
    low, high = log_counts(most)["range"]
    assert low < 0 < high
    assert high > math.log10(max(most, 1))


def test_words_in_a_row():
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_names_from_outside_are_no_markup():
    assert plain('<b>x</b> & "y"') == '&lt;b&gt;x&lt;/b&gt; &amp; "y"'
