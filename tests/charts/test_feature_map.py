"""The map of a set: every image a point, the largest groups with a look of their own."""

import numpy as np

from casting_core.charts.feature_map import MOST, feature_map
from casting_core.charts.style import SERIES


def test_every_point_is_drawn_once_and_groups_are_ordered_by_size() -> None:
    points = np.arange(12.0).reshape(6, 2)
    chart = feature_map(points, ["b", "a", "a", "", "a", "b"], list("uvwxyz"), axes=("first", "second"))
    assert [trace.name for trace in chart.figure.data] == ["a (3)", "b (2)", "unknown (1)"]
    assert (list(chart.figure.data[0].x), list(chart.figure.data[1].customdata)) == ([2, 4, 8], ["u", "z"])
    assert chart.alt == "Pictures as points on a plane: 3 a, 2 b and 1 unknown."


def test_the_smallest_of_many_groups_share_a_look() -> None:
    groups = [f"g{number}" for number in range(MOST + 4) for _ in range(1 if number >= MOST else 2)]
    chart = feature_map(np.zeros((len(groups), 2)), groups, groups, axes=("", ""))
    assert (len(chart.figure.data), chart.figure.data[-1].name) == (MOST + 1, "4 others (4)")
    assert sum(len(trace.x) for trace in chart.figure.data) == len(groups)


def test_a_known_group_keeps_its_look_and_an_outline_is_closed() -> None:
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    chart = feature_map(np.zeros((1, 2)), ["ok"], ["ok"], axes=("", ""), outline=corners, looks={"ok": SERIES[2]})
    assert chart.figure.data[0].marker.color == SERIES[2].colour
    assert chart.figure.layout.shapes[0].path == "M0,0L1,0L1,1L0,0Z"


def test_no_pictures() -> None:
    assert feature_map(np.zeros((0, 2)), [], [], axes=("", "")).alt == "No pictures."
