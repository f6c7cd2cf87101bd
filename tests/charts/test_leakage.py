"""Charts of likeness: the valley by hand, and what is drawn is what was counted."""

import numpy as np
import pytest

from casting_core.charts import leakage


def histogram(**counts: int) -> np.ndarray:
    """Counts over 40 bins from 0.8 to 1, by number of the bin: `_3=5`."""
    made = np.zeros(40, int)
    for name, count in counts.items():
        made[int(name[1:])] = count
    return made


def test_the_valley_is_the_emptiest_place_between_two_hills():
    hills = np.array([90, 50, 20, 7, 30, 60] + [60] * 34)
    assert leakage.valley(hills) == pytest.approx(0.8 + 3.5 * 0.005)
    wide = histogram(_0=100, _39=10)  # empty from bin 1 to 38: the middle of these
    assert leakage.valley(wide) == pytest.approx(0.8 + 20.5 * 0.005)


def test_there_is_no_valley_without_two_hills():
    falling = np.array([47, 53, 34, 20, 9, 3, 1, 0, 1] + [0] * 31)  # a stray pair is no hill
    assert leakage.valley(falling) is None
    assert leakage.valley(np.zeros(40, int)) is None
    assert leakage.valley(np.zeros(0, int)) is None
    assert leakage.valley(np.full(40, 1000)) is None


def test_pairs_are_drawn_over_their_bins_with_valley_and_threshold():
    numbers = histogram(_0=100, _30=5, _39=1000)
    chart = leakage.similarity(numbers, 0.955)
    bars, low, threshold = chart.figure.data
    assert (list(bars.y), bars.x[0], bars.x[-1]) == (numbers.tolist(), pytest.approx(0.8025), pytest.approx(0.9975))
    assert low.x[0] == low.x[1] == pytest.approx(leakage.valley(numbers))
    assert (list(threshold.x), chart.figure.layout.yaxis.type) == ([0.955, 0.955], "log")
    assert "threshold is at 0.955, and 1,000 pairs" in chart.alt
    assert "There is no valley" in leakage.similarity(np.zeros(40, int), 0.95).alt


def test_what_a_threshold_decides_is_drawn_in_two_lines():
    chart = leakage.thresholds([0.95, 0.975, 1.0], [10, 12, 90], [8, 6, 0], tested=16, chosen=0.975)
    shares, photographs = chart.figure.data
    assert (list(shares.x), list(shares.y)) == ([0.95, 0.975, 1.0], [50, 37.5, 0])
    assert list(photographs.y) == [10, 12, 90]
    assert {shape.x0 for shape in chart.figure.layout.shapes} == {0.975}
    assert "50.0 % at 0.950, 0.0 % at 1.000. Source photographs: 10 at 0.950, 90 at 1.000" in chart.alt
    assert list(leakage.thresholds([0.95], [3], [0], tested=0, chosen=0.95).figure.data[0].y) == [0]
