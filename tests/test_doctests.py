"""The examples in the docstrings give what they say."""

import doctest
from importlib import import_module

import pytest

from tests.test_architecture import CORE, module_name

EXAMPLES = [module_name(file) for file in CORE if ">>> " in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("module", EXAMPLES)
def test_examples(module: str) -> None:
    assert doctest.testmod(import_module(module)).failed == 0


def test_there_are_ten_at_least() -> None:
    assert len(EXAMPLES) >= 10
