"""Copies of the shipped models whose files are damaged, and a way to let the whole app find them."""

import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import pytest

from casting_core.networks.card import MODELS

CARD = "card.json"
# of the default model, each is read by something
FILES = (CARD, "weights.safetensors", "predictions.csv", "peaks.csv", "log.csv", "precedents.safetensors")
FILES += (
    "folds/0.safetensors",
    "detectability.csv",
    "robustness.csv",
)


def copied(target: Path) -> Path:
    """All shipped models, without a copy of their bytes: what is damaged is written anew first."""
    for file in MODELS.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(MODELS)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, place) if file.stat().st_dev == target.stat().st_dev else place.write_bytes(file.read_bytes())
    return target


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: len(content) * 2 // 5]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    """One bit of a character is turned, in the first part, where names and numbers are that have to fit others."""
    result = bytearray(content)
    result[chance.randrange(min(60, len(result)))] ^= 0x80
    return bytes(result)


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes] | None] = {
    "missing": None,
    "empty": lambda content, chance: b"",
    "cut": _cut,
    "cut in its last line": lambda content, chance: content[:-4],
    "flipped": _flipped,
    "noise": lambda content, chance: chance.randbytes(2000),
    "not UTF-8": lambda content, chance: b"\xff\xfe" + content,
    "one long line": lambda content, chance: b"a" * 300_000,
    "one long quotation": lambda content, chance: content[:90] + b'"' + b"a" * 300_000,
    "nested": lambda content, chance: b"[" * 100_000,
    "a folder": lambda content, chance: b"",
}


def damage(file: Path, how: str, seed: int = 0) -> None:
    """Damage a file in one of the ways of `DAMAGES`."""
    content = file.read_bytes()
    file.unlink()
    if how == "a folder":
        file.mkdir()
    elif (change := DAMAGES[how]) is not None:
        file.write_bytes(change(content, random.Random(seed)))


def restore(folder: Path, name: str) -> None:
    """Put the shipped file back."""
    file, shipped = folder / name, MODELS / folder.name / name
    if file.is_dir():
        file.rmdir()
    file.unlink(missing_ok=True)
    file.write_bytes(shipped.read_bytes())


def _functions() -> Iterator[FunctionType]:
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("casting_core", "pages"):
            for thing in list(vars(module).values()):
                while hasattr(thing, "__wrapped__"):
                    thing = thing.__wrapped__
                if isinstance(thing, FunctionType):
                    yield thing


def use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all modules that are loaded find their models in `folder`."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("casting_core", "pages") and getattr(module, "MODELS", None) == MODELS:
            monkeypatch.setattr(module, "MODELS", folder)
    for function in _functions():
        for kind in ("__defaults__", "__kwdefaults__"):
            given = getattr(function, kind)
            if isinstance(given, tuple) and MODELS in given:
                monkeypatch.setattr(function, kind, tuple(folder if each == MODELS else each for each in given))
            elif isinstance(given, dict) and MODELS in given.values():
                changed = {key: folder if value == MODELS else value for key, value in given.items()}
                monkeypatch.setattr(function, kind, changed)
