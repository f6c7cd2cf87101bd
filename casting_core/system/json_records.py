"""Strict JSON, and dataclasses from it, checked by the types of their fields, and back."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def parse(text: str) -> Any:
    """Return what JSON holds. Raises `ValueError` for what is no JSON, NaN, infinity, or a name that stands twice."""
    return json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name stands there twice")
    return values


def from_json(kind: Any, value: Any) -> Any:
    """Return a value of JSON as a `kind`: a dataclass, a number, text, tuple, mapping by text, or one of these or None.

    A whole number can stand for a real one, a truth value for neither. A class with a `from_json` of its own reads
    itself. Raises `ValueError`, which names the field, for anything else, unknown fields, and missing ones that have
    no default. A field whose name is a word of Python ends in `_`, as in `from_`, and its name in JSON does not.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, UnionType):
        return None if value is None else from_json(next(each for each in inner if each is not NoneType), value)
    if hasattr(kind, "from_json"):
        return kind.from_json(value)
    if is_dataclass(kind):
        return _record(kind, value)
    if origin is tuple and isinstance(value, list):
        kinds = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(from_json(each, item) for each, item in zip(kinds, value, strict=True))
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        return {name: from_json(inner[1], item) for name, item in value.items()}
    if number := {int: Integral, float: Real}.get(kind):
        if isinstance(value, number) and not isinstance(value, bool) and math.isfinite(value):
            return kind(value)
    elif isinstance(value, origin or kind):
        return value
    raise ValueError(f"it is of another kind: {value!r:.80}")


@cache
def _hints(kind: Any) -> dict[str, tuple[str, Any]]:
    return {name.rstrip("_"): (name, hint) for name, hint in get_type_hints(kind).items()}


def _record(kind: Any, values: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(values, Mapping):
        raise ValueError(f"it is of another kind: {values!r:.80}")
    if unknown := values.keys() - hints.keys():
        raise ValueError(f"{min(unknown)} is unknown")
    found = {}
    for name, value in values.items():
        field, hint = hints[name]
        try:
            found[field] = from_json(hint, value)
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from error
    return kind(**found)  # raises TypeError where one is missing


def to_json(value: Any) -> Any:
    """Return a value as what JSON has; a field of a dataclass that is None and may be left out is left out."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if is_dataclass(value):
        return {
            each.name.rstrip("_"): to_json(found)
            for each in fields(value)
            if (found := getattr(value, each.name)) is not None or each.default is not None
        }
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    return [to_json(item) for item in value] if isinstance(value, list | tuple) else value
