"""Models are timed in turns, and only what counts is counted."""

import time

import pytest

from casting_core.errors import SettingsError
from casting_core.evaluation.model_speed import WARM_UP, Speed, take_turns


class Told:
    """A judge that notes its turns, and takes its time."""

    def __init__(self, name: str, turns: list[str], seconds: float = 0.0) -> None:
        self.name, self.turns, self.seconds = name, turns, seconds

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        """Judge nothing."""
        assert source == b"picture"
        assert not explain
        self.turns.append(self.name)
        time.sleep(self.seconds)
        return None


def test_every_round_asks_each_once_and_is_told():
    turns: list[str] = []
    rounds: list[tuple[int, int]] = []
    found = take_turns(
        {"quick": Told("quick", turns), "slow": Told("slow", turns, 0.02)},
        b"picture",
        rounds=3,
        progress=lambda done, total: rounds.append((done, total)),
    )
    assert turns == ["quick", "slow"] * (WARM_UP + 3)
    assert rounds == [(done, WARM_UP + 3) for done in range(1, WARM_UP + 4)]
    assert found["slow"].low >= 20 > 0
    for speed in found.values():
        assert isinstance(speed, Speed)
        assert speed.low <= speed.median <= speed.high


def test_no_judges_and_too_few_rounds():
    assert take_turns({}, b"picture", rounds=3) == {}
    with pytest.raises(SettingsError, match="at least 3 rounds, got 2"):
        take_turns({}, b"picture", rounds=2)
