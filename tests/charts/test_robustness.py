"""Charts of disturbances: what is drawn is what was counted, and the words say the same."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from casting_core.charts import robustness as charts
from casting_core.charts.robustness import ERRORS, beyond, level_text, range_text, unnoticed
from casting_core.estimate import Estimate
from casting_core.networks.limit_figures import DisturbanceFigures, DisturbedFigures, HeldRange
from tests.factories import bare


def share(value: float | None, around: float = 0.0) -> Estimate | None:
    return None if value is None else Estimate(count=1, of=1, value=value, low=value - around, high=value + around)


def level(at: float, missed: float, false_alarms: float, reviews: float, *, holds: bool) -> DisturbedFigures:
    shares = {"accuracy": share(0.9, 0.05), "missed": share(missed, 0.01), "false_alarms": share(false_alarms, 0.02)}
    given = {"level": at, "reviews": float(reviews), "unusable": 0.0, "errors_hold": holds, "holds": holds}
    return bare(DisturbedFigures, **shares, **given)


def ends(least: float, most: float, to_the_least: bool = False, to_the_most: bool = False) -> HeldRange:
    return HeldRange(least=least, most=most, to_the_least=to_the_least, to_the_most=to_the_most)


def light(**others: Any) -> DisturbanceFigures:
    """Light at half and at double the light; the figures hold down to half of it."""
    usual = DisturbanceFigures(
        unit="× light",
        none=1.0,
        trained=(0.7, 1.25),
        levels=(
            level(0.25, 0.3, 0.02, 0.9, holds=False),
            level(0.5, 0.02, 0.02, 0.05, holds=True),
            level(1.0, 0.01, 0.02, 0.04, holds=True),
            level(2.0, 0.1, 0.4, 0.0, holds=False),
        ),
        envelope=ends(0.5, 1.0),
        errors_hold=ends(0.5, 1.0),
    )
    return replace(usual, **others)


def noise(
    least: float = 0.0, most: float = 3.0, *, last: dict[str, Any] | None = None, **others: Any
) -> DisturbanceFigures:
    """Noise at three levels; `last`: what else there is to say of the hardest."""
    hardest = replace(level(9.0, 0.5, 0, 0, holds=False), **(last or {}))
    levels = (level(0.0, 0, 0, 0, holds=True), level(3.0, 0.0, 0, 0, holds=True), hardest)
    held = ends(least, most, True)
    usual = DisturbanceFigures(
        unit="gray levels", none=0.0, trained=None, levels=levels, envelope=held, errors_hold=held
    )
    return replace(usual, **others)


def test_a_level_is_told_in_its_unit():
    assert level_text("brightness", 0.5, light()) == "× 0.5"
    assert level_text("brightness", 1.0, light()) == "as taken"
    assert level_text("rust", 3.0, noise()) == "3 gray levels"  # one that this version does not know


@pytest.mark.parametrize(
    ("name", "found", "told"),
    [
        ("brightness", light(), "from × 0.5 to × 1 (as taken)"),
        ("brightness", light(envelope=ends(0.5, 2.0)), "from × 0.5 to × 2"),
        ("noise", noise(), "up to 3 levels"),
        ("noise", noise(0.0, 0.0), "only as taken"),
        ("JPEG", noise(3.0, 9.0, none=9.0), "down to quality 3"),
    ],
)
def test_a_range_is_told_as_one_would_say_it(name, found, told):
    assert range_text(name, found) == told


def test_a_figure_may_have_no_interval():
    found = level(1.0, 0.25, 0.0, 0.25, holds=True)
    assert (found.share("reviews"), found.share("missed")) == (Estimate(value=0.25), share(0.25, 0.01))


def test_what_happens_beyond_is_told_for_both_sides():
    below, above = beyond("brightness", light())
    assert below == "at × 0.25: 30.0 % missed, 2.0 % false alarms, 90.0 % to a person"
    assert above == "at × 2: 10.0 % missed, 40.0 % false alarms, 0.0 % to a person"
    assert beyond("noise", noise(0.0, 9.0)) == []


def test_a_disturbance_is_drawn_step_by_step_with_its_envelope():
    chart = charts.disturbed("brightness", light())
    drawn = {trace.name: trace for trace in chart.figure.data}
    np.testing.assert_allclose(drawn["missed defects"].y, [30, 2, 1, 10])
    np.testing.assert_allclose(drawn["missed defects"].error_y.array, [1] * 4)
    np.testing.assert_allclose(drawn["false alarms"].error_y.arrayminus, [2] * 4)
    assert list(drawn["sent to a person"].y) == [90, 5, 4, 0]
    assert drawn["sent to a person"].error_y.array is None  # no interval is kept of it
    assert list(drawn["missed defects"].x) == [0, 1, 2, 3]
    assert list(chart.figure.layout.xaxis.ticktext) == ["0.25", "0.5", "as<br>taken", "2"]
    (shade,) = chart.figure.layout.shapes
    assert 0 < shade.x0 < 1  # between the step that fails and the first that holds
    assert 2 < shade.x1 < 3
    assert "hold from × 0.5 to × 1 (as taken)" in chart.alt
    assert "× 2: right at 50 % 90.0 %, missed defects 10.0 %, false alarms 40.0 %" in chart.alt
    assert not chart.figure.layout.showlegend


def test_errors_alone_have_a_scale_of_their_own():
    chart = charts.disturbed("brightness", light(), ERRORS, large=True)
    assert [trace.name for trace in chart.figure.data] == ["missed defects", "false alarms"]
    assert chart.figure.layout.yaxis.range is None
    assert chart.figure.layout.showlegend
    assert "sent to a person" not in chart.alt


def test_where_nothing_was_judged_the_line_has_a_gap():
    chart = charts.disturbed("noise", noise(last={"accuracy": None}))
    line = chart.figure.data[0]
    assert (line.name, line.y[2], line.error_y.array[2]) == ("right at 50 %", None, 0)
    assert "9 levels: right at 50 % none judged" in chart.alt


def test_errors_that_nobody_notices_are_told():
    quiet = noise(0.0, 9.0, last={"errors_hold": True}, errors_hold=ends(0.0, 9.0, True, True))
    missed, alarms, whole = unnoticed({"brightness": light(), "noise": noise(), "blur": quiet})
    assert missed.startswith("**Grain (noise), 9 levels: 50.0 % of the defective parts pass as sound**, and no part is")
    assert alarms.startswith("**Light, × 2: 40.0 % of the sound parts are rejected**")  # at × 0.25 a person looks
    assert whole.startswith("***Blur*: no more errors")
