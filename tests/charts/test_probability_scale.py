"""The probability scale: both thresholds and the part on one line."""

import pytest

from casting_core.charts.probability_scale import probability_scale
from tests import says


def test_the_scale_shows_probability_and_both_thresholds():
    figure = probability_scale(0.973, 0.05, 0.4)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [(bar.base[0], bar.x[0]) for bar in bars] == [(0, 5), (5, pytest.approx(35)), (40, pytest.approx(60))]
    (marker,) = (trace for trace in figure.data if trace.type == "scatter")
    assert marker.x[0] == pytest.approx(97.3)
    assert "97.3 %" in figure.layout.title.text
    assert "(%)" in figure.layout.xaxis.title.text
    says(" ".join(note.text for note in figure.layout.annotations), "5.0 %", "40.0 %")


@pytest.mark.parametrize("values", [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.5, 0.5, 0.5)])
def test_degenerate_scales_are_drawn(values):
    assert len(probability_scale(*values).data) == 4
