"""The benchmark times everything it names, equally often; how fast is not for a test to say."""

import json
from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from casting_core.data.images import decode
from casting_core.evaluation import speed
from tests.data.pictures import saved

CONTENTS = [saved(np.full((40, 40), level, np.uint8), "PNG") for level in (0, 128, 255)]


class Counting:
    """Stands in for the inspector: decodes and counts."""

    def __init__(self) -> None:
        self.explained: list[bool] = []
        self.many: list[list[bytes]] = []

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        self.explained.append(explain)
        return decode(source)

    def inspect_many(self, sources: Iterable[bytes], *, batch_size: int = 64, explain: bool = True) -> Iterator[object]:
        taken: list[bytes] = []
        self.many.append(taken)
        for source in sources:
            taken.append(source)
            yield decode(source)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which everything takes one second, from one look at it to the next."""
    seconds = iter(range(10**6))
    monkeypatch.setattr(speed.time, "perf_counter", lambda: float(next(seconds)))


def test_everything_is_timed_equally_often():
    judge = Counting()
    report = speed.measure(judge, CONTENTS, rounds=4)
    names = {speed.DECODE, speed.VERDICT, speed.HEATMAP, speed.RESNET, speed.MOBILENET}
    assert set(report["milliseconds"]) == set(report["ratios"]) == names
    assert judge.explained.count(True) == judge.explained.count(False) == speed.WARM_UP + 4
    for values in [*report["milliseconds"].values(), *report["ratios"].values()]:
        assert 0 < values["low"] <= values["median"] <= values["high"]
    assert report["ratios"][speed.RESNET] == {"median": 1, "low": 1, "high": 1}
    json.dumps(report, allow_nan=False)


@pytest.mark.usefixtures("ticking")
def test_a_batch_is_told_for_each_picture():
    judge = Counting()
    report = speed.measure_batch(judge, CONTENTS, rounds=3)
    assert judge.many == [CONTENTS] * 5  # two rounds warm up
    assert set(report["milliseconds"]) == {speed.DECODE, speed.VERDICT, speed.RESNET}
    for name, values in report["milliseconds"].items():
        assert values["median"] == pytest.approx(1000 / 3), name
        assert report["ratios"][name]["median"] == 1


@pytest.mark.usefixtures("ticking")
def test_growth_takes_as_many_pictures_as_it_says():
    judge = Counting()
    rows = list(speed.measure_growth(judge, CONTENTS, [2, 7]))
    assert [len(taken) for taken in judge.many[1:]] == [2, 7]
    assert judge.many[2] == [CONTENTS[n % 3] for n in range(7)]
    assert [row["pictures"] for row in rows] == [2, 7]
    for row in rows:
        assert (row["seconds"], row["milliseconds"]) == (1, pytest.approx(1000 / row["pictures"]))
        assert row["mebibytes"] > 1


def test_the_machine_is_named():
    machine = speed.machine()
    assert machine["processor"]
    assert machine["threads"] >= 1
    assert set(machine["versions"]) >= {"python", "torch", "torchvision"}
    json.dumps(machine)
