"""Models are timed in turns, and only what counts is counted."""

import time

import pytest

from casting_core.errors import SettingsError
from casting_core.evaluation.speed import LEAST, SETTLING, Speed, take_turns


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
    judges = {"quick": Told("quick", turns), "slow": Told("slow", turns, 0.02)}
    found = take_turns(judges, b"picture", rounds=5, progress=lambda *step: rounds.append(step))
    assert turns == ["quick", "slow"] * (SETTLING + 5)
    assert rounds == [(done, SETTLING + 5) for done in range(1, SETTLING + 6)]
    assert found["slow"].low >= 20 > 0
    for speed in found.values():
        assert isinstance(speed, Speed)
        assert speed.low <= speed.median <= speed.high
        assert speed.rounds == 5


def test_no_judges_and_too_few_rounds():
    assert take_turns({}, b"picture", rounds=5) == {}
    with pytest.raises(SettingsError, match="needs 5 rounds or more, got 4"):
        take_turns({}, b"picture", rounds=4)


def test_a_slow_machine_stops_after_the_least_that_tells_anything():
    turns: list[str] = []
    found = take_turns({"slow": Told("slow", turns)}, b"picture", rounds=50, seconds=0.0)
    assert (found["slow"].rounds, len(turns)) == (LEAST, SETTLING + LEAST)
