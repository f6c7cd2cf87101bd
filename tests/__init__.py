"""Tests; `ROOT` is the folder of the project."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def says(text: str, *phrases: str) -> None:
    """Each of the phrases stands in the text."""
    missing = [phrase for phrase in phrases if phrase not in text]
    assert not missing, f"{missing} not in:\n{text}"
