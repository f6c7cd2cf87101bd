"""The yearly cost over the defect rate: lines and bands are the estimates, the plant is marked."""

import pytest

from casting_core.charts.worth import cost_curve
from casting_core.estimate import Estimate

RATES = [0.0, 0.02, 0.04]
TITLES = {"model": "The model", "uninspected": "No inspection"}


def estimate(value: float, spread: float = 0.0) -> Estimate:
    return Estimate(value=value, low=value - spread, high=value + spread)


COSTS = {
    "model": [estimate(100_000, 40_000), estimate(120_000, 50_000), estimate(140_000, 60_000)],
    "uninspected": [estimate(0), estimate(1_000_000), estimate(2_000_000)],
}


def drawn(**changes):
    given = {"costs": COSTS, "defect_rates": RATES, "titles": TITLES, "at": 0.02, "currency": "€"}
    return cost_curve(**given | changes)


def test_lines_and_bands_are_the_estimates():
    band, line, nothing, plant = drawn().figure.data
    assert (list(line.x), list(line.y)) == ([0.0, 2.0, 4.0], [100_000, 120_000, 140_000])
    assert list(band.y) == [140_000, 170_000, 200_000, 80_000, 70_000, 60_000]
    assert (list(band.x), list(nothing.y)) == ([0.0, 2.0, 4.0, 4.0, 2.0, 0.0], [0, 1_000_000, 2_000_000])
    assert line.line.dash != nothing.line.dash
    assert (plant.name, list(plant.x)) == ("your plant, 2 %", [2.0, 2.0])


def test_no_inspection_may_leave_at_the_top():
    assert drawn().figure.layout.yaxis.range[1] == pytest.approx(1.08 * 200_000)
    alone = drawn(costs={"uninspected": COSTS["uninspected"]}).figure
    assert alone.layout.yaxis.range[1] == pytest.approx(1.08 * 2_000_000)


def test_costs_of_nothing_are_drawn():
    assert drawn(costs={"model": [estimate(0)] * 3}).figure.layout.yaxis.range == (0, 1.0)


def test_it_is_told_in_rounded_words():
    chart = drawn()
    assert "The model: €100,000 (60,000 to 140,000) at 0 %, €120,000 (70,000 to 170,000) at 2 %" in chart.alt
    assert chart.figure.layout.yaxis.title.text == "Cost a year (€)"
    assert drawn(currency="").figure.layout.yaxis.title.text == "Cost a year (money)"
