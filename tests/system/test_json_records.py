"""Dataclasses from JSON: by the types of their fields, with the name of what does not fit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from casting_core.estimate import Estimate
from casting_core.system.json_records import from_json, to_json


@dataclass(frozen=True, kw_only=True)
class Inner:
    share: Estimate | None
    pair: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: str
    count: int
    real: float
    sure: bool
    anything: Any = None
    numbers: tuple[int, ...] = ()
    inner: Inner | None = None
    by_name: Mapping[str, Inner] = field(default_factory=dict)


FULL = Outer(
    name="a",
    count=3,
    real=0.5,
    sure=True,
    anything={"deep": [1, None]},
    numbers=(1, 2),
    inner=Inner(share=Estimate(value=0.5, low=0.1, high=0.9, count=1, of=2)),
    by_name={"b": Inner(share=None, pair=(1.0, 2.0))},
)


def test_what_was_written_is_read() -> None:
    assert from_json(Outer, json.loads(json.dumps(to_json(FULL)))) == FULL


def test_what_may_be_left_out_is() -> None:
    found = from_json(Outer, {"name": "a", "count": 1, "real": 2, "sure": False})
    assert found == Outer(name="a", count=1, real=2.0, sure=False)
    assert isinstance(found.real, float)
    assert "inner" not in to_json(found)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        *(({"name": 3}, "name"), ({"count": 1.5}, "count"), ({"count": True}, "count"), ({"real": "1"}, "real")),
        *(({"real": float("nan")}, "real"), ({"real": float("inf")}, "real"), ({"sure": 1}, "sure")),
        *(({"numbers": "12"}, "numbers"), ({"numbers": [1, "2"]}, "numbers"), ({"inner": []}, "inner")),
        *(({"inner": {"pair": [1.0, 2.0]}}, "inner"), ({"inner": {"share": None, "pair": [1.0]}}, "pair")),
        *(({"inner": {"share": {"count": 1}}}, "share"), ({"by_name": {"b": 3}}, "by_name")),
        ({"unknown": 1}, "unknown"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        from_json(Outer, {**to_json(FULL), **change})


def test_what_is_missing_is_named() -> None:
    with pytest.raises(TypeError, match="'count'"):
        from_json(Outer, {"name": "a", "real": 1.0, "sure": True})


@dataclass(frozen=True, kw_only=True)
class Stretch:
    from_: float
    to: float


def test_a_field_named_after_a_word_of_python_has_a_mark_that_is_not_written() -> None:
    assert from_json(Stretch, {"from": 0.0, "to": 1.0}) == Stretch(from_=0.0, to=1.0)
    assert to_json(Stretch(from_=0.0, to=1.0)) == {"from": 0.0, "to": 1.0}
    with pytest.raises(ValueError, match="from_ is unknown"):
        from_json(Stretch, {"from_": 0.0, "to": 1.0})
