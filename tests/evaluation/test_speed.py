"""The benchmark times everything it names; how fast is not for a test to say."""

import json

import numpy as np

from casting_core.data.images import decode
from casting_core.evaluation.speed import measure
from tests.data.pictures import saved


class Counting:
    """Stands in for the inspector: decodes and counts."""

    def __init__(self) -> None:
        self.explained: list[bool] = []

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        self.explained.append(explain)
        return decode(source)


def test_everything_is_timed_equally_often():
    judge = Counting()
    report = measure(judge, saved(np.full((40, 40), 128, np.uint8), "PNG"), rounds=4)
    assert set(report["milliseconds"]) == {
        "decode",
        "inspect, verdict alone",
        "inspect, with heatmap",
        "ResNet-18 forward",
        "MobileNetV2 forward",
    }
    assert judge.explained.count(True) == judge.explained.count(False) == 7  # three rounds warm up
    for values in report["milliseconds"].values():
        assert 0 < values["low"] <= values["median"] <= values["high"]
    json.dumps(report, allow_nan=False)
