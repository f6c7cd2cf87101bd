"""One visitor's work never holds another's verdict."""

import threading
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import pytest

from casting_core import Verdict
from casting_core.inspection.photograph import Photograph
from casting_core.inspection.results import Inspection
from pages.shared import resources
from pages.shared.uploads import Upload
from tests.factories import sample_png

FOUND = Inspection(
    verdict=Verdict.OK, model="castnet", device="cpu", threshold_pass=0.1, threshold_reject=0.9, probability=0.05
)


class Slow:
    """Stands in for an inspector: of many pictures, each waits until it is let go on."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Semaphore(0)
        self.network = SimpleNamespace()

    def inspect(self, photograph: Photograph, *, map_side: int) -> Inspection:
        return FOUND

    def inspect_many(self, sources: Iterable[object], **_: object) -> Iterator[Inspection]:
        for _source in sources:
            self.begun.set()
            assert self.go.acquire(timeout=60)
            yield FOUND


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(resources, "inspector", lambda model: made)
    for each in (resources.judge, resources.stability):
        each.clear()
    return made


def work(name: str, upload: Upload) -> None:
    """What takes a while, by name."""
    if name == "stability":
        resources.stability(upload, model="castnet")
    else:
        list(resources.judge_many([upload] * 24, model="castnet"))


@pytest.mark.parametrize("name", ["stability", "batch"])
def test_a_verdict_does_not_wait_for_anothers_stability_check_or_batch(slow: Slow, name: str):
    thread = threading.Thread(target=work, args=(name, Upload.of("large.png", sample_png(0))))
    thread.start()
    assert slow.begun.wait(60)  # in the middle of its first picture, where it stays
    judged = threading.Thread(target=resources.judge, args=(Upload.of("mine.png", sample_png(1)),))
    judged.start()
    judged.join(60)
    assert not judged.is_alive()
    slow.go.release(24)
    thread.join(60)
    assert not thread.is_alive()


def test_each_step_waits_until_nobody_waits_for_a_verdict(slow: Slow, monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    monkeypatch.setattr(resources, "give_way", lambda: order.append("gave way"))
    slow.go.release(3)
    for _ in resources.judge_many([Upload.of("part.png", sample_png(0))] * 3, model="castnet"):
        order.append("step")
    assert order == ["gave way", "step"] * 3 + ["gave way"]
