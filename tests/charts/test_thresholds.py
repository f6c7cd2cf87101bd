"""The rates over the threshold: the lines are the counts, and the chosen pair is where it was put."""

import numpy as np
import pytest

from casting_core.charts import thresholds as charts
from casting_core.evaluation.thresholds.operating_point import counts_below
from casting_core.evaluation.thresholds.sweep import outcome_at
from tests.factories import predictions

rng = np.random.default_rng(3)
POSITIVE = np.arange(400) % 2 == 1
LOGITS = rng.normal(np.where(POSITIVE, 1.0, -1.0))
PREDICTIONS = predictions(1 / (1 + np.exp(-LOGITS)), POSITIVE, np.arange(400) % 40)
CHOSEN, SHIPPED = (0.4, 0.8), (0.3, 0.6)


def chart(chosen=CHOSEN, given=PREDICTIONS):
    grid = np.unique([*charts.GRID, *chosen, *SHIPPED])
    counts = counts_below(given.probability, given.positive, grid)
    return charts.rates(grid, *counts, chosen=chosen, shipped=SHIPPED)


def value(drawn, name: str, threshold: float, place: int = 0) -> float:
    """Of a line at a threshold."""
    line = [trace for trace in drawn.figure.data if trace.name == name][place]
    return line.y[int(np.argmin(np.abs(np.array(line.customdata) - 100 * threshold)))]


def test_lines_have_the_rates_of_what_if_end_above_zero_and_both_pairs_stand_where_they_were_put():
    drawn = chart()
    found = outcome_at(PREDICTIONS, threshold_pass=CHOSEN[0], threshold_reject=CHOSEN[1])
    assert value(drawn, "missed defects", CHOSEN[0]) == pytest.approx(100 * found.missed_defects.value)
    assert value(drawn, "false alarms", CHOSEN[1]) == pytest.approx(100 * found.false_alarms.value)
    assert value(drawn, "sent to a person", CHOSEN[0]) == pytest.approx(100 * found.reviews.value)
    assert value(drawn, "sent to a person", CHOSEN[1], 1) == pytest.approx(100 * found.reviews.value)
    assert f"misses {100 * found.missed_defects.value:.2f} %" in drawn.alt
    assert f"{100 * found.reviews.value:.2f} % of the pictures go to a person" in drawn.alt
    assert drawn.figure.layout.yaxis.type == "log"
    for trace in drawn.figure.data[:4]:
        known = np.array(trace.y, float)
        assert np.all(np.isnan(known) | (known >= charts.RATES[0]))
    assert np.isnan(np.array(drawn.figure.data[0].y, float)[0])  # below the least threshold nothing is missed
    for name, pair in (("chosen thresholds", CHOSEN), ("shipped thresholds", SHIPPED)):
        (line,) = (trace for trace in drawn.figure.data if trace.name == name)
        assert (line.x[0], line.x[-1]) == pytest.approx([np.log(p / (1 - p)) for p in pair])
    assert len({trace.line.dash for trace in drawn.figure.data if "thresholds" in trace.name}) == 2


@pytest.mark.parametrize("moved", [0.1, 0.5])
def test_a_moved_threshold_leaves_the_other_where_it_is(moved):
    near = float(charts.GRID[np.argmin(np.abs(charts.GRID - moved))])
    found = outcome_at(PREDICTIONS, threshold_pass=near, threshold_reject=CHOSEN[1])
    assert value(chart(), "sent to a person", near) == pytest.approx(100 * found.reviews.value)


@pytest.mark.parametrize("chosen", [(0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (0.5, 0.5)])
def test_ends_and_a_pair_without_reviews_can_be_drawn(chosen):
    drawn = chart(chosen)
    for trace in drawn.figure.data:
        assert np.all(np.isfinite(np.array([x for x in trace.x if x is not None], float)))
    assert f"pass below {100 * chosen[0]:.2f} %" in drawn.alt


def test_of_one_label_alone_the_other_line_is_empty():
    drawn = chart(given=PREDICTIONS.only(POSITIVE))
    assert np.isnan(np.array(drawn.figure.data[1].y, float)).all()
    assert not np.isnan(np.array(drawn.figure.data[0].y, float)).all()
