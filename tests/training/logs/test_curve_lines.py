"""Lines of training curves: what is left out to stay quick, what is smoothed, and what cannot be drawn."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from scipy.signal import lfilter

from casting_core.errors import SettingsError
from casting_core.training.logs import curve_lines
from casting_core.training.logs.curve_lines import MAX_POINTS, Line, View, elapsed, smooth, thin
from casting_core.training.logs.run import Run


def log(name: str = "a", *, seconds: float | None = 60.0, train_loss: Sequence[float] = (3.0, 2.0, 1.0)) -> Run:
    """A log of this loss, every epoch of that many seconds."""
    columns = {"train_loss": np.array(train_loss)}
    if seconds is not None:
        columns["seconds"] = np.full(len(train_loss), seconds)
    return Run(name=name, epochs=np.arange(1.0, len(train_loss) + 1), columns=columns)


def line(log: Run, column: str, view: View) -> Line:
    return curve_lines.visible(curve_lines.whole_line(log, column, view), view)


def test_units_of_time():
    assert curve_lines.time_unit([log(seconds=39.0)]) == ("s", 1.0)
    assert curve_lines.time_unit([log(seconds=40.0)]) == ("min", 60.0)
    assert curve_lines.time_unit([log(seconds=2400.0)]) == ("h", 3600.0)
    assert curve_lines.time_unit([]) == curve_lines.time_unit([log(seconds=None)]) == ("s", 1.0)


def test_nonsense_is_refused():
    for wrong in ({"smoothing": 1.0}, {"smoothing": -0.1}, {"start": 3.0, "end": 3.0}):
        with pytest.raises(SettingsError):
            View(**wrong)


def test_ten_thousand_epochs_are_thinned_out_without_losing_a_peak():
    rng = np.random.default_rng(0)
    values = rng.normal(1, 0.01, 10_000)
    values[[1234, 7777]] = 5.0, 0.1
    held = log("long", train_loss=values.tolist())
    found = line(held, "train_loss", View())
    assert len(found.x) <= MAX_POINTS
    assert found.of == 10_000
    assert (found.y.max(), found.y.min()) == (5.0, 0.1)
    assert {1.0, 1235.0, 7778.0, 10_000.0} <= set(found.x)
    assert curve_lines.thinned([held, log("short")], View()) == ["long"]
    closer = View(start=7000.0, end=8000.0)
    assert line(held, "train_loss", closer).of == len(line(held, "train_loss", closer).x) == 1003
    assert curve_lines.thinned([held], closer) == []


@given(some.lists(some.floats(-10, 10) | some.just(math.nan), min_size=1, max_size=300), some.integers(4, 60))
def test_thinning_keeps_ends_and_extremes(values: list[float], most: int):
    array = np.array(values)
    kept = thin(array, most)
    assert (kept[0], kept[-1]) == (0, len(values) - 1)
    assert (np.diff(kept) > 0).all()
    assert len(kept) <= most
    assert len(kept) == len(values) or len(values) > most
    if np.isfinite(array).any():
        assert (np.nanmin(array[kept]), np.nanmax(array[kept])) == (np.nanmin(array), np.nanmax(array))
    gap = np.ones(4000)
    gap[1000:3000] = math.nan  # stays one
    assert np.isnan(gap[thin(gap, 100)]).sum() > 10


def test_a_log_without_times_is_named() -> None:
    assert curve_lines.untimed([log("timed"), log("timeless", seconds=None)]) == ["timeless"]
    assert len(elapsed(log(seconds=math.nan))) == len(elapsed(log(seconds=None))) == 0
    assert len(line(log(seconds=None), "train_loss", View(by_time=True)).x) == 0


def test_what_a_log_does_not_hold_is_a_line_without_points() -> None:
    for wanted in ("validation_loss", "train_loss"):
        found = line(Run(name="empty", epochs=np.empty(0), columns={}), wanted, View())
        assert (len(found.x), len(found.y), len(found.logged), found.of) == (0, 0, 0, 0)
    assert line(log(), "train_loss", View(start=20.0)).of == 0


def test_what_is_no_number_is_a_gap_that_moves_nothing() -> None:
    # of 1 and 4 with weight 0.5: (0.5 · 0.5 · 1 + 0.5 · 4) / 0.75
    values = [1.0, math.nan, 4.0, math.inf]
    np.testing.assert_allclose(smooth(np.array(values), 0.5), [1, math.nan, 3, math.inf])
    found = curve_lines.whole_line(log(train_loss=values), "train_loss", View(smoothing=0.5))
    np.testing.assert_allclose([found.y, found.logged], [[1, math.nan, 3, math.nan], [1, math.nan, 4, math.nan]])
    assert smooth(np.empty(0), 0.5).shape == (0,)
    below = curve_lines.whole_line(log(train_loss=[1.0, 0.0, -1.0]), "train_loss", View(logarithmic=True))
    np.testing.assert_array_equal(below.y, [1, math.nan, math.nan])


@given(values=arrays(float, some.integers(1, 30), elements=some.floats(-1e6, 1e6)), weight=some.floats(0, 0.99))
def test_smoothing_beside_scipy(values: np.ndarray, weight: float) -> None:
    given_values = values.copy()
    expected = lfilter([1 - weight], [1, -weight], values) / (1 - weight ** np.arange(1, len(values) + 1))
    np.testing.assert_allclose(smooth(values, weight), expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(values, given_values)  # not changed


def test_epochs_whose_time_is_odd_count_as_long_as_the_others() -> None:
    seconds = np.array([10.0, math.nan, -5.0, 20.0, math.inf, 30.0])
    run = Run(name="x", epochs=np.arange(6), columns={"seconds": seconds})
    np.testing.assert_array_equal(elapsed(run), [10, 30, 50, 70, 90, 120])
