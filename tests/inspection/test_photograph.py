"""A photograph is decoded once and its part looked for once, whoever asks and however often."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from casting_core import ImageError, Inspector
from casting_core.data.images import decode
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import samples
from casting_core.inspection import photograph as module
from casting_core.inspection.examination import proof, seen_before
from casting_core.inspection.photograph import Photograph
from tests.factories import encoded


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    """How often each of these has been called."""
    watched = {name: Mock(wraps=getattr(module, name)) for name in ("read", "decode", "find_part")}
    for name, mock in watched.items():
        monkeypatch.setattr(module, name, mock)
    return lambda: {name: mock.call_count for name, mock in watched.items()}


def test_nothing_is_done_before_it_is_asked_for_and_all_of_it_once(calls: Callable[[], dict[str, int]]) -> None:
    content = encoded(samples()[0].render().pixels)
    photograph = Photograph(content)
    assert set(calls().values()) == {0}
    assert photograph.part() == find_part(decode(content).pixels)
    assert photograph.picture() is photograph.picture()
    assert photograph.content() == content
    assert calls() == {"read": 1, "decode": 1, "find_part": 1}


def test_a_picture_without_a_part_is_searched_once(calls: Callable[[], dict[str, int]]) -> None:
    photograph = Photograph(np.full((300, 300), 128, np.uint8))
    assert photograph.part() is photograph.part() is None
    assert calls()["find_part"] == 1


def test_what_cannot_be_read_now_may_be_later(tmp_path: Path) -> None:
    photograph = Photograph(tmp_path / "part.png")
    with pytest.raises(ImageError):
        photograph.part()
    (tmp_path / "part.png").write_bytes(encoded(samples()[0].render().pixels))
    assert photograph.part() is not None


def test_all_that_is_asked_of_one_shares_the_work(inspector: Inspector, calls: Callable[[], dict[str, int]]) -> None:
    content = encoded(samples()[2].render().pixels)
    photograph = Photograph(content)
    first = inspector.inspect(photograph)
    (second,) = inspector.inspect_many([photograph], explain=False)
    assert seen_before(photograph) is None
    assert proof(inspector, photograph) is not None
    assert calls() == {"read": 1, "decode": 1, "find_part": 1}
    assert first.verdict == second.verdict == inspector.inspect(content).verdict
    assert first.sha256 == second.sha256 == decode(content).sha256
